"""What a run says of itself before anything is trained or paid."""

import json
from pathlib import Path
from typing import Any

import pytest
from hugging_face import tiny_bert
from language_maker import character_llama

from reasoner.bootstrap.asked import settings_of
from reasoner.bootstrap.first_contact import first_contact
from reasoner.bootstrap.preflight import look_at_memory
from reasoner.bootstrap.teacher_trial import price_of
from reasoner.config.settings import Settings
from reasoner.errors import ReasonerError

LABELS = [f"label {number}" for number in range(20)]
THINGS = ("card", "loan", "fee", "pin", "limit", "refund", "cash", "app", "branch", "cheque")
PLACES = ("Bern", "Oslo", "Rome", "Lyon", "Kyiv", "Lima", "Cairo", "Delhi", "Quito", "Turin")
SIZES = ("data.practice_size=200", "data.gate_size=60", "data.sealed_size=60")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task of 20 labels, made up."""
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    asked = [f"The {one} of {two} in {place} is gone" for one in THINGS for two in THINGS for place in PLACES]
    told = [{"question": text, "answer": LABELS[at % len(LABELS)]} for at, text in enumerate(asked)]
    path.write_text("".join(json.dumps(row) + "\n" for row in told))
    return path


def asked(rows: Path, student: str, *more: str) -> Settings:
    return settings_of(None, [*SIZES, *more], task=str(rows), student=student, teacher="none", say=print)


def found(settings: Settings, home: Path, cycles: int = 1) -> dict[str, str]:
    looks = first_contact(settings, home=home, cycles=cycles, price_of=price_of)
    return {look.what: look.found for look in looks}


def test_a_student_that_is_trained_first_is_told_beside_chance_and_the_commonest_answer(
    rows: Path, tmp_path: Path
) -> None:
    said = found(asked(rows, tiny_bert(tmp_path / "bert")), tmp_path / "home")
    assert list(said) == ["task", "student", "base", "gate", "cycle"]
    assert "question in 'question', answer in 'answer', checker text, rows divided by" in said["task"]
    assert said["student"].startswith(f"encoder on {tmp_path / 'bert'}, ")
    assert said["student"].endswith(" weights that are read only")
    assert said["base"].startswith("not asked before cycle 0; chance 5.0%, always the commonest answer ")
    assert "points in cycle 1 (60 rows); exact test" in said["gate"]
    assert "at a speed that cycle 0 shows; 0 teacher calls, $0.00 at most" in said["cycle"]
    assert not (tmp_path / "home").exists()


def test_a_model_that_is_there_is_asked_practice_rows_and_its_speed_is_told(rows: Path, tmp_path: Path) -> None:
    given = ("language.base_updates=0", "language.replay_share=0")
    said = found(asked(rows, character_llama(tmp_path / "llama"), *given), tmp_path / "home")
    assert said["student"].startswith(f"language on {tmp_path / 'llama'}, ")
    assert " practice rows right; chance 5.0%" in said["base"]
    assert "s a row); training and teacher come on top" in said["cycle"]


def test_the_gate_of_an_e_process_is_told_with_its_block(rows: Path, tmp_path: Path) -> None:
    early = ("gate.test=e_process", "gate.block=20")
    said = found(asked(rows, tiny_bert(tmp_path / "bert"), *early), tmp_path, cycles=2)
    assert "in cycle 1 (60 rows), " in said["gate"]
    assert "in cycle 2 (60 rows); e-process in blocks of 20" in said["gate"]


@pytest.mark.parametrize(
    ("student", "hint"),
    [("encoder", "a smaller encoder"), ("language", r"lower language\.batch_size"), ("latent", r"lower train\.batch")],
)
def test_too_little_memory_names_settings_of_the_students_own_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, student: str, hint: str
) -> None:
    def small(_root: Any = None) -> tuple[int, int]:
        return 1, 1

    monkeypatch.setattr("reasoner.bootstrap.preflight.available_memory", small)
    made = {"encoder": tiny_bert, "language": character_llama}.get(student)
    named = {"model": made(tmp_path / student)} if made else {}
    settings = Settings.model_validate({"student": {"kind": student, **named}})
    with pytest.raises(ReasonerError, match=f"too little memory: .*{hint}"):
        look_at_memory(settings)
