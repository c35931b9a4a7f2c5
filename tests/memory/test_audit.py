"""The audit finds what was planted, names what mends it, and the mending can be undone."""

from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from memory_parts import example, hashed, latents
from sqlalchemy import insert, update

from memory.audit import Audit, Auditor, Fault
from memory.filters import Filter
from memory.latent_memory import LatentMemory
from memory.sameness import question_key, solution_key
from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.tables import ExampleTable, LatentTable
from memory.store.verdicts import VerdictStore
from memory.store.versions import VersionStore
from reasoner.data.held_out import HeldOutQuestions
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import UnverifiedError
from reasoner.types.example import Example
from reasoner.types.problem import Problem
from reasoner.types.teaching import Verdict

DOMAIN = MathDomain()
LEAKED = "Bo has 9 shells and gives away 4 of them. How many shells are left?"
PLENTY, FEW = 100, 10
TURNS = {
    "buys": "gets",
    "gives": "hands",
    "How many": "What number of",
    "more": "further",
    "has": "holds",
    "loses": "drops",
}


def learnt(problem: Problem, name: str) -> Example:
    made = example(name)
    return made.model_copy(update={"problem": problem})


def drawn(count: int) -> list[Problem]:
    return [
        DOMAIN.draw(
            seed,
            {
                "difficulty": 2 + seed % 3,
                "skill": DOMAIN.info.skills[seed % 4],
                "max_number": 99,
                "distractor_rate": 0.0,
            },
        )
        for seed in range(count)
    ]


def reworded(problem: Problem) -> Problem:
    text = problem.question
    for old, new in TURNS.items():
        text = text.replace(old, new)
    first, _, rest = text.partition(". ")
    return problem.model_copy(update={"question": f"Listen: {first}. Then, {rest}"})


@dataclass
class Planted:
    memory: LatentMemory
    exact: set[str]
    reworded: set[str]
    contradictions: set[str]


@pytest.fixture
def planted(database: Database) -> Planted:
    """A memory filled before there was any merging: what is the same stands there many times."""
    problems, draw = drawn(PLENTY), Random(0)
    again = draw.sample(problems, PLENTY // 2)
    copies = [learnt(p.model_copy(update={"question": f"  {p.question.upper()}"}), f"copy {p.id}") for p in again]
    others = [learnt(reworded(p), f"reworded {p.id}") for p in again]
    lies = [
        learnt(p.model_copy(update={"steps": ("1+1=2",), "answer": f"{p.answer}1"}), f"lie {p.id}")
        for p in problems[:FEW]
    ]
    truth = [learnt(p, p.id) for p in problems]
    store = ExampleStore(database)
    store.add(truth, latents(PLENTY, seed=1), space="s")
    for number, one in enumerate([*copies, *others, *lies]):
        # Each as a stranger, so that nothing stands for it, then with its own words.
        strange = one.problem.model_copy(update={"question": f"stranger {number}", "steps": (f"{number}+0={number}",)})
        store.add([one.model_copy(update={"problem": strange})], latents(1, seed=100 + number), space="s")
    with database.session() as session:
        for one in [*copies, *others, *lies]:
            keys = {
                "question_key": question_key(one.problem.question),
                "solution_key": solution_key(one.problem.steps, one.problem.answer),
                "answer": one.problem.answer,
                "record": one.model_dump(mode="json"),
            }
            session.execute(update(ExampleTable).where(ExampleTable.id == one.id).values(**keys))
    memory = LatentMemory(database, database.home, "s")
    return Planted(memory, {e.id for e in copies}, {e.id for e in others}, {e.id for e in lies})


def auditor(database: Database) -> Auditor:
    return Auditor(database, "s", {"math": DOMAIN}, lambda: HeldOutQuestions([LEAKED]))


def found(audit: Audit, fault: Fault) -> set[str]:
    (finding,) = [f for f in audit.findings if f.fault == fault]
    return {id for group in finding.groups for id in group}


def test_all_exact_copies_and_contradictions_are_found_and_most_reworded_ones(
    planted: Planted, database: Database
) -> None:
    audit = auditor(database).audit()
    assert planted.exact <= found(audit, "duplicates")
    assert planted.contradictions <= found(audit, "contradictions")
    assert planted.contradictions <= found(audit, "refuted")
    assert len(planted.reworded & found(audit, "alike")) > 0.7 * len(planted.reworded), (
        "by words alone: latents are drawn here"
    )
    assert {f.fault: f.command for f in audit.findings}["duplicates"] == "reasoner memory mend duplicates"
    assert audit.shares["source"] == {"self": PLENTY + 2 * (PLENTY // 2) + FEW}
    assert not audit.clean


def test_mending_keeps_the_first_learnt_and_what_is_true_and_can_be_undone(
    planted: Planted, database: Database
) -> None:
    before = VersionStore(database).newest()
    it = auditor(database)
    assert it.mend("contradictions") == FEW, "what the domain refutes, not what it confirms"
    assert it.mend("duplicates") == len(planted.exact)
    it.mend("alike")
    after = it.audit()
    assert {f.count for f in after.findings if f.fault in ("duplicates", "contradictions", "alike", "refuted")} == {0}
    problems = drawn(PLENTY)
    kept = set(ExampleStore(database).ids(Filter(), correct=True))
    assert {hashed(p.id) for p in problems} <= kept
    copied = next(p for p in problems if hashed(f"copy {p.id}") in planted.exact)
    assert ExampleStore(database).sightings([hashed(copied.id)]) == {hashed(copied.id): 2}
    VersionStore(database).revert(before, cause="test")
    assert found(it.audit(), "contradictions") >= planted.contradictions


def test_a_teachers_example_enters_only_with_a_verdict_that_accepts_it(database: Database) -> None:
    taught = example("0").model_copy(update={"source": "teacher_solution", "teacher": "t"})
    store = ExampleStore(database)
    with pytest.raises(UnverifiedError, match="no accepted verdict on record"):
        store.add([taught], latents(1), space="s")
    refused = Verdict(id="v", teacher_call="c", subject="solution", question="q", accepted=False, reason="wrong answer")
    VerdictStore(database).add([refused], run="r1", cycle=1)
    with pytest.raises(UnverifiedError):
        store.add([taught], latents(1), space="s")
    assert store.count() == 0
    VerdictStore(database).add([refused.model_copy(update={"accepted": True})], run="r2", cycle=1)
    assert store.add([taught], latents(1), space="s").added == [taught.id]


def test_what_slipped_past_is_found_and_goes(database: Database) -> None:
    store, it = ExampleStore(database), auditor(database)
    store.add([example("0"), example("1")], latents(2), space="s")
    store.add([example("2")], None, space="s")
    with database.session() as session:
        record = example("0").model_copy(update={"source": "teacher_solution"}).model_dump(mode="json")
        change = {"source": "teacher_solution", "record": record}
        session.execute(update(ExampleTable).where(ExampleTable.id == hashed("0")).values(**change))
        vector = np.ones(8, dtype="<f4").tobytes()
        session.execute(insert(LatentTable), [{"space": "s", "correct": True, "item": "nobody", "vector": vector}])
    audit = it.audit()
    assert found(audit, "unverified") == {hashed("0")}
    assert found(audit, "stale") == {hashed("2")}
    assert len(found(audit, "strays")) == 1
    assert it.mend("unverified") == it.mend("strays") == 1
    counts = {f.fault: f.count for f in it.audit().findings}
    assert (counts["unverified"], counts["strays"], counts["stale"]) == (0, 0, 1)


def test_what_a_run_reports_is_found_in_any_disguise_and_goes(database: Database) -> None:
    store = ExampleStore(database)
    asks = [LEAKED.upper(), LEAKED.replace("o", "\u043e"), LEAKED.replace("gives", "kindly gives"), "Six and 1?"]
    made = [learnt(example("x").problem.model_copy(update={"question": text}), text) for text in asks]
    store.add(made, latents(len(made)), space="s")
    finding = auditor(database).look("leaked")
    assert {id for group in finding.groups for id in group} == {e.id for e in made[:3]}
    assert auditor(database).mend("leaked") == 3
    assert store.ids(Filter(), correct=True) == [made[3].id]
