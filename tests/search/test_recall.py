"""Neighbours from the memory seed a beam: who is recalled, who never is, and what a search makes of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from student_maker import small_student, some_problems

from agents.recalling import is_twin, recall_from
from agents.searching import search_all, search_one
from memory.latent_memory import LatentMemory
from memory.store.database import open_database
from reasoner.config.settings import SearchSettings
from reasoner.domains.math.domain import MathDomain
from reasoner.models.greedy import embed_questions
from reasoner.models.layers import normalise
from reasoner.models.student import Student
from reasoner.search.planning import RECALL, Front, Way, want
from reasoner.students.latent.recalled import read_neighbours
from reasoner.students.latent.ways import drawn_to
from reasoner.types.example import Example, Lineage
from reasoner.types.problem import Problem

DOMAIN = MathDomain()
PROBLEMS = some_problems(24)
BEAM = SearchSettings(searcher="beam", width=2, candidates=6, recall=2)


@pytest.fixture(scope="module")
def student() -> Student:
    made = small_student()
    made.net.eval()
    return made


@pytest.fixture
def memory(tmp_path: Path, student: Student) -> LatentMemory:
    filled = LatentMemory(open_database(tmp_path), tmp_path, "space")
    items = [_example(p) for p in PROBLEMS]
    filled.remember(items, embed_questions(student, [p.question for p in PROBLEMS]).numpy())
    return filled


def _example(problem: Problem) -> Example:
    lineage = Lineage(run="r", cycle=1)
    return Example(id=problem.id[:16], problem=problem, source="self", teacher="student", lineage=lineage)


def test_the_question_itself_and_its_twins_are_never_recalled(memory: LatentMemory, student: Student) -> None:
    asked = PROBLEMS[3]
    found = memory.search(embed_questions(student, [asked.question]).numpy()[0], k=3)
    assert found[0].example.problem == asked, "without care it would be the first"
    expected = [
        r.example.problem.steps
        for r in memory.search(embed_questions(student, [asked.question]).numpy()[0], k=9)
        if not is_twin(r.example, asked.question, DOMAIN)
    ]
    recall = recall_from(memory, student, DOMAIN)
    assert recall([asked.question], 3) == [expected[:3]]
    renamed = asked.question
    for number in sorted({w.strip(".,?") for w in renamed.split() if w.strip(".,?").isdigit()}):
        renamed = renamed.replace(number, "77")
    assert renamed != asked.question
    assert is_twin(_example(asked), renamed, DOMAIN)
    assert is_twin(_example(asked), f"  {asked.question.upper()}", DOMAIN)
    assert not is_twin(_example(asked), PROBLEMS[4].question, DOMAIN)
    own = asked.model_copy(update={"steps": ("1+1=2", "2+2=4")})
    assert is_twin(_example(own), renamed, DOMAIN), "whatever steps it is remembered with"


def test_only_what_is_known_is_recalled(memory: LatentMemory, student: Student) -> None:
    allowed = {p.id[:16] for p in PROBLEMS[:2]}
    recall = recall_from(memory, student, DOMAIN, among=allowed)
    assert sorted(recall([PROBLEMS[9].question], 5)[0]) == sorted(p.steps for p in PROBLEMS[:2])


def test_a_search_tries_a_candidate_for_each_neighbour_within_its_budget(
    memory: LatentMemory, student: Student
) -> None:
    recall = recall_from(memory, student, DOMAIN)
    question = PROBLEMS[5].question
    seen = search_one(student, DOMAIN, question, BEAM, seed=0, recall=recall)
    assert any(c.origin == "recall" for r in seen.rounds for c in r.candidates)
    for round_ in seen.rounds:
        assert sum(c.found for c in round_.candidates) <= BEAM.width * BEAM.candidates
    assert seen == search_one(student, DOMAIN, question, BEAM, seed=0, recall=recall)


def test_nothing_is_asked_unless_neighbours_are(student: Student) -> None:
    def never(questions: object, k: int) -> list[list[tuple[str, ...]]]:
        raise AssertionError(f"asked for {k} neighbours of {questions}")

    plain = BEAM.model_copy(update={"recall": 0})
    questions = [p.question for p in PROBLEMS[:6]]
    with_memory = search_all(student, DOMAIN, questions, plain, seed=0, recall=never)
    without = search_all(student, DOMAIN, questions, plain, seed=0)
    assert [f.solved for f in with_memory] == [f.solved for f in without]


def test_what_is_not_recalled_costs_no_decodes(student: Student) -> None:
    def few(questions: Sequence[str], k: int) -> list[list[tuple[str, ...]]]:
        return [[("1+2=3",)] for _ in questions]

    budget = BEAM.model_copy(update={"recall": 4, "candidates": 8})
    for recall in (None, few, lambda questions, k: [[] for _ in questions]):
        seen = search_one(student, DOMAIN, PROBLEMS[5].question, budget, seed=0, recall=recall)
        for round_ in seen.rounds[:-1]:
            assert sum(c.found for c in round_.candidates) == budget.width * budget.candidates


def test_neighbours_are_of_unlike_number_and_length(student: Student) -> None:
    solutions = [[("1+2=3",), ("2*3=6", "6+1=7")], [], [("a step that nobody can write",), ("4+4=8",)]]
    read = read_neighbours(student, solutions)
    assert read is not None
    assert read.steps_BR.tolist() == [[2, 3], [0, 0], [2, 0]]
    slots_NRKD, there_NR = read.at(1, torch.tensor([0, 2, 1]))
    assert there_NR.tolist() == [[True, True], [True, False], [False, False]]
    tokens = torch.tensor([student.writes.finish])
    assert torch.allclose(slots_NRKD[1, 0], student.net.step_encoder(tokens)[0], atol=1e-5)
    assert read_neighbours(student, [[], []]) is None

    clean = torch.randn(3, *slots_NRKD.shape[2:], generator=torch.Generator().manual_seed(0))
    towards = drawn_to(clean, slots_NRKD[:, 1])
    assert torch.allclose(towards[0], normalise((clean[0] + slots_NRKD[0, 1]) / 2), atol=1e-5)


def test_a_neighbour_is_followed_only_as_far_as_it_goes() -> None:
    there = np.array([[True, True], [True, False], [False, False]])
    front = Front(np.arange(3), np.ones(3, dtype=bool), there)
    (wanted,) = want(Way(RECALL, 1), front, front.all)
    assert (wanted.origin, wanted.parent_M.tolist(), wanted.by) == ("recall", [0], 1)
    assert want(Way(RECALL, 2), front, front.all) == []
    assert want(Way(RECALL, 0), Front(np.arange(3), np.ones(3, dtype=bool)), front.all) == []
