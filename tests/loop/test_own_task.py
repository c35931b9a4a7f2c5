"""A domain in one file outside the product goes through the loop; so do rows with gold answers, and ProsQA's expert."""

import json
from pathlib import Path

import pytest
from loop_runs import loop, run_folder

UNITS = f"{Path(__file__).parents[2] / 'examples' / 'units.py'}:Units"

pytestmark = pytest.mark.slow


def test_a_domain_in_a_file_of_ones_own_goes_through_the_loop_by_its_gold_solutions(tmp_path: Path) -> None:
    ended = loop(tmp_path, "--task", UNITS, "data.difficulties=[1,2]", "teach.from=gold")
    assert ended.code == 0, ended.words
    (learnt,) = ended.of("examples")
    assert learnt["added"] > 10
    assert ended.of("decision")[0]["n"] == 50, "a candidate was examined"
    folder = run_folder(tmp_path)
    assert "-units-" in folder.name
    rows = [json.loads(line) for line in (folder / "dataset" / "1.jsonl").read_text().splitlines()]
    assert {row["source"] for row in rows} == {"practice"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["domain"] == "units 1"


def test_rows_of_ones_own_need_no_teacher_and_no_code(tmp_path: Path) -> None:
    sounds = {"cow": "moo", "cat": "meow", "dog": "woof", "duck": "quack"}
    rows = [
        {"question": f"Number {n}: what does the {animal} in house {n * 7 % 101} say?", "answer": sound}
        for n in range(200)
        for animal, sound in sounds.items()
    ]
    file = tmp_path / "sounds.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ended = loop(tmp_path / "home", "--task", str(file), "teach.from=gold", "student.step_text=words")
    assert ended.code == 0, ended.words
    assert ended.of("decision")[0]["n"] == 50
    assert ended.of("teacher")[0]["calls"] == 0


def test_prosqa_is_taught_by_an_expert_of_its_own(tmp_path: Path) -> None:
    shape = (
        "student.question_text=sentences", "student.step_text=words", "student.max_question_tokens=512",
        "train.base_updates=6", "train.decoder_updates=2", "train.predictor_updates=1", "train.min_round_trip=0",
    )  # fmt: skip
    drawn = ("--task", "prosqa", "data.difficulties=[3]", "data.base_difficulties=[3]")
    ended = loop(tmp_path, *drawn, *shape)
    assert ended.code == 0, ended.words
    (told,) = ended.of("teacher")
    assert told["calls"] > 0
    assert told["accepted"] > told["rejected"] > 0, "most of what it writes is right, and what it spoils is found"
