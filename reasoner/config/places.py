"""Where a home is, where its store lies, and who asks. No setting: no run is another for being kept elsewhere.

A database URL holds a password. It is read where the store is opened, and is in no settings, report or command line.
"""

import getpass
import os
import socket
from pathlib import Path

from dotenv import dotenv_values

DOTENV = Path(".env")


def written_home() -> str | None:
    """`REASONER_HOME`."""
    return _variable("REASONER_HOME")


def database_url() -> str | None:
    """`REASONER_DATABASE_URL`: where the stores of homes lie; None where each lies in its home."""
    return _variable("REASONER_DATABASE_URL")


def _variable(name: str) -> str | None:
    """Of the environment, else of `.env`; an empty one counts as none."""
    written = os.environ.get(name) or (dotenv_values(DOTENV).get(name) if DOTENV.is_file() else None)
    return written or None


def who() -> str:
    """Who sits at this command: `user@host`; a user without an entry in the system's list has a number for a name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"uid{os.getuid()}"
    return f"{name}@{socket.gethostname()}"
