"""Latents of the sealed questions, kept with a run: `latents/sealed-<checkpoint>.safetensors`, and their map.

The tensor `questions_ND` (float32) has a row for each of N sealed questions, at most 1,500, evenly spaced in the set.
The map is their first two principal components (PCA); the second map of two is turned onto the first
(orthogonal Procrustes), so that what moved can be seen. Shapes: N questions, D width.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from agents.run_folder import RunFolder
from reasoner.storage.writing import write_bytes

if TYPE_CHECKING:
    from reasoner.types.student import Student

MOST = 1500
"""Questions of a map."""
NAME = "questions_ND"


class Plane(NamedTuple):
    """A map: where the questions lie, and how much of their spread it shows."""

    places_N2: np.ndarray
    """Within [-1, 1]."""
    shown: float
    """Share of the variance, 0 to 1."""


def evenly(count: int) -> list[int]:
    """Places of the questions that are mapped."""
    return sorted({round(i * (count - 1) / max(1, min(count, MOST) - 1)) for i in range(min(count, MOST))})


def latents_file(folder: RunFolder, checkpoint: str) -> Path:
    """Where a checkpoint's latents of the sealed questions lie."""
    return folder.root / "latents" / f"sealed-{checkpoint}.safetensors"


def keep_latents(
    folder: RunFolder, checkpoint: str, student_of: "Callable[[], Student]", questions: Sequence[str]
) -> None:
    """Encodes the sealed questions once for a checkpoint; does nothing, and loads nothing, if that was done before."""
    from safetensors.numpy import save

    path = latents_file(folder, checkpoint)
    if path.is_file():
        return
    chosen = [questions[place] for place in evenly(len(questions))]
    vectors = student_of().embed(chosen).astype(np.float32)
    write_bytes(path, save({NAME: np.ascontiguousarray(vectors)}))


def read_latents(folder: RunFolder, checkpoint: str) -> np.ndarray | None:
    """N x D, or None if they were not kept."""
    from safetensors.numpy import load_file

    from reasoner.storage.tensor_files import read_in_words

    path = latents_file(folder, checkpoint)
    if not path.exists():
        return None
    with read_in_words(path, "remove it: it is made again"):
        return load_file(path)[NAME]


def plane(vectors_ND: np.ndarray) -> Plane:
    """The first two principal components of the rows."""
    centred_ND = vectors_ND.astype(np.float64) - vectors_ND.mean(axis=0, dtype=np.float64)
    # Of D x D numbers, not of N x D: questions are many and latents narrow.
    spread_D, directions_DD = np.linalg.eigh(centred_ND.T @ centred_ND)
    places_N2 = np.zeros((len(vectors_ND), 2))
    found = centred_ND @ directions_DD[:, ::-1][:, :2]
    found = found * np.where((found**3).sum(axis=0) < 0, -1.0, 1.0)  # a direction has no sign of its own
    places_N2[:, : found.shape[1]] = found
    energy = float(spread_D.sum())
    return Plane(_fitted(places_N2), float(spread_D[-2:].sum()) / energy if energy > 0 else 0.0)


def turned(moved: Plane, onto: Plane) -> Plane:
    """The same map, turned and mirrored so that its questions lie as near to those of another as they can."""
    left, _, right = np.linalg.svd(moved.places_N2.T @ onto.places_N2)
    return Plane(_fitted(moved.places_N2 @ (left @ right)), moved.shown)


def _fitted(places_N2: np.ndarray) -> np.ndarray:
    """Scaled so that all but the farthest hundredth lie within [-1, 1]; those stay at the edge."""
    reach = np.quantile(np.abs(places_N2), 0.995) if places_N2.size else 1.0
    return np.clip(places_N2 / (reach or 1.0), -1, 1)
