"""What asks a held-out question is known in any disguise, and what asks another is let be."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from problem_settings import of_problems

from reasoner.bootstrap.disguises import DISGUISES
from reasoner.data.file_source import FileSource
from reasoner.data.generated_source import GeneratedSource
from reasoner.data.held_out import HeldOutQuestions
from reasoner.data.held_out_files import held_out_questions
from reasoner.domains.math.domain import MathDomain

SIZES: dict[str, Any] = {"difficulties": (1, 2, 3), "practice_size": 300, "gate_size": 60, "sealed_size": 60}
SOURCE = GeneratedSource(of_problems(3, **SIZES))
HELD = [problem.question for problem in (*SOURCE.sealed(), *SOURCE.gate(4))]
KNOWN = HeldOutQuestions(HELD)
PENS = "Ann has 12 pens and buys 7 more at the shop. How many pens does she have?"


@pytest.mark.parametrize("name", DISGUISES)
def test_a_question_is_known_in_a_disguise(name: str) -> None:
    rng = Random(0)
    assert [q for q in HELD if KNOWN.match(DISGUISES[name](q, rng)) != q] == []


@pytest.mark.parametrize(
    "text",
    [
        "Solve this step by step and show your work: " + PENS,
        "Question 4: " + PENS,
        PENS + " Answer:",
        PENS.replace("12", "l2"),
        PENS.replace("pens", "pnes", 1),
        PENS.replace(" ", ""),
        " ".join(PENS),
        PENS.replace("12", "12.0"),
        "\u202b" + PENS.replace("o", "0"),
    ],
)
def test_what_a_reader_calls_the_same_question_is_the_same(text: str) -> None:
    assert HeldOutQuestions([PENS]).match(text) == PENS


@pytest.mark.parametrize(
    "text",
    [
        PENS.replace("12", "13"),
        PENS.replace("12", "7").replace("buys 7", "buys 12"),
        "Ben had 12 nuts. A squirrel ate 7 of them. What is left?",
        "What is 12 - 7?",
        "",
    ],
)
def test_another_question_is_another(text: str) -> None:
    assert HeldOutQuestions([PENS, "What is 12 + 7?"]).match(text) is None


def test_a_number_that_is_reckoned_with_is_no_number_of_a_list() -> None:
    known = HeldOutQuestions(["What is 7 + 1?", "What is 1 + 9?", "What is 5?"])
    for other in ("What is 7 + 11?", "What is 12 + 9?", "What is 5 + 1?", "What is 5 + 3?"):
        assert known.match(other) is None
    for same in ("4. What is 7 + 1?", "What is 7 + 1? Answer: 8", "What is 5? 5"):
        assert known.match(same) is not None


def test_a_question_without_numbers_is_known_by_its_words() -> None:
    question = "Every lempus is a dumpus. Every dumpus is a gorpus. Tom is a lempus. Is Tom a gorpus or a rompus?"
    known = HeldOutQuestions([question])
    assert known.match(question.replace("Every dumpus", "Please, every dumpus")) == question
    assert known.match("Every gorpus is a lempus. Tom is a gorpus. Is Tom a lempus or a dumpus?") is None


@pytest.mark.statistical
def test_hardly_a_new_problem_is_taken_for_a_held_out_one() -> None:
    fresh = [p.question for cycle in range(1, 5) for p in GeneratedSource(of_problems(4, **SIZES)).practice(cycle)]
    known = HeldOutQuestions(SOURCE.held_out(1))
    refused = [question for question in fresh if known.match(question) is not None]
    print(f"{len(refused)} of {len(fresh)} new problems against {len(known)}")
    assert len(refused) <= len(fresh) / 200


def test_future_gate_sets_are_held_out_and_kept_for_the_next_look(tmp_path: Path) -> None:
    questions = held_out_questions(SOURCE, cycles=2, home=tmp_path)
    assert {p.question for cycle in range(1, 11) for p in SOURCE.gate(cycle)} < set(questions)
    (kept,) = (tmp_path / "held-out").iterdir()
    kept.write_text(json.dumps(["kept"]))
    assert held_out_questions(GeneratedSource(of_problems(3, **SIZES)), cycles=2, home=tmp_path) == ["kept"]
    kept.write_text('["cut')
    assert held_out_questions(GeneratedSource(of_problems(3, **SIZES)), cycles=2, home=tmp_path) == questions
    assert SOURCE.held_out_mark(1) != GeneratedSource(of_problems(4, **SIZES)).held_out_mark(1)


def test_a_practice_row_that_asks_what_a_held_out_row_asks_is_left_out(tmp_path: Path) -> None:
    drawn = [MathDomain().draw(i, {"difficulty": 1 + i % 3, "skill": "add"}) for i in range(700)]
    path = tmp_path / "mine.jsonl"
    settings = of_problems(rows=str(path), **{**SIZES, "practice_size": 10_000})

    def source(copies: dict[str, str]) -> FileSource:
        rows = [{"question": p.question, "answer": p.answer, "steps": p.steps} for p in drawn]
        rows += [{"question": asks, "answer": answer, "steps": []} for asks, answer in copies.items()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return FileSource(settings)

    honest = source({})
    copies = {p.question.replace(". ", ", exactly. ", 1): p.answer for p in honest.sealed()[:30]}
    tried = source(copies)
    assert tried.left_out > honest.left_out
    assert not copies.keys() & {p.question for p in tried.practice(1)}
