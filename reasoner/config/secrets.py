"""Blots out keys and tokens wherever words of a run are written down."""

import json
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from reasoner.config.resolved import REDACTED
from reasoner.config.settings import TeacherSettings

_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)S?$")
"""Ends of the names of environment variables whose values nobody shall read."""

_SHORTEST = 12
"""Characters of such a value: shorter ones would blot out ordinary words."""

_FORMS = (
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{12,}",
    r"(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}",
    r"\bgh[pousr]_[A-Za-z0-9]{16,}",
    r"\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bhf_[A-Za-z0-9]{16,}",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{30,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    r"(?<=://)[^/\s:@\"]+:[^/\s@\"]+(?=@)",
)
"""What keys look like: of providers, of hosts of code and models, of clouds, tokens, `user:password@` in addresses."""


class Redactor:
    """Knows secrets by their text, and others by their form.

    Args:
        known: texts that are secret, whatever they look like; empty ones are left out.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        # Within JSON a secret may be written with escapes.
        texts = {form for one in known if one for form in (one, json.dumps(one)[1:-1])}
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join([*map(re.escape, longest_first), *_FORMS]))

    def clean(self, text: str) -> str:
        """The text with every secret blotted out; JSON stays JSON."""
        return self._pattern.sub(REDACTED, text)


def redactor_of(teacher: TeacherSettings, environment: Mapping[str, str]) -> Redactor:
    """Knows the key of the teacher, the password in its address, and what the environment calls a key or a token.

    A key of `none` is what servers without keys are given, and is none.
    """
    key, address = teacher.api_key or "", urlsplit(teacher.api_base or "")
    known = {key if key != "none" else "", address.password or ""}
    known |= {text for name, text in environment.items() if _NAMES.search(name.upper()) and len(text) >= _SHORTEST}
    return Redactor(known)
