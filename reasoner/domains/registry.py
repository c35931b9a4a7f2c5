"""Domains by name."""

from difflib import get_close_matches

from reasoner.domains.math.domain import MathDomain
from reasoner.domains.prosqa.domain import ProsqaDomain
from reasoner.errors import ConfigError
from reasoner.types.ports import Domain

DOMAINS: dict[str, type[Domain]] = {"math": MathDomain, "prosqa": ProsqaDomain}


def get_domain(name: str) -> Domain:
    """The domain of that name.

    Raises:
        ConfigError: there is none.
    """
    if name not in DOMAINS:
        near = get_close_matches(name, DOMAINS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"no domain {name!r}: expected one of {', '.join(DOMAINS)}{hint}")
    return DOMAINS[name]()
