"""A task file: which file holds the rows, which columns say what, which checker judges."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator

from reasoner.errors import ConfigError
from reasoner.storage.plain_yaml import compose as compose_yaml
from reasoner.storage.plain_yaml import made, read_text
from reasoner.types.printable import shortened
from reasoner.types.problem import Split
from reasoner.types.section import Section

SUFFIXES = (".yaml", ".yml")
ROWS = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
"""Files of rows, which name a task by themselves where their columns are called as in `Columns`."""
UNKNOWN_LICENSE = "unknown"
HUB = "hf:"
"""How the name of a dataset of the Hugging Face hub begins, in the place of a path."""


PUBLISHED: dict[str, Split] = {
    **dict.fromkeys(("validation", "valid", "val", "dev", "development", "gate"), "gate"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation", "held_out", "heldout", "sealed"), "sealed"),
}
"""What the usual names of splits mean. All others are practised, and are divided where no such set was published."""
BY_NAME = {"columns": {"split": "split"}, "splits": PUBLISHED}
"""How rows without a task file are divided: by a column `split`, where they have one."""


class Columns(Section):
    """Which column says what. Empty where no column does."""

    question: str = "question"
    """A column, or a template such as `{context} {question}`; of chat rows the user's last turn is the question."""
    answer: str = "answer"
    """A column with the gold answer: a text, a number, or a list of accepted answers (of labels: a list of them).

    Of chat rows it is the assistant's last turn. A text whose last line begins with `answer:` or `####` is worked: the
    lines before are its steps.
    """
    choices: str = Field(default="", min_length=0)
    """A column with the options, in order, or a column for each: `{A} {B} {C} {D}`."""
    steps: str = Field(default="", min_length=0)
    """A column with a list of steps."""
    split: str = Field(default="", min_length=0)
    skill: str = Field(default="", min_length=0)
    """By which reports divide."""
    id: str = Field(default="", min_length=0)


class CheckerChoice(Section):
    """A checker by name, with its options; docs/checkers.md lists them."""

    kind: str = "text"
    options: dict[str, Any] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _beside_the_kind(cls, given: object) -> object:
        """Options may also stand beside the kind: `{kind: number, relative: 0.01}`."""
        if not isinstance(given, Mapping) or not isinstance(options := given.get("options", {}), Mapping):
            return given
        beside = {key: value for key, value in given.items() if key not in cls.model_fields}
        if twice := beside.keys() & options.keys():
            raise ValueError(f"the option {min(map(str, twice))!r} is given twice, beside the kind and in `options`")
        return {**{k: v for k, v in given.items() if k not in beside}, "options": {**options, **beside}}


class TaskFile(Section):
    """Everything that a task made from rows needs."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    rows: str = Field(default="", min_length=0)
    """A path; a relative one begins at the task file's folder. Or `hf:owner/name`, of the Hugging Face hub.

    Empty: whoever uses the task names them, `task.rows=FILE`.
    """
    columns: Columns = Columns()
    checker: CheckerChoice = CheckerChoice()
    splits: dict[str, Split] = Field(default={})
    """What the values of the split column mean. Rows with another value are divided by hash."""
    material: tuple[str, ...] = ()
    """Further columns that the checker needs, such as `pattern`, `schema`, `database`."""
    steps: str = "Each step is one short line of reasoning; the last step is the answer itself."
    """What a teacher is told about steps."""
    answer: str = "the answer alone, in the form that the question asks for"
    """What a teacher is told about the answer."""
    license: str = UNKNOWN_LICENSE
    """Of the rows; while it is unknown, a row's own column `license` counts."""

    @field_validator("columns")
    @classmethod
    def _asks_and_answers(cls, columns: Columns) -> Columns:
        if not columns.question or not columns.answer:
            raise ValueError("a task needs a column with the question and one with the answer")
        return columns


def read_task_file(path: Path) -> TaskFile:
    """The task of a file, its rows' path made absolute.

    Raises:
        ConfigError: it cannot be read, or a value is wrong; says which.
    """
    if not path.is_file():
        raise ConfigError(f"there is no task file {str(path)!r}; `reasoner init --task ROWS` proposes one")
    try:
        loader, root = compose_yaml(read_text(path))
        given = made(loader, root) if root is not None else {}
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(f"{path}: not YAML of a task: {' '.join(str(error).split())}") from error
    if not isinstance(given, Mapping):
        raise ConfigError(f"{path}: expected the keys {', '.join(TaskFile.model_fields)}, got {shortened(given)}")
    return task_of(dict(given), path)


def task_of(given: dict[str, Any], path: Path) -> TaskFile:
    """The task that these values make, as the file at `path` says them."""
    try:
        task = TaskFile.model_validate({"name": name_of(path), **given})
    except ValidationError as error:
        told = [f"{'.'.join(map(str, e['loc']))}: got {shortened(e['input'])}; {e['msg']}" for e in error.errors()]
        raise ConfigError("\n".join(f"{path}: {words}" for words in told)) from error
    rows = task.rows if is_hub_name(task.rows) or not task.rows else str(path.parent / Path(task.rows).expanduser())
    return task.model_copy(update={"rows": rows})


def is_hub_name(rows: str) -> bool:
    """Whether rows are named on the hub."""
    return rows.startswith(HUB)


def name_of(path: Path) -> str:
    """A task's name as its file suggests it."""
    stem = path.name.partition(":")[0].partition(".")[0].lower()
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem).strip("_")
    return (letters if letters[:1].isalpha() else f"task_{letters}")[:32].rstrip("_")
