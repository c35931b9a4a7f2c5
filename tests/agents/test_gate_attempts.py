"""A gate that asks block by block: what is asked, what a kill costs, what a decision on a beginning is worth."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from parts_maker import RUN, after, keep, make_parts, sit, state_of

from agents.decision_check import DecisionChecker, sums_of_attempts
from agents.gate_attempts import GateAttempts
from agents.nodes.decide import decide
from agents.nodes.examine import examine
from agents.nodes.watch import watch
from agents.parts import Parts
from agents.run_folder import read_records, write_records
from memory.store.decisions import DecisionStore
from reasoner.errors import GateError
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.e_process import asking_order
from reasoner.evaluation.gate import decide as judge
from reasoner.types.problem import Attempt, Mode
from reasoner.types.report import Decision
from reasoner.types.student import Solved

EARLY = ("data.gate_size=60", "gate.test=e_process", "gate.block=10")
SIZE = 60
SURE_LATE = range(6, SIZE)
"""Places of what a candidate knows, for the second block of ten to be the first that is sure."""


@dataclass
class Knowing:
    """A student that knows some questions' steps by heart, and dies when it has been asked so many."""

    known: dict[str, tuple[str, ...]]
    dies_after: int = 10**9
    asked: list[str] = field(default_factory=list)
    modes: tuple[Mode, ...] = ("talk",)
    kind: str = "knowing"

    def solve(self, questions: Sequence[str], _mode: Mode = "talk") -> list[Solved]:
        if len(self.asked) >= self.dies_after:
            raise KeyboardInterrupt
        self.asked += questions
        return [Solved(self.known.get(q, ()), (), finished=True) for q in questions]


def knowing(parts: Parts, share: Collection[int]) -> Knowing:
    """Knows the problems at these places of the order in which they are asked."""
    by_id = {problem.id: problem for problem in parts.source.gate(1)}
    order = asking_order(list(by_id), seed=parts.settings.seed, cycle=1)
    return Knowing({by_id[order[at]].question: by_id[order[at]].steps for at in share})


def asking(parts: Parts, **students: Knowing) -> GateAttempts:
    of = cast(Any, students.__getitem__)
    return GateAttempts(replace(parts, student_of=of), cycle=1, node="examine")


def file_of(parts: Parts, name: str) -> Path:
    return parts.folder.attempts(1, f"gate-{name}")


def test_asking_ends_with_the_block_that_is_sure_and_says_how_much_was_asked(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    asked = asking(parts, old=knowing(parts, ()), new=knowing(parts, range(SIZE)))
    found = asked.compared(asked.until_over("old", "new"))
    assert (found.n, found.wins, found.of) == (10, 10, SIZE)
    assert [len(read_records(file_of(parts, one), Attempt)) for one in ("old", "new")] == [10, 10]
    told = [line for line in (parts.folder.root / "events.jsonl").read_text().splitlines() if '"gate"' in line]
    assert all('"of": 60' in line and '"n": 10' in line for line in told)


def test_equals_are_asked_the_whole_set(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    asked = asking(parts, old=knowing(parts, range(9)), new=knowing(parts, range(9)))
    found = asked.compared(asked.until_over("old", "new"))
    assert (found.n, found.of) == (SIZE, SIZE)


def test_a_kill_within_the_asking_costs_no_more_than_a_block_and_changes_nothing(tmp_path: Path) -> None:
    """It knows 3 of the first 10, then every second: some blocks pass before the gate is sure."""
    places = [*range(3), *range(10, SIZE, 2)]
    whole, cut = make_parts(tmp_path / "whole", *EARLY), make_parts(tmp_path / "cut", *EARLY)
    asking(whole, old=knowing(whole, ()), new=knowing(whole, places)).until_over("old", "new")
    old, new = knowing(cut, ()), knowing(cut, places)
    new.dies_after = 10
    with pytest.raises(KeyboardInterrupt):
        asking(cut, old=old, new=new).until_over("old", "new")
    new.dies_after = 10**9
    asking(cut, old=old, new=new).until_over("old", "new")
    for name, student in (("old", old), ("new", new)):
        assert file_of(cut, name).read_bytes() == file_of(whole, name).read_bytes()
        assert len(student.asked) == len(set(student.asked)) > 10, "nobody is asked twice"


def test_a_watch_asks_the_champion_on_and_the_first_comparison_stays_what_it_was(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    students = {"old": knowing(parts, range(10, SIZE)), "new": knowing(parts, range(SIZE))}
    asked = asking(parts, **students, former=knowing(parts, range(10, SIZE)))
    first = asked.compared(asked.until_over("old", "new"))
    watched = asked.compared(asked.until_over("old", "former"))
    assert (first.n, watched.n, watched.wins) == (10, SIZE, 0)
    assert len(asked.kept("old", "new")[0]) == 10
    assert asked.compared(asked.kept("old", "new")) == first
    assert len(asked.alike("new", "former")[1]) == 10, "a merge asks what the champion was asked, and no more"


def test_the_exact_test_asks_the_set_in_its_own_order(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, "data.gate_size=60")
    before, _ = asking(parts, old=knowing(parts, ()), new=knowing(parts, ())).until_over("old", "new")
    assert [one.problem.id for one in before] == [problem.id for problem in parts.source.gate(1)]


def stopped(parts: Parts, asked: int, *, known: Collection[int]) -> list[list[Attempt]]:
    """Has both been asked so many items of the order, of which the champion knows none."""
    order = asking_order([p.id for p in parts.source.gate(1)], seed=parts.settings.seed, cycle=1)
    for name, places in (("base", ()), ("new", known)):
        right = {order[at] for at in places}
        sit(parts, name, [at for at, p in enumerate(parts.source.gate(1)) if p.id in right], cycle=1)
        by_id = {one.problem_id: one for one in read_records(file_of(parts, name), Attempt)}
        write_records(file_of(parts, name), [by_id[id] for id in order][:asked])
    return [read_records(file_of(parts, name), Attempt) for name in ("base", "new")]


def decided(parts: Parts, asked: int) -> Decision:
    """A decision on so many items, of which the test is sure after 20."""
    pair = stopped(parts, asked, known=SURE_LATE)
    alpha, gate = alpha_of_cycle(1, parts.settings.gate.alpha), parts.settings.gate
    compared = compare(pair[0], pair[1], gate, of=SIZE)
    said = judge(compared, cycle=1, alpha=alpha, candidate="new", champion="base", run=RUN)
    sums = sums_of_attempts(parts.folder, said, gate)
    return DecisionStore(parts.database).record(said.model_copy(update={"attempts_sha256": sums}))


def test_a_decision_that_stopped_where_the_rule_says_is_computed_again(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    DecisionChecker(tmp_path, parts.database)(decided(parts, 20))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (30, "30 of 60 items were asked, and the test was over after 20"),
        (25, "25 of 60 items were asked, and no block of 10 ends there"),
        (10, "the gate says 'keep'"),
    ],
)
def test_a_decision_that_stopped_earlier_or_later_is_refused(tmp_path: Path, asked: int, why: str) -> None:
    parts = make_parts(tmp_path, *EARLY)
    with pytest.raises(GateError, match=why):
        DecisionChecker(tmp_path, parts.database)(decided(parts, asked))


def test_a_decision_on_items_in_another_order_is_refused(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    decision = decided(parts, 20)
    for name in ("base", "new"):
        write_records(file_of(parts, name), read_records(file_of(parts, name), Attempt)[::-1])
    sums = sums_of_attempts(parts.folder, decision, parts.settings.gate)
    with pytest.raises(GateError, match="do not stand in the order"):
        DecisionChecker(tmp_path, parts.database)(decision.model_copy(update={"attempts_sha256": sums}))


@pytest.mark.slow
def test_a_cycle_promotes_on_a_beginning_and_the_record_holds(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, *EARLY)
    keep(parts, "new", parent="base", number=1)
    stopped(parts, 20, known=SURE_LATE)
    state = state_of("base", cycle=1, candidate="new", without_candidate="")
    state = after(state, examine(state, parts))
    changed = decide(state, parts)
    assert (changed["champion"], changed["verdict"]) == ("new", "promote")
    DecisionChecker(tmp_path, parts.database)(parts.decisions.for_run(RUN)[-1])
    watched = watch(state_of("new", cycle=2), parts)["watched"]["comparison"]
    assert (watched["of"], watched["n"]) == (SIZE, SIZE), "two students that know nothing are asked everything"
