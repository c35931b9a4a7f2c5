"""What came out of a benchmark: a line for each item, a measure for each metric, a report for each benchmark."""

from typing import Literal

from pydantic import Field

from reasoner.types.benchmark import Form, Reply, Score
from reasoner.types.record import Record


class Answered(Record):
    """One item as it was answered and scored: a line of `raw/<name>.jsonl`."""

    id: str
    prompt_sha256: str
    """Of what was asked: prompt, question and options."""
    form: Form
    reply: Reply
    scores: tuple[Score, ...]
    """One, or one a sample; none where there was no answer."""
    cut: bool = False
    """Whether the model could not read the beginning of the prompt."""


class Part(Record):
    """A metric over some of the items."""

    value: float
    ci95: tuple[float, float]
    n: int


class Measure(Record):
    """One metric of one benchmark."""

    metric: str
    filter: str
    """How the answer was read from the text; `none` where there is one way."""
    value: float
    ci95: tuple[float, float]
    interval: Literal["wilson", "t"]
    """Wilson's of a share of right answers, Student's t of a mean of graded scores."""
    n: int
    """Items that were judged: all but `errors`."""
    chance: float
    majority: float
    """Share of the items whose answer is the most frequent one."""
    errors: int
    """Items without an answer or without a verdict: neither right nor wrong."""
    by_subject: dict[str, Part] = Field(default_factory=dict)
    clean: Part | None = None
    """Without the items whose question is known here; None where nothing was compared."""


class Known(Record):
    """Items whose question this home knows, in other writing or nearly."""

    memory: int
    """Examples of the home's memory ask them."""
    practice: int
    """Practice rows of the settings ask them."""
    items: int
    """Distinct ones."""
    share: float
    compared: int
    """Questions that were known here."""


class BenchmarkReport(Record):
    """One benchmark, one model."""

    name: str
    title: str
    source: str
    fingerprint: str
    """Of the protocol."""
    rows: str
    """File or folder."""
    rows_sha256: str
    form: Form
    protocol_form: Form
    shots: int
    protocol_shots: int
    samples: int
    temperature: float
    most_tokens: int
    items: int
    rows_in_all: int
    """More than `items` where a limit took the first ones only."""
    cut: int
    """Items whose prompt lost its beginning because the model reads no more."""
    measures: tuple[Measure, ...]
    known: Known | None
    """None where there was nothing to compare with."""
    first_error: str = ""
    raw: str
    """Path of the lines below the folder."""

    @property
    def deviations(self) -> tuple[str, ...]:
        """In what it is not the protocol, in words."""
        said: list[str] = []
        if self.form != self.protocol_form:
            said.append(f"asked in the form {self.form}, where the protocol has {self.protocol_form}")
        if self.shots != self.protocol_shots:
            said.append(f"{self.shots} shots, where the protocol has {self.protocol_shots}")
        if self.items < self.rows_in_all:
            said.append(f"the first {self.items} of {self.rows_in_all} rows")
        if self.cut:
            said.append(f"{self.cut} prompts lost their beginning, because the model reads no more")
        return tuple(said)


class BenchmarkRun(Record):
    """Several benchmarks of one model."""

    id: str
    folder: str
    answerer: str
    answerer_fingerprint: str
    checkpoint: str
    """Id, folder, hub name, or model and address."""
    seed: int
    reports: tuple[BenchmarkReport, ...]
    usd: float = 0.0
    requests: int = 0
    seconds: float
    """Of this start."""


class Plan(Record):
    """What would be asked."""

    name: str
    form: Form
    items: int
    rows_in_all: int
    calls: int
    """Requests to an endpoint, without retries; 0 where the model is here."""
    most_usd: float
    """Upper bound of what those calls cost."""
    first_prompt: str
    first_options: tuple[str, ...]
