"""The tree of settings as a flat list of dotted keys, and the nearest one to a misspelt key."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache
from types import MappingProxyType
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from reasoner.config.secrets import names_secret
from reasoner.config.settings import Settings


@cache
def dotted_keys() -> Mapping[str, FieldInfo]:
    """Every setting, such as `teacher.model`, with its pydantic field, in the order of the settings file."""
    return MappingProxyType(dict(_walk(Settings, "")))


@cache
def sections() -> frozenset[str]:
    """The groups of settings, such as `teacher`."""
    return frozenset(key.rpartition(".")[0] for key in dotted_keys()) - {""}


def is_option(key: str) -> bool:
    """Whether a key names a setting of some domain's own: `domains.NAME.KEY`. Which ones there are the domain says."""
    parts = key.split(".")
    return len(parts) == 3 and parts[0] == "domains" and all(parts)


def nearest_key(key: str) -> str:
    """The setting whose full or last name is most like the one given."""
    # The comparison takes quadratic time, and no setting has a long name.
    return max(dotted_keys(), key=lambda known: _likeness(key[:80], known))


def holds_secret(key: str) -> bool:
    """Whether the value of this setting, perhaps a misspelt one, is shown to nobody."""
    if key in dotted_keys():
        return key == "teacher.api_key"
    return names_secret(key) or nearest_key(key) == "teacher.api_key"


def takes_text(key: str) -> bool:
    """Whether free text is a value of this setting, so that `007` must stay text."""
    annotation = dotted_keys()[key].annotation
    return annotation is str or (get_origin(annotation) not in (dict, tuple) and str in get_args(annotation))


def takes_nothing(key: str) -> bool:
    """Whether `null` is a value of this setting."""
    return type(None) in get_args(dotted_keys()[key].annotation)


def _walk(model: type[BaseModel], prefix: str) -> list[tuple[str, FieldInfo]]:
    found: list[tuple[str, FieldInfo]] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += _walk(inner, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{field.alias or name}", field))
    return found


def _likeness(given: str, known: str) -> float:
    whole = SequenceMatcher(None, given, known).ratio()
    last = SequenceMatcher(None, given.rpartition(".")[2], known.rpartition(".")[2]).ratio()
    return max(whole, 0.99 * last)
