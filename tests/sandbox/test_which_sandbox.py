"""Which sandbox is chosen, and that none is chosen which does not hold."""

import re
from collections.abc import Iterator, Mapping

import pytest

from reasoner.errors import SandboxError, UsageError
from reasoner.sandbox import bubblewrap, choosing, fingerprint, landlock, sandlock_backend, system_calls
from reasoner.sandbox.child import CommandChild
from reasoner.sandbox.choosing import BACKENDS, choose, fault_of, trials
from reasoner.sandbox.fingerprint import verdict_fingerprint
from reasoner.sandbox.interpreter import executable
from reasoner.sandbox.jail import LocalJail
from reasoner.types.sandbox import Limits, Sandbox


class Open:
    """A sandbox that confines nothing."""

    name, version = "open", "1"

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> LocalJail:
        return LocalJail(files, limits, lambda folder: CommandChild([executable(), "-B", script], folder))


class Missing:
    """A sandbox that is not installed."""

    name, version = "missing", ""

    def __init__(self) -> None:
        raise SandboxError("it is not installed")

    def start(self, files: Mapping[str, str], script: str, *, limits: Limits) -> LocalJail:
        raise AssertionError


@pytest.fixture
def fresh() -> Iterator[None]:
    caches = (choosing.trial, choosing.trials, choosing.choose)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_one_that_works_holds_what_the_probe_tries(sandbox: Sandbox) -> None:
    assert fault_of(sandbox) == ""


def test_the_probe_finds_what_an_open_one_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Forking and becoming another program would end the probe itself: here it only reads and writes.
    kept = re.sub(r'    "(fork|run a program)".*\n', "", choosing._PROBE)
    monkeypatch.setattr(choosing, "_PROBE", kept)
    fault = fault_of(Open())
    assert "read a file of this user: was allowed" in fault
    assert "write beside that file: was allowed" in fault


def test_without_any_the_reasons_of_all_are_named_and_nothing_runs(
    fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "BACKENDS", {"one": Missing, "two": Missing})
    with pytest.raises(SandboxError, match=r"is not run \(one: it is not installed; two: it is not installed\)"):
        choose()
    assert [one.fault for one in trials()] == ["it is not installed"] * 2


def test_one_that_does_not_hold_is_passed_over(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "BACKENDS", {"bad": Missing, "good": Open})
    monkeypatch.setattr(choosing, "fault_of", lambda sandbox: "")
    assert choose().name == "open"
    with pytest.raises(SandboxError, match="bad: it is not installed"):
        choose("bad")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"there is no sandbox 'docker'; expected one of sandlock, bubblewrap, landlock"
    ):
        choose("docker")


def test_what_is_missing_is_said_by_each_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(sandlock_backend.importlib, "import_module", absent)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda _: None)
    with pytest.raises(SandboxError, match="pip install"):
        BACKENDS["sandlock"]()
    with pytest.raises(SandboxError, match="bubblewrap is not installed"):
        BACKENDS["bubblewrap"]()


@pytest.mark.parametrize(("version", "words"), [(-1, "has no Landlock"), (2, "is of version 2; 3 is needed")])
def test_a_kernel_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch, version: int, words: str) -> None:
    class Library:
        def syscall(self, *_: object) -> int:
            return version

    monkeypatch.setattr(landlock.ctypes, "CDLL", lambda *_, **__: Library())
    with pytest.raises(SandboxError, match=words):
        landlock.landlock_version()


def test_another_processor_is_refused_rather_than_filtered_by_wrong_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_calls.platform, "machine", lambda: "aarch64")
    system_calls.seccomp_filter.cache_clear()
    with pytest.raises(SandboxError, match="'aarch64'"):
        system_calls.seccomp_filter()
    system_calls.seccomp_filter.cache_clear()


def test_a_fingerprint_names_backend_version_and_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    before = verdict_fingerprint(Open())
    assert before.startswith("open 1, Python 3.")
    fingerprint.sources_digest.cache_clear()
    monkeypatch.setattr(fingerprint, "source", lambda name: f"another {name}")
    assert verdict_fingerprint(Open()) != before
    fingerprint.sources_digest.cache_clear()
