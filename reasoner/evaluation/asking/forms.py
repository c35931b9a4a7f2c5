"""In which form a model is asked, and one round of asking in that form."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from reasoner.errors import UsageError
from reasoner.types.benchmark import Answerer, BenchmarkInfo, EmbedsTexts, Form, Item, Reply, WeighsTexts, WritesTexts
from reasoner.types.record import Record

_POWERS: dict[Form, type] = {"generate": WritesTexts, "loglikelihood": WeighsTexts, "retrieve": EmbedsTexts}
_SAID: dict[Form, str] = {
    "generate": "writes texts",
    "loglikelihood": "says how likely texts are",
    "retrieve": "makes vectors of texts",
}


@runtime_checkable
class TellsForms(Protocol):
    """A model of which only a look tells what it can do, such as a server."""

    def gives(self, form: Form) -> bool:
        """Whether it answers in this form."""
        ...


@runtime_checkable
class TellsCuts(Protocol):
    """A model that says which prompts it could not read from their beginning."""

    cut: set[str]
    """Ids of the items."""


class How(Record):
    """How texts are asked for."""

    stops: tuple[str, ...]
    most_tokens: int
    samples: int = 1
    temperature: float = 0.0


def form_for(info: BenchmarkInfo, answerer: Answerer) -> Form:
    """The first of the benchmark's forms that the model can give.

    Raises:
        UsageError: it can give none.
    """
    for form in info.forms:
        if isinstance(answerer, _POWERS[form]) and (not isinstance(answerer, TellsForms) or answerer.gives(form)):
            return form
    wanted = " or ".join(_SAID[form] for form in info.forms)
    raise UsageError(f"{info.name} asks a model that {wanted}; {answerer.name} does not. Name another model.")


class Round:
    """Asks items of one benchmark, some at a time.

    Args:
        answerer: a model that can give the form.
        form: of the answers.
        how: of texts.
        items: all of them: what is retrieved is looked for among the right texts of all.
    """

    def __init__(self, answerer: Any, form: Form, how: How, items: Sequence[Item]) -> None:
        self._answerer, self._form, self._how, self._items = answerer, form, how, items
        self._pools: dict[tuple[str, ...], tuple[dict[str, int], Any]] = {}
        """The texts that were looked through last: neighbours share theirs."""

    def ask(self, items: Sequence[Item]) -> list[Reply]:
        """The replies, in order."""
        if self._form == "generate":
            how = self._how
            return self._answerer.generate(
                items,
                stops=how.stops,
                most_tokens=how.most_tokens,
                samples=how.samples,
                temperature=how.temperature,
            )
        if self._form == "loglikelihood":
            return self._answerer.loglikelihoods(items)
        return [
            self._rank(item, query) for item, query in zip(items, self._embed([i.prompt for i in items]), strict=True)
        ]

    def _rank(self, item: Item, query_D: Any) -> Reply:
        """The place of the right text; one as near as others comes after them, so that equal vectors win nothing."""
        places, vectors_ND = self._candidates(item)
        nearness_N = vectors_ND @ query_D
        return Reply(ranks=(int((nearness_N >= nearness_N[places[item.gold]]).sum()),))

    def _candidates(self, item: Item) -> tuple[dict[str, int], Any]:
        """The item's own texts, or the right ones of all items; each text once."""
        if item.options not in self._pools:
            texts = list(dict.fromkeys(item.options or (one.gold for one in self._items)))
            self._pools = {item.options: ({text: i for i, text in enumerate(texts)}, self._embed(texts))}
        return self._pools[item.options]

    def _embed(self, texts: Sequence[str]) -> Any:
        return self._answerer.embed(texts)
