"""Jobs that nobody waits for: evaluations, and problems for later."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from student_maker import small_student

from jobs.context import JobContext
from jobs.evaluating import evaluate_job
from jobs.interrupt import Interrupted
from jobs.synthesizing import synthesize_job
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from reasoner.bootstrap.filing import file_evaluation, file_synthesis
from reasoner.bootstrap.home import Home, open_home
from reasoner.config.loading import load_settings
from reasoner.data.files import read_problems
from reasoner.data.splits import split_of
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import NotFoundError, UsageError
from reasoner.models.checkpoints import save_student
from reasoner.types.checkpoint import Checkpoint

TINY = load_settings("tiny", ["data.sealed_size=300"], {}, None)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with one champion."""
    place = open_home(tmp_path)
    mark = save_student(small_student(), place.checkpoints / "base", about={})
    made = Checkpoint(id="base", fingerprint=mark, parent="", kind="base", run="r", cycle=0)
    enthrone_base(place.database(), CheckpointStore(place.database()).add(made))
    yield place
    place.database().close()


def context(home: Home, job: str, *, stops: bool = False) -> JobContext:
    folder = home.root / "jobs" / job
    folder.mkdir(parents=True, exist_ok=True)
    return JobContext(home.root, job, folder, lambda _share, _note: None, lambda: stops)


def test_an_evaluation_that_was_stopped_goes_on_and_reports_what_a_whole_one_would(home: Home) -> None:
    job = file_evaluation(TINY, home=home.root, checkpoint=None, split="sealed", n=None)
    assert file_evaluation(TINY, home=home.root, checkpoint="base", split="sealed", n=None).id == job.id
    with pytest.raises(Interrupted):
        evaluate_job(context(home, job.id, stops=True), job.spec.payload)
    attempts = home.root / "jobs" / job.id / "attempts.jsonl"
    assert attempts.read_text().count("\n") == 128
    with attempts.open("a") as file:
        file.write('{"problem_id": "torn')
    whole = evaluate_job(context(home, "whole"), job.spec.payload)
    done = evaluate_job(context(home, job.id), job.spec.payload)
    assert {**done, "seconds": 0, "attempts_file": ""} == {**whole, "seconds": 0, "attempts_file": ""}
    assert (done["overall"]["n"], done["checkpoint"], done["split"]) == (300, "base", "sealed")
    assert attempts.read_text() == (home.root / "jobs" / "whole" / "attempts.jsonl").read_text()


def test_synthesized_problems_are_right_different_of_the_practice_split_and_read_by_the_loop(home: Home) -> None:
    job = file_synthesis(TINY, home=home.root, count=250)
    done: dict[str, Any] = synthesize_job(context(home, job.id), job.spec.payload)
    file, domain = home.root / done["file"], MathDomain()
    problems = read_problems(file, domain)
    assert len({problem.question for problem in problems}) == len(problems) == done["problems"] == 250
    assert {split_of(problem.structure) for problem in problems} == {"practice"}
    assert {problem.difficulty for problem in problems} == set(TINY.data.difficulties)
    assert all(domain.check(p, domain.answer_of(p.steps)).outcome == "right" for p in problems)
    assert sum(done["by_skill"].values()) == 250
    assert "license" in json.loads(file.read_text().splitlines()[0])
    assert synthesize_job(context(home, job.id), job.spec.payload) == done


def test_what_cannot_be_filed_or_done_is_refused_in_words(home: Home) -> None:
    with pytest.raises(UsageError, match="--split"):
        file_evaluation(TINY, home=home.root, checkpoint=None, split="all", n=None)
    with pytest.raises(NotFoundError, match="nobody"):
        file_evaluation(TINY, home=home.root, checkpoint="nobody", split="gate", n=None)
    with pytest.raises(UsageError, match="exist already"):
        file_synthesis(load_settings("tiny", ["task.rows=mine.jsonl"], {}, None), home=home.root, count=5)
    job = file_synthesis(TINY, home=home.root, count=300)
    with pytest.raises(Interrupted):
        synthesize_job(context(home, job.id, stops=True), job.spec.payload)
    assert not (home.root / "synthetic").exists(), "nothing is written before all is"
