"""What a home remembers: asked by question, by an item or by words, counted, exported."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from reasoner import bootstrap
from reasoner.bootstrap.asked import filter_of
from reasoner.bootstrap.failures import in_words
from reasoner.bootstrap.home import Home

if TYPE_CHECKING:
    from jobs.reencode import Reencoded
    from memory.export import Form
    from memory.latent_memory import MemoryStats, Recollection


class Memory:
    """`Reasoner.memory`. `only` are `KEY=VALUE` texts, as `--only` at the terminal: `skill=times`."""

    def __init__(self, place: Home) -> None:
        self._place = place

    @in_words()
    def search(
        self, text: str, *, k: int = 5, only: Sequence[str] = (), wrong: bool = False, words: bool = True
    ) -> "list[Recollection]":
        """What is remembered of questions like this one, best first.

        Args:
            text: a question, or part of one.
            k: how many at most.
            only: what must agree.
            wrong: failed attempts in place of verified examples.
            words: whether shared names and numbers count beside likeness.

        Raises:
            NotFoundError: nothing is remembered yet.
        """
        meant = filter_of(only, wrong=wrong)
        return bootstrap.search_memory(self._place, text, k=k, only=meant, correct=not wrong, words=words)

    @in_words()
    def search_words(self, text: str, *, k: int = 5, only: Sequence[str] = ()) -> "list[Recollection]":
        """What is remembered that shares words with this text; nothing is encoded, so the answer comes at once."""
        return bootstrap.search_memory_by_words(self._place, text, k=k, only=filter_of(only))

    @in_words()
    def near(self, id: str, *, k: int = 5, only: Sequence[str] = (), wrong: bool = False) -> "list[Recollection]":
        """What is remembered that is like a remembered item: an example, a failed attempt or a problem, by its id."""
        meant = filter_of(only, wrong=wrong)
        return bootstrap.search_near(self._place, id, k=k, only=meant, correct=not wrong)

    @in_words()
    def stats(self) -> "MemoryStats":
        """How much is remembered in the space that is searched."""
        return bootstrap.memory_stats(self._place)

    @in_words()
    def export(self, *, form: "Form" = "prompt-completion", only: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """All verified examples as rows for other tools; failed attempts are never among them."""
        return bootstrap.export_memory(self._place, form=form, only=filter_of(only))

    @in_words()
    def reindex(self, *, checkpoint: str | None = None) -> "Reencoded":
        """Encodes what is remembered with the champion, or another checkpoint, then searches there."""
        return bootstrap.reindex_memory(self._place, checkpoint=checkpoint)
