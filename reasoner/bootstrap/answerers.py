"""Who answers a benchmark: a checkpoint of the home, a Hugging Face model, or an OpenAI-compatible endpoint.

Each is known by a fingerprint before it is opened, because the folder of the results is named after it.
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from memory.store.ledger import BenchmarkLedger
from reasoner.bootstrap.home import Chosen, Home, Place, home_at, open_home
from reasoner.config.settings import LimitSettings, Settings
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.benchmark import Form, Item
from reasoner.types.problem import Mode
from reasoner.types.record import Record

if TYPE_CHECKING:
    from agents.endpoint.requests import Api, Endpoint
    from reasoner.models.causal import CausalModel

LATENT = "latent"
"""Kind of the home's own students, in place of a name."""

Say = Callable[[str], None]


class Spent(Record):
    """What a model's answers have cost so far."""

    usd: float = 0.0
    requests: int = 0


class Source(Protocol):
    """A model that can be opened."""

    name: str
    """As its user called it."""
    kind: str
    forms: tuple[Form, ...]
    """That it can give, as far as is known without asking it."""
    together: int
    """Items between two writings of lines."""

    @property
    def fingerprint(self) -> str:
        """Of weights and of whatever changes what it says."""
        ...

    def open(self, run: str, folder: Path) -> Any:
        """The answerer; `run` is the ledger's, `folder` that of the results."""
        ...

    def spent(self) -> Spent:
        """What this run has cost."""
        ...

    def most_usd(self, items: list[Item], form: Form, *, most_tokens: int, samples: int) -> float:
        """Upper bound of what some items cost."""
        ...


class _Here:
    """A model on this machine: its answers cost nothing."""

    def spent(self) -> Spent:
        """Nothing."""
        return Spent()

    def most_usd(self, items: list[Item], form: Form, *, most_tokens: int, samples: int) -> float:  # noqa: ARG002
        """Nothing."""
        return 0.0


class CheckpointSource(_Here):
    """A checkpoint of the latent student.

    Args:
        settings: how it searches, and the task where its files name none.
        place: its home.
        picked: the checkpoint.
        mode: `talk` or `think`.
    """

    kind = "checkpoint"
    forms: tuple[Form, ...] = ("generate", "retrieve")
    together = 512

    def __init__(self, settings: Settings, place: Home, picked: Chosen, mode: Mode) -> None:
        from reasoner.bootstrap.students import by_itself

        self._settings, self._place, self._picked = by_itself(settings), place, picked
        self._mode: Mode = mode
        self.name = picked.checkpoint.id

    @property
    def fingerprint(self) -> str:
        """Of its weights, of the way it is asked, and of the search where there is one."""
        own, search = self._picked.checkpoint.fingerprint, self._settings.search
        if search.searcher == "greedy":
            return f"{own}-{self._mode}"
        way = hashlib.sha256(f"{search.model_dump_json()} {self._settings.seed}".encode()).hexdigest()[:8]
        return f"{own}-{self._mode}-{search.searcher}-{way}"

    def open(self, run: str, folder: Path) -> Any:  # noqa: ARG002 (a `Source`)
        """Loads it."""
        from reasoner.bootstrap.students import solver_of
        from reasoner.domains.registry import get_domain
        from reasoner.evaluation.asking.student import StudentAnswerer

        domain = get_domain(self._picked.task(self._settings.task.name))
        searching = solver_of(self._place, self._picked.checkpoint, self._settings, domain, self._mode)
        return StudentAnswerer(
            self._place.ready(self._picked, device=self._settings.compute.device),
            domain,
            searching,
            self._mode,
            name=self.name,
            fingerprint=self.fingerprint,
        )


class LanguageModelSource(_Here):
    """A Hugging Face causal language model.

    Args:
        settings: on what device and in which numbers, and the seed of drawn texts.
        name: folder or hub name.
        batch: texts that are computed together.
    """

    kind = "language model"
    forms: tuple[Form, ...] = ("generate", "loglikelihood", "retrieve")

    def __init__(self, settings: Settings, name: str, batch: int) -> None:
        self._settings, self._batch = settings, batch
        self.name, self.together = name, 4 * batch

    @cached_property
    def precision(self) -> str:
        """As set; else float32 on a processor, where it is the reference, and what a GPU has units for."""
        from reasoner.training.precision import native_precision, require_device

        compute = self._settings.compute
        require_device(compute.device)
        if compute.precision != "auto":
            return compute.precision
        return "float32" if compute.device == "cpu" else native_precision(compute.device)

    @cached_property
    def _model(self) -> "CausalModel":
        import torch

        from reasoner.models.causal import load_causal

        dtype = getattr(torch, self.precision)
        return load_causal(self.name, device=self._settings.compute.device, dtype=dtype, batch=self._batch)

    @property
    def fingerprint(self) -> str:
        """Of weights, architecture, tokenizer and numbers: it must be loaded for that."""
        return f"{self._model.mark}-{self.precision}"

    def open(self, run: str, folder: Path) -> Any:  # noqa: ARG002 (a `Source`)
        """Loads it."""
        from reasoner.models.answering import LanguageModelAnswerer

        return LanguageModelAnswerer(self._model, precision=self.precision, seed=self._settings.seed)


class EndpointSource:
    """A model behind an OpenAI-compatible address.

    Args:
        settings: how it is called and what it costs, as a teacher's; the limits.
        home: whose ledger books it.
        address: of the endpoint, with its `/v1`.
        model: its name there.
        api: `completions` or `chat`.
        say: told what people should hear.
    """

    kind = "endpoint"

    def __init__(self, settings: Settings, home: Place, address: str, model: str, api: "Api", say: Say) -> None:
        teacher = settings.teacher
        # A key is for the address that it was given for.
        key = teacher.api_key if teacher.api_base == address else None
        about = {"model": f"openai/{model}", "api_base": address, "api_key": key}
        self._teacher = teacher.model_copy(update=about)
        self._settings, self._home, self._say = settings, home, say
        self._api: Api = api
        # An address may hold a password.
        scheme, separator, rest = address.partition("://")
        self.name = f"{model} at {scheme}{separator}{rest.rpartition('@')[2]}"
        self.forms: tuple[Form, ...] = ("generate", "loglikelihood") if api == "completions" else ("generate",)
        self.together = 8 * teacher.concurrency
        self._ledger: BenchmarkLedger | None = None

    @cached_property
    def _endpoint(self) -> "Endpoint":
        from agents.endpoint.requests import Endpoint

        return Endpoint(self._teacher, self._api, say=self._say)

    @property
    def fingerprint(self) -> str:
        """Of its name, address and way in; of the weights behind them nobody here knows."""
        from agents.endpoint.answerer import fingerprint_of

        return fingerprint_of(self._endpoint)

    def open(self, run: str, folder: Path) -> Any:
        """The answerer, with the answers that an earlier start was given."""
        from agents.endpoint.answerer import EndpointAnswerer
        from agents.endpoint.kept_answers import KeptAnswers
        from agents.teachers.patience import Patience
        from agents.teachers.reserving import Reservations

        self._ledger = ledger = BenchmarkLedger(open_home(self._home).database(), run)
        ledger.sweep_lost()
        reservations = Reservations(
            self._endpoint.model,
            ledger,
            limits=self._settings.limits,
            patience=Patience(retries=self._teacher.retries, first_delay=0.5, seed=self._settings.seed),
            out_of_time=clock_of(self._settings.limits),
            say=self._say,
            whom="endpoint",
        )
        kept = KeptAnswers(folder / "answers.jsonl")
        return EndpointAnswerer(self._endpoint, reservations, ledger, kept, concurrency=self._teacher.concurrency)

    def spent(self) -> Spent:
        """As the ledger says it."""
        if self._ledger is None:
            return Spent()
        spent = self._ledger.spent()
        return Spent(usd=spent.usd, requests=spent.requests)

    def most_usd(self, items: list[Item], form: Form, *, most_tokens: int, samples: int) -> float:
        """Upper bound, without retries."""
        from agents.endpoint.answerer import most_usd

        return most_usd(self._endpoint, items, form, most_tokens=most_tokens, samples=samples)


def clock_of(limits: LimitSettings) -> Callable[[], bool]:
    """Whether the minutes that a command has from now on are used up."""
    end = None if limits.max_minutes is None else time.monotonic() + 60 * limits.max_minutes
    return lambda: end is not None and time.monotonic() >= end


@dataclass(frozen=True)
class Who:
    """How the command line names a model; at most one of the three."""

    checkpoint: str | None = None
    student: str | None = None
    endpoint: str | None = None
    model: str | None = None
    api: "Api" = "completions"
    batch: int = 16


def source_of(settings: Settings, home: Place, who: Who, *, mode: Mode, say: Say) -> Source:
    """The model that is meant: the home's champion where none is named.

    Raises:
        UsageError: several are named, or an endpoint without its model.
        NotFoundError: there is no such checkpoint, or no champion.
    """
    named = [f"--{name}" for name in ("checkpoint", "student", "endpoint") if getattr(who, name) is not None]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} name different models; give one of them")
    if who.endpoint is not None:
        if not who.model:
            raise UsageError("--endpoint without --model; expected the name that the endpoint has for its model")
        return EndpointSource(settings, home, who.endpoint.rstrip("/"), who.model, who.api, say)
    if who.model:
        raise UsageError("--model names a model of an --endpoint; a model on this machine is named with --student")
    place = home_at(home)
    if who.student is None or who.student == LATENT:
        return CheckpointSource(settings, place, place.choose(who.checkpoint), mode)
    if (picked := _checkpoint(place, who.student)) is not None:
        return CheckpointSource(settings, place, picked, mode)
    from reasoner.models.pretrained import place_of

    # A folder that is not there is said before rows are read.
    place_of(who.student, setting="--student")
    return LanguageModelSource(settings, who.student, who.batch)


def _checkpoint(place: Home, name: str) -> Chosen | None:
    """The checkpoint of that name: a folder with one, or an id of the home. None where it means a language model."""
    from reasoner.storage.checkpoint_file import is_checkpoint

    folder = Path(name).expanduser()
    if folder.is_dir():
        return place.choose(str(folder)) if is_checkpoint(folder) else None
    if os.sep in name:
        return None
    try:
        return place.choose(name)
    except NotFoundError:
        return None
