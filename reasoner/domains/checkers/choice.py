"""`choice`: multiple choice, answered by an option's letter, its text, or both.

`B`, `(b)`, `B.`, `b) Paris`, `Paris` and `The answer is B` all mean the second option where it is Paris. A text that
names several letters, or a letter with the text of another option, is wrong: nobody can say which was meant. Two
options of one text, and an option whose text is the letter of another, are refused when the row is read.
"""

import re
from functools import lru_cache

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.domains.checkers.extraction import bare
from reasoner.domains.checkers.plain_words import folded, plain_words
from reasoner.types.check import Check, right, wrong

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALONE = re.compile(r"[(\[{<\"']?(?:option |choice |answer )?[(\[{]?([A-Za-z])[)\]}>\"']?[.:)]?", re.IGNORECASE)
_MARKED = re.compile(
    r"[(\[{]?(?P<letter>[A-Za-z])(?:[)\]}][.:]?|[.:])\s+(?P<rest>\S.*)|(?P<bare>[A-Z]) +(?P<text>\S.*)", re.DOTALL
)
_CAPITAL = r"\(?([B-HJ-Z]|[AI](?=\W*$|[.,;:)]))(?![^\W_]|['\u2019])"
_NAMED = re.compile(
    r"(?<![^\W_])\(([A-Za-z])\)"
    rf"|(?i:\banswer|\boption|\bchoice)(?: is)?:? {_CAPITAL}"
    rf"|(?i:\bpick|\bchoose|\bchose|\bselect|\bgo with|\bthink|\bbelieve)(?: it is| it's)? {_CAPITAL}(?=\)?\W*$)"
    r"|^([A-Z])(?= because| since|,? as | is (?:the )?(?:correct|right|answer|best)\b)"
)
_LOOSE = re.compile(
    r"(?<![^\W_])[B-HJ-Z](?![^\W_]|['\u2019])"
    r"|(?<![^\W_])[A-Z](?= ?(?:,|/|&|and |or )(?: ?and| ?or)? ?[A-Z](?![^\W_]))"
)
_DENIED = re.compile(
    r"(?:\b[Nn]ot|n't|\b[Nn]either|\bnor|\b[Ee]xcept) (?:option |choice )?(?:[(\[][A-Za-z]|[A-Z])(?![^\W_])"
)
_LETTERED = re.compile(r"^(?:\(([A-Z])\)|([A-Z])\.) ", re.MULTILINE)
"""How an option begins in a question: `(A) London`, or `A. London`."""
_SINGLE = re.compile(r"(?<![^\W_])[^\W\d_](?![^\W_])")


class ChoiceSettings(CheckerSettings):
    """Options of `choice`."""

    choices: tuple[str, ...] = ()
    """The options of every question, where rows do not bring their own."""


class ChoiceChecker:
    """Reads which option is meant and compares that."""

    name = "choice"
    version = "1"
    settings_type = ChoiceSettings

    def __init__(self, settings: ChoiceSettings | None = None) -> None:
        self.settings = settings or ChoiceSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it means the gold option, or one of them."""
        options = self._options(gold)
        given, fault = meant(answer, options)
        if fault:
            return wrong(fault)
        wanted = [meant(one, options)[0] for one in gold.accepted]
        return right({"choice": given}) if given in wanted else wrong(f"{given} is not {' or '.join(wanted)}")

    @spells
    def canonical(self, answer: str) -> str:
        """The letter if nothing else is said; else the words. Without the options a text and its letter stay apart."""
        text = folded(answer, case=False)
        if alone := _ALONE.fullmatch(bare(text)):
            return alone[1].upper()
        return text if _SINGLE.search(text) else plain_words(bare(text))

    def validate_gold(self, gold: Gold) -> str:
        """The options must be distinct, and each accepted answer must mean one of them."""
        options = self._options(gold)
        if not gold.accepted:
            return "there is no gold answer; give the row an `answer`: a letter or the option's text"
        if len(options) == 1 or len(options) > len(LETTERS):
            return f"there are {len(options)} choices; expected 2 to {len(LETTERS)}"
        plain = _plain(options)
        for at, option in enumerate(plain):
            if option in plain[:at]:
                return (
                    f"the choices {LETTERS[plain.index(option)]} and {LETTERS[at]} are the same, {shown(options[at])}"
                )
            if len(option) == 1 and option.upper() in LETTERS[: len(options)] and option.upper() != LETTERS[at]:
                return f"choice {LETTERS[at]} is {shown(options[at])}, which is the letter of another one"
        return next((fault for one in gold.accepted if (fault := meant(one, options)[1])), "")

    def offered(self, question: str) -> tuple[str, ...]:
        """The letters of the options that a question shows, else the texts of those that every question has."""
        return lettered(question) or self.settings.choices

    def _options(self, gold: Gold) -> tuple[str, ...]:
        return gold.choices or self.settings.choices


def lettered(question: str) -> tuple[str, ...]:
    """The letters of the options with which a question ends; empty where it shows fewer than two."""
    begun = [first or second for first, second in _LETTERED.findall(question)]
    last = len(begun) - begun[::-1].index("A") - 1 if "A" in begun else len(begun)
    letters = tuple(begun[last:])
    return letters if len(letters) > 1 and letters == tuple(LETTERS[: len(letters)]) else ()


def meant(answer: str, options: tuple[str, ...]) -> tuple[str, str]:
    """The letter of the option that an answer means, and what is wrong with it; one of the two is empty."""
    text = folded(answer, case=False)
    for said in dict.fromkeys((text, bare(text))):
        if letter := _by_text(said, options):
            return letter, ""
    return _by_letter(bare(text), options)


def _by_text(said: str, options: tuple[str, ...]) -> str:
    words = plain_words(said)
    return next((LETTERS[at] for at, option in enumerate(_plain(options)) if words and option == words), "")


@lru_cache(maxsize=256)
def _plain(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(plain_words, options))


def _by_letter(said: str, options: tuple[str, ...]) -> tuple[str, str]:
    if _DENIED.search(said):
        return "", "a choice is denied, so nobody can say which is meant"
    letters, rest = _letters(said, options)
    loose = set() if _by_text(rest or said, options) else set(_LOOSE.findall(rest or said))
    if len(letters | loose) > 1:
        return "", f"several choices are named: {', '.join(sorted(letters | loose))}"
    if not letters:
        return "", f"{shown(said)} is neither a letter nor the text of a choice"
    letter = letters.pop()
    if options and letter not in LETTERS[: len(options)]:
        return "", f"there is no choice {letter}: the last one is {LETTERS[len(options) - 1]}"
    other = _by_text(rest, options)
    return ("", f"the letter {letter} stands with the text of {other}") if other not in ("", letter) else (letter, "")


def _letters(said: str, options: tuple[str, ...]) -> tuple[set[str], str]:
    """The letters that an answer gives as its choice, and what stands behind the one that it begins with.

    A capital within a sentence is none of them (`Hepatitis B`, `f(b)`), but speaks against another letter.
    """
    if alone := _ALONE.fullmatch(said):
        return {alone[1].upper()}, ""
    named = {next(filter(None, groups)).upper() for groups in _NAMED.findall(said)}
    marked = _MARKED.fullmatch(said)
    if marked and marked["letter"]:
        return named | {marked["letter"].upper()}, marked["rest"]
    if marked and _by_text(marked["text"], options):
        return {marked["bare"]}, marked["text"]
    return named, ""
