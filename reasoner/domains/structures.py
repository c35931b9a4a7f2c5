"""A structure for any text: questions that a reader would call the same have the same one."""

import hashlib

from reasoner.domains.plain_text import plain_text


def structure_of_text(question: str) -> str:
    """16 hex digits of a question's letters, digits and signs, whatever their case, blanks and disguise.

    Names and numbers count: a domain whose problems differ in them alone needs more of them than any training sees.
    """
    told = "".join(plain_text(question).lower().split())
    return hashlib.sha256(told.encode()).hexdigest()[:16]
