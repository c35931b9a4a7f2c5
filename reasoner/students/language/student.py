"""The language student behind the port: it writes its solution token by token, the likeliest ones.

Where it is told which answers there are, it weighs them in place of writing: each as a solution of one step with its
end, to the token what training supervises.

Shapes: N questions, D width of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reasoner.errors import ConfigError, UsageError
from reasoner.models.causal import CausalModel
from reasoner.models.continuing import continue_rows
from reasoner.models.weighing import weigh_rows
from reasoner.students.language.adapter import Adapter
from reasoner.students.language.template import Template
from reasoner.types.problem import Mode
from reasoner.types.student import Solved

Stored = Literal["nothing", "adapter", "weights"]
"""What of it a checkpoint holds beside the name of the model that it stands on."""
AnswerBy = Literal["auto", "write", "score"]
ScoreBy = Literal["sum", "mean"]
FEW = 200
"""Answers to a question that are weighed of themselves; more only where `language.answer_by=score` says so."""


@dataclass(frozen=True)
class Origin:
    """The model that a student stands on."""

    name: str
    """A folder or a hub name."""
    mark: str
    """16 hex digits over its weights, configuration and tokenizer."""


@dataclass(frozen=True)
class LanguageStudent:
    """A causal language model with its template."""

    model: CausalModel
    template: Template
    origin: Origin
    stored: Stored = "nothing"
    adapter: Adapter | None = field(default=None, compare=False)
    answer_by: AnswerBy = "auto"
    score_by: ScoreBy = "sum"

    @property
    def kind(self) -> str:
        """Its name in `reasoner.students`."""
        return "language"

    @property
    def modes(self) -> tuple[Mode, ...]:
        """It writes all that it thinks."""
        return ("talk",)

    def solve(self, questions: Sequence[str], mode: Mode = "talk") -> list[Solved]:  # noqa: ARG002 (it has one)
        """Greedy solutions; `finished` says whether each wrote its end within `language.max_new_tokens`."""
        rows = [self.template.prompt(question).ids for question in questions]
        written = continue_rows(self.model, rows, most_tokens=self.template.max_new_tokens)
        return [self.template.read(one) for one in written]

    def choose(self, questions: Sequence[str], offered: Sequence[tuple[str, ...]], mode: Mode = "talk") -> list[Solved]:
        """The likeliest of the answers that there are, the first of equals; written where it does not weigh them.

        Raises:
            UsageError: it is to weigh answers and none are known.
        """
        weighed = [i for i, answers in enumerate(offered) if self._weighs(answers)]
        written = sorted(set(range(len(questions))) - set(weighed))
        found = dict(zip(written, self.solve([questions[i] for i in written], mode), strict=True))
        scores = self.weigh([questions[i] for i in weighed], [offered[i] for i in weighed])
        for i, said in zip(weighed, scores, strict=True):
            worth = [sum(one) / (len(one) if self.score_by == "mean" else 1) for one in said]
            best = max(range(len(said)), key=lambda k: (worth[k], -k))
            logprobs = (sum(said[best][:-1]), said[best][-1])
            found[i] = Solved((offered[i][best],), logprobs, finished=True)
        return [found[i] for i in range(len(questions))]

    def weigh(self, questions: Sequence[str], answers: Sequence[Sequence[str]]) -> list[list[tuple[float, ...]]]:
        """Natural log-probability of each token of each answer and of its end, after its question.

        Raises:
            ConfigError: an answer has more tokens than can be written or learnt.
        """
        prompts = [self.template.prompt(question).ids for question in questions]
        return weigh_rows(self.model, prompts, [[self._said(answer) for answer in of] for of in answers])

    def _said(self, answer: str) -> tuple[int, ...]:
        said, most = self.template.said([answer]), self.template.max_new_tokens
        if len(said) > most:
            raise ConfigError(
                f"language.max_new_tokens={most}: the answer {answer!r:.60} has {len(said)} tokens with its end; "
                "expected at least as many, so that it can be learnt and weighed"
            )
        return said

    def _weighs(self, answers: Sequence[str]) -> bool:
        if self.answer_by == "score" and not answers:
            raise UsageError(
                "language.answer_by=score: this task does not say which answers there are; set it to auto or write"
            )
        # What has learnt to write its work down first would be asked for what it never says.
        few = 0 < len(answers) <= FEW and self.template.form == "block"
        return self.answer_by == "score" or (self.answer_by == "auto" and few)

    def embed(self, questions: Sequence[str]) -> np.ndarray:
        """The mean of a question's last hidden states, as a unit vector."""
        return self.model.embed(list(questions)).numpy()

    def cuts(self, questions: Sequence[str]) -> Sequence[bool]:
        """Whether each question loses its beginning."""
        return [self.template.prompt(question).cut for question in questions]
