"""Whether our benchmarks ask and score as lm-eval does: the same answers through both, prompts to the byte.

    python3.11 -m venv parity && parity/bin/pip install -r benchmarks/lm-eval.txt
    PYTHONPATH=. parity/bin/python -P benchmarks/lm_eval_parity.py --data FOLDER [--arc ARC-Challenge-Test.jsonl]

FOLDER holds `gsm8k/train.jsonl`, `math/train.jsonl`, `bbh/*.json`, `mmlu_stem/dev_half.jsonl`,
`humaneval/HumanEval.jsonl`, `mbpp/*.jsonl`. lm-eval's own Task objects read the same rows from local JSON; a model that
replays seeded answers (`lm_eval_answers.py`) stands in for one. An environment of its own,
because lm-eval's `math` extra
pins packages. Where no file of ARC is at hand its rows are made up. lm-eval's metric `code_eval` is fetched from a hub;
here a child process runs program and tests, as it does.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import evaluate
import lm_eval
from lm_eval.api.model import LM
from lm_eval.api.task import ConfigurableTask
from lm_eval.evaluator import evaluate as lm_evaluate
from lm_eval.tasks._yaml_loader import load_yaml

from benchmarks.lm_eval_answers import answers_to, made_up_arc, weights_of
from reasoner.evaluation.benchmarks.registry import get_benchmark
from reasoner.types.benchmark import Item, Reply

TASKS = Path(lm_eval.__file__).parent / "tasks"
Row = dict[str, Any]


class Part(NamedTuple):
    """One task of lm-eval and the items that it shares with one of ours."""

    yaml: Path
    rows: list[Row]
    items: Sequence[Item]
    shots: int = 0
    shown: list[Row] | None = None
    """Rows of which examples are taken, if they are a file of their own."""


class Comparison(NamedTuple):
    """One benchmark."""

    name: str
    parts: list[Part]
    metrics: Mapping[str, str]
    """Ours to lm-eval's."""


class Replay(LM):
    """Gives stored answers in the order of the documents, and keeps what it was asked."""

    def __init__(self, answers: Sequence[str], weights: Sequence[Sequence[float]]) -> None:
        super().__init__()
        self._answers, self._weights = answers, weights
        self.prompts: dict[int, str] = {}

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:  # noqa: ARG002
        return [self._written(request) for request in requests]

    def _written(self, request: Any) -> str:
        prompt, options = request.args
        self.prompts[request.doc_id] = prompt
        text = self._answers[request.doc_id]
        for stop in options["until"]:
            text = text.partition(stop)[0]
        return text

    def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:  # noqa: ARG002
        for request in requests:
            self.prompts[request.doc_id] = request.args[0]
        return [(self._weights[request.doc_id][request.idx], False) for request in requests]

    def loglikelihood_rolling(self, requests: list[Any], disable_tqdm: bool = False) -> list[float]:  # noqa: ARG002
        raise AssertionError("lm-eval's LM wants the method; no benchmark that is compared asks for perplexities")


class CodeEval:
    """What `code_eval` computes: the share of programs below which the tests run without an exception in 3 seconds."""

    def compute(self, references: Sequence[str], predictions: Sequence[Sequence[str]], k: Sequence[int]) -> Any:
        assert list(k) == [1]
        pairs = [(one, test) for many, test in zip(predictions, references, strict=True) for one in many]
        return {"pass@1": sum(_passes(program, test) for program, test in pairs) / len(pairs)}, {}


@cache
def _passes(program: str, test: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", f"{program}\n{test}"], capture_output=True, timeout=3, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> None:
    """Prints the table; exit code 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--arc", type=Path)
    parser.add_argument("--only", nargs="*", default=list(COMPARISONS))
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    evaluate.load = lambda *_, **__: CodeEval()
    print(f"lm-eval {lm_eval.__version__}, seed {given.seed}")
    print(f"{'benchmark':12} {'metric':24} {'items':>5} {'ours':>8} {'lm-eval':>8} {'differ':>6} {'errors':>6} prompts")
    with tempfile.TemporaryDirectory() as folder:
        fine = [_compared(COMPARISONS[name](given, Path(folder)), given.seed, Path(folder)) for name in given.only]
    sys.exit(0 if all(fine) else 1)


def _compared(one: Comparison, seed: int, folder: Path) -> bool:
    ours: dict[str, list[float | None]] = {metric: [] for metric in one.metrics}
    theirs: dict[str, list[float]] = {metric: [] for metric in one.metrics}
    unlike = 0
    told: list[str] = []
    for part in one.parts:
        weights = weights_of(part.items, seed) if part.items[0].options else []
        texts = [] if weights else answers_to(one.name, part.items, seed)
        found, prompts = _lm_eval(part, texts, weights, one.metrics, folder)
        unlike += sum(item.prompt != prompts[at] for at, item in enumerate(part.items))
        replies = [Reply(loglikelihoods=w) for w in weights] or [Reply(texts=(text,)) for text in texts]
        scores = get_benchmark(one.name).score_all(part.items, replies, "loglikelihood" if weights else "generate")  # type: ignore[attr-defined]
        for metric in one.metrics:
            own = [score.values.get(metric) for score in scores]
            ours[metric] += own
            theirs[metric] += found[metric]
            told += [
                f"  {metric}: {item.id}: ours {a}, theirs {b}: {reply.texts or reply.loglikelihoods!r:.300}"
                for item, reply, a, b in zip(part.items, replies, own, found[metric], strict=True)
                if a != b
            ]
    for metric in one.metrics:
        judged = [(a, b) for a, b in zip(ours[metric], theirs[metric], strict=True) if a is not None]
        differ = sum(a != b for a, b in judged)
        mean, other = (sum(values) / len(judged) for values in zip(*judged, strict=True))
        errors = len(ours[metric]) - len(judged)
        same = "same" if not unlike else f"{unlike} differ"
        print(f"{one.name:12} {metric:24} {len(judged):5} {mean:8.4f} {other:8.4f} {differ:6} {errors:6} {same}")
    print("\n".join(told[:20]), file=sys.stderr, flush=True)
    return not told and not unlike


def _lm_eval(
    part: Part, texts: Sequence[str], weights: Sequence[Sequence[float]], metrics: Mapping[str, str], folder: Path
) -> tuple[dict[str, list[float]], dict[int, str]]:
    """lm-eval's value of each item, and its prompts."""
    config = load_yaml(part.yaml, resolve_func=True)
    config = {key: value for key, value in config.items() if key not in ("tag", "task_alias", "unsafe_code", "group")}
    files = {"test": _written(folder, part.rows)}
    if part.shown is not None:
        files["shown"] = _written(folder, part.shown)
        config["fewshot_split"] = "shown"
    elif isinstance(config.get("fewshot_config"), dict) and "samples" in config["fewshot_config"]:
        config.pop("training_split", None)
    else:
        config["fewshot_split"] = "test" if part.shots else None
    config |= {
        "dataset_path": "json",
        "dataset_name": None,
        "dataset_kwargs": {"data_files": files},
        "test_split": "test",
    }
    for split in ("training_split", "validation_split"):
        config.pop(split, None)
    task = ConfigurableTask(config=config | {"num_fewshot": part.shots})
    model = Replay(texts, weights)
    task.set_fewshot_seed(seed=1234)
    out = lm_evaluate(model, {config["task"]: task}, bootstrap_iters=0, log_samples=True)
    assert out is not None
    samples = [sample for many in out["samples"].values() for sample in many]
    found: dict[str, list[float]] = {}
    for own, name in metrics.items():
        metric, _, filter = name.partition("/")
        kept = sorted((s for s in samples if s["filter"] == (filter or s["filter"])), key=lambda s: s["doc_id"])
        found[own] = [float(sample[metric]) for sample in kept]
    return found, model.prompts


_NUMBERS = itertools.count()


def _written(folder: Path, rows: Sequence[Row]) -> str:
    path = folder / f"rows-{next(_NUMBERS)}.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _some(rows: list[Row], count: int, seed: int) -> list[Row]:
    return Random(seed).sample(rows, min(count, len(rows)))


def _gsm8k(given: argparse.Namespace, folder: Path) -> Comparison:
    rows = _some(_lines(given.data / "gsm8k" / "train.jsonl"), given.items + 200, given.seed)
    asked, shown = rows[: given.items], rows[given.items :]
    home = _home(folder, "gsm8k")
    (home / "test.jsonl").write_text(_text(asked), encoding="utf-8")
    (home / "train.jsonl").write_text(_text(shown), encoding="utf-8")
    items = get_benchmark("gsm8k").read(home, shots=5)
    part = Part(TASKS / "gsm8k" / "gsm8k.yaml", asked, items, 5, shown)
    metrics = {"exact_match/strict": "exact_match/strict-match", "exact_match/flexible": "exact_match/flexible-extract"}
    return Comparison("gsm8k", [part], metrics)


def _math(given: argparse.Namespace, folder: Path) -> Comparison:
    every = _lines(given.data / "math" / "train.jsonl")
    asked = _some([row for row in every if "\\boxed{}" not in row["solution"]], given.items, given.seed)
    home = _home(folder, "math")
    (home / "test.jsonl").write_text(_text(asked), encoding="utf-8")
    (home / "train.jsonl").write_text(_text(every), encoding="utf-8")
    items = get_benchmark("math").read(home, shots=4)
    part = Part(TASKS / "minerva_math" / "minerva_math_algebra.yaml", asked, items, 4)
    return Comparison("math", [part], {"exact_match": "exact_match", "math_verify": "math_verify"})


def _mmlu(given: argparse.Namespace, folder: Path) -> Comparison:
    every = _lines(given.data / "mmlu_stem" / "dev_half.jsonl")
    subjects = sorted({row["type"] for row in every})
    parts: list[Part] = []
    for at, subject in enumerate(subjects):
        rows = [row for row in every if row["type"] == subject]
        count = given.items // len(subjects) + (at < given.items % len(subjects))
        asked = rows[5 : 5 + count]
        home = _home(folder, f"mmlu-{subject}")
        (home / "test.jsonl").write_text(_text(asked), encoding="utf-8")
        (home / "dev.jsonl").write_text(_text(rows[:5]), encoding="utf-8")
        items = get_benchmark("mmlu").read(home / "test.jsonl", shots=5)
        parts.append(Part(TASKS / "mmlu" / "default" / f"mmlu_{subject}.yaml", asked, items, 5, rows[:5]))
    return Comparison("mmlu", parts, {"acc": "acc"})


def _arc(given: argparse.Namespace, folder: Path) -> Comparison:
    rows = _some(_lines(given.arc), given.items, given.seed) if given.arc else made_up_arc(given.items, given.seed)
    file = _home(folder, "arc") / "ARC-Challenge-Test.jsonl"
    file.write_text(_text(rows), encoding="utf-8")
    theirs = [
        {
            "id": row["id"],
            "question": row["question"]["stem"],
            "choices": {key: [one[key] for one in row["question"]["choices"]] for key in ("text", "label")},
            "answerKey": row["answerKey"],
        }
        for row in rows
    ]
    items = get_benchmark("arc").read(file, shots=0)
    part = Part(TASKS / "arc" / "arc_easy.yaml", theirs, items)
    return Comparison("arc", [part], {"acc": "acc", "acc_norm": "acc_norm"})


def _bbh(given: argparse.Namespace, folder: Path) -> Comparison:
    parts = [
        Part(TASKS / "bbh" / "zeroshot" / f"{file.stem}.yaml", rows, get_benchmark("bbh").read(file, shots=0))
        for file, rows in _bbh_files(given, folder)
    ]
    metrics = {"exact_match/strict": "exact_match/strict-match", "exact_match/flexible": "exact_match/flexible-extract"}
    return Comparison("bbh", parts, metrics)


def _bbh_cot(given: argparse.Namespace, folder: Path) -> Comparison:
    """The worked examples are written from lm-eval's own, in the form in which they were published."""
    parts: list[Part] = []
    for file, rows in _bbh_files(given, folder):
        yaml = TASKS / "bbh" / "cot_fewshot" / f"{file.stem}.yaml"
        config = load_yaml(yaml, resolve_func=True)
        shown = [
            f"Q: {s['input']}\nA: Let's think step by step.\n{s['target']}" for s in config["fewshot_config"]["samples"]
        ]
        text = "\n\n".join(["made for this comparison\n-----\n" + config["description"].strip(), *shown])
        (file.parent / "cot-prompts").mkdir(exist_ok=True)
        (file.parent / "cot-prompts" / f"{file.stem}.txt").write_text(text, encoding="utf-8")
        parts.append(Part(yaml, rows, get_benchmark("bbh_cot").read(file, shots=3), 3))
    return Comparison("bbh_cot", parts, {"exact_match/strict": "exact_match/get-answer"})


def _bbh_files(given: argparse.Namespace, folder: Path) -> Iterator[tuple[Path, list[Row]]]:
    sources = sorted((given.data / "bbh").glob("*.json"))
    for source in sources:
        rows = _some(json.loads(source.read_text("utf-8"))["examples"], -(-given.items // len(sources)), given.seed)
        file = _home(folder, "bbh") / source.name
        file.write_text(json.dumps({"examples": rows}), encoding="utf-8")
        yield file, rows


def _humaneval(given: argparse.Namespace, _: Path) -> Comparison:
    source = given.data / "humaneval" / "HumanEval.jsonl"
    part = Part(
        TASKS / "humaneval" / "humaneval.yaml", _lines(source), get_benchmark("humaneval").read(source, shots=0)
    )
    return Comparison("humaneval", [part], {"pass@1": "pass@1"})


def _mbpp(given: argparse.Namespace, _: Path) -> Comparison:
    source = next((given.data / "mbpp").glob("*.jsonl"))
    items = get_benchmark("mbpp").read(source, shots=3)[: given.items]
    numbers = {item.id.rpartition("/")[2] for item in items}
    rows = [row for row in _lines(source) if str(row["task_id"]) in numbers]
    return Comparison("mbpp", [Part(TASKS / "mbpp" / "mbpp.yaml", rows, items, 3)], {"pass@1": "pass_at_1"})


def _home(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(exist_ok=True)
    return made


def _text(rows: Sequence[Row]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


COMPARISONS: Mapping[str, Callable[[argparse.Namespace, Path], Comparison]] = {
    "gsm8k": _gsm8k, "math": _math, "bbh": _bbh, "bbh_cot": _bbh_cot, "mmlu": _mmlu, "arc": _arc,
    "humaneval": _humaneval,
    "mbpp": _mbpp,
}  # fmt: skip

if __name__ == "__main__":
    main()
