"""ProsQA (Hao et al. 2024, arXiv:2412.06769): to which of two kinds does the entity belong, by the question's rules?

The published JSON list. `exact_match/strict` compares what follows the last `#` with the gold sentence, as the
authors' code does (facebookresearch/coconut,
run.py); `exact_match/flexible` takes the kind that the last line names, as the task
`prosqa` judges it. Where a model weighs texts, the sentences about the two kinds are its options.
"""

from pathlib import Path

from reasoner.data.row import Row
from reasoner.domains.checkers.extraction import last_line
from reasoner.domains.prosqa import graph
from reasoner.domains.prosqa.checker import kind_of
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, info_of
from reasoner.evaluation.benchmarks.options import choice_material, choice_scores
from reasoner.evaluation.benchmarks.rows import in_folder, raw_text, read_rows, text_id, with_own_ids
from reasoner.types.benchmark import Item

_MARK = "### "
_QUESTION = "rules such as 'Every lempus is a dumpus.', and last 'Is Tom a dumpus or gorpus?'"


def _read(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(f"given {shots} shots, expected 0: ProsQA has no examples before its questions")
    return with_own_ids(read_rows(in_folder(path, ("prosqa_test.json", "prosqa_valid.json")), _item))


def _item(row: Row) -> Item:
    question, answer = raw_text(row, "question", _QUESTION), row.text("answer", "a sentence such as 'Tom is a lempus.'")
    told = graph.read(question)
    if told is None:
        row.fail("question", _QUESTION)
    kind = kind_of(answer, told.entity)
    if kind not in told.candidates:
        row.fail("answer", f"one of {' and '.join(_sentence(told.entity, one) for one in told.candidates)}")
    options = tuple(_MARK + _sentence(told.entity, one) for one in told.candidates)
    return Item(
        id=f"prosqa-{text_id(question)}",
        question=question,
        prompt=f"{question}\n",
        options=options,
        gold=answer,
        material={
            **choice_material(options, told.candidates.index(kind)), "entity": told.entity, "kind": kind
        },
    )  # fmt: skip


def _sentence(entity: str, kind: str) -> str:
    return f"{entity.title()} is a{'n' if kind[0] in 'aeiou' else ''} {kind}."


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    said = text.rpartition("#")[2].replace(",", "").strip()
    kind = kind_of(last_line(text).lstrip("# "), item.material["entity"])
    return {
        "exact_match/strict": Verdict(float(said == item.gold.replace(",", "").strip()), said),
        "exact_match/flexible": Verdict(float(kind == item.material["kind"]), kind),
    }


PROSQA = FileBenchmark(
    info_of(
        __name__,
        name="prosqa",
        title="ProsQA: one of two kinds, by a graph of rules",
        source="facebookresearch/coconut, run.py; Hao et al. 2024, arXiv:2412.06769",
        license="MIT",
        forms=("generate", "loglikelihood"),
        metrics=("exact_match/strict", "exact_match/flexible", "acc"),
        shots=0,
        most_tokens=128,
        chance=0.5,
    ),
    read=_read,
    score_all=choice_scores("acc", written=_judge),
)
