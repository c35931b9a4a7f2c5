"""Where the tensors of one search live, beside the graph's plain state.

Shapes: B questions, N beams, M candidates, T steps, K slots, D width, L tokens.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from reasoner.models.batches import pad_questions
from reasoner.models.student import Student
from reasoner.models.verifier import StepVerifier
from reasoner.search.beams import Beams, Candidates, Complete
from reasoner.search.energy import Energy
from reasoner.search.noise import Noise
from reasoner.search.proposers import Proposal, Thought
from reasoner.search.recalled import Recalled
from reasoner.search.searchers import Searcher
from reasoner.types.domain import Domain
from reasoner.types.ports import Recall
from reasoner.types.search import SearchRound


@dataclass
class Arena:
    """One batch of questions under search. Nodes of the solve graph read and change it in turn."""

    student: Student
    domain: Domain
    questions: Sequence[str]
    searcher: Searcher
    energy: Energy
    noise: Noise
    """All randomness."""
    verifier: StepVerifier | None = None
    recall: Recall | None = None
    """Asked for what is like the questions; None where nothing shall be recalled."""
    neighbours: int = 0
    """Of each question, at most."""
    seconds: float | None = None
    """After which only greedy's own beams go on."""
    tracing: bool = False
    observe: Callable[[str, dict[str, Any], float], None] | None = None
    """Told of every node of the solve graph: its name, what it was given and changed, its seconds."""
    watch: Callable[[Tensor], None] = lambda _: None
    """Sees all latents that are decoded, [M, K, D]."""
    began: float = field(default_factory=time.monotonic)

    states_BLD: Tensor = field(init=False)
    mask_BL: Tensor = field(init=False)
    reread_BLD: Tensor = field(init=False)
    """The verifier's own states of the questions; the student's where there is none."""
    recalled: Recalled | None = field(default=None, init=False)
    """Steps of remembered solutions, where there are any."""
    first_U: Tensor = field(init=False)
    """One beam of each question and text so far."""
    which_N: Tensor = field(init=False)
    """Which of them each beam equals."""
    beams: Beams = field(init=False)
    clean_NKD: Tensor = field(init=False)
    expected_NKD: Tensor | None = field(default=None, init=False)
    """What the verifier expects of each beam's next step, where there is one."""
    thought: Thought = field(init=False)
    proposals: list[Proposal] = field(init=False)
    candidates: Candidates = field(init=False)
    complete: list[list[Complete]] = field(init=False)
    """Of each question."""
    decodes: list[int] = field(init=False)
    """Of each question."""
    chosen: list[int] = field(init=False)
    """Place of each question's answer among its complete solutions."""
    rounds: list[SearchRound] = field(default_factory=list[SearchRound])
    """What was seen, where that is asked for."""

    def encode(self) -> None:
        """Reads the questions and sets up their first beams."""
        net, B = self.student.net, len(self.questions)
        device = str(next(net.parameters()).device)
        batch = pad_questions(self.student.reads.encode(self.questions), device=device)
        self.states_BLD = net.question_encoder(batch)
        self.mask_BL = batch.mask_BL
        self.reread_BLD = self.verifier.read(batch) if self.verifier else self.states_BLD
        self.begin(torch.arange(B).repeat_interleave(self.searcher.starts))
        self.complete = [[] for _ in range(B)]
        self.decodes = [0] * B

    def begin(self, question_N: Tensor) -> None:
        """Empty beams for questions, those of one side by side; the first of each is greedy's."""
        shape, N = self.student.shape, len(question_N)
        self.beams = Beams(
            question_N=question_N,
            history_NTKD=self.states_BLD.new_zeros(N, 0, shape.slots, shape.width),
            score_N=torch.zeros(N),
            greedy_N=torch.cat([torch.ones(min(N, 1), dtype=torch.bool), question_N[1:] != question_N[:-1]]),
            steps=((),) * N,
            logprobs=((),) * N,
        )

    def answer_of(self, solution: Complete) -> str:
        """What a solution answers; empty if it never finished."""
        return self.domain.answer_of(solution.steps) if solution.finished else ""

    @property
    def late(self) -> bool:
        """Whether the seconds are spent."""
        return self.seconds is not None and time.monotonic() - self.began > self.seconds
