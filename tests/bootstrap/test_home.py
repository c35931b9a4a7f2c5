"""Which checkpoint a person means: an id, a folder of its files, or the champion."""

from pathlib import Path

import pytest
from student_maker import small_student, some_problems

from reasoner.bootstrap.home import open_home
from reasoner.bootstrap.solving import solve
from reasoner.bootstrap.students import evaluate
from reasoner.config.loading import load_settings
from reasoner.errors import NotFoundError
from reasoner.models.checkpoints import save_student


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "elsewhere" / "mine"
    save_student(small_student(), made, about={"parent": ""})
    return made


def test_a_folder_of_files_is_a_checkpoint_without_a_store_that_knows_it(folder: Path, tmp_path: Path) -> None:
    settings = load_settings("tiny", [], {}, None)
    report = evaluate(
        settings, home=tmp_path / "home", checkpoint=str(folder), split="sealed", mode="talk", n=4, progress=print
    )
    assert (report.checkpoint, report.overall.n) == ("mine", 4)
    question = some_problems(1)[0].question
    answered = solve(settings, home=tmp_path / "home", question=question, checkpoint=str(folder), mode="talk")
    assert answered.checkpoint == "mine"


def test_neither_an_id_nor_a_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        open_home(tmp_path).choose("nowhere")
