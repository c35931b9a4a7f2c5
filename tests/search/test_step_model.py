"""A search needs nothing of a student but its step model: one that has neither network nor latents is searched here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.searching import search_all, search_of
from agents.solving.graph import run
from reasoner.config.settings import SearchSettings
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import UsageError
from reasoner.students import can_be_searched, divergence, new_verifier
from reasoner.types.step_model import CLEAN, ROUND_TRIP, SAID, Candidates, Wanted

DOMAIN = MathDomain()
QUESTION = "Mia has 2 pens. Leo has 3 more pens than Mia. How many pens does Leo have?"
RIGHT, WRONG = "2+3=5", "2+3=6"
BEAM = SearchSettings(searcher="beam", width=2, candidates=6, margin=0.0)


@dataclass(frozen=True)
class Rows:
    """Steps so far, and each row's dice."""

    steps: tuple[tuple[str, ...], ...]
    dice: tuple[Random, ...]

    def take(self, rows: np.ndarray) -> "Rows":
        return Rows(tuple(self.steps[i] for i in rows), tuple(self.dice[i] for i in rows))


@dataclass(frozen=True)
class Texts:
    """Nothing but what is said."""

    texts: tuple[str, ...]

    def take(self, rows: np.ndarray) -> "Texts":
        return Texts(tuple(self.texts[i] for i in rows))

    def joined(self, other: "Texts") -> "Texts":
        return Texts(self.texts + other.texts)

    def __bytes__(self) -> bytes:
        return "\n".join(self.texts).encode()


class Guesser:
    """Says a wrong step first, since it thinks it a little likelier; drawn, it says either."""

    origins = (CLEAN, "sample")
    max_steps = 3

    def lengths(self, questions: Sequence[str]) -> Sequence[int]:
        return [len(question) for question in questions]

    def can_write(self, step: str) -> bool:
        return step in (RIGHT, WRONG)

    def root(self, questions: Sequence[str], *, seed: int) -> Rows:
        return Rows(((),) * len(questions), tuple(Random(f"{seed}/{question}") for question in questions))

    def propose(self, state: Rows, plan: Sequence[Wanted]) -> Candidates:
        rows = [(row, one.origin) for one in plan for row in one.parent_M.tolist()]
        texts = tuple(self._said(state, row, drawn=origin == "sample") for row, origin in rows)
        return _candidates(np.array([row for row, _ in rows]), texts, tuple(origin for _, origin in rows))

    def measure(self, state: Any, candidates: Candidates) -> Candidates:
        chance = [0.9 if not text else 0.45 if text == RIGHT else 0.55 for text in candidates.texts]
        said = np.array([math.log(one) for one in chance], dtype=np.float32)
        return replace(candidates, terms={SAID: said, ROUND_TRIP: np.zeros_like(said)})

    def advance(self, state: Rows, candidates: Candidates) -> Rows:
        rows = state.take(candidates.parent_M)
        return Rows(tuple((*s, t) for s, t in zip(rows.steps, candidates.texts, strict=True)), rows.dice)

    def score(self, state: Any, texts: Sequence[str]) -> Candidates:
        given = _candidates(np.arange(len(texts)), tuple(texts), ("given",) * len(texts))
        return self.measure(state, given)

    def _said(self, state: Rows, row: int, *, drawn: bool) -> str:
        if state.steps[row]:
            return ""
        return state.dice[row].choice([RIGHT, WRONG]) if drawn else WRONG


def _candidates(parent_M: np.ndarray, texts: tuple[str, ...], origin: tuple[str, ...]) -> Candidates:
    ends_M = np.array([not text for text in texts])
    return Candidates(parent_M, texts, ends_M, origin, Texts(texts), (1,) * len(texts))


def chosen(settings: SearchSettings, **asked: Any) -> tuple[str, ...]:
    ended = run(search_of(Guesser(), DOMAIN, [QUESTION], settings, seed=0, **asked))
    return ended["complete"][0][ended["chosen"][0]].steps


def test_greedy_says_what_it_thinks_likeliest_and_a_beam_what_holds() -> None:
    assert chosen(SearchSettings()) == (WRONG,)
    assert chosen(BEAM) == (RIGHT,)
    assert chosen(BEAM.model_copy(update={"symbolic": False})) == (WRONG,)
    assert chosen(SearchSettings(searcher="sample", width=8, choose="best", margin=0.0)) == (RIGHT,)


def test_its_ways_share_the_budget_of_a_step() -> None:
    ended = run(replace(search_of(Guesser(), DOMAIN, [QUESTION] * 3, BEAM, seed=0), tracing=True))
    assert {c.origin for round_ in ended["rounds"] for c in round_.candidates} <= {CLEAN, "sample"}
    assert ended["spent"].tolist() == [24, 24, 24], "twelve decodes for the step, twelve for the end"
    assert ended["decodes"] == 72


def test_what_it_cannot_do_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match=r"search\.choose=cluster is not for this kind of student"):
        chosen(BEAM.model_copy(update={"choose": "cluster"}))
    with pytest.raises(UsageError, match=r"search\.recall is not for .*: Steps of remembered solutions"):
        chosen(BEAM.model_copy(update={"recall": 1}), recall=lambda questions, k: [[(RIGHT,)] for _ in questions])


def test_a_student_of_a_kind_that_cannot_be_searched_is_refused_in_words() -> None:
    labels: Any = SimpleNamespace(kind="encoder")
    assert not can_be_searched(labels)
    with pytest.raises(UsageError, match="a search goes step by step: given a encoder student"):
        search_all(labels, DOMAIN, [QUESTION], BEAM, seed=0)
    with pytest.raises(UsageError, match="a verifier goes step by step"):
        new_verifier(labels)
    with pytest.raises(UsageError, match="a budget of change compares what two students expect"):
        divergence(labels, labels, [])
