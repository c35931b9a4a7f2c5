"""GSM8K (Cobbe et al. 2021, arXiv:2110.14168) as lm-eval's task `gsm8k` 3.0: five worked examples, two filters."""

import re
from pathlib import Path

from reasoner.data.row import Row
from reasoner.domains.checkers.extraction import gsm8k_flexible, gsm8k_strict
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, each_text, info_of
from reasoner.evaluation.benchmarks.exact_match import is_match
from reasoner.evaluation.benchmarks.rows import beside, in_folder, raw_text, read_rows, text_id, with_own_ids
from reasoner.evaluation.benchmarks.shots import drawn
from reasoner.types.benchmark import Item

_STOPS = ("Question:", "</s>", "<|im_end|>")
_IGNORED = tuple(map(re.compile, (",", r"\$", r"(?s).*#### ", r"\.$")))
_MARK = "#### "
_Pair = tuple[str, str]


def _pair(row: Row) -> _Pair:
    answer = raw_text(row, "answer", "a solution that ends in '#### 18'")
    if _MARK not in answer or not gsm8k_strict(answer):
        row.fail("answer", "a solution that ends in '#### 18'")
    return raw_text(row, "question", "a question"), answer


def _asked(question: str) -> str:
    return f"Question: {question}\nAnswer:"


def _read(path: Path, shots: int) -> list[Item]:
    file = in_folder(path, ("test.jsonl",))
    pairs = read_rows(file, _pair)
    source = beside(file, ("train.jsonl",), shots=shots) if shots else file
    same = source.resolve() == file.resolve()
    pool = pairs if same else read_rows(source, _pair)
    examples = drawn(pairs, pool, shots, same_file=same)
    return with_own_ids([_item(pair, shown) for pair, shown in zip(pairs, examples, strict=True)])


def _item(pair: _Pair, shown: list[_Pair]) -> Item:
    question, answer = pair
    before = "".join(f"{_asked(q)} {a}\n\n" for q, a in shown)
    return Item(
        id=f"gsm8k-{text_id(question)}",
        question=question,
        prompt=before + _asked(question),
        gold=answer.rpartition(_MARK)[2].strip().replace(",", ""),
        material={"solution": answer},
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    read = cut_at(text, _STOPS)
    found = {"strict": gsm8k_strict(read), "flexible": gsm8k_flexible(read).strip()}
    gold = item.material["solution"]
    return {
        f"exact_match/{filter}": Verdict(is_match(answer, gold, ignore=_IGNORED, ignore_case=True), answer)
        for filter, answer in found.items()
    }


GSM8K = FileBenchmark(
    info_of(
        __name__,
        name="gsm8k",
        title="GSM8K: grade-school word problems",
        source="lm-eval 0.4.13, task gsm8k 3.0; Cobbe et al. 2021, arXiv:2110.14168",
        license="MIT",
        forms=("generate",),
        metrics=("exact_match/strict", "exact_match/flexible"),
        shots=5,
        stops=_STOPS,
        most_tokens=256,
    ),
    read=_read,
    score_all=each_text(_judge),
)
