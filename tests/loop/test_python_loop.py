"""A loop from Python: followed, awaited, stopped, gone on with; and all that is shown of it runs."""

import asyncio
import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from loop_settings import TINY

import reasoner

ROOT = Path(__file__).parents[2]
QUESTION = "Ann has 3 apples. Ann buys 4 more apples. How many apples does Ann have now?"

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(begun: Path) -> reasoner.Reasoner:
    return reasoner.open(begun, config=TINY[1], overrides=TINY[2:])


def test_a_cycle_is_followed_awaited_and_reported(opened: reasoner.Reasoner) -> None:
    with opened:
        run = opened.loop(cycles=1)
        told = list(run)
        names = [event.event for event in told]
        assert names[:2] == ["launch", "preflight"]
        assert names[-1] == "done"
        assert {"evaluation", "failures", "teacher", "examples", "job", "decision", "cycle"} <= set(names)
        assert {event.run for event in told} == {run.id}
        assert run.done
        outcome = asyncio.run(_awaited(run))
        assert (outcome.run, outcome.cycles, outcome.finished_before) == (run.id, 1, False)
        assert run.report() == opened.runs.report(run.id) != ""
        assert run.progress is not None
        assert opened.runs.list()[-1].champion == opened.models.champion().id == opened.solve(QUESTION).checkpoint
        kept = [event for event in opened.runs.events(run.id) if event.event != "node"]
        assert [(event.event, event.body) for event in kept] == [
            (event.event, event.body) for event in told if event.event != "node"
        ]
        again = opened.loop(cycles=1)
        assert [event.event for event in again] == ["done"]
        assert again.wait().finished_before
        assert opened.train().kind == "base"  # which is there already


def test_a_run_that_is_stopped_saves_its_state_and_goes_on(opened: reasoner.Reasoner) -> None:
    run = opened.loop(cycles=1)
    with pytest.raises(TimeoutError, match="still at work"):
        run.wait(timeout=0.01)
    run.stop()
    with pytest.raises(reasoner.Stopped, match="its state is saved"):
        run.wait()
    with pytest.raises(reasoner.Stopped):
        list(run)
    assert opened.runs.show(run.id).row.state == "interrupted"
    again = opened.loop(cycles=1)
    assert again.id == run.id
    assert again.wait().cycles == 1
    opened.close()


def test_one_run_is_worked_on_by_one_thread(opened: reasoner.Reasoner) -> None:
    first = opened.loop(cycles=1)
    for event in first:
        if event.event == "preflight":
            break
    second = opened.loop(cycles=1)
    with pytest.raises(reasoner.BusyError, match="is being worked on by another process"):
        second.wait()
    first.stop()
    with pytest.raises(reasoner.Stopped):
        first.wait()
    opened.close()


def test_the_page_the_notebook_and_the_example_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / "python.md").read_text(), re.M | re.S)
    assert len(snippets) == 6
    notebook = json.loads((ROOT / "examples" / "first_steps.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["outputs"] for cell in cells] == [[]] * len(cells)
    for codes in (snippets, ["".join(cell["source"]) for cell in cells]):
        names: dict[str, Any] = {}
        for code in codes:
            exec(compile(code, "shown", "exec"), names)
    monkeypatch.setattr(sys, "argv", ["python_api.py", "home"])
    runpy.run_path(str(ROOT / "examples" / "python_api.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "mined" in said
    assert "of 20 right" in said
    assert "is not there" in said or "nosuch" in said


async def _awaited(run: reasoner.LoopRun) -> reasoner.LoopOutcome:
    return await run
