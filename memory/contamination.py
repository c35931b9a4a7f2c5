"""What two sets of problems share: the same question, long runs of words, the same structure, nearly the same latent.

Six looks, from certain to likely; each counts the items of the first set that have a match in the second:

    exact      the question is the same but for writing
    words      a run of 13 words or more is shared (Brown et al. 2020, arXiv:2005.14165, appendix C, take 13 as well),
               or the whole of a shorter question; templates of generated problems share shorter runs rightly
    copies     half of both questions' three-word shingles are shared, or more: a rewording that keeps most words
    twins      the same structure and the same answer: the question with its names and numbers changed, or not
    solutions  the same worked steps, three or more of them, numbers and all: a question told anew, in other words,
               keeps them, and two in 300 generated problems of three or four steps share them by chance
    latents    the questions' latents are nearer than 99 in 100 items of the second set are to one another: spaces
               differ, and in that of a small student all questions are alike (cosines of .98 and more)
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

import numpy as np

from memory.sameness import question_key, resemblance, shingles, solution_key, unit, words_of
from reasoner.types.problem import Problem
from reasoner.types.record import Record

Gram = tuple[str, ...]
Looked = Literal["exact", "words", "copies", "twins", "solutions", "latents"]

RUN = 13
"""Words of a run that counts as shared."""

NEAR = 0.99
"""Share of the second set's items that are less near to one another than what counts as the same question."""

SAMPLE = 2000
"""Items of the second set by which that is measured."""

NEAR_COPY = 0.5
"""Shingles shared over all of both (Jaccard), from which a question counts as a copy of another."""

LONG_ENOUGH = 3
"""Steps of a solution that few share by chance: one in two sealed problems of one step has its equal in practice."""

NEAREST = 5
"""Items of the other set that are read closely: those with most runs or shingles in common."""


class Match(Record):
    """An item of the first set and the one of the second that is most like it."""

    first: str
    """Id."""
    second: str
    score: float
    """Words in the shared run, steps, the share of shingles, or the cosine; 1 for what is the same."""
    span: str
    """What both say, folded, or the steps that both have; empty where no words are shared."""


class Look(Record):
    """One look at two sets."""

    look: Looked
    count: int
    """Items of the first set."""
    threshold: float | None = None
    """Words, steps, share or cosine from which it is a match; None where only the same counts."""
    matches: list[Match]
    """One for each item that has a match, the worst first."""
    note: str = ""
    """Why nothing was looked at; empty if it was."""


def look_at_words(first: Sequence[Problem], second: Sequence[Problem], *, run: int = RUN) -> list[Look]:
    """The looks that need texts alone: exact, words, copies, twins, solutions."""
    found = [_exact(first, second), _words(first, second, run), _copies(first, second)]
    return [*found, _twins(first, second), _solutions(first, second)]


def look_at_latents(
    first: Sequence[Problem], second: Sequence[Problem], first_ND: np.ndarray, second_MD: np.ndarray
) -> Look:
    """The look at latents: for each item the nearest of the other set, if it is near enough."""
    from memory.index.kinds import nearest_with_scores

    if not len(first) or not len(second):
        return Look(look="latents", count=len(first), matches=[])
    units_MD = unit(second_MD)
    threshold = _nearness(units_MD)
    scores_N, places_N = nearest_with_scores(units_MD, unit(first_ND))
    matches = [
        Match(first=a.id, second=second[place].id, score=score, span="")
        for a, score, place in zip(first, scores_N.tolist(), places_N.tolist(), strict=True)
        if score >= threshold
    ]
    return Look(look="latents", count=len(first), threshold=threshold, matches=_worst_first(matches))


def _nearness(units_MD: np.ndarray) -> float:
    """The cosine with their nearest that 99 in 100 items of a set do not reach."""
    from memory.index.kinds import nearest_exactly

    some = np.linspace(0, len(units_MD) - 1, min(SAMPLE, len(units_MD))).astype(int)
    near_QK = nearest_exactly(units_MD, units_MD[some], 2)
    other = np.where(near_QK[:, 0] == some, near_QK[:, -1], near_QK[:, 0])
    cosines = (units_MD[some] * units_MD[other]).sum(axis=1)[other != some]
    # Rounding must not hide what is the same.
    return min(float(np.quantile(cosines, NEAR)), 1.0 - 1e-5) if len(cosines) else 1.0 - 1e-5


def _exact(first: Sequence[Problem], second: Sequence[Problem]) -> Look:
    known = {question_key(p.question): p.id for p in reversed(second)}
    matches = [
        Match(first=p.id, second=known[key], score=1.0, span=" ".join(words_of(p.question)))
        for p in first
        if (key := question_key(p.question)) in known
    ]
    return Look(look="exact", count=len(first), matches=_worst_first(matches))


def _words(first: Sequence[Problem], second: Sequence[Problem], run: int) -> Look:
    asked, texts = ([words_of(p.question) for p in problems] for problems in (first, second))
    # A question shorter than the run is looked for as a whole.
    lengths = {min(run, len(words)) for words in asked if words}
    where = _places(texts, [{gram for n in lengths for gram in _grams(words, n)} for words in texts])
    matches: list[Match] = []
    for problem, words in zip(first, asked, strict=True):
        near = _most_shared(set(_grams(words, min(run, len(words)))), where)
        spans = [(longest_run(words, texts[place]), place) for place in near]
        if spans:
            span, place = max(spans, key=lambda pair: (len(pair[0]), -pair[1]))
            match = Match(first=problem.id, second=second[place].id, score=len(span), span=" ".join(span))
            matches.append(match)
    return Look(look="words", count=len(first), threshold=run, matches=_worst_first(matches))


def _copies(first: Sequence[Problem], second: Sequence[Problem]) -> Look:
    texts = [words_of(p.question) for p in second]
    where = _places(texts, [shingles(p.question) for p in second])
    matches: list[Match] = []
    for problem in first:
        near = _most_shared(shingles(problem.question), where)
        likeness = {place: resemblance(problem.question, second[place].question) for place in near}
        best = max(near, key=lambda place: (likeness[place], -place), default=None)
        if best is not None and likeness[best] >= NEAR_COPY:
            span = longest_run(words_of(problem.question), texts[best])
            match = Match(first=problem.id, second=second[best].id, score=likeness[best], span=" ".join(span))
            matches.append(match)
    return Look(look="copies", count=len(first), threshold=NEAR_COPY, matches=_worst_first(matches))


def _places(texts: Sequence[Sequence[str]], grams: Sequence[AbstractSet[Gram]]) -> dict[Gram, list[int]]:
    """Places of the texts that have each gram; those of texts without words are left out."""
    where: dict[Gram, list[int]] = {}
    for place, (words, some) in enumerate(zip(texts, grams, strict=True)):
        for gram in some if words else ():
            where.setdefault(gram, []).append(place)
    return where


def _most_shared(grams: AbstractSet[Gram], where: Mapping[Gram, Sequence[int]]) -> list[int]:
    """Places that share most of the grams, `NEAREST` of them; the first of equals."""
    shared = Counter(place for gram in grams for place in where.get(gram, ()))
    return sorted(shared, key=lambda place: (-shared[place], place))[:NEAREST]


def _twins(first: Sequence[Problem], second: Sequence[Problem]) -> Look:
    known = {(p.structure, p.answer): p for p in reversed(second)}
    matches: list[Match] = []
    for problem in first:
        twin = known.get((problem.structure, problem.answer))
        if twin is not None:
            span = longest_run(words_of(problem.question), words_of(twin.question))
            matches.append(Match(first=problem.id, second=twin.id, score=1.0, span=" ".join(span)))
    return Look(look="twins", count=len(first), matches=_worst_first(matches))


def _solutions(first: Sequence[Problem], second: Sequence[Problem]) -> Look:
    known = {solution_key(p.steps, p.answer): p.id for p in reversed(second)}
    matches = [
        Match(first=p.id, second=known[key], score=len(p.steps), span="; ".join(p.steps))
        for p in first
        if len(p.steps) >= LONG_ENOUGH and (key := solution_key(p.steps, p.answer)) in known
    ]
    return Look(look="solutions", count=len(first), threshold=LONG_ENOUGH, matches=_worst_first(matches))


def longest_run(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """The longest run of words that both have; the first of several."""
    best, end = 0, 0
    before = [0] * (len(other) + 1)
    for at, word in enumerate(one, start=1):
        now = [0] * (len(other) + 1)
        for there, same in enumerate(other, start=1):
            if word == same:
                now[there] = before[there - 1] + 1
                if now[there] > best:
                    best, end = now[there], at
        before = now
    return list(one[end - best : end])


def _grams(words: Sequence[str], run: int) -> list[Gram]:
    """Every run of that many words; none of a shorter text."""
    return [tuple(words[at : at + run]) for at in range(len(words) - run + 1)] if words else []


def _worst_first(matches: Sequence[Match]) -> list[Match]:
    return sorted(matches, key=lambda m: (-m.score, -len(m.span), m.first))
