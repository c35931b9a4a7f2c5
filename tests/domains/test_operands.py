"""Where a step's numbers may come from, and which skill it shows."""

import pytest

from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.operands import grounded, skill_of
from reasoner.domains.math.story import SKILLS


def test_the_gold_steps_of_generated_problems_are_grounded_and_show_their_skill() -> None:
    for seed in range(300):
        problem = build(seed, Recipe(difficulty=1 + seed % 4, skill=SKILLS[seed % 6]))
        assert grounded(problem.question, problem.steps)
        assert skill_of(problem.question, problem.steps) == problem.skill


@pytest.mark.parametrize(
    ("question", "steps", "expected"),
    [
        ("Ann has 7 pens and Bo 5.", ["7+5=12", "12-5=7"], True),
        ("Ann has 7 pens and Bo 5.", ["7+6=13"], False),
        ("Ann has 7 pens and Bo 5.", ["7*2=14"], False),
        ("Ann has 7 pens, Bo twice as many.", ["7*2=14"], True),
        ("Ann has seven pens, Bo a dozen.", ["7+12=19"], True),
        ("A $1,200.50 bike is 20% off.", ["1200.5*.2=240.1", "1200.5-240.1=960.4"], True),
        ("Ann owes 7 and has 5.", ["5-7=-2", "7+2=9"], True),
        ("Ann has 7 pens.", ["seven pens"], False),
    ],
)
def test_an_operand_comes_from_the_question_an_earlier_result_or_a_word_that_names_it(
    question: str, steps: list[str], expected: bool
) -> None:
    assert grounded(question, steps) is expected


def test_a_text_beyond_the_reader_shows_the_skill_of_its_last_operator() -> None:
    assert skill_of("Seven geese meet three.", ["7+3=10", "10-2*3=4"]) == "times"
    with pytest.raises(ValueError, match="do not end in an equation"):
        skill_of("Seven geese meet three.", ["ten"])
