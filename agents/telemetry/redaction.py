"""Blots out what looks like a secret, and cuts what is long, before a text leaves the machine."""

import re

LONGEST = 4000
"""Characters of a text that are sent."""
BLOTTED = "(redacted)"

_SECRET = re.compile(
    r"""(?ix)
    \b(?:(?:sk|pk|rk|gh[opsu]|glpat|xox[abprs]|hf)[-_]|AKIA|AIza)[A-Za-z0-9_\-]{16,}       # keys of known makes
    | \bBearer\s+[A-Za-z0-9._~+/\-]{12,}=*
    | \beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}                      # JSON web tokens
    | (?<=://)[^\s/:@]+:[^\s/@]+(?=@)                                                      # user:password@
    | (?:api[_-]?key|secret|password|passwd|token)["']?\s*[:=]\s*["']?[^\s"',;}]{6,}
    """
)


def safe(text: str) -> str:
    """The text without secrets, at most `LONGEST` characters of it."""
    # Cut late: half a key is no longer known for one.
    blotted = _SECRET.sub(BLOTTED, text[: 4 * LONGEST])
    return blotted if len(blotted) <= LONGEST else blotted[: LONGEST - 1] + "…"
