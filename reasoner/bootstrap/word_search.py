"""Asking the memory by words alone, without what asking it by latents loads."""

from memory.filters import Filter
from memory.latent_memory import EVERYTHING, Recollection
from memory.word_search import search_by_words
from reasoner.bootstrap.home import Place, existing_home


def search_memory_by_words(home: Place, text: str, *, k: int, only: Filter = EVERYTHING) -> list[Recollection]:
    """What is remembered that shares names, numbers and other words with a text, best first.

    Args:
        home: its folder.
        text: a question, or part of one.
        k: how many at most.
        only: what is meant.

    Raises:
        NotFoundError: there is no such home.
    """
    return search_by_words(existing_home(home).database(), text, k=k, only=only)
