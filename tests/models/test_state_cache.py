"""States that could not be kept: the disk is blamed, and nothing half written stays."""

import resource
from pathlib import Path

import pytest
import torch

from reasoner.models.state_cache import StateCache, key_of


def test_a_full_disk_is_an_error_of_the_system_and_leaves_nothing(tmp_path: Path) -> None:
    cache, key = StateCache(tmp_path / "states"), key_of("mark", [1])
    kept = cache.put(key, torch.ones(100, 100))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="os error 27"):
            cache.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "states").iterdir()) == []
    cache.flush()
    found = StateCache(tmp_path / "states").get(key)
    assert found is not None
    assert torch.equal(found, kept)
