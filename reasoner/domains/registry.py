"""Domains by name: built in, of an installed package (entry point `reasoner.domains`), or `path/to/file.py:Name`."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from reasoner.domains.rows.task_file import ROWS, SUFFIXES, is_hub_name
from reasoner.errors import ConfigError
from reasoner.plugins import Registry, is_file, path_of, trust
from reasoner.types.domain import Domain, DomainInfo, HasOptions, TeacherBrief, power
from reasoner.types.printable import shortened

DOMAINS = Registry(
    "task",
    group="reasoner.domains",
    built_in={
        "choice": "reasoner.domains.rows.named:Choice",
        "code": "reasoner.domains.code.domain:CodeDomain",
        "formal_math": "reasoner.domains.formal_math.domain:FormalMathDomain",
        "gsm8k": "reasoner.domains.rows.named:Gsm8k",
        "gym": "reasoner.domains.gym.domain:GymDomain",
        "math": "reasoner.domains.math.domain:MathDomain",
        "math500": "reasoner.domains.rows.named:Math500",
        "prosqa": "reasoner.domains.prosqa.domain:ProsqaDomain",
        "text": "reasoner.domains.rows.named:Text",
    },
)
_MEMBERS = ("info", "check", "answer_of", "canonical", "structure", "brief")


class OptionFault(ConfigError):
    """A wrong setting of a domain's own."""

    def __init__(self, domain: str, option: str, why: str) -> None:
        self.key, self.why = f"domains.{domain}.{option}", why
        super().__init__(f"{self.key}: {why}")


def get_domain(name: str) -> Domain:
    """The domain of that name, made once.

    Raises:
        ConfigError: there is none, or what is there is no domain; says what it lacks.
    """
    return _made(name, _mark_of(name))


def trust_task(name: str) -> None:
    """Notes that a person has named a task: if it is a file, its code may run."""
    if is_file(name) or is_rows(name):
        trust(path_of(name) if is_file(name) else Path(name))


def domain_mark(name: str) -> str:
    """What must not change while a run lasts: the domain's own fingerprint and that of whoever added it."""
    own, added = get_domain(name).info.fingerprint, "" if is_rows(name) else DOMAINS.fingerprint(name)
    return hashlib.sha256(f"{own} {added}".encode()).hexdigest() if added else own


def options_of(domain: Domain, given: Mapping[str, Any]) -> dict[str, Any]:
    """The domain's own settings, with its defaults where nothing is given.

    Raises:
        OptionFault: the domain has no such setting, or a value is wrong.
    """
    name, owner = domain.info.name, power(domain, HasOptions)
    model: type[BaseModel] | None = owner.options if owner else None
    known = list(model.model_fields) if model else []
    if unknown := [key for key in given if key not in known]:
        has = f"has {', '.join(known)}" if known else "has none of its own"
        raise OptionFault(name, unknown[0], f"there is no such setting; the task {has}.")
    try:
        return model.model_validate(dict(given)).model_dump(mode="json") if model else {}
    except ValidationError as error:
        first = error.errors()[0]
        told = first["msg"].replace("Input should", "it should")
        raise OptionFault(name, str(first["loc"][0]), f"got {shortened(first['input'])}; {told}.") from error


def is_rows(name: str) -> bool:
    """Whether a task is named by its task file, by a file of rows, or by a dataset of the Hugging Face hub."""
    return is_hub_name(name) or (Path(name).suffix.lower() in (*SUFFIXES, *ROWS) and not is_file(name))


def _mark_of(name: str) -> str:
    """Of what somebody added: a changed file is another domain."""
    if not is_rows(name):
        return DOMAINS.fingerprint(name)
    file = Path(name).expanduser()
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.suffix in SUFFIXES and file.is_file() else ""


@lru_cache(maxsize=32)
def _made(name: str, fingerprint: str) -> Domain:  # noqa: ARG001 (a changed file is another domain)
    if is_rows(name):
        from reasoner.domains.rows.domain import rows_domain

        return rows_domain(name)
    found = DOMAINS.get(name)
    try:
        domain = found() if isinstance(found, type) else found
    except Exception as error:
        told = error if isinstance(error, ConfigError) else f"{type(error).__name__}: {error}"
        raise ConfigError(f"the task {name!r} cannot be made: {told}") from error
    if missing := [member for member in _MEMBERS if not hasattr(domain, member)]:
        raise ConfigError(f"the task {name!r} lacks {', '.join(missing)}; docs/tasks.md shows what a domain needs")
    if not isinstance(domain.info, DomainInfo) or not isinstance(domain.brief(), TeacherBrief):
        raise ConfigError(f"the task {name!r}: info must be a DomainInfo and brief() give a TeacherBrief")
    return domain
