"""DeepMind's Mathematics Dataset (Saxton et al. 2019, arXiv:1904.01557): exact answers to generated questions.

The published text files of two lines a pair, question and answer, one file a module: a file, or a folder of them such
as `interpolate`. Examples of `--shots` are the first pairs of the same module in the folder `train-easy` beside it. The
paper compares characters (`exact_match/strict`); `exact_match/flexible` takes the last line without what people put
around an answer.
"""

from pathlib import Path

from reasoner.data.row import LONGEST_TEXT
from reasoner.domains.checkers.extraction import bare, last_line
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, Verdict, cut_at, each_text, info_of
from reasoner.evaluation.benchmarks.rows import text_id, with_own_ids
from reasoner.types.benchmark import Item

_STOPS = ("Question:",)
_TRAINING = "train-easy"
_Pair = tuple[str, str]


def _read(path: Path, shots: int) -> list[Item]:
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path}: given a folder without .txt files, expected those of modules")
    return with_own_ids([item for file in files for item in _items(file, shots)])


def _items(file: Path, shots: int) -> list[Item]:
    before = "".join(f"{_asked(question)} {answer}\n\n" for question, answer in _examples(file, shots))
    return [
        Item(
            id=f"{file.stem}-{text_id(question)}",
            question=question,
            prompt=before + _asked(question),
            gold=answer,
            subject=file.stem,
        )
        for question, answer in _pairs(file)
    ]


def _asked(question: str) -> str:
    return f"Question: {question}\nAnswer:"


def _examples(file: Path, shots: int) -> list[_Pair]:
    if not shots:
        return []
    source = file.parent.parent / _TRAINING / file.name
    if not source.is_file():
        raise DataError(
            f"{source}: no such file, expected training pairs, of which {shots} stand before each question; put it "
            "there, or ask without examples: --shots 0"
        )
    return _pairs(source)[:shots]


def _pairs(file: Path) -> list[_Pair]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{file}: cannot be read ({error!s:.120}); expected lines of question and answer in turn"
        ) from error
    for number, line in enumerate(lines, start=1):
        what = "a question" if number % 2 else "an answer"
        if not line.strip() or len(line) > LONGEST_TEXT:
            raise DataError(f"{file}, line {number}: given {line!r:.80}, expected {what}")
    if not lines or len(lines) % 2:
        raise DataError(f"{file}, line {len(lines)}: given no answer behind it, expected question and answer in turn")
    return list(zip(lines[::2], lines[1::2], strict=True))


def _judge(item: Item, text: str) -> dict[str, Verdict]:
    text = cut_at(text, _STOPS)
    found = {"strict": text.strip(), "flexible": bare(last_line(text)).removesuffix(".")}
    gold = item.gold.strip()
    return {f"exact_match/{filter}": Verdict(float(answer == gold), answer) for filter, answer in found.items()}


DEEPMIND_MATH = FileBenchmark(
    info_of(
        __name__,
        name="deepmind_math",
        title="DeepMind Mathematics: generated questions by module",
        source="google-deepmind/mathematics_dataset 1.0; Saxton et al. 2019, arXiv:1904.01557; prompt of our own",
        license="Apache-2.0",
        forms=("generate",),
        metrics=("exact_match/strict", "exact_match/flexible"),
        shots=0,
        stops=_STOPS,
        most_tokens=64,
    ),
    read=_read,
    score_all=each_text(_judge),
)
