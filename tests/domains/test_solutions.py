"""A worked solution stands by itself only if its answer is what its steps end in, however the answer is written."""

import pytest

from reasoner.domains.math.domain import MathDomain
from reasoner.domains.solutions import FALSE_STEP, LOOSE_ANSWER, UNKNOWN_OPERAND, standing_fault

DOMAIN = MathDomain()
PROBLEM = DOMAIN.draw(0, {"difficulty": 1, "skill": "add"})


@pytest.mark.parametrize(
    ("question", "steps", "answer", "fault"),
    [
        ("A town of 1 million people doubles.", ["1*2=2"], "2 million", LOOSE_ANSWER),
        ("A town of 1 million people doubles.", ["1000000*2=2000000"], "2 million", ""),
        ("A town of 1 million people doubles.", ["1000000*2=2000000"], "2,000,000 people", ""),
        ("Ann has 3 dozen eggs and buys 5.", ["36+5=41"], "forty-one", ""),
        ("Ann has 3 dozen eggs and buys 5.", ["3+5=8"], "8 dozen", LOOSE_ANSWER),
        ("Ann has 3 eggs and buys 5.", ["3+5=8"], "8 or 9", LOOSE_ANSWER),
        ("Ann has 3 eggs and buys 5.", ["3+6=9"], "9", UNKNOWN_OPERAND),
        ("Ann has 3 eggs and buys 5.", ["3+5=9"], "9", FALSE_STEP),
    ],
)
def test_an_answer_is_compared_as_the_number_that_it_means(
    question: str, steps: list[str], answer: str, fault: str
) -> None:
    assert standing_fault(PROBLEM.model_copy(update={"question": question}), steps, answer, DOMAIN) == fault
