"""A loop that searches its failures first: the verifier is a stage of its own, and what is found teaches."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from loop_runs import Ended, begin, loop, loop_until, run_folder
from shared_folder import shared_folder

from agents.reporting.page.beams import read_beams
from agents.run_folder import RunFolder, read_records
from memory.latent_memory import LatentMemory
from memory.locks import exclusive
from reasoner import bootstrap
from reasoner.config.loading import load_settings
from reasoner.domains.math.domain import MathDomain
from reasoner.types.example import Example
from reasoner.types.problem import Attempt
from reasoner.types.teaching import TeacherRequest

pytestmark = pytest.mark.slow

SEARCHING = (
    "mine.search=true",
    "search.width=2",
    "search.candidates=4",
    "search.recall=1",
    "verifier.candidates=4",
    "verifier.updates=4",
    "verifier.questions=8",
)


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Path, Ended]:
    """The home of a run that searched, made once for all test processes, and how it ended."""
    home, told = shared_folder() / "searching", shared_folder() / "searching.json"
    with exclusive(shared_folder() / "searching.lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(loop(begin(home), *SEARCHING))))
    return home, Ended(**json.loads(told.read_text()))


def test_a_few_searches_are_told_whole_on_the_page(undisturbed: tuple[Path, Ended]) -> None:
    folder = RunFolder(undisturbed[0], run_folder(undisturbed[0]).name)
    stories = read_beams(folder, 1)
    assert len(stories) == 3
    (searched,) = undisturbed[1].of("search")
    solved = {a.problem_id: a for a in read_records(folder.attempts(1, "search"), Attempt)}
    for story in stories:
        trace, attempt = story.trace, solved[story.problem_id]
        assert trace.rounds
        assert trace.solutions[trace.chosen].steps == attempt.steps
        assert story.right == attempt.correct
    assert sum(story.right for story in stories) == min(3, searched["right"])
    (judged,) = undisturbed[1].of("verifier")
    assert sum(one["n"] for one in judged["energy"]["bins"]) == judged["energy"]["n"]
    page = (folder.root / "report.html").read_text()
    assert "told whole" in page
    assert "Reliability" in page


def test_failures_are_searched_before_anybody_is_asked(undisturbed: tuple[Path, Ended]) -> None:
    home, ended = undisturbed
    assert ended.code == 0, ended.words
    nodes = [e["node"] for e in ended.of("node") if e["cycle"] == 1]
    assert nodes[:4] == ["evaluate", "verifier", "search", "mine"]
    (judged,), (searched,), (mined,) = ended.of("verifier"), ended.of("search"), ended.of("failures")
    assert judged["problems"] + judged["held_out"] == 40
    assert 0 <= judged["energy"]["calibration_error"] <= 1
    failures = next(e["out"]["failures"] for e in ended.of("node") if e["node"] == "evaluate")
    assert searched["tried"] == failures
    assert mined["mined"] == failures - searched["examples"]
    folder = run_folder(home)
    assert (folder / judged["plot"]).read_bytes().startswith(b"\x89PNG")
    report = (folder / "report.md").read_text()
    assert "## Searching, and the verifier" in report
    assert judged["plot"] in report


def test_what_a_search_found_is_right_and_asked_of_nobody(undisturbed: tuple[Path, Ended]) -> None:
    home, ended = undisturbed
    domain, folder = MathDomain(), RunFolder(home, ended.of("launch")[0]["run"])
    found = read_records(folder.searched(1), Example)
    asked = {r.problem.id for r in read_records(folder.requests(1), TeacherRequest)}
    for example in found:
        problem = example.problem
        assert (example.source, example.lineage.failure) == ("self", problem.id)
        assert domain.check(problem, domain.answer_of(problem.steps)).outcome == "right"
        assert all(verdict.holds for verdict in domain.judge_steps(problem.question, problem.steps))
        assert problem.id not in asked
    kept = {e.id for e in read_records(folder.examples(1), Example)}
    assert {e.id for e in found} <= kept


def test_killed_in_the_verifiers_training_and_in_the_search_it_ends_alike(
    undisturbed: tuple[Path, Ended], tmp_path: Path
) -> None:
    home = begin(tmp_path / "home")
    for said in ("cycle 1  verifier ", "cycle 1  search "):
        loop_until(home, said, *SEARCHING)
    ended = loop(home, *SEARCHING)
    assert ended.code == 0, ended.words
    assert _told(events_of(home)) == _told(events_of(undisturbed[0]))
    assert [p for p in (home / "verifiers").glob("work-*") if p.is_dir()] == [], "unfinished work is cleared away"


def test_what_was_learnt_seeds_a_search_and_never_an_evaluation_unless_asked(
    undisturbed: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _ = undisturbed
    settings = load_settings("tiny", [*SEARCHING, "search.searcher=beam"], {}, None)
    question = "Ann has 3 apples. She buys 4 more. How many apples has she?"
    seen = bootstrap.search(settings, home=home, question=question, checkpoint=None)
    assert any(c.origin == "recall" for r in seen.rounds for c in r.candidates)

    asked: list[int] = []
    search = LatentMemory.search
    monkeypatch.setattr(LatentMemory, "search", lambda *a, **kw: [asked.append(kw["k"]), search(*a, **kw)][1])
    for recall in (False, True):
        how = {"checkpoint": None, "split": "sealed", "mode": "talk", "n": 3, "progress": lambda _: None}
        report = bootstrap.evaluate(settings, home=home, recall=recall, **how)
        assert report.overall.n == 3
        assert asked == ([1, 1, 1] if recall else [])
        assert report.search == ("beam-recall1" if recall else "beam")
        assert report.attempts_file.endswith(f"-{report.search}.jsonl")


def events_of(home: Path) -> list[dict[str, object]]:
    path = run_folder(home) / "events.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def _told(events: list[dict[str, object]]) -> list[dict[str, object]]:
    """What of the search must not hang on a kill."""
    kinds = ("verifier", "search", "failures", "examples")
    left_out = ("run", "time", "seconds", "seq", "checkpoint")
    return [{k: v for k, v in e.items() if k not in left_out} for e in events if e["event"] in kinds]
