"""A proposed task file as commented YAML: every key with the reason for its value beside it."""

import yaml

from reasoner.domains.rows.proposal import TaskProposal
from reasoner.storage.plain_yaml import value_of
from reasoner.types.printable import one_line

WIDEST = 10**6


def task_text(proposal: TaskProposal, *, name: str, rows: str, looked_at: int) -> str:
    """The text of a task file.

    Args:
        proposal: what it says.
        name: of the task.
        rows: their path, as it is to stand in the file.
        looked_at: how many rows the proposal stands on.
    """
    splits, checker = proposal.splits, proposal.checker
    lines = [
        f"# The task {name!r}, proposed by `reasoner init` from {looked_at} rows. Change what is not meant.",
        *(f"# Note: {one_line(note)}" for note in proposal.notes),
        line("name", name),
        line("rows", rows, "a relative path begins at the folder of this file"),
        "columns:",
        *(line(f"  {key}", chosen.value, chosen.reason) for key, chosen in proposal.columns.items()),
        comment("checker:", f"{checker.reason}; the others: docs/checkers.md"),
        line("  kind", checker.kind),
        f"  options: {inline(checker.options)}",
        line("material", list(checker.material), "columns that the checker reads beside the answer"),
        comment(f"splits: {inline(splits.meaning)}", splits.reason),
        line("answer", checker.told, "what a teacher is told about the answer"),
        line("license", proposal.license.value, proposal.license.reason),
    ]
    return "\n".join(lines) + "\n"


def line(key: str, value: object, reason: str = "") -> str:
    """One key with its value and the reason for it."""
    return comment(f"{key}: {inline(value)}", reason)


def comment(text: str, reason: str) -> str:
    """A line with a comment behind it, which stays on its line whatever it quotes."""
    return f"{text}  # {one_line(reason)}" if reason else text


def inline(value: object) -> str:
    """A value on one line that our own loader reads as the same value."""
    text = _dumped(value)
    try:
        same = value_of(text) == value
    except yaml.YAMLError:
        same = False
    return text if same and text.isprintable() else _dumped(value, style='"', allow_unicode=False)


def _dumped(value: object, *, style: str | None = None, allow_unicode: bool = True) -> str:
    how = {"default_flow_style": True, "width": WIDEST, "sort_keys": False}
    made = yaml.safe_dump(value, default_style=style, allow_unicode=allow_unicode, **how)
    return made.removesuffix("\n").removesuffix("\n...").strip()
