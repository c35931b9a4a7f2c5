"""What a student's own steps tell of whether it has understood: no gold answer is needed."""

import pytest

from reasoner.domains.math.domain import MathDomain
from reasoner.evaluation.understanding import doubt

DOMAIN = MathDomain()
PENS = "Ann has 12 pens. Ann buys 9 more pens. How many pens does Ann have?"


@pytest.mark.parametrize(
    ("question", "steps", "expected"),
    [
        (PENS, ["12+9=21"], ""),
        (PENS.replace("12", "twelve"), ["12+9=21"], ""),
        (PENS, [], ""),
        (
            "What is the capital of France?",
            ["7+3=10"],
            "not understood: the steps use 7 and 3, which the question does not say",
        ),
        (PENS, ["12+9=21", "21*4=84"], "not understood: the steps use 4, which the question does not say"),
        (PENS, ["12+9=22"], "not sure: step 1, '12+9=22', is not true"),
        (PENS, ["12+9", "12"], "not sure: step 1, '12+9', and step 2, '12', are not true"),
    ],
)
def test_a_step_that_does_not_hold_is_named_and_true_grounded_ones_are_believed(
    question: str, steps: list[str], expected: str
) -> None:
    assert doubt(DOMAIN, question, steps, unknown=[]) == expected


def test_a_question_of_unknown_words_is_not_understood_whatever_the_steps_are() -> None:
    question = "漢字 漢字 12 漢字 9 ?"
    assert "cannot read '漢字'" in doubt(DOMAIN, question, ["12+9=21"], unknown=["漢字", "漢字", "漢字", "?"])
    assert doubt(DOMAIN, PENS, ["12+9=21"], unknown=["漢字"]) == ""
