"""What one of several processes does at a home in test_memory_crowd.py."""

import time
from multiprocessing.connection import Connection
from pathlib import Path

from memory_parts import example, latents

from memory.latent_memory import LatentMemory
from memory.store.database import open_database

SPACE, WIDTH = "s", 64


def settle_often(home: Path, name: str, seconds: float, pipe: Connection) -> None:
    """Remembers one more and settles, again and again; tells how often, and what failed."""
    database = open_database(home)
    memory = LatentMemory(database, home, SPACE)
    pipe.send("ready")
    pipe.recv()
    until, settled, failed = time.monotonic() + seconds, 0, ""
    try:
        while time.monotonic() < until:
            memory.remember([example(f"{name}-{settled}")], latents(1, seed=settled + 1, width=WIDTH))
            memory.settle()
            settled += 1
    except Exception as error:
        failed = repr(error)
    database.close()
    pipe.send((settled, failed))
