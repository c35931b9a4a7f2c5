"""Whatever door it came through: what is reported or decides is not trained on."""

from pathlib import Path

from parts_maker import RUN, make_parts, state_of

from agents.judging import HELD_OUT, LEAKED, example_id
from agents.nodes.train import train
from agents.parts import Parts
from agents.reporting.events import read_events
from memory.store.examples import ExampleStore
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem


def learnt(problem: Problem) -> Example:
    """As the run's own, whatever it is: so it stands in an edited store, or a restored one."""
    lineage = Lineage(run=RUN, cycle=1)
    return Example(id=example_id(problem), problem=problem, source="self", teacher="student", lineage=lineage)


def disguised(problem: Problem, parts: Parts) -> Problem:
    """Solved another way, with a word more, and a structure that says that it may teach."""
    practice = parts.source.practice(1)[0].structure
    question = problem.question.replace(" ", " really ", 1)
    return problem.model_copy(
        update={"question": question, "steps": (problem.steps[0], *problem.steps), "structure": practice}
    )


def test_a_run_that_has_learnt_only_what_is_held_out_trains_nothing_and_says_so(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    leaked = [learnt(disguised(p, parts)) for p in (*parts.source.sealed()[:3], *parts.source.gate(8)[:3])]
    as_is = [learnt(p) for p in parts.source.gate(9)[:2]]
    ExampleStore(parts.database).add([*leaked, *as_is], None, space="s")
    change = train({**state_of("base", cycle=1), "accepted": 8}, parts)
    assert change["candidate"] == ""
    assert "reported or decides" in change["without_candidate"]
    (event,) = [e for e in read_events(parts.folder.root) if e["event"] == "withheld"]
    assert (event["count"], event["reasons"]) == (8, {LEAKED: 8})
    assert not parts.folder.rows(1).exists()


def test_what_may_teach_stays_in_its_order_and_a_structure_is_not_believed(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    practice = [learnt(p) for p in parts.source.practice(1)]
    other = next(p for p in _of_another_seed(parts))
    lying = learnt(other.model_copy(update={"structure": practice[0].problem.structure}))
    may, withheld = parts.held_out.divide([practice[0], lying, *practice[1:]], parts.domain)
    assert may == practice
    assert withheld == {lying.id: HELD_OUT}


def _of_another_seed(parts: Parts) -> list[Problem]:
    from reasoner.data.sources import open_source

    return open_source(parts.settings.model_copy(update={"seed": 77})).sealed()
