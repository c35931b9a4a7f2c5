"""A Hugging Face causal language model as a benchmark sees it."""

from collections.abc import Sequence
from typing import Any

from reasoner.models.causal import CausalModel
from reasoner.types.benchmark import Item, Reply


class LanguageModelAnswerer:
    """Writes, weighs and embeds.

    Args:
        model: as it was loaded.
        precision: of its weights; part of the fingerprint, for it changes what is said.
        seed: of drawn texts.
    """

    def __init__(self, model: CausalModel, *, precision: str, seed: int) -> None:
        self._model, self._seed = model, seed
        self.name = model.name
        self.fingerprint = f"{model.mark}-{precision}"
        self.cut: set[str] = set()
        """Ids of items whose prompt lost its beginning."""

    def generate(
        self, items: Sequence[Item], *, stops: Sequence[str], most_tokens: int, samples: int, temperature: float
    ) -> list[Reply]:
        """Texts after the prompts."""
        written = self._model.generate(
            [item.prompt for item in items],
            stops=stops,
            most_tokens=most_tokens,
            samples=samples,
            temperature=temperature,
            seed=self._seed,
        )
        self.cut |= {item.id for item, one in zip(items, written, strict=True) if one.cut}
        return [Reply(texts=one.texts) for one in written]

    def loglikelihoods(self, items: Sequence[Item]) -> list[Reply]:
        """Of each option after the prompt."""
        pairs = [(item.prompt, option) for item in items for option in item.options]
        weighed = iter(self._model.loglikelihoods(pairs))
        replies: list[Reply] = []
        for item in items:
            mine = [next(weighed) for _ in item.options]
            if any(one.cut for one in mine):
                self.cut.add(item.id)
            replies.append(Reply(loglikelihoods=tuple(one.loglikelihood for one in mine)))
        return replies

    def embed(self, texts: Sequence[str]) -> Any:
        """Unit vectors, a numpy array [N, D]: means of last hidden states."""
        return self._model.embed(texts).numpy()
