"""`reasoner memory` with all its commands; each file adds its own to the same group."""

from reasoner.cli import memory_history
from reasoner.cli.memory import app

__all__ = ["app", "memory_history"]
