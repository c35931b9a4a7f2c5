"""What a public benchmark is made of: items, the forms in which a model answers them, and what is scored.

    file -> items -> [ Answers: texts or loglikelihoods ] -> Reply -> score -> Rate with interval

A benchmark knows its files, its prompts and its scores, and nothing of models; whoever answers knows nothing of scores.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from reasoner.types.record import Record

Form = Literal["generate", "loglikelihood", "retrieve"]
"""How an item is answered: a text is written, the likeliest of given texts is taken, or texts are ranked by vectors."""


class BenchmarkInfo(Record):
    """What a benchmark is called and how it is asked."""

    name: str
    title: str
    source: str
    """Paper or project whose protocol is kept, with the version that was read."""
    license: str
    """Of the rows."""
    forms: tuple[Form, ...]
    """The protocol's own form first. A model that cannot give it is asked in the next one, and the result says so."""
    metrics: tuple[str, ...] = Field(min_length=1)
    """As `metric/filter` or `metric`; the first is the headline: `exact_match/strict`, `acc`, `pass@1`."""
    shots: int = Field(ge=0)
    """Of the protocol."""
    stops: tuple[str, ...] = ()
    most_tokens: int = 256
    chance: float = 0.0
    """Rate of an answer by chance, where that is the same for all items; else computed from the options."""
    fingerprint: str
    """SHA-256 (hex) of everything that makes prompts and scores."""


class Item(Record):
    """One question of a benchmark."""

    id: str
    question: str
    """Alone, as a student reads it that knows no prompts."""
    prompt: str
    """With its shots, to the byte as the protocol sends it."""
    options: tuple[str, ...] = ()
    """Texts whose loglikelihoods after `prompt` are compared."""
    gold: str
    accepted: tuple[str, ...] = ()
    """Further right answers."""
    subject: str = ""
    """By which the result is divided."""
    material: dict[str, Any] = Field(default_factory=dict)
    """What scoring needs beside: unit tests, normalising lengths, the solution."""


class Reply(Record):
    """What a model said to one item: kept as it came."""

    texts: tuple[str, ...] = ()
    """Of the form `generate`: one, or one a sample."""
    loglikelihoods: tuple[float, ...] = ()
    """Of the form `loglikelihood`: one for each option, summed over its tokens."""
    ranks: tuple[int, ...] = ()
    """Of the form `retrieve`: the place of the right one among all, from 1."""
    error: str = ""
    """Why there is no answer: neither right nor wrong."""


class Score(Record):
    """What one reply is worth. A metric that cannot be told (a checker's own failure) is left out and named."""

    values: dict[str, float]
    """By the names of `BenchmarkInfo.metrics`, 0 to 1."""
    extracted: dict[str, str] = Field(default_factory=dict)
    """By filter, the answer that was read from the text."""
    errors: dict[str, str] = Field(default_factory=dict)


class Benchmark(Protocol):
    """A public benchmark."""

    @property
    def info(self) -> BenchmarkInfo:
        """Name, protocol and fingerprint."""
        ...

    def read(self, path: Path, *, shots: int) -> Sequence[Item]:
        """The items of its files.

        Args:
            path: the file or folder that its publisher gives out; `docs/benchmarks.md` says which.
            shots: examples before each question.

        Raises:
            DataError: says file, line, what was given and what was expected.
        """
        ...

    def score(self, item: Item, reply: Reply, form: Form) -> Score:
        """What a reply is worth, of one item alone."""
        ...


@runtime_checkable
class WritesTexts(Protocol):
    """A model that continues prompts."""

    def generate(
        self, items: Sequence[Item], *, stops: Sequence[str], most_tokens: int, samples: int, temperature: float
    ) -> list[Reply]:
        """`samples` texts for each item, cut before the first stop."""
        ...


@runtime_checkable
class WeighsTexts(Protocol):
    """A model that says how likely texts are. Without it: choices are asked for as written answers."""

    def loglikelihoods(self, items: Sequence[Item]) -> list[Reply]:
        """For each item, of each option after the prompt."""
        ...


@runtime_checkable
class EmbedsTexts(Protocol):
    """A model with vectors of texts. Without it: nothing is retrieved."""

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors, a numpy array [N, D]."""
        ...


class Answerer(Protocol):
    """A model as a benchmark sees it; what it can do is asked for by the three protocols above."""

    name: str
    fingerprint: str
    """Of weights and of whatever changes what it says."""
