"""From defaults, file, environment and command line to one checked `Settings`.

Later sources win: defaults < file < `REASONER_*` (`.env`, then the environment) < `KEY=VALUE` < typed options.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reasoner.config.consistency import contradictions
from reasoner.config.keys import dotted_keys, nearest_key, sections
from reasoner.config.presets import find_config
from reasoner.config.settings import Settings
from reasoner.config.sources import Assignment, from_arguments, from_environment, from_file, from_options
from reasoner.errors import ConfigError

NO_OPTIONS: Mapping[str, object] = {}


def load_settings(
    config: str | None,
    overrides: Sequence[str],
    env: Mapping[str, str],
    dotenv: Path | None,
    *,
    extra: Mapping[str, object] = NO_OPTIONS,
) -> Settings:
    """Resolves the configuration.

    Args:
        config: name of a preset or path of a YAML file; None for the defaults alone.
        overrides: `KEY=VALUE` arguments; values are YAML scalars or lists.
        env: the process's environment.
        dotenv: path of a `.env` file, which need not exist.
        extra: typed options by dotted key; None means not given.

    Raises:
        ConfigError: says for every wrong key or value where it came from and what would be right.
    """
    assignments = from_file(find_config(config)) if config is not None else []
    assignments += from_environment(env, dotenv) + from_arguments(overrides) + from_options(extra)
    _refuse_unknown(assignments)
    winners = {assignment.key: assignment for assignment in assignments}
    try:
        settings = Settings.model_validate(_nested(winners))
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(detail, winners) for detail in error.errors())) from error
    _refuse_contradictions(settings, winners)
    return settings


def _refuse_unknown(assignments: Sequence[Assignment]) -> None:
    messages: list[str] = []
    for key, value, origin in assignments:
        if key in sections():
            names = ", ".join(known for known in dotted_keys() if known.startswith(f"{key}."))
            messages.append(f"{key} ({origin}): got {value!r} for a group of settings. Set one of: {names}.")
        elif key not in dotted_keys():
            messages.append(f"{key} ({origin}): there is no such setting. The nearest is {nearest_key(key)}.")
    if messages:
        raise ConfigError("\n".join(messages))


def _refuse_contradictions(settings: Settings, winners: Mapping[str, Assignment]) -> None:
    messages = [f"{key} ({_origin(key, winners)}): {why}" for key, why in contradictions(settings)]
    if messages:
        raise ConfigError("\n".join(messages))


def _nested(winners: Mapping[str, Assignment]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value, _ in winners.values():
        section, _, name = key.rpartition(".")
        (tree.setdefault(section, {}) if section else tree)[name] = value
    return tree


def _explain(detail: ErrorDetails, winners: Mapping[str, Assignment]) -> str:
    parts = [str(part) for part in detail["loc"]]
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    key = next(prefix for prefix in prefixes if prefix in dotted_keys())
    expected = detail["msg"].replace("Input should", "it should")
    given = "a value that is not shown" if key == "teacher.api_key" else repr(detail["input"])
    return f"{key} ({_origin(key, winners)}): got {given}; {expected}."


def _origin(key: str, winners: Mapping[str, Assignment]) -> str:
    return winners[key].origin if key in winners else "default"
