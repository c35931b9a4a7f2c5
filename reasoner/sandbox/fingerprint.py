"""What a verdict depends on besides task and program: the sandbox, the Python in it, and the source of the grader."""

import hashlib
import platform
from functools import lru_cache

from reasoner.sandbox.interpreter import source
from reasoner.types.sandbox import Sandbox

SOURCES = (
    "launcher.py", "wire.py", "wire_values.py", "candidate_process.py", "tests_process.py", "system_calls.py",
    "interpreter.py", "conversation.py", "calling.py", "unit_tests.py",
)  # fmt: skip
"""Files of this package that can change a verdict."""


def verdict_fingerprint(sandbox: Sandbox) -> str:
    """Backend, its version, Python's version, and the SHA-256 of the sources, as one line."""
    return f"{sandbox.name} {sandbox.version}, Python {platform.python_version()}, sha256:{sources_digest()}"


@lru_cache(maxsize=1)
def sources_digest() -> str:
    """SHA-256 of names and texts of the sources."""
    digest = hashlib.sha256()
    for name in SOURCES:
        text = source(name).encode("utf-8")
        digest.update(f"{name} {len(text)}\n".encode("ascii") + text)
    return digest.hexdigest()
