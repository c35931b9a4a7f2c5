"""Where a step's numbers may come from, and which skill it shows."""

import pytest

from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.operands import judge_steps, skill_of
from reasoner.domains.math.story import SKILLS


def test_the_gold_steps_of_generated_problems_are_grounded_and_show_their_skill() -> None:
    for seed in range(300):
        problem = build(seed, Recipe(difficulty=1 + seed % 4, skill=SKILLS[seed % 6]))
        assert all(verdict.holds for verdict in judge_steps(problem.question, problem.steps))
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
        ("Ann has twenty-one pens, Bo 3 dozen and a half.", ["21+36=57"], True),
        ("A town of 2 million loses 1,000.", ["2000000-1000=1999000"], True),
        ("A town of 2 million loses 5k.", ["2000000-5000=1995000"], True),
        ("Ann has 12,34 pens.", ["1234+1=1235"], False),
        ("Ann has two hundred and five pens and a half.", ["205/205=1"], True),
    ],
)
def test_an_operand_comes_from_the_question_an_earlier_result_or_a_word_that_names_it(
    question: str, steps: list[str], expected: bool
) -> None:
    assert all(verdict.holds for verdict in judge_steps(question, steps)) is expected


def test_what_nothing_gives_is_named_for_each_step_as_it_was_written() -> None:
    verdicts = judge_steps("What is the capital of France?", ["7+3=10", "10*7=70", "10+10=21", "Paris"])
    assert [v.unknown for v in verdicts] == [("7", "3"), ("7",), (), ()]
    assert [v.true for v in verdicts] == [True, True, False, False]
    assert [v.fault for v in verdicts] == ["nothing gives 7 and 3", "nothing gives 7", "not true", "not true"]


def test_a_question_of_thousands_of_digits_gives_no_number_and_breaks_nothing() -> None:
    assert not judge_steps("9" * 5000 + " pens", ["9+9=18"])[0].holds


def test_a_text_beyond_the_reader_shows_the_skill_of_its_last_operator() -> None:
    assert skill_of("Seven geese meet three.", ["7+3=10", "10-2*3=4"]) == "times"
    with pytest.raises(ValueError, match="do not end in an equation"):
        skill_of("Seven geese meet three.", ["ten"])
