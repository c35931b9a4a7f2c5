"""What a command says when it is interrupted: that its state is saved only if it is one that saves."""

_saves: list[str] = []


def begin() -> None:
    """A command begins; nothing of it is saved so far."""
    _saves.clear()


def saves(how: str = "run the same command (without --fresh) to go on") -> None:
    """From here on an interrupted command loses nothing, and goes on as `how` says."""
    _saves[:] = [how]


def words() -> str:
    """For whoever interrupted it."""
    return f"interrupted; state saved; {_saves[0]}" if _saves else "interrupted"
