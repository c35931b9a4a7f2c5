"""BANKING77 (Casanueva et al. 2020, arXiv:2003.04807): what a bank's customer wants, one of 77 intents.

The published CSV files with `text` and `category`. All intents of the folder's `train.csv`, `test.csv` and
`categories.json`, and of the file itself, are options, underscores as blanks. The instruction is that of RAFT (Alex et
al. 2021, arXiv:2109.14076), whose examples come from the training rows, too; drawn as lm-eval draws.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reasoner.data.row import Row
from reasoner.domains.checkers.plain_words import plain_words
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, info_of
from reasoner.evaluation.benchmarks.options import choice_material, choice_scores
from reasoner.evaluation.benchmarks.rows import beside, in_folder, raw_text, read_json, read_rows, text_id, with_own_ids
from reasoner.evaluation.benchmarks.shots import drawn
from reasoner.types.benchmark import Item

_TASK = (
    "The following is a banking customer service query. Classify the query into one of the 77 categories available.\n\n"
)
_STOPS = ("\n",)
_Pair = tuple[str, str]


def _pair(row: Row) -> _Pair:
    return raw_text(row, "text", "what a customer writes"), row.text("category", "an intent")


def _read(path: Path, shots: int) -> list[Item]:
    file = in_folder(path, ("test.csv", "train.csv"))
    pairs = read_rows(file, _pair)
    source = beside(file, ("train.csv",), shots=shots) if shots else file
    same = source.resolve() == file.resolve()
    pool = pairs if same else read_rows(source, _pair)
    labels = sorted({label for _, label in pairs} | set(_labels_beside(file)))
    if len(labels) < 2:
        raise DataError(f"{file}: given the single category {labels[0]!r}, expected rows of several")
    examples = drawn(pairs, pool, shots, same_file=same)
    return with_own_ids([_item(pair, shown, labels) for pair, shown in zip(pairs, examples, strict=True)])


def _labels_beside(file: Path) -> Iterator[str]:
    for name in ("train.csv", "test.csv"):
        other = file.parent / name
        if other.is_file() and other.resolve() != file.resolve():
            yield from (label for _, label in read_rows(other, _pair))
    listed = file.parent / "categories.json"
    if listed.is_file():
        yield from map(str, read_json(listed, "a list of categories"))


def _asked(text: str) -> str:
    return f"Query: {text}\nLabel:"


def _spoken(label: str) -> str:
    return label.replace("_", " ")


def _item(pair: _Pair, shown: Sequence[_Pair], labels: Sequence[str]) -> Item:
    text, label = pair
    before = "".join(f"{_asked(one)} {_spoken(its)}\n\n" for one, its in shown)
    spoken = tuple(map(_spoken, labels))
    return Item(
        id=f"banking77-{text_id(text)}",
        question=text,
        prompt=_TASK + before + _asked(text),
        options=tuple(f" {one}" for one in spoken),
        gold=_spoken(label),
        material=choice_material(spoken, labels.index(label)),
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    said = plain_words(cut_at(text.strip(), _STOPS).replace("_", " "))
    return {"acc": Verdict(float(said == plain_words(item.gold)), said)}


BANKING77 = FileBenchmark(
    info_of(
        __name__,
        name="banking77",
        title="BANKING77: what a bank's customer wants",
        source="Casanueva et al. 2020, arXiv:2003.04807; instruction of RAFT, arXiv:2109.14076",
        license="CC BY 4.0",
        forms=("loglikelihood", "generate"),
        metrics=("acc", "acc_norm"),
        shots=5,
        stops=_STOPS,
        most_tokens=32,
    ),
    read=_read,
    score_all=choice_scores("acc", "acc_norm", written=_judge),
)
