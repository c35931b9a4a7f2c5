import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from reasoner.domains.prosqa import graph, lexicon, working
from reasoner.domains.prosqa.domain import ProsqaDomain
from reasoner.types.problem import Problem

DOMAIN = ProsqaDomain()
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "prosqa" / "prosqa_valid.json"
QUESTION = (
    "Every bempus is a dulpus. Ann is a bempus. Every dulpus is a rumpus. Bob is a zorpus. Ann is a wimpus. "
    "Every zorpus is a tilpus. Is Ann a tilpus or rumpus?"
)
STEPS = ("bempus wimpus", "dulpus", "so: rumpus")


def drawn(n: int) -> list[Problem]:
    return [DOMAIN.draw(seed, {}) for seed in range(n)]


def problem(**changes: object) -> Problem:
    made = DOMAIN.draw(1, {"difficulty": 3}).model_copy(update={"question": QUESTION, "answer": "rumpus"})
    return made.model_copy(update=changes)


def test_a_search_goes_layer_by_layer_to_the_candidate_it_meets() -> None:
    told = graph.read(QUESTION)
    assert told is not None
    assert working.work(told) == STEPS
    assert DOMAIN.solve(QUESTION) == DOMAIN.answer_of(STEPS) == "rumpus"


def test_drawn_problems_are_true_and_drawn_again_from_their_provenance() -> None:
    for difficulty in range(1, DOMAIN.max_difficulty + 1):
        for seed in range(5):
            made = DOMAIN.draw(seed, {"difficulty": difficulty, "skill": "reach"})
            assert len(made.steps) == made.difficulty == difficulty
            assert DOMAIN.check(made, DOMAIN.answer_of(made.steps)).outcome == "right"
            assert DOMAIN.solve(made.question) == made.answer
            assert all(verdict.holds for verdict in DOMAIN.judge_steps(made.question, made.steps))
            assert DOMAIN.structure(made.question, made.steps) == made.structure
            assert DOMAIN.draw(seed, made.provenance.parameters) == made


@pytest.mark.parametrize("recipe", [{"difficulty": 0}, {"difficulty": 7}, {"skill": "add"}])
def test_a_recipe_that_cannot_be_met_is_refused(recipe: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        DOMAIN.draw(0, recipe)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("rumpus", "right"), ("Ann is a rumpus.", "right"), ("a rumpus", "right"), ("tilpus", "wrong"), ("", "wrong"),
        ("Bob is a rumpus.", "wrong"), ("rumpus or tilpus", "wrong"), ("rumpus " * 50, "wrong"),
    ],
)  # fmt: skip
def test_an_answer_is_right_if_it_names_the_kind_that_the_rules_give(answer: str, outcome: str) -> None:
    assert DOMAIN.check(problem(), answer).outcome == outcome


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "tilpus"},
        {"question": "How many pens?"},
        {"question": QUESTION.replace("Is Ann a tilpus", "Is Ann a wimpus")},
        {"question": QUESTION.replace("Every dulpus is a rumpus.", "")},
    ],
)
def test_a_problem_without_one_true_candidate_is_the_checkers_own_failure(changes: dict[str, object]) -> None:
    assert DOMAIN.check(problem(**changes), "rumpus").outcome == "error"


@pytest.mark.parametrize(
    ("steps", "holds"),
    [
        (STEPS, True),
        (("bempus", "dulpus", "so: rumpus"), True),
        (("bempus", "so: rumpus"), False),
        (("bempus wimpus", "dulpus", "so: dulpus"), False),
        (("zorpus", "so: tilpus"), False),
        ((), False),
    ],
)
def test_steps_are_grounded_if_each_kind_is_one_rule_further(steps: tuple[str, ...], holds: bool) -> None:
    assert (steps != () and all(v.holds for v in DOMAIN.judge_steps(QUESTION, steps))) is holds


@pytest.mark.parametrize(
    ("step", "formed"),
    [
        ("bempus wimpus", True), ("so: rumpus", True), ("wimpus bempus", False), ("bempus bempus", False), ("", False),
        ("bempuswimpus", False), ("so:rumpus", False), ("so: a rumpus", False), ("Bempus", False), ("1+1=2", False),
    ],
)  # fmt: skip
def test_a_step_is_formed_like_a_layer_or_a_conclusion(step: str, formed: bool) -> None:
    assert DOMAIN.judge_steps("", [step])[0].true is formed


def _shuffled(question: str) -> str:
    *rules, asked = question.split(". ")
    Random(3).shuffle(rules)
    return ". ".join([*rules, asked])


def _renamed(question: str) -> str:
    return question.replace("dulpus", "xaxpus").replace("Ann", "Zed")


def _swapped(question: str) -> str:
    return question.replace("tilpus or rumpus", "rumpus or tilpus")


@pytest.mark.parametrize("change", [_shuffled, _renamed, _swapped])
def test_the_structure_is_the_shape_of_the_graph_alone(change: Callable[[str], str]) -> None:
    assert change(QUESTION) != QUESTION
    assert DOMAIN.structure(change(QUESTION), ()) == DOMAIN.structure(QUESTION, STEPS)


def test_another_rule_or_question_is_another_structure() -> None:
    texts = [
        QUESTION,
        QUESTION.replace("Every zorpus is a tilpus.", "Every bempus is a tilpus."),
        QUESTION.replace("Is Ann", "Is Bob"),
        QUESTION.replace("Ann is a wimpus. ", ""),
        "Six pens.",
    ]
    assert len({DOMAIN.structure(text, ()) for text in texts}) == len(texts)


def test_drawn_structures_hardly_ever_repeat() -> None:
    assert len({p.structure for p in drawn(200)}) == 200


def test_drawn_problems_ask_about_leaves_that_only_one_entity_reaches() -> None:
    for made in drawn(100):
        told = graph.read(made.question)
        assert told is not None
        (other,) = set(told.candidates) - {made.answer}
        assert not {made.answer, other} & {x for x, _ in told.edges}
        assert 3 <= made.difficulty <= 6


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="prosqa_valid.json is not beside this checkout (../shared/data)")
def test_drawn_problems_are_distributed_as_the_published_ones() -> None:
    rows = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    published, ours = [_statistics(row["question"]) for row in rows], [_statistics(p.question) for p in drawn(600)]
    for name in published[0]:
        theirs, own = (mean(row[name] for row in side) for side in (published, ours))
        assert own == pytest.approx(theirs, rel=0.12), name


def _statistics(question: str) -> dict[str, float]:
    told = graph.read(question)
    assert told is not None
    nodes = {word for edge in told.edges for word in edge}
    right = graph.answer(told)
    (other,) = set(told.candidates) - {right}
    return {
        "nodes": len(nodes),
        "edges": len(told.edges),
        "steps": len(working.work(told)),
        "entities": len(nodes - {y for _, y in told.edges}),
        "reached": sum(map(len, graph.layers(told.edges, told.entity))),
        "widest layer": max(map(len, graph.layers(told.edges, told.entity))),
        "parents of the target": sum(y == right for _, y in told.edges),
        "parents of the other": sum(y == other for _, y in told.edges),
        "children of the entity": sum(x == told.entity for x, _ in told.edges),
    }


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="prosqa_valid.json is not beside this checkout (../shared/data)")
def test_every_published_word_is_one_that_problems_are_drawn_with() -> None:
    words = {w for row in json.loads(PUBLISHED.read_text(encoding="utf-8")) for w in row["idx_to_symbol"]}
    assert words <= {*lexicon.KINDS, *lexicon.NAMES}
