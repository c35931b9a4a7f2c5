"""Tasks made from rows that have a name: usual forms whose rows the user names with `task.rows=FILE`.

Where columns are called otherwise, `reasoner init --task FILE` proposes a task file.
"""

from typing import Any

from reasoner.domains.rows.domain import RowsDomain
from reasoner.domains.rows.task_file import BY_NAME, TaskFile


class _Named(RowsDomain):
    """A task of one of these forms."""

    about: dict[str, Any]

    def __init__(self) -> None:
        columns = {**BY_NAME["columns"], **self.about.get("columns", {})}
        super().__init__(TaskFile.model_validate({**BY_NAME, **self.about, "columns": columns}))


class Choice(_Named):
    """Multiple choice: `question`, a list `choices`, and `answer`, a letter, an option or a number from 0."""

    about = {  # noqa: RUF012 (read once)
        "name": "choice",
        "columns": {"choices": "choices", "skill": "skill"},
        "checker": {"kind": "choice"},
        "steps": "Each step is one short line of reasoning; the last step is the letter of the right option.",
        "answer": "the letter of the right option",
    }


class Text(_Named):
    """Short free text and labels: `question` and `answer`, or a list of accepted answers."""

    about = {  # noqa: RUF012
        "name": "text",
        "columns": {"skill": "skill"},
        "checker": {"kind": "text"},
    }


class Gsm8k(_Named):
    """GSM8K's rows (Cobbe et al. 2021, arXiv:2110.14168): the last line of `answer` is `#### N`."""

    about = {  # noqa: RUF012
        "name": "gsm8k",
        "checker": {"kind": "number"},
        "steps": "Each step is one line of the calculation; the last step is the number alone.",
        "answer": "the number alone, without units",
        "license": "MIT",
    }


class Math500(_Named):
    """MATH's rows as MATH-500 has them (Hendrycks et al. 2021, arXiv:2103.03874): `problem` and `answer`."""

    about = {  # noqa: RUF012
        "name": "math500",
        "columns": {"question": "problem", "skill": "subject"},
        "checker": {"kind": "math"},
        "steps": "Each step is one line of reasoning, in LaTeX where it is mathematics; the last step is the answer.",
        "answer": "the answer alone, in LaTeX as it would stand in a box",
        "license": "MIT",
    }
