"""The Python door opens lightly, raises the terminal's words, prints nothing, and shows what a home holds."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner
from whole_home import RUN, STUDENT

import reasoner
from reasoner.bootstrap.failures import in_words
from reasoner.cli.main import app

QUESTION = "Ann has 3 apples. She buys 4 more. How many apples does Ann have?"
HEAVY = ("torch", "transformers", "langgraph", "litellm", "faiss", "matplotlib", "scipy", "typer", "rich")


def test_importing_and_opening_load_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, reasoner\nimported = set(sys.modules)\n"
        f"reasoner.open({str(tmp_path / 'home')!r}, config='tiny')\n"
        f"print('sqlalchemy' in imported, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split(maxsplit=1) == ["False", "[]\n"]
    assert not (tmp_path / "home").exists()


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        getattr(reasoner, "nosuch")  # noqa: B009 - a type checker would refuse the plain form


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "--checkpoint", "nosuch", QUESTION),
        ("solve", QUESTION, "search.width=none"),
        ("solve", QUESTION, "serch.width=2"),
        ("solve", QUESTION, "--search", "beam", "--mode", "think"),
        ("solve", QUESTION, "--trace", "--mode", "think"),
        ("evaluate", "--recall"),
        ("evaluate", "--recall", "search.recall=2"),
        ("benchmark", "gsm8k"),
        ("memory", "search", "apples", "--only", "colour=red"),
        ("models", "rollback"),
        ("proposals", "approve", "nosuch"),
        ("runs", "show", "nosuch"),
    ],
    ids=" ".join,
)
def test_an_error_has_the_words_of_the_terminal(folder: Path, words: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(app, [*words, "--home", str(folder)], env={"COLUMNS": "1000"})
    assert ended.exit_code == 2, ended.output
    with pytest.raises(reasoner.UsageError) as raised:
        in_python(folder, *words)
    assert ended.stderr == f"error: {raised.value}\n"


def in_python(folder: Path, *words: str) -> None:
    """The same asked in Python."""
    overrides = [word for word in words if "=" in word and words[0] != "memory"]
    mode = "think" if "think" in words else None
    with reasoner.open(folder, overrides=overrides) as r:
        if words[0] == "solve":
            checkpoint = "nosuch" if "nosuch" in words else None
            beam = "beam" if "beam" in words else None
            r.solve(QUESTION, checkpoint=checkpoint, search=beam, mode=mode, trace="--trace" in words)
        elif words[0] == "evaluate":
            r.evaluate(recall=True)
        elif words[0] == "benchmark":
            r.benchmark("gsm8k")
        elif words[0] == "memory":
            r.memory.search("apples", only=["colour=red"])
        elif words[0] == "models":
            r.models.rollback()
        elif words[0] == "proposals":
            r.proposals.approve("nosuch")
        else:
            r.runs.show("nosuch")


def test_a_home_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    r = reasoner.open(tmp_path / "none")
    for ask in (r.models.champion, r.models.list, r.runs.list, r.memory.stats, r.proposals.list):
        with pytest.raises(reasoner.NotFoundError):
            ask()
    with pytest.raises(reasoner.NotFoundError, match="name another --home"):
        r.solve(QUESTION)
    assert not (tmp_path / "none").exists()


def test_a_question_that_says_nothing_is_refused(opened: reasoner.Reasoner) -> None:
    for ask in (opened.solve, lambda question: list(opened.stream(question))):
        with pytest.raises(reasoner.UsageError, match=r"got the question ' ' *; expected a sentence"):
            ask(" ")


def test_a_word_that_is_none_of_those_known_is_refused(opened: reasoner.Reasoner) -> None:
    with pytest.raises(reasoner.UsageError, match="search='wide': expected one of greedy, sample, beam"):
        opened.solve(QUESTION, search="wide")  # pyright: ignore[reportArgumentType]
    with pytest.raises(reasoner.UsageError, match="split='test': expected one of practice, gate, sealed"):
        opened.evaluate("test")  # pyright: ignore[reportArgumentType]


def test_what_a_machine_refuses_is_an_error_of_ours_and_a_bug_stays_one() -> None:
    with pytest.raises(reasoner.StorageError, match=r"'/h/store\.db': No space left"), in_words():
        raise OSError(errno.ENOSPC, "No space left on device", "/h/store.db")
    with pytest.raises(reasoner.UsageError, match="nested too deeply"), in_words():
        raise RecursionError("maximum recursion depth exceeded")
    with pytest.raises(TypeError, match="unsupported"), in_words():
        raise TypeError("unsupported operand")


def test_an_old_name_of_a_setting_is_a_warning(tmp_path: Path) -> None:
    with pytest.warns(FutureWarning, match=r"data.domain is called task.name now"):
        reasoner.open(tmp_path, overrides=["data.domain=prosqa"])


def test_nothing_is_printed(opened: reasoner.Reasoner, capfd: pytest.CaptureFixture[str]) -> None:
    opened.solve(QUESTION)
    opened.evaluate(n=2)
    opened.models.list()
    with pytest.raises(reasoner.NotFoundError):
        opened.solve(QUESTION, checkpoint="nosuch")
    assert capfd.readouterr() == ("", "")


def test_a_home_shows_what_it_holds(opened: reasoner.Reasoner) -> None:
    (model,) = opened.models.list()
    assert model.champion
    assert model.checkpoint == opened.models.champion() == opened.models.show("latest").checkpoint
    assert opened.models.champion().id == STUDENT
    (run,) = opened.runs.list()
    assert (run.run, run.state, opened.runs.show(RUN[:10]).row.id) == (RUN, "finished", RUN)
    assert [event.event for event in opened.runs.events("latest")] == ["launch", "done"]
    assert "done: 0 cycles" in [event.words for event in opened.runs.events("latest")][-1]
    assert opened.proposals.list(waiting=True) == ()
    with pytest.raises(reasoner.NotFoundError, match="has no report yet"):
        opened.runs.report("latest")


def test_the_memory_is_asked_in_three_ways(opened: reasoner.Reasoner) -> None:
    assert opened.memory.stats().examples == 2
    asked = "Ann has 1 pens and buys 7 more."
    found = opened.memory.search(asked, k=1)
    assert [type(one) for one in found] == [reasoner.Recollection]
    by_words = opened.memory.search_words(asked, k=1, only=["skill=add"])
    assert by_words[0].example.problem.question.startswith(asked)
    (other,) = opened.memory.near(by_words[0].example.id)
    assert other.example.id != by_words[0].example.id
    assert len(list(opened.memory.export())) == 2


def test_a_closed_home_opens_again_when_it_is_asked(opened: reasoner.Reasoner) -> None:
    opened.close()
    assert opened.models.champion().id == STUDENT
