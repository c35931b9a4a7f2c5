"""Where a home is, where its store lies, and who asks. No setting: no run is another for being kept elsewhere.

A database URL holds a password. It is read where the store is opened, and is in no settings, report or command line.
"""

import getpass
import os
import socket
from io import StringIO
from pathlib import Path

from reasoner.errors import ConfigError

DOTENV = Path(".env")


def written_home() -> str | None:
    """`REASONER_HOME`."""
    return _variable("REASONER_HOME")


def database_url() -> str | None:
    """`REASONER_DATABASE_URL`: where the stores of homes lie; None where each lies in its home."""
    return _variable("REASONER_DATABASE_URL")


def _variable(name: str) -> str | None:
    """Of the environment, else of `.env`; an empty one counts as none."""
    written = os.environ.get(name) or dotenv_of(DOTENV).get(name)
    if written and not is_text(written):
        raise ConfigError(f"environment variable {name}: expected UTF-8 text, got bytes that are none. Set it again.")
    return written or None


def dotenv_of(path: Path) -> dict[str, str]:
    """The variables that a `.env` file sets; none where there is no such file.

    Raises:
        ConfigError: it cannot be read, or is no UTF-8 text.
    """
    from dotenv import dotenv_values

    from reasoner.storage.plain_yaml import read_text

    if not path.is_file():
        return {}
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(read_text(path))).items()}


def is_text(value: str) -> bool:
    """Whether it can be written down: no bytes that are not UTF-8, no half of a pair, no control character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return not any(sign < " " and sign not in "\t\n\r" for sign in value)


def who() -> str:
    """Who sits at this command: `user@host`; a user without an entry is called by number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        user = f"uid-{os.getuid()}"
    return f"{user}@{socket.gethostname()}"
