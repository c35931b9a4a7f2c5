"""Every way of searching on the same problems, beside greedy: what it wins, what it loses, what it costs."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import mean

from agents.searching import Found, chosen_anew, search_all, settled
from reasoner.config.settings import GateSettings, SearchSettings
from reasoner.evaluation.attempts import judge_all
from reasoner.evaluation.comparison import compare, worse_buckets
from reasoner.evaluation.statistics import rate
from reasoner.search.trained_verifier import TrainedVerifier
from reasoner.students import Verifiable, step_model
from reasoner.types.domain import Domain
from reasoner.types.ports import Recall
from reasoner.types.problem import Attempt, Problem
from reasoner.types.search import SearchRow
from reasoner.types.step_model import required
from reasoner.types.student import Solved, Student
from reasoner.types.tried import attempts_of

Watch = Callable[[str, int, int], None]
"""Name of the way, questions done, questions in all."""

ALPHA = 0.05
CONTROL = "control: verifier alone"


def ways(settings: SearchSettings, *, verifier: bool, recall: bool = False) -> dict[str, SearchSettings]:
    """What is compared, by name; greedy first. Attempts drawn side by side have a beam's budget.

    Args:
        settings: the budget, and how candidates are made.
        verifier: whether the student has one.
        recall: whether the memory may be asked.
    """
    plain = settings.model_copy(update={"verifier": False, "refine": 0, "recall": 0})
    sample = plain.model_copy(update={"searcher": "sample", "width": settings.width * settings.candidates})
    beam = plain.model_copy(update={"searcher": "beam"})
    k, judged = sample.width, {"verifier": True, "symbolic": False}
    with_verifier = {
        f"weighted vote@{k}, verifier": sample.model_copy(update={"choose": "weighted", **judged}),
        f"best by verifier@{k}": sample.model_copy(update={"choose": "best", **judged}),
        "beam, verifier only judges, no symbolic check": beam.model_copy(update={**judged, "verifier_proposes": False}),
        "beam, verifier, no symbolic check": beam.model_copy(update=judged),
        "beam, verifier": beam.model_copy(update={**judged, "symbolic": True}),
        "beam, verifier, refined": beam.model_copy(update={**judged, "refine": 2, "symbolic": True}),
    }
    judge = {"verifier": verifier, "symbolic": True}
    recalled = {"beam, recalled": beam.model_copy(update={"recall": settings.recall, **judge})}
    return {
        "greedy": plain.model_copy(update={"searcher": "greedy"}),
        **{
            f"{name}@{k}": sample.model_copy(update={"choose": choose, "symbolic": False})
            for name, choose in (("majority", "majority"), ("weighted vote", "weighted"), ("cluster", "cluster"))
        },
        f"best log-probability@{k}": sample.model_copy(update={"choose": "best", "symbolic": False}),
        "beam, no symbolic check": beam.model_copy(update={"symbolic": False}),
        "beam": beam.model_copy(update={"symbolic": True}),
        **(with_verifier if verifier else {}),
        **(recalled if recall else {}),
    }


def compare_all(
    student: Student,
    domain: Domain,
    problems: Sequence[Problem],
    settings: SearchSettings,
    *,
    seed: int,
    on_progress: Watch,
    verifier: TrainedVerifier | None = None,
    recall: Recall | None = None,
) -> list[SearchRow]:
    """A row for each way, greedy's first. Ways that choose among the same attempts share them, and their seconds."""
    questions = [p.question for p in problems]
    rows: list[SearchRow] = []
    greedy: list[Attempt] = []
    drawn: dict[str, tuple[list[Found], float]] = {}
    for name, way in ways(settings, verifier=verifier is not None, recall=recall is not None).items():
        pool = way.model_copy(update={"choose": "best"} if way.searcher == "sample" else {}).model_dump_json()
        if pool not in drawn:
            began = time.monotonic()
            watch = partial(on_progress, name)
            asked = {"verifier": verifier, "recall": recall, "on_progress": watch}
            attempts = search_all(student, domain, questions, way, seed=seed, **asked)
            drawn[pool] = attempts, time.monotonic() - began
        found, seconds = drawn[pool]
        found = [chosen_anew(f, settled(way, verifier), domain) for f in found]
        tried = attempts_of(judge_all(domain, problems, [f.solved for f in found], "talk"))
        greedy = greedy or tried
        rows.append(_row(name, tried, greedy, _oracle(domain, problems, found, tried), found, seconds))
        if verifier is not None and len(rows) == 1:
            rows.append(_control(student, verifier, domain, problems, greedy, seed=seed, on_progress=on_progress))
    return rows


def _control(
    student: Student,
    verifier: TrainedVerifier,
    domain: Domain,
    problems: Sequence[Problem],
    greedy: list[Attempt],
    *,
    seed: int,
    on_progress: Watch,
) -> SearchRow:
    """What the verifier solves greedily by itself: it is a student that has seen more, and a search should beat it."""
    began, settings = time.monotonic(), SearchSettings(searcher="greedy")
    alone = required(step_model(student, "a search"), Verifiable, CONTROL).alone(verifier.net)
    watch = partial(on_progress, CONTROL)
    found = search_all(alone, domain, [p.question for p in problems], settings, seed=seed, on_progress=watch)
    tried = attempts_of(judge_all(domain, problems, [f.solved for f in found], "talk"))
    return _row(CONTROL, tried, greedy, _oracle(domain, problems, found, tried), found, time.monotonic() - began)


def _row(
    name: str, tried: list[Attempt], greedy: list[Attempt], oracle: float, found: list[Found], seconds: float
) -> SearchRow:
    beside = compare(greedy, tried, GateSettings())
    judged = [a for a in tried if a.outcome != "error"]
    return SearchRow(
        name=name,
        overall=rate(sum(a.correct for a in judged), len(judged)),
        wins=beside.wins,
        losses=beside.losses,
        gain=beside.gain,
        ci95=beside.ci95,
        p=beside.p,
        worse=worse_buckets(greedy, tried, alpha=ALPHA),
        oracle=oracle,
        decodes=round(mean(f.decodes for f in found), 2),
        seconds=round(seconds, 3),
    )


def _oracle(domain: Domain, problems: Sequence[Problem], found: list[Found], tried: list[Attempt]) -> float:
    # What the checker cannot judge is left out, as it is of the accuracy.
    judged = [(p, f) for p, f, a in zip(problems, found, tried, strict=True) if a.outcome != "error"]
    pairs = [(p, Solved(s.steps, s.logprobs, s.finished)) for p, f in judged for s in f.solutions]
    solutions = judge_all(domain, [p for p, _ in pairs], [s for _, s in pairs], "talk")
    right = {one.problem.id for one in solutions if one.attempt.correct}
    return mean(p.id in right for p, _ in judged) if judged else 0.0
