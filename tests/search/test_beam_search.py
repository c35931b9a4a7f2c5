"""The solve graph over real students: what it keeps, what it spends, and that greedy is never lost without reason."""

import math
from dataclasses import replace

import pytest
import torch
from student_maker import SHAPE, small_student, some_problems
from trained_student import sealed_problems, trained_student

from agents.search_table import compare_all, ways
from agents.searching import search_all, search_of, search_one
from agents.solving.graph import run
from agents.solving.state import numbers_of
from reasoner.config.settings import SearchSettings
from reasoner.domains.math.domain import MathDomain
from reasoner.models.greedy import solve
from reasoner.models.student import new_student
from reasoner.students import step_model
from reasoner.types.step_model import Candidates

pytestmark = pytest.mark.slow

DOMAIN = MathDomain()
QUESTIONS = [p.question for p in some_problems(10)]
BEAM = SearchSettings(searcher="beam", width=3, candidates=4)
SAMPLE = SearchSettings(searcher="sample", width=5)


def student():
    made = small_student()
    made.net.eval()
    return made


def test_the_graph_with_one_beam_is_greedy_solving() -> None:
    found = search_all(student(), DOMAIN, QUESTIONS, SearchSettings(), seed=0)
    plain = solve(student(), QUESTIONS)
    assert [(f.solved.steps, f.solved.finished) for f in found] == [(s.steps, s.finished) for s in plain]
    for mine, other in zip(found, plain, strict=True):
        assert mine.solved.logprobs == pytest.approx(other.logprobs, abs=1e-3)


@pytest.mark.parametrize("settings", [BEAM, SAMPLE])
def test_one_seed_gives_one_search_and_another_seed_another(settings: SearchSettings) -> None:
    one, same, other = (search_one(student(), DOMAIN, QUESTIONS[0], settings, seed=s) for s in (1, 1, 2))
    assert one == same
    assert one.latents != other.latents


@pytest.mark.parametrize("settings", [BEAM, SAMPLE])
def test_no_more_is_decoded_than_the_budget_of_each_step_allows(settings: SearchSettings) -> None:
    seen = search_one(student(), DOMAIN, QUESTIONS[0], settings, seed=0)
    most = settings.width * (settings.candidates if settings.searcher == "beam" else 1)
    for round_ in seen.rounds:
        assert sum(c.found for c in round_.candidates) <= most
        assert sum(c.fate == "kept" for c in round_.candidates) <= settings.width
    assert seen.decodes == sum(c.found for r in seen.rounds for c in r.candidates)


def test_a_beam_of_one_searches_beside_greedys_own() -> None:
    narrow = SearchSettings(searcher="beam", width=1, candidates=6)
    seen = [search_one(student(), DOMAIN, q, narrow, seed=0) for q in QUESTIONS]
    assert any(not s.greedy for one in seen for s in one.solutions)
    assert all(sum(c.fate == "kept" for c in r.candidates) <= 2 for one in seen for r in one.rounds)


def test_greedys_own_attempt_is_among_the_solutions_of_every_vote() -> None:
    plain = solve(student(), QUESTIONS)
    for settings in (SAMPLE, BEAM.model_copy(update={"choose": "majority"})):
        found = search_all(student(), DOMAIN, QUESTIONS, settings, seed=0)
        for one, greedy in zip(found, plain, strict=True):
            assert [s.steps for s in one.solutions if s.greedy] == [greedy.steps]


def test_an_endless_margin_leaves_every_finished_greedy_answer_standing() -> None:
    settings = BEAM.model_copy(update={"margin": 1e9})
    plain = solve(trained_student(), [p.question for p in sealed_problems()])
    found = search_all(trained_student(), DOMAIN, [p.question for p in sealed_problems()], settings, seed=0)
    finished = [i for i, s in enumerate(plain) if s.finished]
    assert finished
    assert [found[i].solved.steps for i in finished] == [plain[i].steps for i in finished]


def test_scores_only_fall_along_a_solution_and_the_best_of_a_round_are_kept() -> None:
    seen = search_one(trained_student(), DOMAIN, sealed_problems()[0].question, BEAM, seed=0)
    for round_ in seen.rounds:
        assert all(c.gain <= 0 for c in round_.candidates)
        kept = [c.score for c in round_.candidates if c.fate != "pruned" and c.origin != "clean"]
        pruned = [c.score for c in round_.candidates if c.fate == "pruned" and "best of its question" in c.why]
        assert max(pruned, default=-math.inf) <= min(kept, default=math.inf)
        assert all(c.why for c in round_.candidates if c.fate == "pruned")


def test_when_the_seconds_are_spent_only_greedys_attempt_goes_on() -> None:
    settings = BEAM.model_copy(update={"seconds": 1e-9})
    found = search_all(student(), DOMAIN, QUESTIONS, settings, seed=0)
    plain = solve(student(), QUESTIONS)
    assert [f.solved.steps for f in found] == [s.steps for s in plain]


def test_a_step_that_cannot_be_true_is_hardly_believed_and_only_if_asked() -> None:
    strict, open_ = (
        search_one(student(), DOMAIN, QUESTIONS[0], BEAM.model_copy(update={"symbolic": s}), seed=0)
        for s in (True, False)
    )
    first = [c for c in strict.rounds[0].candidates if c.text and c.terms["holds"] == 0]
    assert first
    for one in first:
        assert one.gain == pytest.approx(one.terms["said"] + math.log(1e-3), abs=1e-3)
    assert all(c.gain == pytest.approx(c.terms["said"], abs=1e-3) for c in open_.rounds[0].candidates)


def test_a_step_holds_where_it_is_true_and_uses_what_the_question_and_earlier_steps_give() -> None:
    seen = search_one(student(), DOMAIN, QUESTIONS[0], BEAM, seed=0)
    beam_texts: list[tuple[str, ...]] = [()]
    for round_ in seen.rounds:
        following: list[tuple[str, ...]] = []
        for one in round_.candidates:
            before = beam_texts[one.beam]
            if one.text:
                assert one.terms["holds"] == DOMAIN.judge_steps(QUESTIONS[0], (*before, one.text))[-1].holds
            if one.fate == "kept":
                following.append((*before, one.text))
        beam_texts = following


@pytest.mark.parametrize(
    "parts", [{"latent_variable": 4}, {"latent_variable": 4, "predictor": "mlp"}, {"predictor": "mlp"}]
)
@pytest.mark.parametrize("candidates", [2, 3, 5])
def test_the_budget_is_that_of_the_settings_whatever_parts_a_student_has(
    parts: dict[str, object], candidates: int
) -> None:
    made = new_student(SHAPE.model_copy(update=parts), QUESTIONS, seed=0)
    made.net.eval()
    settings = BEAM.model_copy(update={"candidates": candidates})
    first = search_one(made, DOMAIN, QUESTIONS[0], settings, seed=0).rounds[0]
    assert sum(c.found for c in first.candidates) == settings.width * candidates


def test_the_search_itself_does_not_change_and_its_numbers_are_plain() -> None:
    search = search_of(step_model(student(), "a search"), DOMAIN, QUESTIONS[:2], BEAM, seed=0)
    with torch.inference_mode():
        ended, again = run(search), run(search)
    numbers = numbers_of(ended)
    assert numbers.keys() == {"step", "live", "decodes", "refinements"}
    assert all(type(value) is int for value in numbers.values())
    assert numbers["live"] == 0
    assert numbers["decodes"] == ended["spent"].sum()
    assert all(ended["complete"])
    assert [[s.steps for s in of] for of in ended["complete"]] == [[s.steps for s in of] for of in again["complete"]]


def test_a_student_with_a_latent_variable_thinks_under_several_of_its_values() -> None:
    shape = SHAPE.model_copy(update={"latent_variable": 4, "predictor": "mlp"})
    made = new_student(shape, QUESTIONS, seed=0)
    made.net.eval()
    model = step_model(made, "a search")
    assert "denoise" not in model.origins, "an MLP has no passes"
    seen: list[Candidates] = []
    search = replace(search_of(model, DOMAIN, QUESTIONS[:1], BEAM, seed=0), watch=seen.append)
    with torch.inference_mode():
        run(search)
    assert {"clean", "z"} <= {origin for candidates in seen for origin in candidates.origin}


def test_the_table_has_greedy_first_and_no_way_beats_its_own_oracle() -> None:
    problems = sealed_problems()[:40]
    told: list[tuple[str, int, int]] = []
    settings = SearchSettings(width=2, candidates=4)
    rows = compare_all(
        trained_student(), DOMAIN, problems, settings, seed=0, on_progress=lambda *words: told.append(words)
    )
    assert [r.name for r in rows] == list(ways(settings, verifier=False))
    greedy = rows[0]
    assert (greedy.name, greedy.wins, greedy.losses) == ("greedy", 0, 0)
    for row in rows:
        assert row.overall.n == len(problems)
        assert row.overall.accuracy <= row.oracle
        assert row.overall.accuracy - greedy.overall.accuracy == pytest.approx(row.gain)
    assert rows[-1].oracle >= greedy.overall.accuracy
    assert told[-1][1:] == (40, 40)
