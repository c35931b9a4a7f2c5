"""HotpotQA (Yang et al. 2018, arXiv:1809.09600): exact match and F1 as hotpot_evaluate_v1.py computes them.

The published JSON list. `hotpotqa` asks the question alone; `hotpotqa_context` puts the row's paragraphs before it
(the distractor file). lm-eval has no such task: the prompts are ours, the scores are the publication's.
"""

from pathlib import Path
from typing import Any

from reasoner.data.row import Row
from reasoner.domains.checkers.squad import f1, normalised
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, each_text, info_of
from reasoner.evaluation.benchmarks.rows import beside, in_folder, raw_text, read_rows, text_id, with_own_ids
from reasoner.evaluation.benchmarks.shots import drawn
from reasoner.types.benchmark import BenchmarkInfo, Item

_STOPS = ("\n",)
_TEST = ("hotpot_dev_distractor_v1.json", "hotpot_dev_fullwiki_v1.json")
_TRAINING = ("hotpot_train_v1.1.json", "train.json")
_PARAGRAPHS = "a list of [title, [sentence, ...]]; rows without it are for the benchmark hotpotqa"


def _read_alone(path: Path, shots: int) -> list[Item]:
    return _read(path, shots, with_context=False)


def _read_in_context(path: Path, shots: int) -> list[Item]:
    return _read(path, shots, with_context=True)


def _read(path: Path, shots: int, *, with_context: bool) -> list[Item]:
    file = in_folder(path, _TEST)

    def item_of(row: Row) -> Item:
        return _item(row, with_context=with_context)

    items = read_rows(file, item_of)
    pool = read_rows(beside(file, _TRAINING, shots=shots), item_of) if shots else items
    examples = drawn(items, pool, shots, same_file=False)
    return with_own_ids([_with_examples(item, shown) for item, shown in zip(items, examples, strict=True)])


def _with_examples(item: Item, shown: list[Item]) -> Item:
    before = "".join(f"{one.prompt} {one.gold}\n\n" for one in shown)
    return item.model_copy(update={"prompt": before + item.prompt})


def _item(row: Row, *, with_context: bool) -> Item:
    question = raw_text(row, "question", "a question")
    asked = f"Question: {question}\nAnswer:"
    answer = row.text("answer", "a short answer")
    if not normalised(answer):
        row.fail("answer", "a short answer with words in it")
    return Item(
        id=row.if_text("_id", "an id") or f"hotpotqa-{text_id(question)}",
        question=question,
        prompt=(f"{_context(row)}\n\n" if with_context else "") + asked,
        gold=answer,
        subject=row.if_text("type", "bridge or comparison"),
    )


def _context(row: Row) -> str:
    found: Any = row.fields.get("context")
    if not isinstance(found, list) or not found or not all(map(_is_paragraph, found)):
        row.fail("context", _PARAGRAPHS)
    return "\n\n".join(f"{title}: {''.join(sentences).strip()}" for title, sentences in found)


def _is_paragraph(one: Any) -> bool:
    return (
        isinstance(one, list)
        and len(one) == 2
        and isinstance(one[0], str)
        and isinstance(one[1], list)
        and all(isinstance(sentence, str) for sentence in one[1])
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    given, gold = normalised(cut_at(text.strip(), _STOPS)), normalised(item.gold)
    return {"em": Verdict(float(given == gold), given), "f1": Verdict(f1(given, gold), given)}


def _info(name: str, title: str) -> BenchmarkInfo:
    return info_of(
        __name__,
        name=name,
        title=title,
        source="hotpot_evaluate_v1.py; Yang et al. 2018, arXiv:1809.09600; prompt of our own",
        license="CC BY-SA 4.0",
        forms=("generate",),
        metrics=("em", "f1"),
        shots=0,
        stops=_STOPS,
        most_tokens=32,
    )


HOTPOTQA = FileBenchmark(
    _info("hotpotqa", "HotpotQA: questions of several steps, closed book"),
    read=_read_alone,
    score_all=each_text(_judge),
)
HOTPOTQA_CONTEXT = FileBenchmark(
    _info("hotpotqa_context", "HotpotQA: the same with their paragraphs"),
    read=_read_in_context,
    score_all=each_text(_judge),
)
