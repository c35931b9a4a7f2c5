"""The latent memory from outside: search, figures, and re-encoding with the present champion."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memory.export import Form, row_of
from memory.filters import Filter
from memory.latent_memory import EVERYTHING, LatentMemory, MemoryStats, Recollection
from memory.store.checkpoints import CheckpointStore
from memory.store.examples import ExampleStore
from reasoner.bootstrap.home import Home, open_home
from reasoner.errors import NotFoundError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.ports import Domain, Recall


def search_memory(
    home: Path, text: str, *, k: int, only: Filter = EVERYTHING, correct: bool = True
) -> list[Recollection]:
    """What is remembered of questions like this text, best first."""
    from reasoner.search.greedy import embed_questions

    place = open_home(home)
    encoder = _encoder(place)
    vector = embed_questions(place.student(encoder.id), [text]).numpy()[0]
    memory = LatentMemory(place.database(), place.root, encoder.fingerprint)
    return memory.search(vector, k=k, only=only, correct=correct)


def export_memory(home: Path, *, form: Form, only: Filter = EVERYTHING) -> Iterator[dict[str, Any]]:
    """All examples that are meant, by id, as rows for other tools.

    Raises:
        NotFoundError: there is no such home.
    """
    if not home.is_dir():
        raise NotFoundError(f"{home} is not there; name the --home of a run, such as `reasoner runs list` shows")
    examples = ExampleStore(open_home(home).database()).examples(run=None, up_to_cycle=None)
    return (row_of(example, form) for example in examples if only.matches(example))


def recall_of(place: Home, domain: Domain, neighbours: int) -> Recall | None:
    """The home's memory for a search; None where no neighbours are asked for.

    Raises:
        NotFoundError: they are, and the home remembers nothing.
    """
    from agents.recalling import recall_from

    if not neighbours:
        return None
    encoder = _encoder(place)
    memory = LatentMemory(place.database(), place.root, encoder.fingerprint)
    return recall_from(memory, place.student(encoder.id), domain)


def memory_stats(home: Path) -> MemoryStats:
    """How much the home remembers in the space that is searched."""
    place = open_home(home)
    return LatentMemory(place.database(), place.root, _encoder(place).fingerprint).stats()


def reindex_memory(home: Path) -> MemoryStats:
    """Encodes every example with the home's champion and builds the index of that space; the old one stays."""
    from reasoner.search.greedy import embed_questions

    place = open_home(home)
    champion = place.checkpoint(None)
    store = ExampleStore(place.database())
    examples = store.examples(run=None, up_to_cycle=None)
    latents = embed_questions(place.student(champion.id), [e.problem.question for e in examples]).numpy()
    memory = LatentMemory(place.database(), place.root, champion.fingerprint)
    memory.remember(examples, latents)
    return memory.rebuild()


def _encoder(place: Home) -> Checkpoint:
    """The newest checkpoint in whose space something is remembered; the champion's space first."""
    store, examples = CheckpointStore(place.database()), ExampleStore(place.database())
    champion = store.home_champion()
    candidates = ([champion] if champion else []) + store.list()[::-1]
    for checkpoint in candidates:
        if examples.vectors(checkpoint.fingerprint, correct=True)[0]:
            return checkpoint
    raise NotFoundError(f"{place.root} remembers nothing yet; `reasoner loop` fills the memory")
