"""Every checker keeps the same contract, and each reads what people write as what they mean."""

import json
import re
import time
from importlib.util import find_spec
from typing import Any

import pytest
from checker_cases import CASES, TABLES, Case
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from reasoner.domains.checkers.base import LONGEST, AnswerChecker, Gold
from reasoner.domains.checkers.registry import CHECKERS, get_checker

RULES = tuple(kind for kind in CHECKERS if kind != "judge")
"""Those that decide by themselves; the model that judges has tests of its own, with a server."""
HERE = tuple(kind for kind in RULES if kind != "math" or find_spec("math_verify"))
"""The kinds whose packages are installed."""
BLANK = ("", " ", "\n\t", "\0", "\u200b", "\u200f", "\ud800", "\u3164", "\u2800 ", "\u0301")
NASTY = (
    "\ud800", "a\udfff", "\0", "a\0b", "\u202e18\u202c", "\u200f", "[" * 50_000, "{" * 50_000, '{"a":' * 20_000,
    "(" * 100_000, "9" * 5_000, "-" + "9" * 100_000, "1e" + "9" * 5_000, "1/" * 50_000, "a " * 50_000,
    "a," * 50_000, "\\boxed{" * 14_000, '\\"' * 50_000, "$" * 20_000, "*" * 20_000, "`" * 20_000,
    "The answer is " * 7_000, "A or " * 20_000, "(A" * 50_000, "\ufdfa" * 100_000,
    "\N{COMBINING ACUTE ACCENT}a" * 50_000, " " * 99_999 + "a", "\n" * 99_999 + "a", "SELECT " * 14_000,
    "SELECT " + "(" * 50_000, "SELECT 1" + "+1" * 40_000, "'" * 20_000, "/*" * 50_000, "x" * 100_001,
    "\N{VULGAR FRACTION ONE HALF}" * 30_000, "nan", "-inf", "1e400", "0/0", "10^" + "9" * 60, "<" * 20_000,
    "&" * 20_000, "1,234" * 20_000, "null", '"\\ud800"', "\x1b[31mB\x1b[0m", "\u0315\u0300" * 40_000,
)  # fmt: skip

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])


def made(case: Case) -> AnswerChecker:
    if case.kind not in HERE:
        pytest.skip("the package math-verify is not installed")
    return get_checker(case.kind, case.settings)


def case_of(kind: str) -> Case:
    return next(case for case in CASES if case.kind == kind)


def rows(side: str) -> list[Any]:
    return [
        pytest.param(case, answer, id=f"{case.kind}-{at}-{ascii(answer)[:40]}")
        for at, case in enumerate(CASES)
        for answer in getattr(case, side)
    ]


@pytest.mark.parametrize(("case", "answer"), rows("right"))
def test_what_means_the_gold_answer_is_right(case: Case, answer: str) -> None:
    told = made(case).check(case.gold, answer)
    assert (told.outcome, told.score, told.reason) == ("right", 1.0, "")


@pytest.mark.parametrize(("case", "answer"), rows("wrong"))
def test_what_means_something_else_is_wrong_with_a_reason(case: Case, answer: str) -> None:
    told = made(case).check(case.gold, answer)
    assert told.outcome == "wrong"
    assert told.reason
    assert told.reason.isprintable()
    assert 0 <= told.score <= 1


@pytest.mark.parametrize("kind", RULES)
def test_at_least_fifteen_answers_of_each_kind_are_listed(kind: str) -> None:
    assert sum(len(case.right) + len(case.wrong) for case in CASES if case.kind == kind) >= 15


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_gold_answers_are_valid_and_pass_themselves(case: Case) -> None:
    checker = made(case)
    assert checker.validate_gold(case.gold) == ""
    listed = [", ".join(case.gold.answers)] if case.kind == "labels" and case.gold.answers else case.gold.accepted
    assert [checker.check(case.gold, answer).outcome for answer in listed] == ["right"] * len(listed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_nobody_can_see_is_never_right(case: Case) -> None:
    checker = made(case)
    assert {checker.check(case.gold, blank).outcome for blank in BLANK} == {"wrong"}
    assert {checker.canonical(blank) for blank in BLANK} == {""}


@pytest.mark.parametrize("kind", RULES)
def test_a_row_without_a_gold_answer_is_refused_and_an_error_when_it_is_checked(kind: str) -> None:
    if kind not in HERE:
        pytest.skip("the package math-verify is not installed")
    checker = get_checker(kind)
    assert checker.validate_gold(Gold())
    told = checker.check(Gold(), "18")
    assert (told.outcome, told.score) == ("error", 0.0)


@pytest.mark.parametrize("kind", HERE)
def test_no_text_makes_a_checker_raise_or_take_more_than_seconds(kind: str) -> None:
    case = case_of(kind)
    checker = made(case)
    checker.check(case.gold, case.right[0])  # the child process starts
    for text in NASTY:
        began = time.process_time()
        wall = time.monotonic()
        told, spelt = checker.check(case.gold, text), checker.canonical(text)
        assert told.outcome in ("right", "wrong", "error"), text[:40]
        assert isinstance(spelt, str)
        assert time.process_time() - began < 3, text[:40]
        assert time.monotonic() - wall < 30, text[:40]


@pytest.mark.parametrize("kind", HERE)
def test_an_answer_longer_than_any_is_wrong_unread(kind: str) -> None:
    case = case_of(kind)
    told = made(case).check(case.gold, case.right[0] + " " * LONGEST)
    assert (told.outcome, told.score) == ("wrong", 0.0)


@pytest.mark.parametrize("kind", HERE)
def test_any_text_is_right_wrong_or_an_error_with_a_score_from_0_to_1(kind: str) -> None:
    case = case_of(kind)
    checker = made(case)

    @quick
    @given(any_text)
    def holds(text: str) -> None:
        told = checker.check(case.gold, text)
        assert told.outcome in ("right", "wrong", "error")
        assert 0 <= told.score <= 1
        assert told.score == 1 or told.outcome != "right"

    holds()


@pytest.mark.parametrize("kind", HERE)
def test_answers_of_one_canonical_text_have_one_verdict(kind: str) -> None:
    for case in (case for case in CASES if case.kind == kind):
        checker = made(case)
        verdicts: dict[str, set[str]] = {}
        for answer in (*case.right, *case.wrong):
            for said in (
                answer,
                f" {answer}\n",
                answer.upper(),
                answer.lower(),
                f"{answer}.",
                f"({answer})",
                f"**{answer}**",
            ):
                told = checker.check(case.gold, said).outcome
                verdicts.setdefault(checker.canonical(said), set()).add(told)
        assert {text: found for text, found in verdicts.items() if len(found) > 1} == {}


@quick
@given(any_text, any_text, st.sampled_from(["exact", "text", "squad", "labels", "choice", "number"]))
@example("b", "B", "choice")
def test_texts_of_one_canonical_text_pass_for_each_other(one: str, other: str, kind: str) -> None:
    checker = get_checker(kind)
    for said in (other, one.upper(), f"{one} ", f"{one}.", f"the {one}"):
        gold = Gold(answer=one)
        if checker.canonical(one) == checker.canonical(said) and not checker.validate_gold(gold):
            assert checker.check(gold, one).outcome == checker.check(gold, said).outcome


@quick
@given(any_text, st.sampled_from(["exact", "text", "squad"]))
def test_any_gold_text_that_is_valid_passes_itself(text: str, kind: str) -> None:
    checker = get_checker(kind)
    assume(not checker.validate_gold(Gold(answer=text)))
    assert checker.check(Gold(answer=text), text).outcome == "right"


@quick
@given(st.fractions(), st.sampled_from(["{}", "{} pens", "${}", "**{}**", "The answer is {}."]))
def test_any_number_passes_itself_and_its_canonical_text_and_no_other(value: Any, form: str) -> None:
    checker, gold = get_checker("number"), Gold(answer=str(value))
    assume(not checker.validate_gold(gold))
    said = form.format(value)
    assert checker.check(gold, said).outcome == "right"
    assert checker.canonical(checker.canonical(said)) == checker.canonical(said)
    assert checker.check(gold, str(value + 1)).outcome == "wrong"


@quick
@given(st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=26), st.data())
def test_the_text_of_any_choice_and_its_letter_mean_that_choice(choices: list[str], data: st.DataObject) -> None:
    checker = get_checker("choice")
    at = data.draw(st.integers(0, len(choices) - 1))
    letter = chr(ord("A") + at)
    gold = Gold(answer=letter, choices=tuple(choices))
    assume(
        not checker.validate_gold(gold) and not checker.validate_gold(Gold(answer=choices[at], choices=gold.choices))
    )
    for said in (letter, f"({letter})", f"{letter}. {choices[at]}", choices[at]):
        told = checker.check(gold, said)
        assert told.outcome == "right" or len(set(re.findall(r"(?<![^\W_])[A-Za-z](?![^\W_])", said))) > 1, said


@quick
@given(st.sets(st.text("abcdefgh xyz", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=6))
def test_any_labels_pass_in_any_order(labels: set[str]) -> None:
    checker, gold = get_checker("labels"), Gold(answers=tuple(labels))
    assume(not any(label.strip().startswith("and ") for label in labels))
    assert checker.check(gold, ";".join(sorted(labels, reverse=True))).outcome == "right"
    assert checker.check(gold, json.dumps(sorted(labels))).outcome == "right"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@quick
@given(values)
def test_any_json_has_its_own_value_however_it_is_spelt(value: Any) -> None:
    checker = get_checker("json_schema", {"equal": True})
    gold = Gold(answer=json.dumps(value))
    said = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    assert checker.check(gold, said).outcome == "right"
    assert checker.check(gold, f"[{said}]").outcome == "wrong"


@quick
@given(st.lists(st.integers(-99, 99), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_rows_in_another_order_are_right_unless_the_gold_query_orders_them(numbers: list[int], random: Any) -> None:
    checker, shuffled = get_checker("sql"), random.sample(numbers, len(numbers))
    query = "SELECT * FROM (VALUES {})".format(", ".join(f"({number})" for number in numbers))
    said = "VALUES " + ", ".join(f"({number})" for number in shuffled)
    loose = Gold(answer=query, material={"script": TABLES})
    strict = Gold(answer=f"{query} ORDER BY 1", material={"script": TABLES})
    assert checker.check(loose, said).outcome == "right"
    assert (checker.check(strict, said).outcome == "right") == (shuffled == sorted(numbers))
