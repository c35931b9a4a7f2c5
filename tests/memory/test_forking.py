"""A fork's rows: calls, verdicts and examples of its parent up to a point, at no cost and under its own name."""

from memory.store.database import Database
from memory.store.examples import ExampleStore
from memory.store.forking import create_fork
from memory.store.ledger import CallLedger
from memory.store.lineage import LineageStore
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.config.settings import LimitSettings
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem, Provenance
from reasoner.types.teaching import Lesson, TeacherCall, Verdict


def paid(database: Database, key: str, *, run: str, cycle: int, state: str = "done") -> None:
    ledger = CallLedger(database, run, cycle=cycle)
    ledger.reserve(key, model="m", problem_id=f"p-{key}", usd=0.5, limits=LimitSettings())
    lesson = Lesson(critique="c", steps=["1+1=2"], answer="2", problems=[]) if state == "done" else None
    call = {"model": "m", "problem_id": f"p-{key}", "cached": False, "error": "", "requests": 1, "lesson": lesson}
    spent = {"prompt_tokens": 1, "completion_tokens": 1, "usd": 0.25, "seconds": 0.1}
    ledger.settle(key, TeacherCall.model_validate({"id": key, "state": state, **call, **spent}))


def learnt(cycle: int, run: str = "parent") -> Example:
    problem = Problem(
        id=f"p{cycle}",
        domain="math",
        skill="add",
        difficulty=1,
        question=f"Cycle {cycle} has {cycle} apples and buys {cycle + 3}. How many?",
        steps=(f"{cycle}+{cycle + 3}={2 * cycle + 3}",),
        answer=str(2 * cycle + 3),
        structure="s",
        provenance=Provenance(generator="teacher:m", version="1", seed=0, parameters={}),
    )
    lineage = Lineage(run=run, cycle=cycle, failure="f", teacher_call=f"k{cycle}", verdict=f"v{cycle}")
    return Example(id=f"e{cycle}", problem=problem, source="teacher_problem", teacher="m", lineage=lineage)


def fill(database: Database) -> None:
    for cycle in (1, 2):
        paid(database, f"k{cycle}", run="parent", cycle=cycle)
        verdict = {"subject": "problem", "question": "q", "accepted": True, "reason": "accepted"}
        judged = Verdict.model_validate({"id": f"v{cycle}", "teacher_call": f"k{cycle}", **verdict})
        VerdictStore(database).add([judged], run="parent", cycle=cycle)
        ExampleStore(database).add([learnt(cycle)], None, space="s")


def fork(database: Database) -> None:
    calls = {1: ["k1"], 2: ["k2"]}
    common = {"parent": "parent", "config_hash": "mark", "settings": {}, "seed": 0}
    create_fork(database, "fork", **common, calls=calls, verdicts_to=1, examples_to=1)


def test_a_fork_knows_what_was_before_its_point_and_has_paid_nothing(database: Database) -> None:
    fill(database)
    fork(database)
    spent = CallLedger(database, "fork").spent()
    assert (spent.calls, spent.cached, spent.usd) == (0, 2, 0.0)
    assert [call.cached for call in CallLedger(database, "fork").calls(1)] == [True]
    assert [v.id for v in VerdictStore(database).for_run("fork")] == ["v1"]
    store = ExampleStore(database)
    (example,) = store.examples(run="fork", up_to_cycle=9)
    assert (example.id, example.lineage.run, example.lineage.verdict) == ("e1", "fork", "v1")
    assert [e.lineage.run for e in store.examples(run="parent", up_to_cycle=9)] == ["parent", "parent"]
    assert store.count() == 2, "content is kept once"


def test_a_fork_is_found_by_its_own_mark_alone(database: Database) -> None:
    fill(database)
    RunStore(database).create("parent", "plain", {}, 0)
    fork(database)
    found = RunStore(database).find("plain")
    assert found is not None
    assert found.id == "parent"


def test_answers_of_kin_are_served_where_the_cache_is_off(database: Database) -> None:
    fill(database)
    assert CallLedger(database, "fork", cycle=3).cached("k1", own=True) is None
    served = CallLedger(database, "fork", cycle=3, kin=["parent"]).cached("k1", own=True)
    assert served is not None
    assert (served.cached, served.usd) == (True, 0.0)


def test_a_failed_call_that_a_fork_takes_over_stays_failed(database: Database) -> None:
    paid(database, "k", run="parent", cycle=1, state="failed")
    common = {"parent": "parent", "config_hash": "mark", "settings": {}, "seed": 0}
    create_fork(database, "fork", **common, calls={1: ["k"]}, verdicts_to=1, examples_to=1)
    assert [call.state for call in CallLedger(database, "fork").calls(1)] == ["failed"]


def test_ids_are_found_wherever_they_turn_up(database: Database) -> None:
    fill(database)
    fork(database)
    store = LineageStore(database)
    assert [(p.run, p.cycle) for p in store.of_call("k1")] == [("fork", 1), ("parent", 1)]
    assert [(p.run, p.cycle) for p in store.of_verdict("v2")] == [("parent", 2)]
    assert [(p.run, p.cycle) for p in store.of_failure("p-k2")] == [("parent", 2)]
    assert [e.lineage.run for e in store.of_example("e1")] == ["fork", "parent"]
    assert [e.id for e in store.learnt("parent")] == ["e1", "e2"]
