"""The second domain through the ordinary commands: a student is trained, kept, and evaluated on a file."""

import json
from pathlib import Path

import pytest

from reasoner import bootstrap
from reasoner.config.settings import (
    ComputeSettings,
    DataSettings,
    Settings,
    StudentSettings,
    TaskSettings,
    TrainSettings,
)

ROWS = [
    {
        "question": f"Every {a} is a {b}. Ann is a {a}. Every {c} is a tilpus. Is Ann a {b} or tilpus?",
        "answer": f"Ann is a {b}.",
    }
    for a, b, c in (("bempus", "rumpus", "dulpus"), ("zorpus", "wimpus", "hempus"))
]
SETTINGS = Settings(
    task=TaskSettings(name="prosqa"),
    data=DataSettings(practice_size=20),
    student=StudentSettings(
        question_text="sentences", step_text="words", width=32, heads=2, question_layers=1, predictor_layers=1,
        decoder_layers=1, max_question_tokens=512,
    ),
    train=TrainSettings(base_updates=3, decoder_updates=1, predictor_updates=1, batch_size=4, min_round_trip=0.0),
    compute=ComputeSettings(threads=1),
)  # fmt: skip


@pytest.mark.slow
def test_a_student_is_trained_and_evaluated_on_all_rows_of_a_file(tmp_path: Path) -> None:
    made = bootstrap.train(SETTINGS, home=tmp_path / "home", out=None, progress=lambda _: None)
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(ROWS))
    report = bootstrap.evaluate(
        SETTINGS, home=tmp_path / "home", checkpoint=made.id, split="sealed", mode="talk", n=None,
        progress=lambda _: None, data=file,
    )  # fmt: skip
    assert (report.split, report.overall.n, report.errors) == ("file", 2, 0)
    assert set(report.by_difficulty) == {"2"}
    assert (tmp_path / "home" / report.attempts_file).name.endswith("-rows-talk.jsonl")
