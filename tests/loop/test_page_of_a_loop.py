"""The page that a loop leaves, and the command that makes it anew."""

import json
import shutil
from pathlib import Path

import pytest
from loop_runs import Ended, run_folder
from typer.testing import CliRunner

from agents.reporting.page.flips import Flip, flips_file
from agents.run_folder import RunFolder, read_records
from reasoner.cli.main import app
from reasoner.types.problem import Attempt

pytestmark = pytest.mark.slow


def report(home: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["runs", "report", "--home", str(home), *words])
    return done.exit_code, done.output


def test_a_loop_leaves_a_page_and_the_command_makes_the_same(undisturbed: tuple[Path, Ended], tmp_path: Path) -> None:
    home, folder = undisturbed[0], run_folder(undisturbed[0])
    out = tmp_path / "again.html"
    code, said = report(home, folder.name, "--out", str(out), "--json")
    assert code == 0, said
    told = next(json.loads(line) for line in said.splitlines() if line.startswith("{"))
    assert (told["event"], told["run"], told["path"]) == ("page", folder.name, str(out))
    assert out.read_text() == (folder / "report.html").read_text()
    assert "How it sees the questions" in out.read_text()


def test_a_run_without_kept_latents_gets_them_from_its_champions(
    undisturbed: tuple[Path, Ended], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(undisturbed[0], home)
    folder = run_folder(home)
    before = (folder / "report.html").read_text()
    shutil.rmtree(folder / "latents")
    assert report(home, folder.name)[0] == 0
    assert (folder / "report.html").read_text() == before
    shutil.rmtree(folder / "latents")
    shutil.rmtree(home / "checkpoints")
    assert report(home, folder.name)[0] == 0
    assert "How it sees the questions" not in (folder / "report.html").read_text()


def test_flips_at_the_gate_are_those_of_the_attempts(undisturbed: tuple[Path, Ended]) -> None:
    folder = RunFolder(undisturbed[0], run_folder(undisturbed[0]).name)
    (decision,) = undisturbed[1].of("decision")
    kept = read_records(flips_file(folder, 1), Flip)
    assert (sum(f.kind == "won" for f in kept), sum(f.kind == "lost" for f in kept)) == (
        decision["wins"],
        decision["losses"],
    )
    champion, candidate = (
        {a.problem_id: a for a in read_records(folder.attempts(1, f"gate-{decision[who]}"), Attempt)}
        for who in ("champion", "candidate")
    )
    assert all((champion[f.problem_id], candidate[f.problem_id]) == (f.before, f.after) for f in kept)
    assert all(f.question and f.answer for f in kept)


@pytest.mark.parametrize("words", [("no-such-run",), ("../runs",)])
def test_a_run_that_is_not_there_is_told(undisturbed: tuple[Path, Ended], words: tuple[str, ...]) -> None:
    code, said = report(undisturbed[0], *words)
    assert (code, "reasoner runs list" in said) == (2, True)


def test_a_folder_that_is_not_there_is_told(undisturbed: tuple[Path, Ended], tmp_path: Path) -> None:
    run = run_folder(undisturbed[0]).name
    code, said = report(undisturbed[0], run, "--out", str(tmp_path / "nowhere" / "page.html"))
    assert (code, "make it first" in said) == (2, True)
