"""Where settings come from: a YAML file, the environment, `KEY=VALUE`. Each value keeps the name of its origin."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from dotenv import dotenv_values

from reasoner.config.keys import dotted_keys, takes_nothing, takes_text
from reasoner.errors import ConfigError

PREFIX = "REASONER_"
NOT_SETTINGS = frozenset(
    {"REASONER_HOME", "REASONER_DEBUG", "REASONER_DATABASE_URL", "REASONER_MACHINE", "REASONER_CHAIN_KEY"}
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
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        if root is None:
            return []
        if not isinstance(root, yaml.MappingNode):
            raise ConfigError(f"{path}: expected groups of settings such as `train:`, got {root.value!r}.")
        return list(_leaves(loader, root, "", path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}, line {line}: not YAML: {error.problem}.") from error
    finally:
        loader.dispose()


def from_environment(env: Mapping[str, str], dotenv: Path | None) -> list[Assignment]:
    """Reads `REASONER_TEACHER__MODEL=...` from `.env`, if that file exists, and then from the environment."""
    found: list[Assignment] = []
    if dotenv is not None and dotenv.is_file():
        written = {name: value or "" for name, value in dotenv_values(dotenv).items()}
        found += _variables(written, f"file {dotenv}, variable ")
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
            raise ConfigError(f"argument {override!r}: expected KEY=VALUE, such as train.base_updates=600.")
        origin = f"argument {override!r}"
        found.append(Assignment(key.strip(), _parse(key.strip(), text, origin), origin))
    return found


def from_options(options: Mapping[str, object]) -> list[Assignment]:
    """Typed command-line options by their dotted key; None means that the option was not given."""
    return [
        Assignment(key, value, f"option --{key.rpartition('.')[2].replace('_', '-')}")
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
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        if key in dotted_keys() and takes_text(key):
            return text
        raise ConfigError(
            f"{key} ({origin}): {text!r} is not a YAML value. Quote it, or write a list as [1,2]."
        ) from error
    if key in dotted_keys() and takes_text(key):
        return None if value is None and takes_nothing(key) else text
    return value


def _leaves(loader: yaml.SafeLoader, node: yaml.MappingNode, prefix: str, path: Path) -> Iterator[Assignment]:
    seen: set[str] = set()
    for name_node, value_node in node.value:
        key = f"{prefix}{name_node.value}"
        line = name_node.start_mark.line + 1
        if key in seen:
            raise ConfigError(f"{key} ({path}, line {line}): given twice in this file. Keep one.")
        seen.add(key)
        if isinstance(value_node, yaml.MappingNode) and key not in dotted_keys():
            yield from _leaves(loader, value_node, f"{key}.", path)
        else:
            yield Assignment(key, loader.construct_object(value_node, deep=True), f"{path}, line {line}")
