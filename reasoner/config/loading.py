"""From defaults, file, environment and command line to one checked `Settings`.

Later sources win: defaults < file < `REASONER_*` (`.env`, then the environment) < `KEY=VALUE` < typed options.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reasoner.config.consistency import contradictions
from reasoner.config.keys import dotted_keys, holds_secret, is_option, nearest_key, sections
from reasoner.config.places import is_text
from reasoner.config.presets import find_config
from reasoner.config.renamed import RENAMED
from reasoner.config.secrets import Redactor
from reasoner.config.settings import Settings
from reasoner.config.sources import Assignment, from_arguments, from_environment, from_file, from_options
from reasoner.domains.registry import OptionFault, trust_task
from reasoner.errors import ConfigError
from reasoner.types.printable import shortened

NO_OPTIONS: Mapping[str, object] = {}


def load_settings(
    config: str | None,
    overrides: Sequence[str],
    env: Mapping[str, str],
    dotenv: Path | None,
    *,
    extra: Mapping[str, object] = NO_OPTIONS,
    say: Callable[[str], None] = lambda _: None,
    stored: bool = False,
) -> Settings:
    """Resolves the configuration.

    Args:
        config: name of a preset or path of a YAML file; None for the defaults alone.
        overrides: `KEY=VALUE` arguments; values are YAML scalars or lists.
        env: the process's environment.
        dotenv: path of a `.env` file, which need not exist.
        extra: typed options by dotted key; None means not given.
        say: told of each key that has another name now.
        stored: whether file and overrides come from a home, so that no file's code is run because they name it.

    Raises:
        ConfigError: says for every wrong key or value where it came from and what would be right.
    """
    assignments = from_file(find_config(config)) if config is not None else []
    assignments += from_environment(env, dotenv) + from_arguments(overrides) + from_options(extra)
    assignments = _renamed(assignments, say)
    _refuse(_unknown(assignments))
    winners = {assignment.key: assignment for assignment in assignments}
    if not stored:
        named = winners["task.name"].value if "task.name" in winners else None
        if isinstance(named, str) and is_text(named):
            trust_task(named)
    try:
        settings = Settings.model_validate(_nested(winners))
    except OptionFault as fault:
        _refuse([f"{shortened(fault.key)[1:-1]} ({_origin(fault.key, winners)}): {fault.why}"])
        raise
    except ValidationError as error:
        _refuse([_explain(detail, winners) for detail in error.errors()])
        raise
    _refuse([f"{key} ({_origin(key, winners)}): {why}" for key, why in contradictions(settings)])
    return settings


def _renamed(assignments: Sequence[Assignment], say: Callable[[str], None]) -> list[Assignment]:
    """Each under the name that its key has now."""
    for old in dict.fromkeys(a.key for a in assignments if a.key in RENAMED):
        say(f"{old} is called {RENAMED[old]} now; the old name will not be read by the next release")
    return [a._replace(key=RENAMED.get(a.key, a.key)) for a in assignments]


def _refuse(messages: Sequence[str]) -> None:
    """Says what is wrong, without what looks like a secret."""
    if messages:
        raise ConfigError("\n".join(map(Redactor().clean, messages)))


def _unknown(assignments: Sequence[Assignment]) -> list[str]:
    messages: list[str] = []
    for key, value, origin in assignments:
        if key in sections():
            names = ", ".join(known for known in dotted_keys() if known.startswith(f"{key}."))
            messages.append(f"{key} ({origin}): got {shortened(value)} for a group of settings. Set one of: {names}.")
        elif key not in dotted_keys() and not is_option(key):
            named = shortened(key)[1:-1]
            messages.append(f"{named} ({origin}): there is no such setting. The nearest is {nearest_key(key)}.")
        elif not all(map(is_text, _texts(value))):
            messages.append(
                f"{key} ({origin}): holds a control character, or bytes or an escape that are no character. Write it "
                "in UTF-8."
            )
    return messages


def _texts(value: object) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _nested(winners: Mapping[str, Assignment]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value, _ in winners.values():
        *groups, name = key.split(".")
        group = tree
        for part in groups:
            group = group.setdefault(part, {})
        group[name] = value
    return tree


def _explain(detail: ErrorDetails, winners: Mapping[str, Assignment]) -> str:
    parts = [str(part) for part in detail["loc"]]
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    key = next(prefix for prefix in prefixes if prefix in dotted_keys())
    expected = detail["msg"].replace("Input should", "it should")
    given = "a value that is not shown" if holds_secret(key) else shortened(detail["input"])
    return f"{key} ({_origin(key, winners)}): got {given}; {expected}."


def _origin(key: str, winners: Mapping[str, Assignment]) -> str:
    return winners[key].origin if key in winners else "default"
