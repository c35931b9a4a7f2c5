"""Blots out secrets, and cuts what is long, before a text leaves the machine.

What is secret `reasoner.config.secrets` knows.
"""

from reasoner.config.secrets import Redactor

LONGEST = 4000
"""Characters of a text that are sent."""

_FORMS = Redactor()


def safe(text: str) -> str:
    """The text without secrets, at most `LONGEST` characters of it."""
    # Cut late: half a key is no longer known for one.
    blotted = _FORMS.clean(text[: 4 * LONGEST])
    return blotted if len(blotted) <= LONGEST else blotted[: LONGEST - 1] + "…"
