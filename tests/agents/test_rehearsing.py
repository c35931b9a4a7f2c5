"""A promotion needs a way back: restored elsewhere, the champion says the same to the bit, or it is not dethroned."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from student_maker import small_student

from agents.rehearsing import rehearse
from reasoner.config.loading import load_settings
from reasoner.models.checkpoints import load_student, save_student

SETTINGS = load_settings("tiny", [], {}, None)


def parts_of(home: Path) -> Any:
    """What of a run's parts a rehearsal needs; the champion was loaded before anything happened to its files."""
    champion = load_student(home / "checkpoints" / "champion")
    return SimpleNamespace(settings=SETTINGS, home=home, student_of=lambda _: champion)


def test_a_whole_checkpoint_is_restored_to_the_bit_and_twice_alike(tmp_path: Path) -> None:
    save_student(small_student(), tmp_path / "checkpoints" / "champion", about={})
    parts = parts_of(tmp_path)
    first = rehearse(parts, "champion")
    assert first.outputs == first.restored
    assert not first.failed
    assert first.items == 100
    assert rehearse(parts, "champion") == first


def test_another_students_files_or_none_fail_the_rehearsal(tmp_path: Path) -> None:
    save_student(small_student(), tmp_path / "checkpoints" / "champion", about={})
    parts = parts_of(tmp_path)
    save_student(small_student(1), tmp_path / "checkpoints" / "champion", about={})
    other = rehearse(parts, "champion")
    assert other.failed
    assert len(other.restored) == 16
    (tmp_path / "checkpoints" / "champion" / "model.safetensors").unlink()
    gone = rehearse(parts, "champion")
    assert gone.failed
    assert "model.safetensors missing" in gone.restored
