"""Answers are found in free text as published evaluations find them, in linear time."""

import time

import pytest

from reasoner.domains.checkers.extraction import EXTRACTIONS, bare, unfenced

FOUND = [
    ("gsm8k_strict", "She has 9.\n#### 1,018", "1,018"),
    ("gsm8k_strict", "#### -3.5 and then #### 7", "-3.5"),
    ("gsm8k_strict", "####18", ""),
    ("gsm8k_strict", "The answer is 18.", ""),
    ("gsm8k_flexible", "She pays $12 for 3 pens.", "3"),
    ("gsm8k_flexible", "That makes $1,018.", "$1,018."),
    ("gsm8k_flexible", "It is 18. Written in 2024", "2024"),
    ("gsm8k_flexible", "none", ""),
    ("said", "So the answer is 18.\nBye", "18"),
    ("said", "The answer is 5. No: the final answer is: B", "B"),
    ("said", "Answer: Paris", "Paris"),
    ("said", "no such words", ""),
    ("boxed", "so \\boxed{\\frac{1}{2}} it is", "\\frac{1}{2}"),
    ("boxed", "\\boxed{1} or \\boxed{ 2 }", "2"),
    ("boxed", "\\boxed{1} or \\boxed{2", "1"),
    ("boxed", "\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
    ("boxed", "\\fbox{x}", "x"),
    ("boxed", "boxed{1}", ""),
    ("last_line", "one\ntwo\n \n\u200b", "two"),
    ("last_line", "", ""),
    ("whole", " x ", "x"),
]


@pytest.mark.parametrize(("name", "text", "found"), FOUND)
def test_an_answer_is_found_where_the_protocol_says(name: str, text: str, found: str) -> None:
    assert EXTRACTIONS[name](text) == found


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{" * 14_000,
        "#### " * 20_000,
        "the answer is " * 7_000,
        "-$" * 50_000,
        "\n" * 100_000,
        "}" * 100_000,
        "{\\" * 50_000,
    ],
)
def test_extraction_takes_linear_time(text: str) -> None:
    began = time.process_time()
    for extract in (*EXTRACTIONS.values(), bare, unfenced):
        extract(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The answer is **18**.", "18"), ("\\boxed{18}", "18"), ("$18$", "18"), ("$18", "$18"), ("= 18", "18"), 
        ("`x`", "x"),
        ("a * b * c", "a * b * c"), ("So 18", "So 18"), ("The answer is", "The answer is"),
        ("$a$ and $b$", "$a$ and $b$"),
    ],
)  # fmt: skip
def test_only_what_wraps_the_whole_answer_is_taken_off(text: str, answer: str) -> None:
    assert bare(text) == answer


def test_one_block_of_code_is_its_body_and_two_are_text() -> None:
    assert unfenced("```sql\nSELECT 1\n```") == "SELECT 1"
    assert unfenced("```\na\n```\n```\nb\n```").startswith("```")
    assert unfenced("see ```x```") == "see ```x```"
