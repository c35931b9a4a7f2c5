"""What a search holds of a batch of questions beside the student's own: partial and complete solutions.

Shapes: N partial solutions (beams), M candidates for their next steps, D width.
"""

from dataclasses import dataclass, replace

import numpy as np

from reasoner.types.step_model import SAID, Candidates


@dataclass(frozen=True)
class Beams:
    """Partial solutions, all of as many steps, those of one question side by side."""

    question_N: np.ndarray
    """Row of the batch, not falling."""
    score_N: np.ndarray
    """Natural logarithm of the chance that all steps so far are right, as the energy sees it."""
    greedy_N: np.ndarray
    """True where every step is the one that greedy solving takes: never pruned, so that it can stand."""
    steps: tuple[tuple[str, ...], ...]
    logprobs: tuple[tuple[float, ...], ...]
    """Of each step's tokens, under the latent without noise."""

    @classmethod
    def empty(cls, question_N: np.ndarray) -> "Beams":
        """Beams without a step; the first of each question is greedy's."""
        N = len(question_N)
        first_N = np.append(np.ones(min(N, 1), dtype=bool), question_N[1:] != question_N[:-1])
        return cls(question_N, np.zeros(N, np.float32), first_N, ((),) * N, ((),) * N)

    def __len__(self) -> int:
        return len(self.steps)

    def take(self, rows: np.ndarray) -> "Beams":
        """Some of them, in that order."""
        places = rows.tolist()
        return Beams(
            question_N=self.question_N[rows],
            score_N=self.score_N[rows],
            greedy_N=self.greedy_N[rows],
            steps=tuple(self.steps[i] for i in places),
            logprobs=tuple(self.logprobs[i] for i in places),
        )

    def greedy_of(self, candidates: Candidates) -> np.ndarray:
        """Which candidates go on with greedy solving, [M]."""
        return self.greedy_N[candidates.parent_M] & candidates.clean_M

    def follow(self, candidates: Candidates) -> "Beams":
        """The beams that judged candidates make, complete ones among them."""
        parent_M, ends = candidates.parent_M, candidates.ends_M.tolist()
        parents, said = parent_M.tolist(), candidates.terms[SAID].tolist()
        texts = [() if end else (text,) for end, text in zip(ends, candidates.texts, strict=True)]
        return Beams(
            question_N=self.question_N[parent_M],
            score_N=self.score_N[parent_M] + candidates.gain_M,
            greedy_N=self.greedy_of(candidates),
            steps=tuple((*self.steps[b], *text) for b, text in zip(parents, texts, strict=True)),
            logprobs=tuple((*self.logprobs[b], s) for b, s in zip(parents, said, strict=True)),
        )


def distinct(candidates: Candidates) -> Candidates:
    """Those of one beam side by side. Equal texts of a beam become one, the first, with their count; greedy's own is
    always a first one.
    """
    order = candidates.parent_M.argsort(kind="stable")
    parents, ends = candidates.parent_M.tolist(), candidates.ends_M.tolist()
    first: dict[tuple[int, bool, str], int] = {}
    found: dict[int, int] = {}
    for place in order.tolist():
        stands = first.setdefault((parents[place], ends[place], candidates.texts[place]), place)
        found[stands] = found.get(stands, 0) + candidates.found[place]
    return replace(candidates.take(np.array(list(found), dtype=np.int64)), found=tuple(found.values()))


def joined(one: Candidates, other: Candidates) -> Candidates:
    """All of both, judged already, as `distinct` says."""
    return distinct(
        Candidates(
            parent_M=np.concatenate([one.parent_M, other.parent_M]),
            texts=one.texts + other.texts,
            ends_M=np.concatenate([one.ends_M, other.ends_M]),
            origin=one.origin + other.origin,
            handle=one.handle.joined(other.handle),
            found=one.found + other.found,
            terms={name: np.concatenate([term, other.terms[name]]) for name, term in one.terms.items()},
            gain_M=np.concatenate([one.gain_M, other.gain_M]),
            refused=one.refused + other.refused,
        )
    )


@dataclass(frozen=True)
class Complete:
    """A solution that a search has finished, or that ran out of steps."""

    steps: tuple[str, ...]
    logprobs: tuple[float, ...]
    score: float
    """Natural logarithm of the chance that it is right, as the energy sees it."""
    finished: bool
    greedy: bool
    latent_D: np.ndarray
    """One unit vector for all of it; empty of a student that does not condense."""
