"""A text in disguise comes out as itself, and an ordinary one is not changed."""

import pytest

from reasoner.domains.math.domain import MathDomain
from reasoner.domains.plain_text import plain_text

MATH = MathDomain()
TEXT = "Ann has 1200 pens. She doesn't buy 2.5 kg, but 3/4 of 10-12 'nuts' (at $5). How many?"
QUESTION = "Bo has 9 shells. Bo gives away 4 shells. Count the shells of Bo."


def test_an_ordinary_text_is_not_changed() -> None:
    assert plain_text(TEXT) == TEXT
    assert plain_text("5 - 3 * 2 < 7 and 8 > 6, a_b and 2*3*4") == "5 - 3 * 2 < 7 and 8 > 6, a_b and 2*3*4"


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("A\u0438n h\u0430s 9 p\u0435ns", "A\u0438n has 9 pens"),
        ("\u0391nn h\u03bfards", "Ann hoards"),
        ("\uff21\uff4e\uff4e has \uff11\uff12 pens", "Ann has 12 pens"),
        ("\U0001d400\U0001d427\U0001d427 has \u0661\u0662 \u24df\u24d4\u24dd\u24e2", "Ann has 12 pens"),
        ("A\u200bn\u00adn\u2060 ha\u0301s \u202e9\u202c pe\ufe0fns", "Ann has 9 pens"),
        ("Ann\u00a0\u2009has\t9\n\u3000pens\u2800now", "Ann has 9 pens now"),
        ("1,200 and 1 200 and 1\u2009200 and 12,5", "1200 and 1200 and 1200 and 12,5"),
        ("<p>Ann has <b>9</b>&nbsp;pens<!-- not 8 --></p>", "Ann has 9 pens"),
        ("## Ann has **9** `pens` and _3_ [nuts](https://example.org/8)", "Ann has 9 pens and 3 nuts"),
        ("> Ann has\n> 9 pens", "Ann has 9 pens"),
        ("3 \u00d7 4 \u2212 5 \u00f7 6 \u2013 7", "3 * 4 - 5 / 6 - 7"),
        ("half \ud83d a character", "half a character"),
    ],
)
def test_a_text_in_disguise_comes_out_as_itself(disguised: str, plain: str) -> None:
    assert plain_text(disguised) == plain


def test_who_solves_a_question_another_way_or_disguises_it_does_not_move_it_to_another_split() -> None:
    own = MATH.structure(QUESTION, ["9-4=5"])
    assert MATH.structure(QUESTION, ["9-4=5", "9-4=5"]) == own
    assert MATH.structure(QUESTION.replace("o", "\u043e").replace(" 9", " \uff19"), ["4+5=9", "9-4=5"]) == own
    assert MATH.structure(QUESTION.replace("Count", "Say"), ["9-4=5", "9-4=5"]) != own
