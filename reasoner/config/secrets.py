"""What is a secret, and how it is blotted out: the one rule for files of a run, spans, errors and tracebacks.

A secret is known by its text (the teacher's key, values that the environment or the command line give under a secret's
name), by what it is called where it stands (`password=...`, `"api_key": "..."`, `?key=...`), or by its form.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from reasoner.config.settings import TeacherSettings

REDACTED = "(redacted)"

_NAME = r"(?:(?:api|access|private|secret)[_-]?key|secret|passw(?:or)?d|passphrase|token|credentials?)"
_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTHORIZATION)S?$")
"""Ends of the names of variables and settings whose values nobody shall read."""

_SHORTEST = 4
"""Characters of a value known from the environment: shorter ones would blot out ordinary words."""

_EVERYWHERE = 8
"""A known text this long is blotted out within other words too; a shorter one only as a word of its own."""

NO_SECRETS = frozenset({"", "none", "null", "true", "false", "empty", "dummy", "0", "1", REDACTED})
"""What stands for no key: servers without keys are given such words."""

_FORMS = (
    # Addresses first: a password may look like anything.
    r"(?<=://)[^\s\"'<>/?#]+(?=@)",
    r"(?<=[?&])(?P<query>(?i:[a-z_-]*key|[a-z_-]*token|auth|sig|signature|passw(?:or)?d|pwd|secret)=)[^&#\s\"'<>\\]+",
    rf"(?P<called>(?i:{_NAME})(?:\\?[\"'])?\s*(?:=|:)\s*\\?[\"'])(?:[^\"'\\\n]|\\[^\"'])+",
    rf"(?P<bare>(?i:{_NAME})\s*[=:]\s*)(?!(?i:none|null|true|false)\b|\(redacted\))[^\s\"'\\,;&)\]}}]+",
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{6,}",
    r"(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}",
    r"\bgh[pousr]_[A-Za-z0-9]{16,}",
    r"\bgithub_pat_[A-Za-z0-9_]{16,}",
    r"\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bhf_[A-Za-z0-9]{16,}",
    r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{30,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
)
"""What secrets look like, or are called: parts of addresses, named values, keys of providers, hosts of code, clouds."""


class Redactor:
    """Knows secrets by their text, and others by their name or form.

    Args:
        known: texts that are secret, whatever they look like; words that stand for no key are left out.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        meant = [one for one in known if one.lower() not in NO_SECRETS]
        # Within JSON a secret may be written with escapes.
        texts = {form for one in meant for form in (one, json.dumps(one)[1:-1])}
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join([*map(_exactly, longest_first), *_FORMS]))

    def clean(self, text: str) -> str:
        """The text with every secret blotted out; JSON stays JSON."""
        return self._pattern.sub(_blot, text)


def names_secret(name: str) -> bool:
    """Whether a variable or a setting of this name, perhaps misspelt, holds what nobody shall read."""
    return _NAMES.search(name.upper()) is not None


def redactor_of(teacher: "TeacherSettings", environment: Mapping[str, str]) -> Redactor:
    """Knows the key of the teacher, the password in its address, and what the environment calls a key or a token."""
    return Redactor({teacher.api_key or "", _password(teacher.api_base or ""), *_of_names(environment.items())})


def redactor_of_process(arguments: Sequence[str], environment: Mapping[str, str]) -> Redactor:
    """Knows what the command line and the environment call a key or a token, and the passwords in their addresses."""
    words = [word.partition("=")[::2] for word in arguments]
    pairs = [*environment.items(), *words]
    return Redactor({*_of_names(pairs), *(_password(value) for _, value in pairs if "://" in value)})


def _of_names(pairs: Iterable[tuple[str, str]]) -> set[str]:
    return {value for name, value in pairs if names_secret(name) and len(value) >= _SHORTEST}


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        # No address at all, such as `http://[`.
        return ""


def _exactly(text: str) -> str:
    """This text; a short one as a word of its own and no name of JSON, digits only where they are no number of JSON."""
    escaped = re.escape(text)
    if len(text) < _EVERYWHERE:
        escaped = rf"(?<![A-Za-z0-9_]){escaped}(?![A-Za-z0-9_])(?!\\?\"\s*:)"
    return rf"(?<![:\[,])(?<![:,] ){escaped}" if re.fullmatch(r"[-+.eE0-9]+", text) else escaped


def _blot(found: re.Match[str]) -> str:
    kept = next((part for part in found.groupdict().values() if part), "")
    return kept + REDACTED
