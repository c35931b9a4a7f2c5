"""Proposed settings as commented YAML: a task, what teaches, and sizes with what they follow from."""

from collections.abc import Sequence

from reasoner.bootstrap.student_sizes import Sized
from reasoner.domains.rows.task_text import line


def settings_text(sizes: Sequence[Sized], *, name: str, task: str, rows: int) -> str:
    """The text of a settings file.

    Args:
        sizes: settings of groups, by dotted key.
        name: of the settings, which goes into run ids.
        task: path of the task file.
        rows: how many the sizes follow from.
    """
    lines = [
        f"# Settings for the task {name!r}, proposed by `reasoner init` from {rows} rows.",
        f"#   reasoner loop --cycles 3 --config {task.removesuffix('.task.yaml')}.yaml",
        line("name", name),
        "task:",
        line("  name", task, "found from the folder in which a command is run"),
        "teach:",
        line("  from", "gold", "the worked answers of practice rows that it fails teach the student; nobody is asked"),
    ]
    for group in dict.fromkeys(size.key.partition(".")[0] for size in sizes):
        lines.append(f"{group}:")
        own = [size for size in sizes if size.key.startswith(f"{group}.")]
        lines += [line(f"  {size.key.partition('.')[2]}", size.value, size.reason) for size in own]
    return "\n".join(lines) + "\n"
