"""The domains that a home's memory may hold problems of: all that are known, and those of its runs."""

from typing import TYPE_CHECKING

from reasoner.domains.registry import DOMAINS, get_domain
from reasoner.errors import ConfigError

if TYPE_CHECKING:
    from memory.store.runs import RunRow
    from reasoner.bootstrap.home import Home
    from reasoner.types.domain import Domain


def domains_of(place: "Home") -> "dict[str, Domain]":
    """By name. A file or package that is gone is left out: its problems stay, and nobody can judge them again."""
    from memory.store.runs import RunStore

    found: dict[str, Domain] = {}
    for task in dict.fromkeys((*DOMAINS.names(), *map(task_of, RunStore(place.database()).list()))):
        try:
            domain = get_domain(task)
        except ConfigError:
            continue
        found[domain.info.name] = domain
    return found


def task_of(run: "RunRow") -> str:
    """The name of a run's task, also of one that was made when it was called `data.domain`."""
    settings = run.settings
    return settings.get("task", {}).get("name") or settings.get("data", {}).get("domain") or "math"
