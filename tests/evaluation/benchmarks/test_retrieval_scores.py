"""Docstring to function among 1,000."""

from pathlib import Path
from typing import Any

import pytest
from made_up_rows import PAIRS, lines, write

from reasoner.evaluation.benchmarks.registry import get_benchmark
from reasoner.evaluation.benchmarks.retrieval import CHANCE
from reasoner.types.benchmark import Reply


@pytest.mark.parametrize("name", ["codesearchnet", "stdlib_pairs"])
def test_each_query_has_the_thousand_texts_of_its_pool_with_the_right_one_among_them(name: str, tmp_path: Path) -> None:
    items = get_benchmark(name).read(write(name, tmp_path), shots=0)
    assert len(items) == 1000
    assert {len(item.options) for item in items} == {1000}
    assert all(item.gold in item.options for item in items)


def test_pools_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    path = write("codesearchnet", tmp_path)
    before = get_benchmark("codesearchnet").read(path, shots=0)
    path.write_text(lines(PAIRS[::-1]))
    assert get_benchmark("codesearchnet").read(path, shots=0) == before


def test_docstrings_are_queries_by_their_first_paragraph_and_are_not_in_the_text(tmp_path: Path) -> None:
    items = get_benchmark("stdlib_pairs").read(write("stdlib_pairs", tmp_path), shots=0)
    item = next(item for item in items if item.prompt == "Returns number 7, no more.")
    assert item.gold == "def f7(x):\n    y = x + 7\n    return y"
    assert item.subject == "numbers_made"


def test_the_score_is_the_reciprocal_of_the_rank(tmp_path: Path) -> None:
    benchmark: Any = get_benchmark("codesearchnet")
    item = benchmark.read(write("codesearchnet", tmp_path), shots=0)[0]
    scores = benchmark.score_all([item] * 3, [Reply(ranks=ranks) for ranks in ((1,), (4,), ())], "retrieve")
    assert [score.values for score in scores] == [{"mrr": 1.0}, {"mrr": 0.25}, {}]
    assert "expected one from 1 to 1000" in scores[2].errors["mrr"]
    assert benchmark.info.chance == CHANCE == pytest.approx(0.00749, abs=1e-5)
