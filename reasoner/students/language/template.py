"""The one path from a question to token ids, and back from what was written to steps.

Training, solving and serving all go through it, so that what a model is asked is what it has learnt to be asked. The
solution is tokenised by itself behind the prompt: so the prompt is a prefix of the training row whatever the tokenizer
would merge, and its last token is the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from reasoner.config.settings import LanguageSettings
from reasoner.errors import ConfigError
from reasoner.models.continuing import Continued
from reasoner.types.student import Solved

Form = Literal["lines", "block"]
"""Whether each line of what is written is a step, or all of it is one."""
Way = Literal["chat", "plain"]
UNSUPERVISED = -100
"""Target of a token that teaches nothing, as torch's cross-entropy knows it."""


@dataclass(frozen=True)
class Prompt:
    """What a model reads of a question."""

    ids: tuple[int, ...]
    cut: bool
    """Whether it has lost its beginning."""


@dataclass(frozen=True)
class Row:
    """A question with its solution, to be learnt."""

    ids: tuple[int, ...]
    start: int
    """Tokens of the prompt, which teach nothing."""
    rejected: "Row | None" = None
    """The same question with a wrong solution, to which this one is to be preferred."""
    margin: float = 0.0
    """How much likelier than that one the reference holds this solution, in nats."""

    @property
    def taught(self) -> int:
        """Tokens that are supervised."""
        return len(self.ids) - self.start

    @property
    def targets(self) -> tuple[int, ...]:
        """`ids` with the prompt masked."""
        return (UNSUPERVISED,) * self.start + self.ids[self.start :]


@dataclass(frozen=True)
class Template:
    """How questions are put and solutions are written, for one tokenizer."""

    tokenizer: Any
    way: Way
    form: Form
    instruction: str
    max_prompt_tokens: int
    max_new_tokens: int

    @property
    def end(self) -> int:
        """The token that ends a solution.

        Raises:
            ConfigError: the tokenizer has none.
        """
        if self.tokenizer.eos_token_id is None:
            raise ConfigError(
                "student.model: its tokenizer names no end token, so no solution could end; expected eos_token in "
                "tokenizer_config.json"
            )
        return int(self.tokenizer.eos_token_id)

    def prompt(self, question: str) -> Prompt:
        """A question as it is read; one that is too long keeps its first token and its end."""
        ids = self._asked(question)
        if len(ids) <= self.max_prompt_tokens:
            return Prompt(tuple(ids), cut=False)
        first = ids[:1] if ids[0] == self.tokenizer.bos_token_id else []
        return Prompt((*first, *ids[len(ids) - self.max_prompt_tokens + len(first) :]), cut=True)

    def said(self, steps: Sequence[str]) -> tuple[int, ...]:
        """A solution as it is written, the end included."""
        return (*self._encode("\n".join(steps), special=False), self.end)

    def row(self, question: str, steps: Sequence[str]) -> Row | None:
        """A worked question as it is learnt; None where prompt or solution is too long: half of it would teach half."""
        prompt, said = self.prompt(question), self.said(steps)
        if prompt.cut or len(said) > self.max_new_tokens or not any(step.strip() for step in steps):
            return None
        return Row((*prompt.ids, *said), len(prompt.ids))

    def pair(self, question: str, steps: Sequence[str], wrong: Sequence[str]) -> Row | None:
        """The row with a wrong solution that it is to be preferred to, where there is one short enough to be learnt."""
        row, rejected = self.row(question, steps), self.row(question, wrong)
        return row if row is None or rejected is None or rejected.ids == row.ids else replace(row, rejected=rejected)

    def read(self, written: Continued) -> Solved:
        """Steps of what was written, without empty lines, each with its log-probability and so the end.

        A dropped line's log-probability counts for what follows it, so that their sum is that of the whole.
        """
        text = self.tokenizer.decode(list(written.tokens), skip_special_tokens=True)
        lines = text.split("\n") if self.form == "lines" else [text]
        sums, at = [0.0] * len(lines), 0
        for token, logprob in zip(written.tokens, written.logprobs, strict=False):
            sums[at] += logprob
            # A token that holds a line's end belongs to that line.
            at = min(len(lines) - 1, at + self.tokenizer.decode([token]).count("\n"))
        steps, logprobs, waiting = list[str](), list[float](), 0.0
        for line, logprob in zip(lines, sums, strict=True):
            waiting += logprob
            if line.strip():
                steps.append(line.strip("\n").rstrip())
                logprobs.append(waiting)
                waiting = 0.0
        if written.ended:
            logprobs.append(waiting + written.logprobs[-1])
        elif logprobs:
            logprobs[-1] += waiting
        return Solved(tuple(steps), tuple(logprobs), finished=written.ended)

    def _asked(self, question: str) -> list[int]:
        """Token ids of a question, which begin with one first token where the tokenizer has such."""
        words = f"{self.instruction}\n\n{question}" if self.instruction else question
        bos = self.tokenizer.bos_token_id
        if self.way == "chat":
            said = [{"role": "user", "content": words}]
            ids = self.tokenizer.apply_chat_template(said, add_generation_prompt=True, return_dict=False)
            # A chat template writes its own first token, and may use it again between turns.
            return ids[1:] if bos is not None and ids[:2] == [bos, bos] else ids
        head = f"{self.instruction}\n\n" if self.instruction else ""
        ids = self._encode(f"{head}Question: {question}\nAnswer:\n", special=False)
        return ids if bos is None else [bos, *ids]

    def _encode(self, text: str, *, special: bool) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=special)


def template_of(
    tokenizer: Any, settings: LanguageSettings, *, form: Form, positions: int, setting: str = "student.model"
) -> Template:
    """What settings mean for a tokenizer.

    Args:
        tokenizer: of transformers.
        settings: of the run.
        form: of solutions.
        positions: tokens that the model reads in all; a prompt leaves room for the solution.
        setting: what named the model; begins an error's sentence.

    Raises:
        ConfigError: there is no chat template though one is asked for, or no room for a prompt.
    """
    has_chat = bool(getattr(tokenizer, "chat_template", None))
    if settings.template == "chat" and not has_chat:
        raise ConfigError(f"language.template=chat: the tokenizer of {setting} has no chat template; use plain or auto")
    way: Way = "chat" if settings.template == "chat" or (settings.template == "auto" and has_chat) else "plain"
    room = min(settings.max_prompt_tokens, positions - settings.max_new_tokens)
    if room < 1:
        raise ConfigError(
            f"language.max_new_tokens={settings.max_new_tokens}: {setting} reads {positions} tokens in all; expected "
            "fewer, so that a question fits before the solution"
        )
    return Template(tokenizer, way, form, settings.instruction, room, settings.max_new_tokens)


def form_of(solutions: Iterable[Sequence[str]]) -> Form:
    """How these solutions can be written so that their steps are found again.

    A step of several lines would be read as several; where each is the only one, all that is written is it.
    """
    known = [steps for steps in solutions if steps]
    several = any("\n" in step for steps in known for step in steps)
    return "block" if several or (known and all(len(steps) == 1 for steps in known)) else "lines"
