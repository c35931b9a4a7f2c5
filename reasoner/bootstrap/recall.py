"""The latent memory from outside: asking it, its figures, and the space that it is searched in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jobs.reencode import Reencoded, reencode
from memory.export import Form, row_of
from memory.filters import Filter
from memory.latent_memory import EVERYTHING, LatentMemory, MemoryStats, Recollection
from memory.store.checkpoints import CheckpointStore
from memory.store.examples import ExampleStore
from memory.store.ids import IdStore
from memory.store.latents import LatentStore
from memory.store.spaces import SpaceStore
from memory.store.versions import VersionStore
from reasoner.bootstrap.home import Chosen, Home, Place, existing_home
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.domain import Domain
from reasoner.types.job import Job, JobSpec
from reasoner.types.ports import Recall

AT_ONCE = 20_000
"""Items up to which a re-encoding is not worth a process of its own."""


def search_memory(
    home: Place, text: str, *, k: int, only: Filter = EVERYTHING, correct: bool = True, words: bool = True
) -> list[Recollection]:
    """What is remembered of questions like this text, best first.

    Args:
        home: its folder.
        text: a question, or part of one.
        k: how many at most.
        only: what is meant.
        correct: verified examples, or wrong attempts.
        words: whether shared names and numbers count beside likeness.
    """
    place = existing_home(home).begun()
    encoder = encoder_of(place)
    vector = place.ready(Chosen(encoder, place.checkpoints / encoder.id)).embed([text])[0]
    memory = memory_of(place, encoder)
    return memory.search(vector, k=k, words=text if words else "", only=only, correct=correct)


def search_near(home: Place, id: str, *, k: int, only: Filter = EVERYTHING, correct: bool = True) -> list[Recollection]:
    """What is remembered that is like a remembered item, best first, without that item's own problem.

    Args:
        home: its folder.
        id: of an example, of a wrong attempt, or of a problem.
        k: how many at most.
        only: what is meant.
        correct: verified examples, or wrong attempts.

    Raises:
        NotFoundError: nothing with this id is remembered.
    """
    place = existing_home(home).begun()
    memory = memory_of(place)
    store = ExampleStore(place.database())
    whole = IdStore(place.database()).full(id, "example", "failed attempt", "problem", or_as_typed=True)
    found, right = _remembered(store, whole)
    problem = (store.found([found]) if right else store.found_wrong([found]))[0].problem
    return memory.search(
        memory.latent_of(found, correct=right),
        k=k,
        words=problem.question if correct else "",
        only=only,
        correct=correct,
        leave_out=lambda item: item.problem.id == problem.id,
    )


def search_by_latent(
    home: Place, file: Path, *, k: int, only: Filter = EVERYTHING, correct: bool = True
) -> list[Recollection]:
    """What is remembered that is like a vector in a .npy file, D numbers in the space that is searched, best first.

    Raises:
        UsageError: the file holds no such vector.
    """
    memory = memory_of(existing_home(home).begun())
    try:
        vector = np.load(file, allow_pickle=False).astype(np.float32).reshape(-1)
    except (OSError, ValueError) as error:
        raise UsageError(f"--latent {str(file)!r}: expected a .npy file with one vector ({error})") from error
    width = memory.stats().dimension
    if vector.shape != (width,) or not np.isfinite(vector).all() or not vector.any():
        raise UsageError(
            f"--latent {str(file)!r}: got shape {vector.shape}, expected ({width},) finite numbers, not all zero, in "
            f"space {memory.space}"
        )
    return memory.search(vector, k=k, only=only, correct=correct)


def export_memory(home: Place, *, form: Form, only: Filter = EVERYTHING) -> Iterator[dict[str, Any]]:
    """All examples that are meant, by id, as rows for other tools.

    Raises:
        NotFoundError: there is no such home.
    """
    store = ExampleStore(existing_home(home).database())
    return (row_of(example, form) for example in store.found(store.ids(only, correct=True)))


def recall_of(place: Home, domain: Domain, neighbours: int) -> Recall | None:
    """The home's memory for a search; None where no neighbours are asked for.

    Raises:
        NotFoundError: they are, and the home remembers nothing.
    """
    from agents.recalling import recall_from

    if not neighbours:
        return None
    encoder = encoder_of(place)
    memory = memory_of(place, encoder)
    # What is learnt while an evaluation runs is not seen by the rest of it.
    memory.freeze()
    return recall_from(memory, place.ready(Chosen(encoder, place.checkpoints / encoder.id)), domain)


def memory_stats(home: Place) -> MemoryStats:
    """How much the home remembers in the space that is searched."""
    return memory_of(existing_home(home).begun()).stats()


def reindex_memory(
    home: Place, *, checkpoint: str | None = None, report: Callable[[float, str], None] = lambda _share, _note: None
) -> Reencoded:
    """Encodes what is remembered with the champion, or another checkpoint, and lets that space serve.

    Where nothing lacked its latent, the indices of the space are made anew.

    Args:
        home: its folder.
        checkpoint: id; the home's champion by default.
        report: told share done, 0 to 1, and a note.
    """
    from jobs.queue import run_job

    place = existing_home(home).begun()
    spec, lacking = _reencoding(place, place.checkpoint(checkpoint))
    if lacking <= AT_ONCE:
        done = _reencode_here(place, spec, report)
    else:
        job = run_job(place.database(), place.root, spec, on_progress=report)
        done = Reencoded.model_validate(job.result)
    # Encoding has just settled the indices.
    if not done.encoded:
        memory_of(place).rebuild()
    return done


def follow_champion(place: Home) -> Job | None:
    """Brings the memory into the space of the home's champion: a small one at once, a large one by a job that goes on
    when this process has ended, which is returned."""
    from jobs.queue import start_job

    champion = CheckpointStore(place.database()).home_champion()
    if champion is None or not LatentStore(place.database()).spaces():
        return None
    spec, lacking = _reencoding(place, champion)
    if lacking > AT_ONCE:
        return start_job(place.database(), place.root, spec)
    serving = SpaceStore(place.database()).serving()
    if lacking or serving is None or serving.space != champion.fingerprint:
        _reencode_here(place, spec)
    return None


def memory_of(place: Home, encoder: Checkpoint | None = None) -> LatentMemory:
    """The home's memory in the space of a checkpoint, by default that which is searched.

    Raises:
        NotFoundError: no checkpoint is named, and nothing is remembered yet.
    """
    return LatentMemory(place.database(), place.root, (encoder or encoder_of(place)).fingerprint)


def encoder_of(place: Home) -> Checkpoint:
    """The checkpoint in whose space the memory is searched: the one that serves, else the newest that has latents.

    Raises:
        NotFoundError: nothing is remembered yet.
    """
    store = CheckpointStore(place.database())
    serving = SpaceStore(place.database()).serving()
    if serving is not None:
        return store.get(serving.checkpoint)
    filled = LatentStore(place.database()).spaces()
    champion = store.home_champion()
    candidates = ([champion] if champion else []) + store.list()[::-1]
    for checkpoint in candidates:
        if checkpoint.fingerprint in filled:
            return checkpoint
    raise NotFoundError(f"{place.root} remembers nothing yet; `reasoner loop` fills the memory")


def _reencode_here(
    place: Home, spec: JobSpec, report: Callable[[float, str], None] = lambda _share, _note: None
) -> Reencoded:
    """Does the job in this process, with the threads that it names."""
    from reasoner.training.threads import computing_with

    with computing_with(spec.payload["threads"]):
        return reencode(place.database(), place.root, spec.payload["checkpoint"], report=report)


def _reencoding(place: Home, checkpoint: Checkpoint) -> tuple[JobSpec, int]:
    """The job for a checkpoint and the memory as it is now, and how many latents are lacking."""
    from reasoner.bootstrap.compute import kept_compute
    from reasoner.config.settings import ComputeSettings

    latents = LatentStore(place.database())
    lacking = sum(len(latents.missing(checkpoint.fingerprint, correct=correct)) for correct in (True, False))
    key = f"reencode/{checkpoint.fingerprint}/version-{VersionStore(place.database()).newest()}"
    threads = kept_compute(place.root, ComputeSettings())["threads"] if lacking else 1
    payload = {"checkpoint": checkpoint.id, "threads": threads}
    return JobSpec(key=key, kind="reencode", payload=payload), lacking


def _remembered(store: ExampleStore, id: str) -> tuple[str, bool]:
    """Id of the item meant, and whether it is an example."""
    if store.knows(id, correct=True):
        return id, True
    if of_problem := store.of_problem(id):
        return of_problem[0], True
    if store.knows(id, correct=False):
        return id, False
    raise NotFoundError(
        f"{id!r} is not remembered: expected the id of an example, of a failed attempt or of a problem, as "
        "`reasoner memory search --json` shows"
    )
