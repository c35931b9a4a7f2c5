"""Which split a problem belongs to. Decided by its structure alone, once and for all, unless it was published with one.

Two problems that differ only in names, things and numbers share a structure, hence a split: nothing that is mined or
taught can be the same exercise as one that decides or is reported.
"""

import hashlib

from reasoner.types.problem import Problem, Split

SPLIT_VERSION = "1"
"""Part of the hash: a new version is a new division, and its reports cannot be compared with those of the old one."""

_PARTS = 10_000
_PRACTICE = 7_000
_GATE = 8_500


def split_of_problem(problem: Problem) -> Split:
    """A problem's split: as it was published, else by its structure."""
    return problem.split or split_of(problem.structure)


def split_of(structure: str) -> Split:
    """The split of a structure: 70% practice, 15% gate, 15% sealed.

    Args:
        structure: 16 hex digits, as in `Problem.structure`.
    """
    digest = hashlib.sha256(f"split {SPLIT_VERSION} {structure}".encode()).digest()
    part = int.from_bytes(digest[:8], "big") % _PARTS
    if part < _PRACTICE:
        return "practice"
    return "gate" if part < _GATE else "sealed"
