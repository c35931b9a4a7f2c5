"""The fuzz command: a minute of it finds nothing, and it would see what it looks for."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

PLACE = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"


@pytest.fixture(scope="module")
def fuzz() -> Any:
    spec = importlib.util.spec_from_file_location("fuzz", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_odd_inputs_never_end_in_a_traceback_a_hang_a_wrong_code_an_escape_or_a_secret(
    fuzz: Any, tmp_path: Path
) -> None:
    fuzz.make_home(tmp_path)
    fuzz.warm(tmp_path)
    done, faults = fuzz.fuzz(tmp_path, count=160, number=0)
    assert not faults, "\n".join(f"{fault!a:.600}" for fault in faults[:5])
    assert min(done["commands"], done["lessons"]) >= 12


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        ((0, "fine", "", "", 0.1), []),
        ((2, "", "error: no such run", "", 0.1), []),
        ((1, "", "error: this is a bug in reasoner: TypeError: x", "", 0.1), ["traceback"]),
        ((0, "", "", "TypeError: x", 0.1), ["traceback"]),
        ((0, "", "", "hang", 90.0), ["hang"]),
        ((0, "", "", "", 6.0), ["hang"]),
        ((1, "", "no words", "", 0.1), ["exit code"]),
        ((7, "", "error: x", "", 0.1), ["exit code"]),
        ((0, "\x1b[2J", "", "", 0.1), ["escape"]),
        ((0, "a\u202eb", "", "", 0.1), ["escape"]),
        ((2, "", "error: canary-7Yq0v-tell-nobody", "", 0.1), ["secret"]),
    ],
)
def test_each_kind_of_fault_is_counted(outcome: tuple[Any, ...], kinds: list[str], fuzz: Any) -> None:
    given = fuzz.Input(["runs", "list"], {}, {})
    assert [fault.kind for fault in fuzz.faults_of(given, fuzz.Outcome(*outcome))] == kinds
