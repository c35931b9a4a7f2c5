"""Accuracy against decodes: every searcher at growing budgets, beside majority@K and oracle@K, over several students.

    .venv/bin/python benchmarks/search_curve.py --home .reasoner --checkpoints A B C --out curve.png

Beams grow in width (1 to 8, eight candidates each) and in candidates (4 to 16, at a width of 4); attempts side by side
from 2 to 32. Each budget is compared with the one before on the same problems, and with greedy in every skill and
difficulty. Points are kept beside the picture, so that the same command again goes on. Searches ask a student's
verifier where it has one.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from agents.searching import Found, search_all
from reasoner.bootstrap.home import Chosen, open_home
from reasoner.config.settings import GateSettings, SearchSettings, Settings
from reasoner.data.sources import open_source
from reasoner.diagnostics.plots import plot_search_curves
from reasoner.domains.registry import get_domain
from reasoner.evaluation.attempts import judge_all
from reasoner.evaluation.comparison import compare, worse_buckets
from reasoner.evaluation.reports import items_hash
from reasoner.types.problem import Attempt, Problem
from reasoner.types.student import Solved
from reasoner.types.tried import attempts_of

PLAIN: dict[str, Any] = {"verifier": False, "symbolic": False}
JUDGED: dict[str, Any] = {"verifier": True, "symbolic": False}
CHECKED: dict[str, Any] = {"verifier": True, "symbolic": True}


def curves() -> dict[str, list[SearchSettings]]:
    """Settings of each curve, from the smallest budget to the largest."""
    attempts, beam = SearchSettings(searcher="sample", choose="majority"), SearchSettings(searcher="beam")

    def wider(**changed: Any) -> list[SearchSettings]:
        return [beam.model_copy(update={"width": w, **changed}) for w in (1, 2, 4, 8)]

    return {
        "majority": [attempts.model_copy(update={"width": k, **PLAIN}) for k in (2, 4, 8, 16, 32)],
        "beam": wider(**PLAIN),
        "beam, verifier": wider(**JUDGED),
        "beam, verifier, symbolic check": wider(**CHECKED),
        "beam, verifier, more candidates": [beam.model_copy(update={"candidates": c, **JUDGED}) for c in (4, 8, 16)],
    }


class Student:
    """One checkpoint on the problems of the benchmark."""

    def __init__(self, picked: Chosen, verifier: Any, problems: Sequence[Problem], points: Path) -> None:
        self.name = picked.checkpoint.id
        self._student, self._verifier = picked.student(), verifier
        self._problems, self._points = problems, points
        self._domain = get_domain("math")
        self._before = points.read_text().splitlines() if points.is_file() else []

    def point(self, settings: SearchSettings) -> dict[str, Any]:
        """Accuracy, oracle and decodes at one budget, with the attempts' outcomes; from the file if it is there."""
        by = self._verifier.about["work"] if self._verifier else "no verifier"
        problems = items_hash(p.id for p in self._problems)
        key = f"{self.name} {by} {problems} {settings.model_dump_json()}"
        for line in self._before:
            if (known := json.loads(line))["key"] == key:
                return known
        asked = [p.question for p in self._problems]
        found = search_all(self._student, self._domain, asked, settings, seed=0, verifier=self._verifier)
        tried = attempts_of(judge_all(self._domain, self._problems, [f.solved for f in found], "talk"))
        point = {
            "key": key,
            "accuracy": mean(a.correct for a in tried),
            "oracle": mean(self._can(p, f) for p, f in zip(self._problems, found, strict=True)),
            "decodes": mean(f.decodes for f in found),
            "attempts": [a.model_dump(mode="json") for a in tried],
        }
        with self._points.open("a") as file:
            file.write(json.dumps(point) + "\n")
        return point

    def _can(self, problem: Problem, found: Found) -> bool:
        solved = [Solved(s.steps, s.logprobs, s.finished) for s in found.solutions]
        return any(one.attempt.correct for one in judge_all(self._domain, [problem] * len(solved), solved, "talk"))


def steps_up(points: Sequence[dict[str, Any]]) -> str:
    """Each budget against the one before on the same problems: points gained, and its interval."""
    told: list[str] = []
    for less, more in pairwise(points):
        one, other = ([Attempt.model_validate(a) for a in p["attempts"]] for p in (less, more))
        beside = compare(one, other, GateSettings())
        low, high = beside.ci95
        told.append(f"{100 * beside.gain:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]")
    return "; ".join(told)


def worse(points: Sequence[dict[str, Any]], greedy: dict[str, Any]) -> str:
    """Skills and difficulties in which a budget is significantly below greedy (p < .05, one-sided)."""
    base = [Attempt.model_validate(a) for a in greedy["attempts"]]
    buckets = [worse_buckets(base, [Attempt.model_validate(a) for a in p["attempts"]], alpha=0.05) for p in points]
    return "; ".join(sorted({bucket for of in buckets for bucket in of})) or "none"


def main() -> None:
    """Searches, prints and draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".reasoner"))
    parser.add_argument("--checkpoints", nargs="+", default=[None])
    parser.add_argument("--n", type=int, default=600)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("curve.png"))
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    home, settings = open_home(given.home), Settings()
    problems = open_source(settings).sealed()[: given.n]
    points = given.out.with_suffix(".jsonl")
    drawn: dict[str, dict[str, list[tuple[float, float]]]] = {}
    print(f"{len(problems)} sealed problems\n")
    for checkpoint in given.checkpoints:
        picked = home.choose(checkpoint)
        verifier = home.verifier(picked.checkpoint.fingerprint, picked.student())
        student = Student(picked, verifier, problems, points)
        greedy = student.point(SearchSettings(verifier=False))
        start = (greedy["decodes"], greedy["accuracy"])
        panel = drawn.setdefault(f"{student.name}: greedy {greedy['accuracy']:.1%}", {})
        print(f"{student.name}, {picked.checkpoint.fingerprint}: greedy {start[1]:.1%} with {start[0]:.1f} decodes\n")
        print(
            "| searcher | decodes a problem | accuracy | oracle | on the budget before, points | worse than greedy in |"
        )
        print("| --- | --- | --- | --- | --- | --- |")
        for name, ways in curves().items():
            if verifier is None and ways[0].verifier:
                continue
            seen = [student.point(way) for way in ways]
            panel[name] = [start, *((p["decodes"], p["accuracy"]) for p in seen)]
            if name == "majority":
                panel["oracle of the attempts"] = [start, *((p["decodes"], p["oracle"]) for p in seen)]
            shown = (" / ".join(f"{p[key]:{form}}" for p in seen) for key, form in SHOWN)
            print(f"| {name} | {' | '.join(shown)} | {steps_up(seen)} | {worse(seen, greedy)} |", flush=True)
        print()
        plot_search_curves(given.out, drawn)


SHOWN = (("decodes", ".0f"), ("accuracy", ".1%"), ("oracle", ".1%"))

if __name__ == "__main__":
    main()
