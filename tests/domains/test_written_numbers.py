"""A number is read as what it means, however people write it, or not at all: never as another number."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reasoner.domains.math.written_numbers import MAX_LENGTH, NUMERALS, numbers_in, read_number
from reasoner.domains.math.written_numbers import TENS as WORDS_OF_TENS

MEANT = {
    "18": 18, "-2.50": "-5/2", ".5": "1/2", "5.": 5, "18 apples": 18, "20%": 20, "50 percent": 50, "$12": 12,
    "12 USD": 12, "12\N{EURO SIGN}": 12, "-$5": -5, "$-5": -5, "$1.2 million": 1_200_000, "1,234.5": "2469/2",
    "1\N{NARROW NO-BREAK SPACE}234": 1234, "1,234,567 pens": 1_234_567, "2 million": 2_000_000, "5k": 5000, "5K": 5000,
    "5 k": 5000, "1.5M": 1_500_000, "3 dozen": 36, "3 dozen eggs": 36, "5 hundred thousand": 500_000, "3 lakh": 300_000,
    "5 and a half": "11/2", "5 and a half million": 5_500_000, "5 1/2": "11/2", "-5 1/2": "-11/2", "1/3": "1/3",
    "1/2 dozen": 6, "1e16": 10**16, "1e+16": 10**16, "1E-05": "1/100000", "0.00001": "1/100000", "1.5e3 pens": 1500,
    "minus 5": -5, "negative five": -5, "\N{MINUS SIGN}5": -5, "+5": 5, "\N{ARABIC-INDIC DIGIT THREE}": 3,
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}": 12, "five": 5, "Five apples.": 5, "zero": 0, "twenty-one": 21,
    "twenty one pens": 21, "a dozen": 12, "half a dozen": 6, "two dozen": 24, "half": "1/2", "a half": "1/2",
    "one third": "1/3", "five and a half": "11/2", "a hundred and one": 101, "two thousand and five": 2005,
    "nineteen hundred": 1900, "two million three hundred thousand and six": 2_300_006, "ten percent": 10,
}  # fmt: skip

REFUSED = (
    "", " ", "-", "$", "apples", "a", "a pen", "none", "hundred", "1.234,5", "12,34", "0,123", "1234,567", "1,23,456",
    "1 234", "1 000 000", "1_000", "0x10", "1e400", "1e", "\N{INFINITY}", "NaN", "inf", "12:30", "5-7", "5\N{EN DASH}7",
    "about 5", "~5", "5+", ">5", "5 or 6", "five or six", "five six", "one two", "twenty twelve", "5 of 12",
    "5 of twelve", "5 plus two", "5 minus two", "5 point two", "3 pairs", "a couple", "5m", "5 b", "5x", "5th",
    "5 pm", "(5)", "5!", "5\N{SUPERSCRIPT TWO}", "\N{VULGAR FRACTION ONE HALF}", "5 3/2", "1/0", "1/2/3", "--5", "-$-5",
    "5 quarters", "5 millones", "2 Dutzend", "the answer is 5", "5 dollars and ten cents", "3 dozen and two",
    "million and one", "5 thousand 5 hundred", "5 1/2 and a half", "1 and 2", "5\n6", "five hundred hundred", "-five",
    "5 less than ten", "5 millionths",
    "\N{ROMAN NUMERAL FIVE}", "\N{CIRCLED DIGIT FIVE}", "9" * (MAX_LENGTH + 1), "1" * 10_000,
)  # fmt: skip


@pytest.mark.parametrize("text", MEANT)
def test_a_number_is_read_as_what_it_means(text: str) -> None:
    assert read_number(text) == Fraction(MEANT[text])


@pytest.mark.parametrize("text", REFUSED)
def test_what_gives_no_number_several_or_an_ambiguous_one_is_refused(text: str) -> None:
    assert read_number(text) is None


ONES = tuple(NUMERALS)
TENS = tuple(WORDS_OF_TENS)


def in_words(value: int) -> str:
    """A whole number below a trillion, in words."""
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = f" {'and ' if value % scale < 100 else ''}{in_words(value % scale)}" if value % scale else ""
            return f"{in_words(value // scale)} {name}{rest}"
    if value < 20:
        return ONES[value]
    return TENS[value // 10 - 2] + (f"-{ONES[value % 10]}" if value % 10 else "")


@settings(deadline=None)
@given(st.integers(0, 999_999_999))
def test_a_whole_number_reads_as_itself_in_digits_groups_exponents_and_words(value: int) -> None:
    texts = [f"{value}", f"{value:,}", f"{value}.0", f"{value}.", f"${value:,}", f"{value} pens", f"{value}e0"]
    spoken = in_words(value)
    if len(spoken) <= MAX_LENGTH:
        texts += [spoken, spoken.replace("-", " "), spoken.capitalize()]
    assert {text: read_number(text) for text in texts} == dict.fromkeys(texts, Fraction(value))
    assert (
        read_number(f"minus {value}") == read_number(f"-{value}") == read_number(f"\N{MINUS SIGN}{value:,}") == -value
    )


@settings(deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([("k", 1000), (" dozen", 12), (" million", 10**6), (" bn", 10**9)]))
def test_what_multiplies_a_number_multiplies_it(value: int, times: tuple[str, int]) -> None:
    assert read_number(f"{value:,}{times[0]}") == value * times[1]
    assert value * times[1] in numbers_in(f"There are {value}{times[0]} pens.")


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_as_json_writes_it_reads_as_its_decimal_or_is_refused(value: float) -> None:
    assert read_number(repr(value)) in (Fraction(repr(value)), None)
    if 1e-100 < abs(value) < 1e100:
        assert read_number(repr(value)) == Fraction(repr(value))


@settings(deadline=None)
@given(
    st.decimals(1, 10**6, places=2),
    st.sampled_from(["pens", "each day", "USD", "of them", "left", "cm", "km each"]),
    st.sampled_from(["and {}", "or {}", "to {}", "{}", "- {}", "plus {}", "times {}", ": {}", "/ {}", "x {}", ", {}"]),
    st.sampled_from(["6", "six", "a dozen", "half", "thousands", "\N{VULGAR FRACTION ONE HALF}", "million"]),
)
def test_a_unit_changes_nothing_and_a_second_number_is_never_read_away(
    value: object, unit: str, joined: str, other: str
) -> None:
    assert read_number(f"{value} {unit}") == Fraction(str(value))
    assert read_number(f"{value} {joined.format(other)}") != Fraction(str(value))


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,-/$% ex:_k\n\0\N{MINUS SIGN}\N{ARABIC-INDIC DIGIT ONE}andhlfmi", max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert isinstance(read_number(text), Fraction | None)
    assert numbers_in(text) is not None
