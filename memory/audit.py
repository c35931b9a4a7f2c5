"""Looks for what a memory should not hold, with ids and the command that mends it.

duplicates      the same in other writing
alike           the same solution and numbers, and words or latents nearly the same: reworded copies
contradictions  one question, several answers
unverified      no accepted verdict speaks for it
refuted         its domain finds it wrong today
crowded         more solutions of one question than are kept
orphans         no run has learnt it
leaked          asks what a run of the home reports or decides by
strays          latents of nothing
stale           no latent in the space that is searched
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Literal

import numpy as np

from memory.sameness import resemblance, unit, words_of
from memory.store.auditing import AuditStore
from memory.store.crowding import most_different
from memory.store.database import Database
from memory.store.examples import SOLUTIONS, ExampleStore
from memory.store.latents import LatentStore
from memory.store.versions import VersionStore
from reasoner.data.held_out import HeldOutQuestions
from reasoner.domains.powers import read_answer
from reasoner.domains.solutions import CHECKER_FAILED, solution_fault
from reasoner.types.domain import Domain
from reasoner.types.example import Example
from reasoner.types.record import Record

Fault = Literal[
    "duplicates", "alike", "contradictions", "unverified", "refuted", "crowded", "orphans", "leaked", "strays", "stale"
]
FAULTS: tuple[Fault, ...] = (
    "duplicates", "alike", "contradictions", "unverified", "refuted", "crowded", "orphans", "leaked", "strays",
    "stale",
)  # fmt: skip

ALIKE_WORDS, ALIKE_LATENTS = 0.5, 0.95
"""Either is enough beside the same solution and the same numbers: an audit proposes, a person decides."""


class Finding(Record):
    """What one look found."""

    fault: Fault
    groups: list[list[str]]
    """Ids; in a group of several the first is the one that stays. Strays are numbers of latents."""
    count: int
    """Items that would go, or be encoded."""
    command: str
    """What mends it; empty where there is nothing to mend."""


class Audit(Record):
    """The state of a memory."""

    version: int
    examples: int
    space: str
    findings: list[Finding]
    """One for each look, in the order of `FAULTS`."""
    shares: dict[str, dict[str, int]]
    """Examples by source, teacher, domain, skill and run."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not any(finding.count for finding in self.findings)


class Auditor:
    """Looks at one memory.

    Args:
        database: the store.
        space: that is searched.
        domains: by name; examples of others are not read again.
        held_out: what the home's runs report or decide by; made where it is asked for.
    """

    def __init__(
        self, database: Database, space: str, domains: Mapping[str, Domain], held_out: Callable[[], HeldOutQuestions]
    ):
        self._store = AuditStore(database)
        self._examples = ExampleStore(database)
        self._latents = LatentStore(database)
        self._versions = VersionStore(database)
        self._space = space
        self._domains = domains
        self._held_out = held_out

    def audit(self) -> Audit:
        """All looks."""
        return Audit(
            version=self._versions.newest(),
            examples=self._examples.count(),
            space=self._space,
            findings=[self.look(fault) for fault in FAULTS],
            shares={by: self._store.shares(by) for by in ("source", "teacher", "domain", "skill", "run")},
        )

    def look(self, fault: Fault) -> Finding:
        """One look."""
        groups = getattr(self, f"_{fault}")()
        keeps_first = fault in ("duplicates", "alike", "crowded")
        count = sum(len(group) - keeps_first for group in groups)
        if fault == "crowded":
            count = sum(len(group) - SOLUTIONS for group in groups)
        command = "reasoner memory reindex" if fault == "stale" else f"reasoner memory mend {fault}"
        return Finding(fault=fault, groups=groups, count=count, command=command if count else "")

    def mend(self, fault: Fault) -> int:
        """Mends what a look finds; how many items went. What is stale is encoded by `reindex`."""
        assert fault != "stale", "encoding needs a student"
        groups, cause = self.look(fault).groups, f"reasoner memory mend {fault}"
        if fault in ("duplicates", "alike"):
            return self._store.merge(groups, cause=cause)
        if fault == "strays":
            return self._store.forget_latents([int(number) for group in groups for number in group])
        if fault == "contradictions":
            groups = [self._losers(group) for group in groups]
        if fault == "crowded":
            groups = [self._surplus(group) for group in groups]
        ids = [id for group in groups for id in group]
        return self._versions.drop(ids, kind="mended", cause=cause, reason=fault)

    def _duplicates(self) -> list[list[str]]:
        return self._store.same()

    def _alike(self) -> list[list[str]]:
        groups = self._store.of_one_solution()
        examples = {e.id: e for e in self._examples.found([id for group in groups for id in group])}
        same_numbers = [few for group in groups for few in _by_numbers([examples[id] for id in group])]
        vectors = self._latents.known(self._space, [e.id for few in same_numbers for e in few])
        return [ids for few in same_numbers for ids in _close(few, vectors)]

    def _contradictions(self) -> list[list[str]]:
        groups = self._store.contradictions()
        examples = {e.id: e for e in self._examples.found([id for group in groups for id in group])}
        return [group for group in groups if self._disagree([examples[id] for id in group])]

    def _disagree(self, examples: Sequence[Example]) -> bool:
        """Whether an answer is wrong in the eyes of another's problem: several answers may be right."""
        domain = self._domains.get(examples[0].problem.domain)
        if domain is None:
            return True
        pairs = permutations([example.problem for example in examples], 2)
        # Where nobody can judge, as where a model would have to be asked, nothing is proven.
        return any(domain.check(one, other.answer).outcome == "wrong" for one, other in pairs)

    def _unverified(self) -> list[list[str]]:
        return [[id] for id in self._store.unverified()]

    def _refuted(self) -> list[list[str]]:
        return [[example.id] for example in self._store.examples() if self._is_refuted(example)]

    def _crowded(self) -> list[list[str]]:
        return [group for group in self._store.of_one_question() if len(group) > SOLUTIONS]

    def _orphans(self) -> list[list[str]]:
        return [[id] for id in self._store.unlearnt()]

    def _leaked(self) -> list[list[str]]:
        held_out = self._held_out()
        return [[e.id] for e in self._store.examples() if held_out.match(e.problem.question) is not None]

    def _strays(self) -> list[list[str]]:
        return [[str(number)] for number in self._store.latents_of_nothing()]

    def _stale(self) -> list[list[str]]:
        return [[id] for correct in (True, False) for id in self._latents.missing(self._space, correct=correct)]

    def _is_refuted(self, example: Example) -> bool:
        """Steps that do not hold, or an answer that is not what the domain itself reads from the question."""
        problem = example.problem
        domain = self._domains.get(problem.domain)
        if domain is None:
            return False
        truth = read_answer(domain, problem.question)
        if truth is not None and domain.check(problem, truth).outcome == "wrong":
            return True
        fault = solution_fault(problem, problem.steps, domain.answer_of(problem.steps), domain)
        return fault not in ("", CHECKER_FAILED)

    def _losers(self, group: Sequence[str]) -> list[str]:
        """Those that the domain refutes, if one answer is left then; all of them if nobody can say who is right."""
        examples = self._examples.found(group)
        refuted = [e.id for e in examples if self._is_refuted(e)]
        left = {e.problem.answer for e in examples if e.id not in refuted}
        return refuted if len(left) == 1 else list(group)

    def _surplus(self, group: Sequence[str]) -> list[str]:
        texts = ["\n".join(e.problem.steps) for e in self._examples.found(group)]
        kept = most_different(texts, SOLUTIONS)
        return [id for place, id in enumerate(group) if place not in kept]


def _by_numbers(examples: Sequence[Example]) -> list[list[Example]]:
    """Those whose questions name the same numbers, however often and in whatever order; groups of two or more."""
    groups: dict[tuple[str, ...], list[Example]] = {}
    for example in examples:
        numbers = {word for word in words_of(example.problem.question) if word[0].isdigit()}
        groups.setdefault(tuple(sorted(numbers)), []).append(example)
    return [group for group in groups.values() if len(group) > 1]


def _close(examples: Sequence[Example], vectors: Mapping[str, bytes]) -> list[list[str]]:
    """Groups that ask nearly the same in words or in latents; each is close to the first of its group."""
    groups: list[list[Example]] = []
    for example in examples:
        for group in groups:
            if _likeness(example, group[0], vectors):
                group.append(example)
                break
        else:
            groups.append([example])
    return [[example.id for example in group] for group in groups if len(group) > 1]


def _likeness(one: Example, other: Example, vectors: Mapping[str, bytes]) -> bool:
    if resemblance(one.problem.question, other.problem.question) >= ALIKE_WORDS:
        return True
    if one.id not in vectors or other.id not in vectors:
        return False
    first, second = (unit(np.frombuffer(vectors[e.id], dtype="<f4")[None])[0] for e in (one, other))
    return float(first @ second) >= ALIKE_LATENTS
