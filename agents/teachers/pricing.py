"""What a teacher's tokens cost. An unknown price is refused: without it no limit could be kept."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from agents.teachers.provider import Price
from reasoner.config.settings import TeacherSettings
from reasoner.errors import TeacherError

BUILTIN = "builtin"
"""Name of the custom provider; its one model is `builtin/expert`."""


def is_builtin(settings: TeacherSettings) -> bool:
    """Whether the built-in expert teaches."""
    return settings.model.startswith(f"{BUILTIN}/")


def price_of(settings: TeacherSettings, listed: Callable[[str], Price | None]) -> Price:
    """The stated price, else the listed one, else nothing for the built-in expert and for a server on this machine.

    Args:
        settings: who teaches; both prices or none are stated.
        listed: the price that a list knows for a model string.

    Raises:
        TeacherError: nobody knows the price; the message names the two settings that state it.
    """
    stated = (settings.usd_per_million_input, settings.usd_per_million_output)
    if stated[0] is not None and stated[1] is not None:
        return Price(input=stated[0], output=stated[1])
    if stated == (None, None):
        if is_builtin(settings):
            return Price(input=0, output=0)
        if (known := listed(settings.model)) is not None:
            return known
        if settings.api_base is not None and _is_loopback(settings.api_base):
            return Price(input=0, output=0)
    raise TeacherError(
        f"nobody knows the price of teacher.model={settings.model!r}, and no limit can be kept without it; "
        "set teacher.usd_per_million_input and teacher.usd_per_million_output (both 0 for a server of your own)"
    )


def _is_loopback(api_base: str) -> bool:
    host = urlsplit(api_base).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
