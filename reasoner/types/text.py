"""Text that can be kept: in UTF-8, in JSON and in every database.

JSON may spell half of a surrogate pair or a NUL, and a file name or an argument may decode to one. Neither can be
encoded or stored, so both become U+FFFD at the border where such text comes in.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

_UNSTORABLE = re.compile("[\ud800-\udfff\0]")


def storable(text: str) -> str:
    """The text with lone surrogates and NULs replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


StoredText = Annotated[str, BeforeValidator(_storable)]
"""A field of a record that holds text of others."""


def cut_before(text: str, stops: Sequence[str]) -> str:
    """The text before the first of the stops."""
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else text
