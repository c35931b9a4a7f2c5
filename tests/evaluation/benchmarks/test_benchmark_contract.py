"""What every benchmark must keep: names, stable ids, prompts, and scores of right, wrong and empty answers."""

from pathlib import Path
from typing import Any

import pytest
from made_up_rows import WRITERS, write

from reasoner.errors import ConfigError
from reasoner.evaluation.benchmarks.definition import FileBenchmark
from reasoner.evaluation.benchmarks.registry import benchmark_names, get_benchmark
from reasoner.types.benchmark import Item, Reply

PROGRAMS = ("humaneval", "mbpp", "cruxeval_o", "cruxeval_i")
RIGHT = {
    "gsm8k": lambda item: f" #### {item.gold}",
    "prosqa": lambda item: f"### {item.gold}",
    "cruxeval_o": lambda item: f"assert f(1) == {item.gold}\n",
    "cruxeval_i": lambda item: f"assert {item.gold} == 0\n",
    "bbh_cot": lambda item: f"So the answer is {item.gold}.",
    "math": lambda item: f"Final Answer: The final answer is ${item.gold}$. I hope it is correct.",
    "math500": lambda item: f"\\boxed{{{item.gold}}}",
    "arc": lambda item: item.accepted[0],
}


def found(name: str, folder: Path) -> tuple[FileBenchmark, list[Item]]:
    """A benchmark with its made-up items, without examples before them."""
    benchmark: Any = get_benchmark(name)
    return benchmark, list(benchmark.read(write(name, folder), shots=0))


def test_all_benchmarks_have_made_up_rows_here() -> None:
    assert set(benchmark_names()) == set(WRITERS)


def test_an_unknown_name_is_told_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r"no benchmark 'gsm9k'.*did you mean 'gsm8k'"):
        get_benchmark("gsm9k")


@pytest.mark.parametrize("name", list(WRITERS))
def test_reading_twice_gives_the_same_items_with_ids_of_their_own(name: str, tmp_path: Path) -> None:
    benchmark, items = found(name, tmp_path)
    assert benchmark.info.name == name
    assert len(benchmark.info.fingerprint) == 64
    assert items == list(benchmark.read(benchmark_path(name, tmp_path), shots=0))
    assert len({item.id for item in items}) == len(items) > 0
    assert all(item.prompt and item.question and item.gold for item in items)
    assert 0 <= benchmark.chance(items[0]) <= 0.5


def benchmark_path(name: str, folder: Path) -> Path:
    """Where the made-up rows were written."""
    return folder / "library" if name == "stdlib_pairs" else next(p for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("name", [name for name in WRITERS if "generate" in get_benchmark(name).info.forms])
def test_the_right_answer_is_right_in_the_loosest_filter_and_an_empty_one_is_wrong(name: str, tmp_path: Path) -> None:
    benchmark, items = found(name, tmp_path)
    right = [Reply(texts=(RIGHT.get(name, lambda item: item.gold)(item),)) for item in items]
    for score in benchmark.score_all(items, right, "generate"):
        assert 1.0 in score.values.values(), score
    for score in benchmark.score_all(items, [Reply(texts=("",))] * len(items), "generate"):
        assert set(score.values.values()) == {0.0} or name in ("math", "math500"), score
        assert 1.0 not in score.values.values()


@pytest.mark.parametrize("name", list(WRITERS))
def test_a_reply_that_is_an_error_is_neither_right_nor_wrong(name: str, tmp_path: Path) -> None:
    benchmark, items = found(name, tmp_path)
    score = benchmark.score(items[0], Reply(error="the server is gone"), benchmark.info.forms[0])
    assert score.values == {}
    assert score.errors == dict.fromkeys(benchmark.info.metrics, "the server is gone")


@pytest.mark.parametrize("name", [name for name in WRITERS if "loglikelihood" in get_benchmark(name).info.forms])
def test_the_likeliest_option_is_chosen_and_a_missing_likelihood_is_an_error(name: str, tmp_path: Path) -> None:
    benchmark, items = found(name, tmp_path)
    item = items[0]
    likely = tuple(-1.0 if at == item.material["gold_index"] else -90.0 for at in range(len(item.options)))
    assert benchmark.score(item, Reply(loglikelihoods=likely), "loglikelihood").values["acc"] == 1.0
    unlikely = tuple(-90.0 - one for one in likely)
    assert benchmark.score(item, Reply(loglikelihoods=unlikely), "loglikelihood").values["acc"] == 0.0
    for broken in (likely[1:], (float("nan"), *likely[1:])):
        score = benchmark.score(item, Reply(loglikelihoods=broken), "loglikelihood")
        assert "acc" not in score.values
        assert "expected" in score.errors["acc"]


def test_the_majority_baseline_is_the_most_frequent_gold_answer(tmp_path: Path) -> None:
    benchmark, items = found("banking77", tmp_path)
    assert benchmark.majority(items) == ("card arrival", 2 / 3)


def test_the_same_row_twice_gives_two_ids(tmp_path: Path) -> None:
    benchmark, _ = found("gsm8k", tmp_path)
    file = tmp_path / "test.jsonl"
    file.write_text(file.read_text() * 2)
    ids = [item.id for item in benchmark.read(file, shots=0)]
    assert len(set(ids)) == 22
    assert ids[11] == f"{ids[0]}-2"
