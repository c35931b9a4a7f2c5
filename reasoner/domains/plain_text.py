"""What a text says to a reader, in plain characters: the same text in disguise comes out as itself.

Characters without a width, marks on letters, direction marks and soft hyphens go; wide, circled or mathematical letters
and digits, digits of other scripts and look-alikes of Latin letters become ASCII; tags and entities of HTML, the signs
of Markdown around words and the thousands separators within numbers go; any run of blanks becomes one. Case,
punctuation and the words themselves stay, and an ordinary English text is not changed at all.
"""

import html
import re
import unicodedata

from reasoner.domains.lookalikes import LOOKALIKES

_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z!][^<>]{0,200}>", re.DOTALL)
_LINK = re.compile(r"\]\([^()\s]{0,500}\)")
_MARKDOWN = re.compile(
    r"(?<!\w)[*_`~]{1,3}(?=\w)|(?<=[\w.,;:!?)\]])[*_`~]{1,3}(?!\w)|^[ \t]*(?:[>#]+|[-+*])[ \t]+", re.MULTILINE
)
_MARKS = frozenset("*_`~#>+-")
_BRACKETED = re.compile(r"\[([^\[\]]*)\](?!\w)")
_SEPARATED = re.compile(r"(?<=\d)[,'_ ](?=\d{3}(?!\d))")
_LATIN = re.compile(r"(?:MODIFIER )?LATIN (?:CAPITAL |SMALL )?LETTER (SMALL CAPITAL )?([A-Z])(?: WITH .*)?")
_ENCLOSED = re.compile(r"(?:.* )?(?:CIRCLED|SQUARED|SYMBOL) LATIN CAPITAL LETTER ([A-Z])|REGIONAL .* LETTER ([A-Z])")
_SIGNS = {"×": "*", "÷": "/", "⁄": "/", "∕": "/", "∙": "*", "⋅": "*"}  # noqa: RUF001 (they are the point)
_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "＇": "'", "“": '"', "”": '"', "«": '"', "»": '"'}  # noqa: RUF001
_STOPS = {"。": ".", "、": ",", "،": ",", "؟": "?", "¿": "", "¡": "", "⸮": "?"}
_UNSEEN = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u200b")
_BLANK_LETTERS = frozenset("\u2800")


class _Characters(dict[int, str]):
    """What stands for a character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found

    def of(self, text: str) -> str:
        """A decomposition, each of whose characters may stand for another."""
        return "".join(self[ord(character)] for character in text)


def plain_text(text: str) -> str:
    """The text in plain characters, trimmed. See the head of this module for what goes and what stays."""
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = text.translate(_CHARACTERS)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "](" in text:
        text = _LINK.sub("]", text)
    text = _BRACKETED.sub(r"\1", text) if "[" in text else text
    if not _MARKS.isdisjoint(text):
        text = _MARKDOWN.sub("", text)
    return _SEPARATED.sub("", " ".join(text.split()))


def _plain(character: str) -> str:
    """What stands for one character; nothing for one that is not seen."""
    if character.isascii():
        return character
    kind = unicodedata.category(character)
    if (kind in ("Cf", "Cs", "Cc", "Mn", "Me") and not character.isspace()) or character in _UNSEEN:
        return ""
    if character.isspace() or character in _BLANK_LETTERS:
        return " "
    if kind == "Nd":
        return str(unicodedata.digit(character))
    if alike := (LOOKALIKES | _SIGNS | _QUOTES | _STOPS).get(character, ""):
        return alike
    decomposed = unicodedata.normalize("NFKD", character)
    if decomposed != character:
        return _CHARACTERS.of(decomposed)
    if kind == "Pd" or character == "\u2212":
        return "-"
    return _by_name(character)


def _by_name(character: str) -> str:
    """The letter that its name says; itself if it says none."""
    name = unicodedata.name(character, "")
    if found := _LATIN.fullmatch(name):
        return found[2] if character.isupper() else found[2].lower()
    if found := _ENCLOSED.fullmatch(name):
        return found[1] or found[2]
    return character


_CHARACTERS = _Characters()
