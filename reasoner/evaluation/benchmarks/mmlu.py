"""MMLU (Hendrycks et al. 2021, arXiv:2009.03300) as lm-eval's task `mmlu`, version 1.0 of its 57 subjects.

Letters by loglikelihood after five fixed examples of the same subject. Three forms of files: the published folder with
`test/<subject>_test.csv` and `dev/<subject>_dev.csv` without headers, the same with a header
`question,choice0,choice1,choice2,choice3,answer`, and JSON lines with `question`, `type` (or `subject`), `choices`,
`answer`, whose examples lie in `dev.jsonl` beside. The answer is a letter or an index from 0.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reasoner.data.row import Row, RowFault, checked
from reasoner.domains.checkers.choice import meant
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, info_of
from reasoner.evaluation.benchmarks.options import choice_material, choice_scores
from reasoner.evaluation.benchmarks.rows import beside, raw_text, read_rows, text_id, texts, with_own_ids
from reasoner.types.benchmark import Item

LETTERS = "ABCD"
_HEADER = ("question", "choice0", "choice1", "choice2", "choice3", "answer")
_ANSWER = "a letter A to D or an index 0 to 3"


class _Question(NamedTuple):
    subject: str
    question: str
    choices: tuple[str, ...]
    answer: int

    @property
    def asked(self) -> str:
        lines = [self.question.strip(), *(f"{a}. {text}" for a, text in zip(LETTERS, self.choices, strict=True))]
        return "\n".join([*lines, "Answer:"])


def _read(path: Path, shots: int) -> list[Item]:
    questions = _questions(path, "test")
    shown = _shown({one.subject for one in questions}, path, shots) if shots else {}
    return with_own_ids([_item(one, shown.get(one.subject, "")) for one in questions])


def _questions(path: Path, part: str) -> list[_Question]:
    if path.is_dir():
        folder = path / part if (path / part).is_dir() else path
        files = sorted(folder.glob("*.csv"))
        if not files:
            raise DataError(f"{path}: given a folder without {part}/*.csv, expected a CSV file for each subject")
        return [one for file in files for one in _of_table(file, part)]
    return list(_of_table(path, part)) if path.suffix.lower() == ".csv" else read_rows(path, _of_row)


def _shown(subjects: set[str], path: Path, shots: int) -> Mapping[str, str]:
    """The examples of each subject, the first ones of its development rows."""
    source = path if path.is_dir() and (path / "dev").is_dir() else _development(path, shots)
    pool = _questions(source, "dev")
    shown: dict[str, str] = {}
    for subject in sorted(subjects):
        first = [one for one in pool if one.subject == subject][:shots]
        if len(first) < shots:
            raise DataError(
                f"{source}: given {len(first)} rows of {subject!r}, expected the {shots} examples of the protocol; put "
                "its development rows there, or ask without examples: --shots 0"
            )
        shown[subject] = "".join(f"{one.asked} {LETTERS[one.answer]}\n\n" for one in first)
    return shown


def _development(path: Path, shots: int) -> Path:
    """The folder `dev` beside a file's folder, or `dev.jsonl` beside it."""
    folder = path if path.is_dir() else path.parent
    return next((one for one in (folder / "dev", folder.parent / "dev") if one.is_dir()), None) or beside(
        path, ("dev.jsonl",), shots=shots
    )


def _of_table(path: Path, part: str) -> Iterator[_Question]:
    subject = path.stem.removesuffix(f"_{part}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            begin = 1
            for cells in lines:
                if not _is_header(cells):
                    yield _of_cells(path, begin, cells, subject)
                begin = lines.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: cannot be read as CSV ({error!s:.120}); expected {','.join(_HEADER)}") from error


def _is_header(cells: Sequence[str]) -> bool:
    return not cells or [cell.strip().lower() for cell in cells[-6:]] == list(_HEADER)


def _of_cells(path: Path, line: int, cells: Sequence[str], subject: str) -> _Question:
    # A table that was written with its index has one cell more, before the others.
    if len(cells) not in (6, 7):
        raise DataError(f"{path}, line {line}: given {len(cells)} cells, expected 6: {','.join(_HEADER)}")
    question, *choices, answer = cells[-6:]
    fields = {"question": question, "choices": choices, "answer": answer, "subject": subject}
    try:
        row = checked(Row(line, fields))
        if row.fault:
            raise RowFault(row.fault)
        return _of_row(row)
    except RowFault as fault:
        raise DataError(f"{path}, line {line}, {fault}") from fault


def _of_row(row: Row) -> _Question:
    choices = texts(row, "choices", "a list of four texts")
    if len(choices) != len(LETTERS):
        row.fail("choices", "a list of four texts")
    subject = row.if_text("type", "a subject") or row.text("subject", "a subject (or 'type')")
    return _Question(subject, raw_text(row, "question", "a question"), tuple(choices), _index(row))


def _index(row: Row) -> int:
    answer: Any = row.fields.get("answer")
    if isinstance(answer, str):
        answer = answer.strip()
        answer = LETTERS.index(answer) if len(answer) == 1 and answer in LETTERS else answer
        answer = int(answer) if isinstance(answer, str) and answer in ("0", "1", "2", "3") else answer
    if not isinstance(answer, int) or isinstance(answer, bool) or not 0 <= answer < len(LETTERS):
        row.fail("answer", _ANSWER)
    return answer


def _item(one: _Question, shown: str) -> Item:
    about = one.subject.replace("_", " ")
    return Item(
        id=f"{one.subject}-{text_id(one.question, *one.choices)}",
        question=one.asked.removesuffix("\nAnswer:"),
        prompt=f"The following are multiple choice questions (with answers) about {about}.\n\n{shown}{one.asked}",
        options=tuple(f" {letter}" for letter in LETTERS),
        gold=LETTERS[one.answer],
        subject=one.subject,
        material={**choice_material(LETTERS, one.answer), "choices": list(one.choices)},
    )


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    letter, _ = meant(text, tuple(item.material["choices"]))
    return {"acc": Verdict(float(letter == item.gold), letter)}


MMLU = FileBenchmark(
    info_of(
        __name__,
        name="mmlu",
        title="MMLU: multiple choice in 57 subjects",
        source="lm-eval 0.4.13, tasks mmlu 1.0; Hendrycks et al. 2021, arXiv:2009.03300",
        license="MIT",
        forms=("loglikelihood", "generate"),
        metrics=("acc",),
        shots=5,
        stops=("\n",),
        most_tokens=32,
        chance=0.25,
    ),
    read=_read,
    score_all=choice_scores("acc", written=_judge),
)
