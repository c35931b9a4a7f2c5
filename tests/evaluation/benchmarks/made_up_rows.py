"""Files of every benchmark's form, with rows made up here: `write(name, folder)` gives the path that is read."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SUMS = [
    {"question": f"Ada has {n} pens and buys {n}. How many has she?", "answer": f"{n} + {n} = {2 * n}\n#### {2 * n}"}
    for n in range(501, 512)
]
PROBLEMS = [
    {"problem": "What is $1+1$?", "level": "Level 1", "type": "Algebra", "solution": "It is $\\boxed{2}$."},
    {"problem": "Halve $1$.", "level": "Level 1", "type": "Algebra", "solution": "So $\\boxed{\\frac{1}{2}}$."},
]
CHOICES = [
    {"question": f" Which is number {n}?", "type": "made_up_science", "choices": ["w", "x", "y", "z"], "answer": n % 4}
    for n in range(8)
]
SCIENCE = [
    {
        "id": f"q{n}",
        "question": {
            "stem": f"What warms {n}?",
            "choices": [{"text": t, "label": x} for t, x in zip(texts, "1234", strict=False)],
        },
        "answerKey": "2",
    }
    for n, texts in enumerate([["the moon", "the sun"], ["ice", "a fire", "snow"]])
]
DOUBLE = {
    "task_id": "HumanEval/900",
    "prompt": 'def double(x):\n    """Twice x."""\n',
    "canonical_solution": "    return 2 * x\n",
    "entry_point": "double",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(5) == 10\n",
}
TASKS = [
    {
        "task_id": number,
        "text": f"Write a function to add {number}.",
        "code": f"def add(x):\r\n    return x + {number}",
        "test_setup_code": "",
        "test_list": [f"assert add({x}) == {x + number}" for x in range(3)],
    }
    for number in (2, 3, 4, 11, 12)
]
FUNCTIONS = [
    {"id": "sample_0", "code": "def f(x):\n    return x * 2", "input": "3", "output": "6"},
    {"id": "sample_1", "code": "def f(a, b):\n    return a + b", "input": "'p', b='q'", "output": "'pq'"},
]
HOPS = [
    {"_id": "h1", "question": "Who drew the map?", "answer": "The Red Fox", "type": "bridge",
     "context": [["Map", ["It was drawn. ", "By a fox."]], ["Fox", ["Red."]]]},
    {"_id": "h2", "question": "Are both blue?", "answer": "yes", "type": "comparison", "context": [["Sky", ["Blue."]]]},
]  # fmt: skip
RULES = [
    {"question": "Tom is a lempus. Every lempus is a dumpus. Ada is a gorpus. Is Tom a dumpus or gorpus?",
     "answer": "Tom is a dumpus.", "steps": ["Tom is a lempus.", "Every lempus is a dumpus."]},
]  # fmt: skip
INTENTS = 'text,category\nwhere is it,card_arrival\nit is gone,lost_card\n"one, two",card_arrival\n'
PAIRS = [
    {"docstring_tokens": ["adds", str(n)], "code_tokens": ["def", f"f{n}", "(", ")"], "language": "python"}
    for n in range(1003)
]


def lines(rows: Sequence[Row]) -> str:
    """JSON lines."""
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _file(name: str, text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
        return folder / name

    return write


def _stdlib(folder: Path) -> Path:
    library = folder / "library"
    library.mkdir()
    text = "\n".join(
        f'def f{n}(x):\n    """Returns number {n}, no more.\n\n    Longer.\n    """\n    y = x + {n}\n    return y\n'
        for n in range(1000)
    )
    (library / "numbers_made.py").write_text(text, encoding="utf-8")
    (library / "broken.py").write_text("def (", encoding="utf-8")
    return library


WRITERS: Mapping[str, Callable[[Path], Path]] = {
    "gsm8k": _file("test.jsonl", lines(SUMS)),
    "math": _file("test.jsonl", lines(PROBLEMS)),
    "math500": _file("test.jsonl", lines(PROBLEMS)),
    "deepmind_math": _file("interpolate/numbers__gcd.txt", "What is 2 + 2?\n4\nIs 5 prime?\nTrue\n"),
    "mmlu": _file("test.jsonl", lines(CHOICES)),
    "arc": _file("ARC-Easy-Test.jsonl", lines(SCIENCE)),
    "bbh": _file(
        "navigate.json", json.dumps({"examples": [{"input": "Turn.\nOptions:\n- Yes\n- No", "target": "Yes"}]})
    ),
    "bbh_cot": _file("navigate.json", json.dumps({"examples": [{"input": "Turn.", "target": "Yes"}]})),
    "humaneval": _file("HumanEval.jsonl", lines([DOUBLE])),
    "mbpp": _file("mbpp.jsonl", lines(TASKS)),
    "cruxeval_o": _file("cruxeval.jsonl", lines(FUNCTIONS)),
    "cruxeval_i": _file("cruxeval.jsonl", lines(FUNCTIONS)),
    "hotpotqa": _file("hotpot.json", json.dumps(HOPS)),
    "hotpotqa_context": _file("hotpot.json", json.dumps(HOPS)),
    "prosqa": _file("prosqa_test.json", json.dumps(RULES)),
    "banking77": _file("test.csv", INTENTS),
    "codesearchnet": _file("python_test_0.jsonl", lines(PAIRS)),
    "stdlib_pairs": _stdlib,
}


def write(name: str, folder: Path) -> Path:
    """The file or folder of a benchmark, written."""
    return WRITERS[name](folder)
