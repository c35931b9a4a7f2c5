"""Proves a task on its own problems before money is spent: gold answers pass the checker, and nothing else does.

Shuffled answers are those of other problems: what passes among them is chance. Cheats are answers that say nothing or
everything; a checker that holds one of them for right can be cheated.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random

from reasoner.domains.powers import check_all
from reasoner.evaluation.judge_check import JudgeCheck
from reasoner.types.domain import Domain
from reasoner.types.problem import Problem
from reasoner.types.record import Record

MOST = 2000
"""Problems that are checked; a sample of more."""
LOOSE = 0.5
"""Share of shuffled answers that may pass: of two answers to all questions, half are right by chance."""
CHANCE = 0.01
"""Share of the problems on which a cheat may be right by chance: a question can be its own answer."""
_MANY = 40
"""Gold answers that the cheat which says all of them says."""


class TaskCheck(Record):
    """What was found. Shares are of the problems that were checked."""

    task: str
    problems: int
    gold_passes: float
    empty_passes: float
    shuffled_passes: float
    majority_passes: float
    """Of the answer that is right most often, given to every problem: what a student without any understanding gets."""
    cheats_pass: int
    """Problems that cheats pass, of those cheats that pass more than chance allows."""
    cheats: dict[str, int]
    """By cheat, where it passes any."""
    errors: int
    """Gold answers on which the checker itself failed."""
    worked: float
    """Problems whose own steps may teach."""
    splits: dict[str, int]
    contaminated: int
    """Practice problems left out because they ask what a gate or sealed problem asks."""
    fails: tuple[str, ...]
    """The first gold answers that do not pass: id, answer, and what the checker says."""
    judge: JudgeCheck | None = None
    """Of a task that a model judges: the model's own proof. The shares above count what passes without asking it."""

    @property
    def sound(self) -> bool:
        """Whether money may be spent on it."""
        return not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        """What speaks against the task, in words."""
        found = [
            (self.gold_passes < 1, f"{1 - self.gold_passes:.1%} of the gold answers do not pass their own checker"),
            (self.empty_passes > 0, f"an empty answer passes on {self.empty_passes:.1%}"),
            (self.cheats_pass > 0, f"cheats pass: {', '.join(f'{name} ({n})' for name, n in self.cheats.items())}"),
            (
                self.shuffled_passes > LOOSE,
                f"answers of other problems pass on {self.shuffled_passes:.1%}: the checker is too loose",
            ),
            (self.judge is not None and not self.judge.trusted, f"the judge cannot be trusted: {_figures(self.judge)}"),
        ]
        return tuple(words for holds, words in found if holds)


def _figures(judge: JudgeCheck | None) -> str:
    return f"{judge.words}; least_agreement={judge.least:g}" if judge else ""


def check_task(
    domain: Domain,
    problems: Sequence[Problem],
    *,
    splits: dict[str, int],
    contaminated: int,
    is_worked: Callable[[Problem, Domain], bool],
    seed: int,
) -> TaskCheck:
    """Looks at a sample of the problems.

    Args:
        domain: whose checker is looked at.
        problems: of all splits.
        splits: how many there are of each.
        contaminated: see `TaskCheck`.
        is_worked: whether a problem's own solution may teach.
        seed: of the sample and of the shuffling.
    """
    rng = Random(f"{seed}/task check")
    sample = list(problems) if len(problems) <= MOST else rng.sample(list(problems), MOST)
    others = [problem.answer for problem in sample]
    rng.shuffle(others)

    def passing(answers: Sequence[str]) -> int:
        return sum(found.outcome == "right" for found in check_all(domain, sample, answers))

    gold = check_all(domain, sample, [problem.answer for problem in sample])
    usual = Counter(problem.answer for problem in sample).most_common(1)[0][0]
    cheats = {name: passing(answers) for name, answers in _cheats(sample)}
    failing = [(problem, found) for problem, found in zip(sample, gold, strict=True) if found.outcome != "right"]
    n = len(sample)
    return TaskCheck(
        task=domain.info.name,
        problems=n,
        gold_passes=1 - len(failing) / n,
        empty_passes=passing([""] * n) / n,
        shuffled_passes=passing(others) / n,
        majority_passes=passing([usual] * n) / n,
        cheats_pass=sum(count for count in cheats.values() if count > CHANCE * n),
        cheats={name: count for name, count in cheats.items() if count},
        errors=sum(found.outcome == "error" for found in gold),
        worked=sum(is_worked(problem, domain) for problem in sample) / n,
        splits=splits,
        contaminated=contaminated,
        fails=tuple(f"{p.id}: {p.answer!r:.60}: {found.reason or found.outcome}" for p, found in failing[:5]),
    )


def _cheats(sample: Sequence[Problem]) -> Iterator[tuple[str, list[str]]]:
    """Answers that say nothing, or everything."""
    n, every = len(sample), list(dict.fromkeys(problem.answer for problem in sample))[:_MANY]
    for name, answer in (("blanks", " \n\t"), ("a dash", "-"), ("no idea", "I do not know."), ("null", "null")):
        if answer not in every:
            yield name, [answer] * n
    yield "the question itself", [problem.question for problem in sample]
    if len(every) > 1:
        yield "many answers, one after the other", [" ".join(every)] * n
        yield "many answers, with or", [" or ".join(every)] * n
        yield "many answers, a line each", ["\n".join(every)] * n
