"""The published files are read whole, where they lie beside this checkout."""

from pathlib import Path
from typing import Any

import pytest

from reasoner.evaluation.benchmarks.registry import get_benchmark

DATA = Path(__file__).parents[4] / "shared" / "data"
FILES = [
    ("gsm8k", "gsm8k/train.jsonl", 5, 7473),
    ("math", "math/train.jsonl", 4, 7500),
    ("mmlu", "mmlu_stem/dev_half.jsonl", 0, 1509),
    ("bbh", "bbh", 0, 2000),
    ("humaneval", "humaneval/HumanEval.jsonl", 0, 164),
    ("mbpp", "mbpp/mbpp_1-10_511-974.jsonl", 3, 471),
    ("cruxeval_o", "cruxeval/first_400.jsonl", 2, 400),
    ("cruxeval_i", "cruxeval/first_400.jsonl", 2, 400),
    ("hotpotqa", "hotpotqa/dev_first_1000.json", 0, 1000),
    ("prosqa", "prosqa/prosqa_valid.json", 0, 300),
    ("banking77", "banking77/train.csv", 5, 10003),
]


@pytest.mark.parametrize(("name", "file", "shots", "count"), FILES)
def test_every_row_of_a_published_file_is_read(name: str, file: str, shots: int, count: int) -> None:
    path = DATA / file
    if not path.exists():
        pytest.skip(f"{file} is not beside this checkout (../shared/data)")
    benchmark: Any = get_benchmark(name)
    items = benchmark.read(path, shots=shots)
    assert len({item.id for item in items}) == len(items) == count
