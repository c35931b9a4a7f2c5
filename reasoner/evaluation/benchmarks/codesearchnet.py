"""CodeSearchNet (Husain et al. 2019, arXiv:1909.09436): the function that a docstring describes, among 1,000.

Its published JSON lines, unpacked: a file such as `python_test_0.jsonl`, or a folder of them. Query and text are the
tokens that it gives, joined by blanks, as its own baselines read them: the code's tokens hold no docstring.
"""

from pathlib import Path

from reasoner.data.row import Row
from reasoner.errors import DataError
from reasoner.evaluation.benchmarks.definition import FileBenchmark, info_of
from reasoner.evaluation.benchmarks.retrieval import CHANCE, METRIC, Pair, pooled, rank_scores
from reasoner.evaluation.benchmarks.rows import read_rows, texts
from reasoner.types.benchmark import Item


def _read(path: Path, shots: int) -> list[Item]:
    if shots:
        raise DataError(f"given {shots} shots, expected 0: nothing stands before what is searched with")
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path}: given a folder without .jsonl files, expected those of CodeSearchNet, unpacked")
    return pooled([pair for file in files for pair in read_rows(file, _pair)], prefix="codesearchnet", where=str(path))


def _pair(row: Row) -> Pair:
    query = " ".join(texts(row, "docstring_tokens", "a list of words"))
    code = " ".join(texts(row, "code_tokens", "a list of tokens"))
    return Pair(query, code, row.if_text("language", "the name of a language"))


CODESEARCHNET = FileBenchmark(
    info_of(
        __name__,
        name="codesearchnet",
        title="CodeSearchNet: the function of a docstring among 1,000",
        source="github/CodeSearchNet; Husain et al. 2019, arXiv:1909.09436",
        license="of each row's own repository",
        forms=("retrieve",),
        metrics=(METRIC,),
        shots=0,
        chance=CHANCE,
    ),
    read=_read,
    score_all=rank_scores(),
)
