"""A resolved configuration as text: YAML to keep with a run, and the short hash that names it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import yaml

from reasoner.config.secrets import REDACTED, Redactor
from reasoner.config.settings import Settings
from reasoner.types.section import Section

WITHOUT_EFFECT = {
    "limits": True,
    "compute": True,
    "telemetry": True,
    "trace": True,
    "teacher": {"api_key": True, "concurrency": True, "timeout": True, "retries": True},
}
"""What changes how a run goes but not what comes out: a run may be continued with other values of these."""


_Group = TypeVar("_Group", bound=Section)


def config_hash(settings: Settings) -> str:
    """12 hex digits over everything that changes results."""
    content = settings.model_dump(mode="json", exclude=WITHOUT_EFFECT)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def redacted(settings: Settings) -> Settings:
    """The same settings with the provider's key blotted out, and whatever in an address is secret."""
    if settings.teacher.api_key is not None:
        teacher = settings.teacher.model_copy(update={"api_key": REDACTED})
        settings = settings.model_copy(update={"teacher": teacher})
    return _cleaned(settings, Redactor())


def _cleaned(group: _Group, redactor: Redactor) -> _Group:
    """Every text in a group of settings without what looks like a secret."""
    changes: dict[str, object] = {}
    for name, value in group:
        if isinstance(value, Section):
            changes[name] = _cleaned(value, redactor)
        elif isinstance(value, str):
            changes[name] = redactor.clean(value)
    return group.model_copy(update=changes)


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by dotted key."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def dump_yaml(settings: Settings) -> str:
    """Every setting as YAML, in the order of the settings file, secrets blotted out."""
    content = redacted(settings).model_dump(mode="json")
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """One setting a line, lists included."""


_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)
)
