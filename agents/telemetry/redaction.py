"""Blots out what looks like a secret, and cuts what is long, before a text leaves the machine.

What keys look like is known to `reasoner.config.secrets`, which has cleaned a run's own files already. A text that goes
elsewhere is looked at more narrowly: whatever a prompt calls a key or a password goes too.
"""

import re

from reasoner.config.resolved import REDACTED
from reasoner.config.secrets import Redactor

LONGEST = 4000
"""Characters of a text that are sent."""

_FORMS = Redactor()
_CALLED_SECRET = re.compile(r"""(?i)(?:api[_-]?key|secret|password|passwd|token)["']?\s*[:=]\s*["']?[^\s"',;}]{6,}""")


def safe(text: str) -> str:
    """The text without secrets, at most `LONGEST` characters of it."""
    # Cut late: half a key is no longer known for one.
    blotted = _CALLED_SECRET.sub(REDACTED, _FORMS.clean(text[: 4 * LONGEST]))
    return blotted if len(blotted) <= LONGEST else blotted[: LONGEST - 1] + "…"
