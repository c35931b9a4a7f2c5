"""Programs are judged in the sandbox: strictly as written, flexibly without fences and prefaces."""

from pathlib import Path
from typing import Any

import pytest
from made_up_rows import write

from reasoner.errors import SandboxError
from reasoner.evaluation.benchmarks.registry import get_benchmark
from reasoner.sandbox.choosing import choose
from reasoner.types.benchmark import Item, Reply


@pytest.fixture(autouse=True)
def _needs_a_sandbox() -> None:
    try:
        choose()
    except SandboxError as error:
        pytest.skip(str(error))


def scores_of(name: str, folder: Path, texts: list[str], *, item: int = 0) -> list[tuple[float, float]]:
    benchmark: Any = get_benchmark(name)
    one = benchmark.read(write(name, folder), shots=0)[item]
    scores = benchmark.score_all([one] * len(texts), [Reply(texts=(text,)) for text in texts], "generate")
    return [(score.values["pass@1"], score.values["pass@1/flexible"]) for score in scores]


HUMANEVAL = {
    "    return 2 * x\n": (1, 1),
    "    return x + x\n\n\ndef other():\n    return broken(\n": (1, 1),
    "    return 2 * x\nprint('done')\n": (1, 1),
    "    return x\n": (0, 0),
    "": (0, 0),
    "```python\ndef double(x):\n    return 2 * x\n```": (0, 1),
    "Here it is:\n```python\n    return 2 * x\n```\nIt doubles.": (0, 1),
    "Sure!\ndef double(x):\n    return 2 * x\n": (0, 1),
    "    import sys; sys.exit(0)\n": (0, 0),
    "    class E:\n        def __eq__(self, other):\n            return True\n    return E()\n": (0, 0),
}


def test_humaneval_continues_the_prompt_and_finds_programs_between_fences(tmp_path: Path) -> None:
    assert scores_of("humaneval", tmp_path, list(HUMANEVAL)) == list(HUMANEVAL.values())


MBPP = {
    "def add(x):\n    return x + 11": (1, 1),
    "def add(x):\n    return x + 11\n[DONE]\nmore": (1, 1),
    "```python\ndef add(x):\n    return x + 11\n```": (0, 1),
    "[BEGIN]\ndef add(x):\n    return x + 11\n[DONE]": (0, 1),
    "def add(x):\n    return 11": (0, 0),
    "": (0, 0),
}


def test_mbpp_takes_what_stands_before_done(tmp_path: Path) -> None:
    assert scores_of("mbpp", tmp_path, list(MBPP)) == list(MBPP.values())


OUTPUTS = {
    "assert f(3) == 6\n[/ANSWER] and more": (1, 1),
    "6": (1, 1),
    "3 + 3": (1, 1),
    "assert f(3) == 7": (0, 0),
    "assert f(3) == f(3)": (0, 0),
    "f( 3)": (0, 0),
    "``": (0, 0),
    "```python\nassert f(3) == 6\n```": (0, 1),
    "": (0, 0),
}


def test_a_predicted_output_is_compared_by_value_and_cannot_call_the_function(tmp_path: Path) -> None:
    assert scores_of("cruxeval_o", tmp_path, list(OUTPUTS)) == list(OUTPUTS.values())


INPUTS = {
    "assert f('p', b='q') == 'pq'": (1, 1),
    "assert f('', 'pq') == 'pq'": (1, 1),
    "f('pq', '')": (1, 1),
    "assert f('p', 'p') == 'pq'": (0, 0),
    "assert f('x') or 'pq' == 'pq'": (0, 0),
    "'pq'": (0, 0),
    "": (0, 0),
}


def test_of_a_predicted_input_only_the_arguments_count(tmp_path: Path) -> None:
    assert scores_of("cruxeval_i", tmp_path, list(INPUTS), item=1) == list(INPUTS.values())


def test_samples_give_pass_at_1_and_items_keep_their_place(tmp_path: Path) -> None:
    benchmark: Any = get_benchmark("mbpp")
    items: list[Item] = benchmark.read(write("mbpp", tmp_path), shots=0)
    right = [f"def add(x):\n    return x + {number}" for number in (11, 12)]
    scores = benchmark.score_all(items, [Reply(texts=(right[0], right[1])), Reply(texts=(right[1],))], "generate")
    assert [score.values["pass@1"] for score in scores] == [0.5, 1.0]
    assert scores[1] == benchmark.score(items[1], Reply(texts=(right[1],)), "generate")


def test_no_sandbox_is_an_error_and_no_wrong_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise SandboxError("untrusted code cannot be confined here")

    monkeypatch.setattr("reasoner.evaluation.benchmarks.programs.choose", none)
    benchmark: Any = get_benchmark("humaneval")
    item = benchmark.read(write("humaneval", tmp_path), shots=0)[0]
    score = benchmark.score(item, Reply(texts=("    return 2 * x\n",)), "generate")
    assert score.values == {}
    assert score.errors == dict.fromkeys(("pass@1", "pass@1/flexible"), "untrusted code cannot be confined here")
