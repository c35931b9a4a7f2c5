"""The lesson meant is found in whatever a teacher writes; all else is a `LessonError`, quickly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.teachers.lesson_form import MOST_PROBLEMS, LessonError
from agents.teachers.lesson_text import parse_lesson
from reasoner.types.teaching import Lesson

LESSON: dict[str, Any] = {"critique": "add", "steps": ["14+9=23"], "answer": "23", "problems": []}
GOOD = json.dumps(LESSON)
DRAFT = json.dumps({**LESSON, "critique": "draft", "steps": ["14+9=24"], "answer": "24"})
PROBLEM = {"question": "Tom has 2 pens and buys 3 more. How many now?", "steps": ["2+3=5"], "answer": "5"}

FOUND = {
    "plain": GOOD,
    "byte order mark": f"\ufeff{GOOD}",
    "fence": f"```json\n{GOOD}\n```",
    "fence of four": f"````json\n{GOOD}\n````",
    "tildes": f"~~~\n{GOOD}\n~~~",
    "fence with another name": f"```JSON5\n{GOOD}\n```",
    "words around": f"Here you are:\n\n{GOOD}\n\nGood luck!",
    "think": f"<think>\nPerhaps {DRAFT}? No.\n</think>\n{GOOD}",
    "think, only closed": f"First {DRAFT}, which is wrong.\n</think>\n\n{GOOD}",
    "think, only opened": f"<think>\nPerhaps {DRAFT}? No.\n{GOOD}",
    "think after words": f"Well.\n<think>\nPerhaps {DRAFT}\n</think>\n{GOOD}",
    "think with a fence": f"<think>\n```json\n{DRAFT}\n```\n</think>\n```json\n{GOOD}\n```",
    "think with a broken form": f'<think>\nForm: {{"critique": "...", steps}}.\n</think>\n{GOOD}',
    "nothing after think": f"<think>\nPerhaps {DRAFT}? No.\n{GOOD}\n</think>\n",
    "thinking": f"<thinking>{DRAFT}</thinking>{GOOD}",
    "reasoning": f"<reasoning>{DRAFT}</reasoning>{GOOD}",
    "THINK": f"[THINK]{DRAFT}[/THINK]{GOOD}",
    "channels": f"<|channel|>analysis<|message|>{DRAFT}<|end|><|channel|>final<|message|>{GOOD}<|return|>",
    "prose": f"14 and 9 make {{14+9}}, so I would say {DRAFT}. No, 14+9 is 23, so:\n{GOOD}",
    "two fences": f"Draft:\n```json\n{DRAFT}\n```\nCorrected:\n```json\n{GOOD}\n```",
    "code first": f"I checked it:\n```python\nprint({{'sum': 14 + 9}})\n```\n{GOOD}",
    "code after": f"{GOOD}\n```python\nprint({{'sum': 14 + 9}})\n```",
    "another object first": f'{{"sum": 23, "checked": true}}\n{GOOD}',
    "LaTeX before": rf"It is \frac{{46}}{{2}} of 1{{,}}000 or \{{23\}}. {GOOD}",
    "LaTeX within": GOOD.replace("add", r"\(14 + 9\) is \alpha").replace("add", ""),
    "array": f"[{GOOD}]",
    "nested": json.dumps({"lesson": LESSON}),
    "nested deeper": json.dumps({"output": [{"type": "text", "value": {"lesson": LESSON}}]}),
    "tool call": json.dumps({"name": "Lesson", "arguments": LESSON}),
    "tool call as text": json.dumps({"name": "Lesson", "arguments": GOOD}),
    "text of a text": json.dumps(GOOD),
    "drafts side by side": json.dumps({"draft": json.loads(DRAFT), "final": LESSON}),
    "draft within": json.dumps({**LESSON, "draft": json.loads(DRAFT)}),
    "unknown keys": json.dumps({"mood": {"a": [1]}, **LESSON, "confidence": 0.9}),
    "number for text": GOOD.replace('"23"', "23"),
    "no problems": json.dumps({key: value for key, value in LESSON.items() if key != "problems"}),
    "null problems": json.dumps({**LESSON, "problems": None}),
    "trailing commas": GOOD.replace("]", ",]")[:-1] + ",}",
    "comments": "{ // the lesson\n" + GOOD[1:-1] + "/* done */ , // end\n}",
    "Python": f"Here: {LESSON}",
    "raw line breaks": GOOD.replace("add", "add\nboth"),
    "infinite extra": GOOD[:-1] + ', "score": Infinity, "loss": NaN}',
    "same key twice": GOOD.replace('"answer"', '"answer": "24", "answer"'),
    "mark within": GOOD.replace("add", "you wrote </think> and [/THINK]"),
    "braces within": GOOD.replace("add", 'you wrote {\\"steps\\": [}'),
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
def test_the_lesson_that_was_meant_is_found(text: str) -> None:
    lesson = parse_lesson(text)
    assert (lesson.steps, lesson.answer, lesson.problems) == (["14+9=23"], "23", [])
    assert lesson.critique != "draft"


REFUSED = {
    "nothing": ("", "expected one JSON object, got ''"),
    "words": ("I cannot.", "expected one JSON object, got 'I cannot.'"),
    "one missing": (json.dumps({"critique": "c", "answer": "3"}), "steps is missing"),
    "two missing": ('{"critique": "c"}', "steps and answer are missing"),
    "missing in a problem": (json.dumps({**LESSON, "problems": [{"question": "q", "answer": "1"}]}), "0: steps is"),
    "something else": ('{"sum": 23}', "no JSON object in it has critique, steps and answer"),
    "steps as text": (json.dumps({**LESSON, "steps": "14+9=23"}), "steps: expected a list, got a text"),
    "steps as objects": (json.dumps({**LESSON, "steps": [{"a": 1}]}), "steps.0: expected a text, got an object"),
    "a truth for a text": (json.dumps({**LESSON, "answer": True}), "answer: expected a text, got true or false"),
    "cut off": (GOOD[:40], "the JSON object is broken"),
    "a draft, then cut off": (f"{DRAFT} No:\n{GOOD[:40]}", "the JSON object is broken"),
    "a draft, then broken": (f"{DRAFT} No:\n{GOOD.replace(',', '', 1)}", "the JSON object is broken"),
    "a draft in Python, then cut off": (f"{LESSON} No:\n{GOOD[:40]}", "the JSON object is broken"),
    "a draft, then incomplete": (f'{DRAFT} No:\n{{"critique": "c", "answer": "23"}}', "steps is missing"),
    "a draft, then words": (f"<think>{DRAFT}</think>I cannot solve it.", "the answer after the reasoning holds no"),
    "channels, then words": (
        f"<|channel|>analysis<|message|>{DRAFT}<|end|><|channel|>final<|message|>Sorry.<|return|>",
        "the answer after the reasoning holds no JSON object, got 'Sorry.'",
    ),
    "digits": (GOOD.replace('"23"', "2" * 5000), "answer: 5000 characters, expected 1000 at most"),
    "digits of a step": (GOOD.replace("14+9", "9" * 5000), "steps.0: 5003 characters"),
    "hexadecimal digits": (str(LESSON).replace("'23'", "0x" + "f" * 5000), "answer: a number of too many digits"),
    "digits, cut off": (GOOD.partition('"23"')[0] + "2" * 6000, "the JSON object is broken"),
    "nested 900": (GOOD.replace('"14+9=23"', "[" * 900 + "]" * 900), "steps"),
    "nested 100,000": (GOOD.replace('"14+9=23"', "[" * 100_000 + "]" * 100_000), "nested too deeply"),
    "nested, open": ('{"steps": ' + "[" * 100_000, "nested too deeply"),
    "objects in objects": ('{"steps": ' * 100_000, "nested too deeply"),
    "a long critique": (GOOD.replace("add", "x" * 3_000_000), "critique: 3000000 characters"),
    "many steps": (json.dumps({**LESSON, "steps": ["1+1=2"] * 100_000}), "steps: 100000 entries"),
    "many problems": (json.dumps({**LESSON, "problems": [PROBLEM] * 5000}), f"5000 entries, expected {MOST_PROBLEMS}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_lesson_says_why_in_few_words(text: str, message: str) -> None:
    with pytest.raises(LessonError) as refused:
        parse_lesson(text)
    assert message in str(refused.value)
    assert len(str(refused.value).encode()) < 4_000


MEGABYTE = 1_000_000
LONG = {
    "line breaks in a fence": "```\n" + "\n" * MEGABYTE + "{",
    "open braces": '{"' * (MEGABYTE // 2),
    "objects in objects": '{"steps":' * (MEGABYTE // 9),
    "closed objects": '{"a":' * (MEGABYTE // 10) + "1" + "}" * (MEGABYTE // 10),
    "broken objects": '{"steps":x' * (MEGABYTE // 10),
    "escaped quotes": '{"critique":"' + '\\"' * (MEGABYTE // 2),
    "slashes": "{" + "/" * MEGABYTE + "x",
    "comments": "{/*" * (MEGABYTE // 3),
    "comments, commas": '{"steps":[' + "/*,*/," * (MEGABYTE // 6) + "]}",
    "spaces": "{" + " " * MEGABYTE + '"steps" ' + " " * MEGABYTE,
    "marks": GOOD + "</think><|a" * (MEGABYTE // 11),
    "cut off": GOOD[:-3] + ",".join([json.dumps(PROBLEM)] * (MEGABYTE // 100)),
    "surrogates": "\ud83d" * MEGABYTE,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_megabytes_that_no_pattern_likes_are_refused_without_a_second_reading(text: str) -> None:
    """The pattern that stood here before needed hours for the first of them."""
    with pytest.raises(LessonError):
        parse_lesson(text)


def test_characters_that_cannot_be_stored_are_replaced() -> None:
    written = {
        **LESSON,
        "critique": "cut \ud83d, nul \0, bell \a, tab \t",
        "problems": [{**PROBLEM, "question": "\udc00?"}],
    }
    lesson = parse_lesson(json.dumps(written))
    assert lesson.critique == "cut \ufffd, nul \ufffd, bell \ufffd, tab \t"
    assert lesson.problems[0].question == "\ufffd?"
    assert parse_lesson(json.dumps({**LESSON, "critique": "whole \U0001f600"})).critique == "whole \U0001f600"


def test_numbers_keep_every_digit_that_was_written() -> None:
    text = '{"critique": 1, "steps": [2.50], "answer": 1e400, "problems": []}'
    lesson = parse_lesson(text)
    assert (lesson.critique, lesson.steps, lesson.answer) == ("1", ["2.50"], "1e400")


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
WRITTEN = st.builds(
    lambda critique, steps, answer: {"critique": critique, "steps": steps, "answer": answer},
    ANY_TEXT, st.lists(ANY_TEXT, max_size=3), ANY_TEXT,
)  # fmt: skip
PROSE = st.text(st.characters(exclude_characters="{}[]\"'</|\\"), max_size=40)


@given(
    WRITTEN,
    WRITTEN,
    PROSE,
    st.sampled_from(["{}\n{}", "<think>{}</think>{}", "```\n{}\n```\n```\n{}\n```", "[{}, {}]"]),
)
def test_of_any_two_lessons_the_last_is_read_to_the_letter(
    first: dict[str, Any], last: dict[str, Any], prose: str, frame: str
) -> None:
    one, other = (json.dumps(written, ensure_ascii=False) for written in (first, last))
    text = prose + frame.replace("{}", one, 1)
    head, _, tail = text.rpartition("{}")
    assert parse_lesson(head + other + tail) == Lesson(**last)


PIECES = [
    *"{}[]\",:\\\n'",
    "//",
    "/*",
    "*/",
    "```",
    "</think>",
    "<|channel|>final",
    '"steps"',
    '"answer":',
    GOOD,
    DRAFT,
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join))
def test_whatever_the_text_a_lesson_can_be_written_down_and_all_else_is_a_lesson_error(text: str) -> None:
    try:
        lesson = parse_lesson(text)
    except LessonError as refused:
        words = str(refused)
    else:
        words = lesson.model_dump_json()
        assert lesson.model_validate_json(words.encode()) == lesson
    assert words.encode()


@given(st.integers(0, len(GOOD)), st.integers(0, 6), st.text(max_size=3))
def test_a_damaged_answer_after_a_draft_never_lets_the_draft_teach(at: int, lost: int, put: str) -> None:
    damaged = GOOD[:at] + put + GOOD[at + lost :]
    try:
        lesson = parse_lesson(f"{DRAFT}\nNo, that is false. Corrected:\n{damaged}")
    except LessonError:
        return
    assert lesson.critique != "draft" or '"steps"' not in damaged
