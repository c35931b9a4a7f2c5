"""The reader understands what the generator says, and refuses what it cannot understand."""

import pytest

from reasoner.domains.math.generator import Recipe, build
from reasoner.domains.math.reader import Unreadable, read, solve_text
from reasoner.domains.math.story import SKILLS


@pytest.mark.parametrize("max_number", [20, 50, 99])
def test_the_reader_finds_the_gold_steps_and_answer_of_every_generated_problem(max_number: int) -> None:
    for seed in range(1200):
        recipe = Recipe(difficulty=1 + seed % 4, skill=SKILLS[seed // 4 % 6], max_number=max_number)
        problem = build(seed, recipe)
        reading = read(problem.question)
        assert (reading.steps, str(reading.answer)) == (problem.steps, problem.answer), problem.question
        assert reading.skill == problem.skill


def test_a_quantity_may_be_used_before_it_is_stated_where_order_does_not_matter() -> None:
    reading = read(
        "Ann has 3 more pens than Bea. Cy has 2 fewer pens than Ann. Bea has 7 pens. How many pens does Cy have?"
    )
    assert reading.steps == ("7+3=10", "10-2=8")


def test_the_same_words_are_read_by_which_of_the_two_people_is_known() -> None:
    assert read("Ann has 7 pens. Ann has 3 fewer pens than Bo. Count the pens of Bo.").steps == ("7+3=10",)
    assert read("Bo has 7 pens. Ann has 3 fewer pens than Bo. Count the pens of Ann.").steps == ("7-3=4",)


def test_bystanders_distractors_and_sums_nobody_asks_for_leave_no_step() -> None:
    asides = "Bo is 9 years old. Cy owns 5 pens. Dee has 2 more pens than Cy."
    reading = read(f"Ann has 7 pens. {asides} Then Ann gets 1 more pens. Count the pens of Ann.")
    assert reading.steps == ("7+1=8",)
    assert [r.kind for r in reading.relations] == ["given", "gain"]


def test_selling_turns_things_into_coins() -> None:
    story = "Ann has 7 books. A shop pays Ann 3 coins for each book. "
    assert solve_text(story + "Count the coins of Ann.") == "21"
    assert solve_text(story + "Count the books of Ann.") is None


def test_words_outside_the_lexicon_are_read_too() -> None:
    assert (
        solve_text(
            "Wilhelmina has 7 turnips. Wilhelmina trades every turnip for 2 coins. Count the coins of Wilhelmina."
        )
        == "14"
    )


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "not a question"),
        ("Ann has 7 pens.", "not a question"),
        ("Ann has 7 pens. Ann sings. Count the pens of Ann.", "'Ann sings.'"),
        ("Ann has 7 pens. Count the pens of Bo.", "how many pens Bo has"),
        ("Ann has 7 pens. Ann has 8 pens. Count the pens of Ann.", "stated twice"),
        ("Ann has 3 more pens than Bo. Bo has 2 more pens than Ann. Count the pens of Bo.", "never stated"),
        ("Ann has 7 pens. Bo gets one of 2 equal parts of the pens of Ann. Count the pens of Bo.", "7/2"),
        ("Ann has 7 pens. Bo gets one of 0 equal parts of the pens of Ann. Count the pens of Bo.", "7/0"),
        ("Ann has 7 pens. Ann gives away 8 pens. Count the pens of Ann.", "7-8"),
        ("Ann gives away 3 pens. Ann has 7 pens. Count the pens of Ann.", "how many pens Ann has"),
        (
            "Ann has 8 pens. Bo gets one of 2 equal parts of the pens of Ann. Count the pens of Ann.",
            "how many pens Ann has",
        ),
    ],
)
def test_what_has_no_one_solution_is_unreadable(question: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(question)
