"""ARC (Clark et al. 2018, arXiv:1803.05457) as lm-eval's `arc_easy` and `arc_challenge`, version 1.0.

The published JSON lines: `id`, `question` with `stem` and `choices` (`label`, `text`), `answerKey`. Options are whole
texts, compared by loglikelihood. No examples by default; those of `--shots` come from `ARC-Easy-Train.jsonl` beside
`ARC-Easy-Test.jsonl`, and so for the others.
"""

from pathlib import Path
from typing import Any, NamedTuple

from reasoner.data.row import Row
from reasoner.domains.checkers.plain_words import plain_words
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, info_of
from reasoner.evaluation.benchmarks.options import choice_material, choice_scores
from reasoner.evaluation.benchmarks.rows import beside, in_folder, read_rows, text_id, with_own_ids
from reasoner.evaluation.benchmarks.shots import drawn
from reasoner.types.benchmark import Item

_STOPS = ("\n",)
_LABELS = "ABCDEFGHIJ"
_FILES = ("ARC-Challenge-Test.jsonl", "ARC-Easy-Test.jsonl")
_QUESTION = "an object with 'stem' and 'choices', a list of objects with 'label' and 'text'"


class _Question(NamedTuple):
    id: str
    stem: str
    choices: tuple[str, ...]
    answer: int

    @property
    def asked(self) -> str:
        return f"Question: {self.stem}\nAnswer:"


def _of_row(row: Row) -> _Question:
    question: Any = row.fields.get("question")
    if not isinstance(question, dict) or not isinstance(question.get("choices"), list):
        row.fail("question", _QUESTION)
    stem, choices = question.get("stem"), question["choices"]
    if not isinstance(stem, str) or not stem.strip() or not choices or not all(map(_is_choice, choices)):
        row.fail("question", _QUESTION)
    labels = [one["label"] for one in choices]
    key = row.fields.get("answerKey")
    if key not in labels:
        row.fail("answerKey", f"one of the labels {', '.join(labels)}")
    name = row.if_text("id", "a text") or f"arc-{text_id(stem, *(one['text'] for one in choices))}"
    return _Question(name, stem, tuple(one["text"] for one in choices), labels.index(key))


def _is_choice(one: Any) -> bool:
    return isinstance(one, dict) and all(
        isinstance(one.get(key), str) and one[key].strip() for key in ("label", "text")
    )


def _read(path: Path, shots: int) -> list[Item]:
    file = in_folder(path, _FILES)
    questions = read_rows(file, _of_row)
    part = file.stem.removesuffix("-Test").removesuffix("-Dev").removesuffix("-Train")
    source = beside(file, (f"{part}-Train.jsonl",), shots=shots) if shots else file
    same = source.resolve() == file.resolve()
    pool = questions if same else read_rows(source, _of_row)
    examples = drawn(questions, pool, shots, same_file=same)
    return with_own_ids([_item(one, shown, part) for one, shown in zip(questions, examples, strict=True)])


def _item(one: _Question, shown: list[_Question], part: str) -> Item:
    before = "".join(f"{each.asked} {each.choices[each.answer]}\n\n" for each in shown)
    return Item(
        id=one.id,
        question=one.stem,
        prompt=before + one.asked,
        options=tuple(f" {text}" for text in one.choices),
        gold=_LABELS[one.answer],
        accepted=(one.choices[one.answer],),
        subject=part,
        material=choice_material(one.choices, one.answer),
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    """The options are not shown in the prompt, so a letter names none: the right one's words must be written."""
    said = plain_words(cut_at(text.strip(), _STOPS))
    return {"acc": Verdict(float(said == plain_words(item.accepted[0]) != ""), said)}


ARC = FileBenchmark(
    info_of(
        __name__,
        name="arc",
        title="ARC: science questions of grade school, easy or challenge by the file",
        source="lm-eval 0.4.13, tasks arc_easy and arc_challenge 1.0; Clark et al. 2018, arXiv:1803.05457",
        license="CC BY-SA 4.0",
        forms=("loglikelihood", "generate"),
        metrics=("acc", "acc_norm"),
        shots=0,
        stops=_STOPS,
        most_tokens=64,
    ),
    read=_read,
    score_all=choice_scores("acc", "acc_norm", written=_judge),
)
