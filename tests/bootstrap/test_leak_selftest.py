"""`selftest leaks` finds nothing where nothing leaks, and what does."""

import pytest

from reasoner.bootstrap import leak_selftest
from reasoner.config.loading import load_settings
from reasoner.data import held_out

SETTINGS = load_settings("tiny", ["data.practice_size=100"], {}, None)


@pytest.mark.statistical
def test_nothing_held_out_comes_through_a_door_and_a_blind_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leak_selftest, "FRESH", 300)
    found = leak_selftest.selftest_leaks(SETTINGS, size=60)
    assert (found.questions, found.accepted, found.passed) == (60, 0, True)
    assert found.tried == 60 * 10 * 3 + 60
    assert found.false_refusals.n == 300
    monkeypatch.setattr(held_out, "nearly_same", lambda _one, _other: False)
    blind = leak_selftest.selftest_leaks(SETTINGS, size=60)
    assert not blind.passed
    assert any("added words" in where for where in blind.accepted_by)
