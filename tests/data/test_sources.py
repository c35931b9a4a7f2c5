from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from problem_settings import of_problems

from reasoner.config.settings import Settings
from reasoner.data.files import is_worked
from reasoner.data.sources import ProblemSource, open_source
from reasoner.data.splits import split_of
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import ConfigError, DataError
from reasoner.types.problem import Problem

DOMAIN = MathDomain()


def wanted(seed: int = 0, **fields: Any) -> Settings:
    sizes = {"practice_size": 100, "gate_size": 54, "sealed_size": 72}
    return of_problems(seed, **{"difficulties": (1, 2, 3), **sizes, **fields})


@cache
def stories(n: int) -> list[Problem]:
    """Problems of all splits, as a user's file may hold them."""
    return [DOMAIN.draw(i, {"difficulty": 1 + i % 3, "skill": DOMAIN.info.skills[i % 6]}) for i in range(n)]


def save(path: Path, problems: list[Problem]) -> str:
    rows = [p.model_dump_json(include={"question", "answer", "steps", "skill"}) for p in problems]
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


@pytest.fixture(params=["generated", "file"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "generated":
        return wanted(7)
    return wanted(7, rows=save(tmp_path / "mine.jsonl", stories(1000)))


@pytest.fixture
def source(settings: Settings) -> ProblemSource:
    return open_source(settings)


def structures(problems: list[Problem]) -> set[str]:
    return {problem.structure for problem in problems}


def test_every_set_holds_structures_of_its_own_split_only(source: ProblemSource) -> None:
    assert {split_of(s) for s in structures(source.practice(1))} == {"practice"}
    assert {split_of(s) for s in structures(source.gate(1))} == {"gate"}
    assert {split_of(s) for s in structures(source.sealed())} == {"sealed"}
    assert {split_of(p.structure) for p in source.base_problems(50, 0)} == {"practice"}


def test_sets_have_the_sizes_that_were_asked_for(source: ProblemSource) -> None:
    assert len(source.practice(1)) == 100
    assert len(source.gate(1)) == 54
    assert len(source.sealed()) == 72
    assert len(list(source.base_problems(50, 0))) == 50


def test_gate_sets_of_different_cycles_share_no_problem(source: ProblemSource) -> None:
    first, second = source.gate(1), source.gate(2)
    assert not {p.id for p in first} & {p.id for p in second}


def test_practice_is_another_draw_in_each_cycle(source: ProblemSource) -> None:
    assert {p.id for p in source.practice(1)} != {p.id for p in source.practice(2)}


def test_the_same_seed_gives_the_same_sets_in_any_order_of_asking(source: ProblemSource, settings: Settings) -> None:
    later, first = source.gate(2), source.gate(1)
    again = open_source(settings)
    assert [again.gate(1), again.gate(2)] == [first, later]
    assert again.practice(2) == source.practice(2)
    assert again.sealed() == source.sealed()
    assert list(again.base_problems(30, 1)) == list(source.base_problems(30, 1))


def test_another_seed_gives_other_sets(source: ProblemSource, settings: Settings) -> None:
    other = open_source(settings.model_copy(update={"seed": 8}))
    assert other.practice(1) != source.practice(1)
    assert other.gate(1) != source.gate(1)
    assert other.sealed() != source.sealed()
    assert list(source.base_problems(30, 1)) != list(source.base_problems(30, 2))


def test_base_problems_are_easy_and_worked(source: ProblemSource) -> None:
    for problem in source.base_problems(60, 0):
        assert problem.difficulty in wanted().data.base_difficulties
        assert is_worked(problem, DOMAIN)


def test_generated_sets_are_balanced_and_repeat_no_structure() -> None:
    source = open_source(wanted())
    for problems in (source.practice(1), source.gate(1), source.sealed()):
        assert len(structures(problems)) == len(problems)
        cells = Counter((p.difficulty, p.skill) for p in problems)
        assert len(cells) == 18
        assert max(cells.values()) - min(cells.values()) <= 1


def test_generated_gate_sets_share_no_structure_over_many_cycles() -> None:
    source = open_source(wanted(distractor_rate=0.0, difficulties=(1, 2)))
    gates = [source.gate(cycle) for cycle in range(1, 6)]
    assert source.gate_sets is None
    assert sum(len(gate) for gate in gates) == len(set().union(*map(structures, gates))) == 5 * 54


def test_a_set_that_cannot_be_filled_is_an_error_that_says_what_to_change() -> None:
    with pytest.raises(DataError, match=r"gate set of cycle 1: only .* of 600 .* add data.difficulties.*domains.math"):
        open_source(wanted(distractor_rate=0.0, difficulties=(1,), gate_size=600)).gate(1)


def test_a_difficulty_that_the_domain_cannot_draw_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match=r"data.difficulties: given 9, expected 1 to 8"):
        open_source(wanted(difficulties=(1, 9)))


def test_generated_problems_are_made_again_from_their_provenance() -> None:
    for problem in open_source(wanted()).sealed():
        assert DOMAIN.draw(problem.provenance.seed, problem.provenance.parameters) == problem


def test_a_files_gate_rows_run_out_with_a_clear_error(tmp_path: Path) -> None:
    source = open_source(wanted(rows=save(tmp_path / "mine.jsonl", stories(1000))))
    assert source.gate_sets is not None
    gates = [source.gate(cycle) for cycle in range(1, source.gate_sets + 1)]
    assert all(len(gate) >= 50 for gate in gates)
    assert sum(map(len, gates)) == len({p.id for gate in gates for p in gate})
    with pytest.raises(DataError, match=rf"gate rows give {len(gates)} gate sets of 54 and cycle {len(gates) + 1}"):
        source.gate(len(gates) + 1)


def test_a_last_gate_set_may_be_smaller_but_not_under_fifty(tmp_path: Path) -> None:
    problems = stories(1000)
    gate = [p for p in problems if split_of(p.structure) == "gate"]
    others = [p for p in problems if split_of(p.structure) != "gate"]
    for rest, sets in ((50, 2), (49, 1)):
        rows = save(tmp_path / f"{rest}.jsonl", others + gate[: 54 + rest])
        source = open_source(wanted(rows=rows))
        assert source.gate_sets == sets
        assert len(source.gate(sets)) == (rest if sets == 2 else 54)


def test_a_file_that_is_too_small_is_refused_with_its_counts(tmp_path: Path) -> None:
    rows = save(tmp_path / "mine.jsonl", stories(100))
    with pytest.raises(DataError, match=r"its 100 rows divide by structure into .* practice, .* gate, .* sealed"):
        open_source(wanted(rows=rows))


def test_a_files_division_does_not_depend_on_the_seed(tmp_path: Path) -> None:
    rows = save(tmp_path / "mine.jsonl", stories(1000))
    one, other = (open_source(wanted(seed, rows=rows, sealed_size=900)).sealed() for seed in (0, 1))
    assert {p.id for p in one} == {p.id for p in other}


def test_a_file_without_solutions_still_has_base_problems(tmp_path: Path) -> None:
    bare = [p.model_copy(update={"steps": ()}) for p in stories(1000)]
    source = open_source(wanted(rows=save(tmp_path / "mine.jsonl", bare)))
    assert {p.provenance.generator for p in source.base_problems(30, 0)} == {"math"}


def test_a_file_and_the_stories_take_turns_in_the_base_stream(tmp_path: Path) -> None:
    source = open_source(wanted(rows=save(tmp_path / "mine.jsonl", stories(1000))))
    origins = [p.provenance.generator for p in islice(source.base_problems(1000, 0), 6)]
    assert origins == ["math", "file:mine.jsonl"] * 3
