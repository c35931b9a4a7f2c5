"""What a teacher's tokens cost. An unknown price is refused: without it no limit could be kept.

A listed price of 0 is unknown too: lists hold it for models whose price nobody has filled in.
"""

import math
from collections.abc import Callable

from agents.teachers.addresses import is_loopback, target_of
from agents.teachers.provider import Price
from reasoner.config.settings import TeacherSettings
from reasoner.errors import TeacherError

BUILTIN = "builtin"
"""Name of the custom provider; its one model is `builtin/expert`."""


def is_builtin(settings: TeacherSettings) -> bool:
    """Whether the built-in expert teaches."""
    return settings.model.startswith(f"{BUILTIN}/")


def price_of(
    settings: TeacherSettings, listed: Callable[[str], Price | None], *, setting: str = "teacher.model"
) -> Price:
    """The stated price, else the listed one, else nothing for the built-in expert and for a server on this machine.

    Args:
        settings: who teaches; both prices or none are stated.
        listed: the price that a list knows for a model string.
        setting: what the user calls the model.

    Raises:
        TeacherError: nobody knows the price; the message names the two settings that state it.
    """
    stated = (settings.usd_per_million_input, settings.usd_per_million_output)
    if stated[0] is not None and stated[1] is not None:
        return Price(input=stated[0], output=stated[1])
    said = "nobody knows the price"
    if stated == (None, None):
        if is_builtin(settings):
            return Price(input=0, output=0)
        known = listed(settings.model)
        if known is not None and _means_something(known):
            return known
        if settings.api_base is not None and is_loopback(target_of(settings.api_base).host):
            return Price(input=0, output=0)
        said = said if known is None else "the list has a price of 0, which mostly means that nobody knows the price"
    raise TeacherError(
        f"{said} of {setting}={settings.model!r}, and no limit can be kept without it; "
        "set teacher.usd_per_million_input and teacher.usd_per_million_output (both 0 if it is free)"
    )


def _means_something(price: Price) -> bool:
    """Whether a listed price can be one: reading may cost nothing, writing never does."""
    return all(math.isfinite(usd) and usd >= 0 for usd in (price.input, price.output)) and price.output > 0
