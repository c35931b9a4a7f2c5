"""Where settings come from: a YAML file, the environment, `KEY=VALUE`. Each value keeps the name of its origin."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from reasoner.config.keys import dotted_keys, holds_secret, takes_nothing, takes_text
from reasoner.config.places import dotenv_of
from reasoner.config.secrets import REDACTED
from reasoner.errors import ConfigError
from reasoner.storage.plain_yaml import PlainLoader, compose, made, read_text, value_of
from reasoner.types.printable import shortened

_OPTIONS = {"task.name": "task", "teacher.model": "teacher"}
"""Options that are not called like the last part of their key."""

PREFIX = "REASONER_"
NOT_SETTINGS = frozenset(
    {
        "REASONER_HOME",
        "REASONER_DEBUG",
        "REASONER_DATABASE_URL",
        "REASONER_MACHINE",
        "REASONER_CHAIN_KEY",
        "REASONER_EXPORTERS",
        "REASONER_TASK_FILES",
    }
)
"""Variables with our prefix that are read elsewhere."""


class Assignment(NamedTuple):
    """One value for one key, and who gave it."""

    key: str
    """Dotted, perhaps misspelt."""
    value: object
    origin: str
    """For error messages, such as `configs/nano.yaml, line 4`."""


def from_file(path: Path) -> list[Assignment]:
    """Reads a YAML file of nested groups.

    Raises:
        ConfigError: not YAML, not a mapping, or a key given twice; names file and line.
    """
    try:
        loader, root = compose(read_text(path))
        if root is None:
            return []
        if not isinstance(root, yaml.MappingNode):
            raise ConfigError(f"{path}: expected groups of settings such as `train:`, got {_shown(root)}.")
        return list(_leaves(loader, root, "", path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}, line {line}: not YAML of settings: {error.problem}.") from error
    except yaml.YAMLError as error:
        # Of the reader: a character that YAML does not allow, and where.
        told = " ".join(str(error).split())
        raise ConfigError(f"{path}: not YAML of settings: {told}. Remove it, or write it as an escape.") from error


def from_environment(env: Mapping[str, str], dotenv: Path | None) -> list[Assignment]:
    """Reads `REASONER_TEACHER__MODEL=...` from `.env`, if that file exists, and then from the environment."""
    found: list[Assignment] = []
    if dotenv is not None:
        found += _variables(dotenv_of(dotenv), f"file {dotenv}, variable ")
    return found + _variables(env, "environment variable ")


def from_arguments(overrides: Sequence[str]) -> list[Assignment]:
    """Reads `KEY=VALUE` arguments.

    Raises:
        ConfigError: an argument without `=` or without a key.
    """
    found: list[Assignment] = []
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"argument {shortened(override)}: expected KEY=VALUE, such as train.base_updates=600.")
        key = key.strip()
        origin = f"argument {shortened(f'{key}={REDACTED}' if holds_secret(key) else override)}"
        found.append(Assignment(key, _parse(key, text, origin), origin))
    return found


def from_options(options: Mapping[str, object]) -> list[Assignment]:
    """Typed command-line options by their dotted key; None means that the option was not given."""
    return [
        Assignment(key, value, f"option --{_OPTIONS.get(key) or key.rpartition('.')[2].replace('_', '-')}")
        for key, value in options.items()
        if value is not None
    ]


def _variables(variables: Mapping[str, str], origin: str) -> list[Assignment]:
    found: list[Assignment] = []
    for name, text in sorted(variables.items()):
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            found.append(Assignment(key, _parse(key, text, origin + name), origin + name))
    return found


def _parse(key: str, text: str, origin: str) -> object:
    try:
        value = value_of(text)
    except yaml.YAMLError as error:
        if key in dotted_keys() and takes_text(key):
            return text
        # What a key or a password holds is often no YAML; the value of a misspelt setting is not shown.
        given = f"{shortened(text)} is" if key in dotted_keys() else "this is"
        raise ConfigError(
            f"{shortened(key)[1:-1]} ({origin}): {given} not a YAML value. Quote it, or write a list as [1,2]."
        ) from error
    if key in dotted_keys() and takes_text(key):
        return None if value is None and takes_nothing(key) else text
    return value


def _leaves(loader: PlainLoader, node: yaml.MappingNode, prefix: str, path: Path) -> Iterator[Assignment]:
    seen: set[str] = set()
    for name_node, value_node in node.value:
        line = name_node.start_mark.line + 1
        if not isinstance(name_node, yaml.ScalarNode):
            raise ConfigError(f"{path}, line {line}: the name of a setting is a word, got {_shown(name_node)}.")
        key = f"{prefix}{name_node.value}"
        if key in seen:
            raise ConfigError(f"{key} ({path}, line {line}): given twice in this file. Keep one.")
        seen.add(key)
        if isinstance(value_node, yaml.MappingNode) and key not in dotted_keys():
            yield from _leaves(loader, value_node, f"{key}.", path)
        else:
            yield Assignment(key, _given(loader, value_node, key), f"{path}, line {line}")


def _given(loader: PlainLoader, node: yaml.Node, key: str) -> object:
    """A value of the file; a setting that takes text has it as it is written, as on the command line."""
    value = made(loader, node)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and isinstance(node, yaml.ScalarNode) and key in dotted_keys() and takes_text(key):
        return node.value
    return value


def _shown(node: yaml.Node) -> str:
    return shortened(node.value) if isinstance(node, yaml.ScalarNode) else "a list or a group"
