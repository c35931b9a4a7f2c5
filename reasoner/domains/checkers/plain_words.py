"""A text without what does not change what it says: case, blanks, punctuation, invisible characters, articles.

Unicode NFKC first, so that wide, ligated and composed characters are the plain ones. Of the punctuation only that of
sentences goes: `#`, `%`, `&`, `@` and `/` are part of a word (`C#`, `50%`), and so are a sign or a point before a
digit, because `-5`, `1.5` and `1:30` are not `5`, `15` and `130`. In time linear in the text.
"""

import re
import unicodedata
from functools import lru_cache

_WORD_SIGNS = frozenset("#%&@/\\†‡§¶‰\u2032\u2033")
_PARTING = frozenset(",;:…_-")
_SIGN = re.compile(r"(?P<kept>(?<![^\W\d_])[-.,:](?=\d)|(?<=\w)\*(?=\w))|[^\w\s]|_")
_MINUS = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"}
_ARTICLES = frozenset({"a", "an", "the"})


def folded(text: str, *, case: bool = True) -> str:
    """NFKC, without invisible characters, dashes as `-`, case folded if asked; blanks single and none around."""
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS)
    if case:
        plain = unicodedata.normalize("NFKC", plain.casefold())
    if not plain.isascii():
        plain = "".join(one for one in plain if unicodedata.category(one) not in ("Cf", "Cs"))
    return " ".join(plain.replace("\0", "").split())


@lru_cache(maxsize=128)
def without_punctuation(text: str) -> str:
    """The text without the punctuation of sentences; what parts words (a comma, a dash) becomes a blank."""
    return " ".join(_SIGN.sub(_plain_sign, text).split())


def without_articles(text: str) -> str:
    """The text without `a`, `an` and `the`; the whole text if nothing else is in it."""
    words = text.split()
    return " ".join([word for word in words if word.casefold() not in _ARTICLES] or words)


def plain_words(text: str) -> str:
    """Folded and without punctuation: how option texts and labels are compared."""
    return without_punctuation(folded(text))


def _plain_sign(match: re.Match[str]) -> str:
    return match.group() if match["kept"] else _stands_for(match.group())


@lru_cache(maxsize=1024)
def _stands_for(sign: str) -> str:
    if sign in _WORD_SIGNS:
        return sign
    if sign in _PARTING:
        return " "
    return "" if unicodedata.category(sign)[0] == "P" or sign == "`" else sign
