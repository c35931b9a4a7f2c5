"""Recall by words alone: no latents, so neither an encoder nor an index is needed, and the answer comes at once."""

from memory.filters import Filter
from memory.latent_memory import WORDED, Recollection
from memory.store.database import Database
from memory.store.examples import ExampleStore


def search_by_words(database: Database, text: str, *, k: int, only: Filter) -> list[Recollection]:
    """The k remembered examples that share most, or the rarest, words with a text, best first.

    Args:
        database: of the home.
        text: a question, or part of one.
        k: how many at most.
        only: what is meant.
    """
    store = ExampleStore(database)
    ids = store.with_words(text, k=k if only.is_empty else WORDED)
    if not only.is_empty:
        meant = set(store.ids(only, correct=True))
        ids = [id for id in ids if id in meant]
    found = store.glance(ids[:k], counting=ids[:k])
    return [
        Recollection(example=example, score=None, words=place, sightings=found.sightings.get(example.id, 0))
        for place, example in enumerate(found.examples, start=1)
    ]
