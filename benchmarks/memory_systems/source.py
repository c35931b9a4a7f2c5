"""What the memories under test are filled with and asked, and the exact answers.

Vectors: a gaussian of LATENT dimensions, seen through a random two-layer tanh network, plus a little noise. They lie on
a curved surface of few dimensions, as encoders' latents do; in gaussian noise of full dimension everything is equally
far from everything, and a nearest neighbour means nothing. Queries are fresh draws of the same source.
Skills do not depend on the vector: COMMON ones in equal shares, and `rare`, one item in a hundred.
Shapes: vectors_ND and queries_QD float32.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

WIDTH = 384
LATENT = 24
HIDDEN = 128
NOISE = 0.05
"""Length of the noise over the length of the vector."""
CHUNK = 10_000
COMMON = tuple(f"skill-{number}" for number in range(8))
RARE = "rare"
RARE_SHARE = 0.01


class Filled(NamedTuple):
    """The files of one size."""

    items: Path
    """One JSON line an item."""
    vectors: Path
    queries: Path
    skills: list[str]
    """Of the items, without those to spare."""


class Source:
    """Draws vectors; the same seed draws the same."""

    def __init__(self, seed: int):
        self._rng = np.random.default_rng(seed)
        self._in = self._rng.normal(size=(LATENT, HIDDEN)).astype(np.float32) / np.sqrt(LATENT)
        self._out = self._rng.normal(size=(HIDDEN, WIDTH)).astype(np.float32) / np.sqrt(HIDDEN)

    def draw(self, count: int) -> np.ndarray:
        latents = self._rng.standard_normal((count, LATENT), dtype=np.float32)
        noise_ND = self._rng.standard_normal((count, WIDTH), dtype=np.float32)
        vectors_ND = np.tanh(1.5 * latents @ self._in) @ self._out
        scale = NOISE * np.sqrt((vectors_ND**2).mean())
        return vectors_ND + scale * noise_ND


def fill(folder: Path, *, count: int, spare: int, queries: int, seed: int) -> Filled:
    """Writes items and vectors of one size, and some to spare, and queries."""
    folder.mkdir(parents=True)
    source, rng = Source(seed), np.random.default_rng([seed, 1])
    files = Filled(folder / "items.jsonl", folder / "vectors.npy", folder / "queries.npy", skills=[])
    np.save(files.queries, source.draw(queries))
    vectors_ND = np.lib.format.open_memmap(files.vectors, mode="w+", dtype=np.float32, shape=(count + spare, WIDTH))
    for start in range(0, len(vectors_ND), CHUNK):
        stop = min(start + CHUNK, len(vectors_ND))
        vectors_ND[start:stop] = source.draw(stop - start)
    vectors_ND.flush()
    with files.items.open("w") as lines:
        for number in range(count + spare):
            item = _item(number, rng)
            if number < count:
                files.skills.append(item["skill"])
            lines.write(json.dumps(item) + "\n")
    return files


def exact(files: Filled, *, k: int, skill: str | None = None) -> list[list[int]]:
    """The numbers of the k items nearest to each query by cosine, best first; of one skill if one is named."""
    queries_QD = np.load(files.queries)
    vectors_ND = np.load(files.vectors, mmap_mode="r")[: len(files.skills)]
    meant_N = np.array([skill is None or known == skill for known in files.skills])
    scores_Q, numbers_Q = np.zeros((len(queries_QD), 0)), np.zeros((len(queries_QD), 0), dtype=np.int64)
    for start in range(0, len(vectors_ND), CHUNK):
        chunk_ND = np.asarray(vectors_ND[start : start + CHUNK])
        numbers = start + np.flatnonzero(meant_N[start : start + CHUNK])
        chunk_ND = chunk_ND[numbers - start]
        scores = queries_QD @ (chunk_ND / np.linalg.norm(chunk_ND, axis=1, keepdims=True)).T
        scores_Q = np.concatenate([scores_Q, scores], axis=1)
        numbers_Q = np.concatenate([numbers_Q, np.broadcast_to(numbers, scores.shape)], axis=1)
        best = np.argsort(-scores_Q, axis=1, kind="stable")[:, :k]
        scores_Q, numbers_Q = np.take_along_axis(scores_Q, best, 1), np.take_along_axis(numbers_Q, best, 1)
    return numbers_Q.tolist()


def ids(files: Filled) -> list[str]:
    """The id of each item, by number."""
    with files.items.open() as lines:
        return [json.loads(line)["id"] for line in lines]


def _item(number: int, rng: np.random.Generator) -> dict[str, Any]:
    a, b, c = (int(n) for n in rng.integers(2, 9999, size=3))
    question = f"Crate {number} holds {a} lamps. {b} more come in, all are doubled and {c} break. How many are whole?"
    steps = [f"{a}+{b}={a + b}", f"{a + b}*2={2 * (a + b)}", f"{2 * (a + b)}-{c}={2 * (a + b) - c}"]
    skill = RARE if rng.random() < RARE_SHARE else COMMON[int(rng.integers(len(COMMON)))]
    id = hashlib.sha256(f"{question}\n{steps}".encode()).hexdigest()[:16]
    return {"id": id, "question": question, "steps": steps, "answer": str(2 * (a + b) - c), "skill": skill}
