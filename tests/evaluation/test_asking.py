"""Benchmarks put to models: what is asked, kept, gone on with and summed up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_benchmarks import Colours, Rule, Sums

from reasoner.errors import DamagedError, UsageError
from reasoner.evaluation.asking.forms import How, Round, form_for
from reasoner.evaluation.asking.measures import measures_of
from reasoner.evaluation.asking.raw_file import RawFile
from reasoner.evaluation.asking.rounds import answer_all
from reasoner.evaluation.statistics import mean_interval, pass_at_k, wilson
from reasoner.types.benchmark import Benchmark, Item, Reply, Score
from reasoner.types.benchmark_report import Answered

HOW = How(stops=("\n",), most_tokens=8)


@pytest.fixture
def sums(tmp_path: Path) -> list[Item]:
    file = tmp_path / "sums.txt"
    file.write_text("".join(f"{i}+{i % 3}\n" for i in range(10)))
    return list(Sums().read(file, shots=0))


def answered_by(
    rule: Any,
    items: Sequence[Item],
    folder: Path,
    *,
    benchmark: Benchmark | None = None,
    how: How = HOW,
    together: int = 4,
) -> list[Answered]:
    raw = RawFile(folder / "raw" / "sums.jsonl", "generate")
    return answer_all(
        benchmark or Sums(),
        items,
        rule,
        form="generate",
        how=how,
        raw=raw,
        together=together,
        on_progress=lambda done, total: None,
    )


def test_every_item_is_asked_once_and_has_its_line(sums: list[Item], tmp_path: Path) -> None:
    rule = Rule()
    answered = answered_by(rule, sums, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "raw" / "sums.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == [item.id for item in sums] == rule.asked
    assert lines[3]["reply"]["texts"] == ["3"]
    assert lines[3]["scores"][0]["extracted"] == {"last": "3"}
    assert len(lines[3]["prompt_sha256"]) == 64
    assert all(line.scores[0].values["exact_match/last"] == 1.0 for line in answered)


def test_a_start_after_a_kill_asks_only_what_has_no_whole_line(sums: list[Item], tmp_path: Path) -> None:
    whole = answered_by(Rule(), sums, tmp_path)
    file = tmp_path / "raw" / "sums.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:5]) + lines[5][:20])
    again = Rule()
    assert answered_by(again, sums, tmp_path) == whole
    assert again.asked == [item.id for item in sums[5:]]
    assert file.read_bytes() == b"".join(lines)


def test_a_line_of_another_item_or_prompt_is_damage(sums: list[Item], tmp_path: Path) -> None:
    answered_by(Rule(), sums, tmp_path)
    with pytest.raises(DamagedError, match="line 1"):
        answered_by(Rule(), sums[1:] + sums[:1], tmp_path)
    changed = sums[0].model_copy(update={"prompt": "another"})
    with pytest.raises(DamagedError, match="line 1"):
        answered_by(Rule(), [changed, *sums[1:]], tmp_path)


def test_what_a_model_cannot_do_is_asked_in_the_next_form() -> None:
    assert form_for(Colours.info, Rule()) == "generate"
    only_weighed = Colours.info.model_copy(update={"forms": ("loglikelihood",)})
    with pytest.raises(UsageError, match="says how likely texts are"):
        form_for(only_weighed, Rule())


def test_errors_are_neither_right_nor_wrong_and_counted_apart(sums: list[Item], tmp_path: Path) -> None:
    answered = answered_by(Rule(error_at="s2"), sums, tmp_path)
    exact, length = measures_of(Sums.info, sums, answered, known=None)
    assert (exact.metric, exact.filter, exact.value, exact.n, exact.errors) == ("exact_match", "last", 1.0, 9, 1)
    assert exact.ci95 == wilson(9, 9)
    assert (exact.interval, length.interval) == ("wilson", "t")


def test_a_metric_that_the_checker_cannot_tell_is_an_error_of_that_metric_alone(
    sums: list[Item], tmp_path: Path
) -> None:
    answered = answered_by(Rule("broken"), sums, tmp_path)
    exact, length = measures_of(Sums.info, sums, answered, known=None)
    assert (exact.n, exact.errors) == (10, 0)
    assert (length.n, length.errors) == (0, 10)
    assert length.ci95 == (0.0, 1.0)


def test_subjects_majority_and_the_part_that_nobody_knows(sums: list[Item], tmp_path: Path) -> None:
    answered = answered_by(Rule("4"), sums, tmp_path)
    (exact, _) = measures_of(Sums.info, sums, answered, known={"s2", "s4"})
    golds = [item.gold for item in sums]
    assert exact.majority == max(map(golds.count, golds)) / 10
    assert exact.value == golds.count("4") / 10
    assert set(exact.by_subject) == {"even", "odd"}
    assert sum(part.n for part in exact.by_subject.values()) == 10
    assert exact.clean is not None
    assert exact.clean.n == 8


def test_chance_is_one_of_the_options(tmp_path: Path) -> None:
    file = tmp_path / "colours.txt"
    file.write_text("apple\nrose\n")
    items = list(Colours().read(file, shots=0))
    answered = answered_by(Rule("red"), items, tmp_path, benchmark=Colours())
    assert measures_of(Colours.info, items, answered, known=None)[0].chance == 0.5


def test_samples_give_pass_at_k(sums: list[Item], tmp_path: Path) -> None:
    how = HOW.model_copy(update={"samples": 12, "temperature": 1.0})
    answered = answered_by(Rule("4", "nothing", "nothing"), sums, tmp_path, how=how)
    found = {one.metric: one for one in measures_of(Sums.info, sums, answered, known=None)}
    assert list(found) == ["exact_match", "exact_match_pass@10", "length"]
    fours = sum(item.gold == "4" for item in sums)
    assert found["exact_match"].value == pytest.approx(fours * (4 / 12) / 10)
    assert found["exact_match_pass@10"].value == pytest.approx(fours * pass_at_k(12, 4, 10) / 10)


def test_pass_at_k_is_the_chance_of_a_draw_without_putting_back() -> None:
    assert pass_at_k(10, 3, 1) == pytest.approx(0.3)
    assert pass_at_k(4, 1, 2) == pytest.approx(0.5)
    assert (pass_at_k(5, 0, 5), pass_at_k(5, 5, 1), pass_at_k(5, 1, 5)) == (0.0, 1.0, 1.0)


def test_the_interval_of_a_mean_is_students() -> None:
    # Values, and the interval that scipy.stats.t.interval gives for them.
    from scipy.stats import sem, t

    values = [0.1, 0.4, 0.5, 0.9, 0.3]
    assert mean_interval(values) == pytest.approx(t.interval(0.95, 4, loc=np.mean(values), scale=sem(values)))
    assert mean_interval([0.5]) == (0.0, 1.0)


class Letters:
    """Embeds a text as the count of its letters; `flat` embeds all texts the same."""

    name, fingerprint = "letters", "e" * 16

    def __init__(self, *, flat: bool = False) -> None:
        self._flat = flat

    def embed(self, texts: Sequence[str]) -> Any:
        counts = np.array([[text.count(letter) + 0.01 for letter in "abcdefgh"] for text in texts])
        counts = np.ones_like(counts) if self._flat else counts
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def _sought() -> list[Item]:
    golds = ["aab", "bbc", "ccd", "dde"]
    return [Item(id=g, question=g, prompt=f"find {g}" if g == "dde" else g, gold=g) for g in golds]


def test_the_right_text_is_looked_for_among_those_of_all_items() -> None:
    replies = Round(Letters(), "retrieve", HOW, _sought()).ask(_sought()[:2])
    assert [reply.ranks for reply in replies] == [(1,), (1,)]


def test_an_item_with_options_is_looked_for_among_them() -> None:
    item = Item(id="x", question="a", prompt="b", options=("bbb", "abb", "aaa"), gold="abb")
    assert Round(Letters(), "retrieve", HOW, [item]).ask([item])[0].ranks == (2,)


def test_texts_that_items_share_are_embedded_once() -> None:
    counted: list[int] = []

    class Counting(Letters):
        def embed(self, texts: Sequence[str]) -> Any:
            counted.append(len(texts))
            return super().embed(texts)

    shared = [item.model_copy(update={"options": ("aab", "bbc", "ccd", "dde")}) for item in _sought()]
    Round(Counting(), "retrieve", HOW, shared).ask(shared)
    assert counted == [4, 4]


def test_equal_vectors_win_nothing() -> None:
    replies = Round(Letters(flat=True), "retrieve", HOW, _sought()).ask(_sought())
    assert {reply.ranks for reply in replies} == {(4,)}


class GradedTogether(Sums):
    """Scores many at a time, as programs are graded."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def score_all(self, items: Sequence[Item], replies: Sequence[Reply], form: str) -> list[Score]:
        self.calls.append(len(items))
        return [self.score(item, reply, "generate") for item, reply in zip(items, replies, strict=True)]


def test_programs_are_graded_together_each_sample_by_itself(sums: list[Item], tmp_path: Path) -> None:
    benchmark = GradedTogether()
    how = HOW.model_copy(update={"samples": 3, "temperature": 1.0})
    answered = answered_by(Rule("1", "2", "3", error_at="s0"), sums, tmp_path, benchmark=benchmark, how=how, together=5)
    assert benchmark.calls == [12, 15]
    assert [len(line.scores) for line in answered] == [0] + [3] * 9
