"""The language student behind the port: it writes its solution token by token, the likeliest ones.

Shapes: N questions, D width of the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reasoner.models.causal import CausalModel
from reasoner.models.continuing import continue_rows
from reasoner.students.language.adapter import Adapter
from reasoner.students.language.template import Template
from reasoner.types.problem import Mode
from reasoner.types.student import Solved

Stored = Literal["nothing", "adapter", "weights"]
"""What of it a checkpoint holds beside the name of the model that it stands on."""


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

    def embed(self, questions: Sequence[str]) -> np.ndarray:
        """The mean of a question's last hidden states, as a unit vector."""
        return self.model.embed(list(questions)).numpy()

    def cuts(self, questions: Sequence[str]) -> Sequence[bool]:
        """Whether each question loses its beginning."""
        return [self.template.prompt(question).cut for question in questions]
