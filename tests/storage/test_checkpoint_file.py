"""`checkpoint.json`: written with digests, read in both versions, refused in words."""

import json
from pathlib import Path

import pytest
from student_maker import small_student

from reasoner.errors import DamagedError, NotFoundError
from reasoner.models.checkpoints import fingerprint, save_student
from reasoner.storage.checkpoint_file import NAME, OLD, CheckpointFile, digests, is_checkpoint, read_checkpoint
from reasoner.students import kind_of, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_student(small_student(), tmp_path / "one", about={"task": "math", "parent": "none", "updates": 3})
    return tmp_path / "one"


def test_it_says_kind_task_parent_and_the_digest_of_every_file(folder: Path) -> None:
    said = read_checkpoint(folder)
    assert (said.format, said.kind, said.task, said.parent) == (2, "latent", "math", "none")
    names = {path.name for path in folder.iterdir()} - {NAME}
    assert said.files == digests(folder, names)
    assert kind_of(folder).fingerprint_of(folder) == said.fingerprint


def test_a_checkpoint_of_the_first_version_is_the_same_student(folder: Path) -> None:
    said = read_checkpoint(folder)
    old = {"fingerprint": said.fingerprint, "shape": dict(said.settings), "about": dict(said.about)}
    (folder / NAME).unlink()
    (folder / OLD).write_text(json.dumps(old))
    assert read_checkpoint(folder).model_dump() == said.model_copy(update={"format": 1, "files": {}}).model_dump()
    assert load(folder).kind == "latent"
    assert fingerprint(small_student()) == said.fingerprint


def test_one_of_a_newer_version_is_refused_and_named(folder: Path) -> None:
    told = json.loads((folder / NAME).read_text()) | {"format": 3}
    (folder / NAME).write_text(json.dumps(told))
    with pytest.raises(NotFoundError, match="format 3"):
        load(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "kind": 7}'])
def test_one_that_is_not_what_was_written_is_damaged(folder: Path, text: str) -> None:
    (folder / NAME).write_text(text)
    with pytest.raises(DamagedError, match=NAME):
        load(folder)
    assert not is_checkpoint(folder)


def test_a_folder_of_another_program_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / OLD).write_text('{"model_type": "bert"}')
    assert not is_checkpoint(tmp_path)
    with pytest.raises(NotFoundError, match="not a checkpoint"):
        read_checkpoint(tmp_path / "nothing")


def test_a_kind_that_nobody_knows_is_named(folder: Path) -> None:
    said = CheckpointFile.model_validate(json.loads((folder / NAME).read_text()))
    (folder / NAME).write_text(said.model_copy(update={"kind": "quantum"}).model_dump_json())
    with pytest.raises(Exception, match="quantum"):
        load(folder)
