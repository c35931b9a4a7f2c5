"""Which answers a task offers, and that what is learnt from its rows is one of them."""

from typing import Any

import pytest

from reasoner.domains.checkers.base import Gold
from reasoner.domains.checkers.choice import ChoiceChecker, ChoiceSettings, lettered
from reasoner.domains.checkers.text import TextChecker, TextSettings
from reasoner.domains.powers import offered
from reasoner.domains.registry import get_domain
from reasoner.domains.rows.domain import RowsDomain
from reasoner.domains.rows.task_file import TaskFile


def of(kind: str, *, choices: str = "", **options: Any) -> RowsDomain:
    columns = {"choices": choices} if choices else {}
    return RowsDomain(
        TaskFile.model_validate({"name": "t", "columns": columns, "checker": {"kind": kind, "options": options}})
    )


@pytest.mark.parametrize(
    ("question", "letters"),
    [
        ("Where?\n(A) London\n(B) Paris", "AB"),
        ("Where?\nA. London\nB. Paris\nC. Rome", "ABC"),
        ("Like this:\n(A) x\n(B) y\n(C) z\nWhere?\n(A) London\n(B) Paris", "AB"),
        ("Where?\n(A) London", ""),
        ("Where?\n(B) London\n(C) Paris", ""),
        ("Vitamin A. And (B) of course.", ""),
        ("", ""),
    ],
)
def test_the_letters_of_the_options_are_read_from_the_question(question: str, letters: str) -> None:
    assert lettered(question) == tuple(letters)


def test_a_row_teaches_its_answer_in_the_words_in_which_it_is_offered() -> None:
    domain = of("choice", choices="choices")
    for answer, step in (("Paris", "B"), ("b", "B"), ("(A)", "A"), (1, "B")):
        found = domain.read_row({"question": "Where?", "choices": ["London", "Paris"], "answer": answer})
        assert found is not None
        assert found["steps"] == (step,)
        assert step in domain.offered(found["question"])
    worked = {"question": "Where?", "choices": ["London", "Paris"], "answer": "In France.\nanswer: Paris"}
    found = domain.read_row(worked)
    assert found is not None
    assert found["steps"] == ("In France.", "Paris")


def test_options_of_every_question_are_offered_as_texts() -> None:
    assert ChoiceChecker().offered("Is it?") == ()
    assert ChoiceChecker(ChoiceSettings(choices=("yes", "no"))).offered("Is it?") == ("yes", "no")


def test_labels_that_are_allowed_are_offered_and_others_refused() -> None:
    domain = of("text", allowed=["lost card", "top up"])
    assert domain.offered("whatever") == ("lost card", "top up")
    found = domain.read_row({"question": "q", "answer": "Lost Card."})
    assert found is not None
    assert found["steps"] == ("lost card",)
    checker = TextChecker(TextSettings(allowed=("lost card", "top up")))
    assert checker.check(Gold(answer="top up"), "Top up").outcome == "right"
    assert "none of the 2 allowed" in checker.validate_gold(Gold(answer="refund"))
    assert of("text").offered("whatever") == ()


def test_a_task_with_open_answers_offers_none() -> None:
    assert offered(get_domain("math"), ["What is 3 + 4?"]) == [()]
    assert offered(of("number"), ["What is 3 + 4?"]) == [()]
