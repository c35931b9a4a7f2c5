"""lm-eval's metric `exact_match` (lm_eval/api/metrics.py, `exact_match_hf_evaluate`; 0.4.13) and its regex filter."""

import re
from collections.abc import Sequence

NO_MATCH = "[invalid]"
"""What lm-eval's filters give where they find nothing."""


def is_match(given: str, gold: str, *, ignore: Sequence[re.Pattern[str]] = (), ignore_case: bool = False) -> bool:
    """Whether both texts are the same once what is ignored is removed from both, pattern by pattern.

    An answer of which nothing is left is wrong.
    """
    for pattern in ignore:
        given, gold = pattern.sub("", given), pattern.sub("", gold)
    if ignore_case:
        given, gold = given.lower(), gold.lower()
    return given == gold != ""


def regex_filter(pattern: re.Pattern[str], text: str, *, select: int = 0) -> str:
    """The match of that place, or of its first group that matched, stripped; `[invalid]` where there is none."""
    found = pattern.findall(text)
    if not found:
        return NO_MATCH
    one = found[select]
    if isinstance(one, tuple):
        one = next(filter(None, one), NO_MATCH)
    return one.strip()
