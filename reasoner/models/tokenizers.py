"""Text to token ids and back: words and whole numbers for questions, characters for steps.

Questions: a byte-pair vocabulary learnt from the training questions (every usual word becomes one token), with each
number of up to six digits as one `NUMBER` token beside its digits, and on demand with the place of each token in its
line (a program means nothing without its lines); or whole words, ordered by sentence, so that the encoder can make one
token of each. Steps: one token a character, of arithmetic and of whatever else the training steps
are written with, numbers least significant digit first if asked, so that carries run in writing order; or one token a
word, from a list learnt from the training steps.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

PAD, UNKNOWN, NUMBER = 0, 1, 2
PLACES = 6
"""Digits of a number token; longer numbers become several tokens."""
DIGIT_KINDS = 11
"""No digit here, or one of ten."""

LINE_PLACES = (64, 48, 8)
"""How many lines, places in a line and indentations are told apart; what lies further counts as the last. 0 is none."""

_NUMBER = re.compile(rf"\d{{1,{PLACES}}}")
_DIGITS = re.compile(r"\d+")
_MARK = "<num>"
_ENDS = frozenset(".?!")
_LEFT_OUT = re.compile(rf"{_NUMBER.pattern}|[.?!]")

FINISH, STOP = 1, 2
"""Step tokens: a step that says the solution is complete; the end of a step."""
ALPHABET = "0123456789+-*/=.()%$"
FIRST_DIGIT = 3
"""Step token of the digit 0; the other digits follow."""


@dataclass(frozen=True)
class EncodedQuestion:
    """Token ids and, for each `NUMBER` among them, its digits (least first, 0 none, else digit + 1)."""

    ids: list[int]
    digits: list[list[int]]
    places: int = 1
    """Ids that make up one token of the encoder: the words of a sentence, padded."""
    lines: list[tuple[int, int, int]] = field(default_factory=list)
    """For each token its line, its place there and how far the line is indented (`LINE_PLACES`); may be empty."""


def _digits_of(number: str) -> list[int]:
    row = [int(d) + 1 for d in reversed(number)]
    return row + [0] * (PLACES - len(row))


class QuestionTokenizer:
    """Reads questions. Made by `learn`, kept as JSON with the student."""

    def __init__(
        self, tokenizer: Tokenizer, *, max_tokens: int, sentence_words: int = 0, with_lines: bool = False
    ) -> None:
        """Args:
        tokenizer: made by `learn`.
        max_tokens: ids of a question at most.
        sentence_words: 0 gives a plain sequence; else a row of so many words for each sentence.
        with_lines: whether a plain sequence tells where in its lines each token stands.
        """
        self._tokenizer = tokenizer
        self.max_tokens, self.sentence_words, self.with_lines = max_tokens, sentence_words, with_lines

    @classmethod
    def learn(
        cls,
        questions: Iterable[str],
        *,
        vocabulary: int,
        max_tokens: int,
        sentence_words: int = 0,
        with_lines: bool = False,
    ) -> "QuestionTokenizer":
        """Learns a vocabulary of at most `vocabulary` tokens, of whole words where `sentence_words` is not 0.

        Deterministic in the order of the questions. Pieces of words can spell any word of plain letters; accents are
        dropped, so that `Zoë` and `Zoe` are one.
        """
        whole = sentence_words > 0
        tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>") if whole else models.BPE(unk_token="<unk>"))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]
        )
        special = ["<pad>", "<unk>", _MARK, *(sorted(_ENDS) if whole else ())]
        trainer = (
            trainers.WordLevelTrainer(vocab_size=vocabulary, special_tokens=special, show_progress=False)
            if whole
            else trainers.BpeTrainer(
                vocab_size=vocabulary,
                special_tokens=special,
                show_progress=False,
                initial_alphabet=list(ascii_lowercase),
            )
        )
        learnt = _LEFT_OUT if whole else _NUMBER
        tokenizer.train_from_iterator((learnt.sub(" ", q) for q in questions), trainer)
        return cls(tokenizer, max_tokens=max_tokens, sentence_words=sentence_words, with_lines=with_lines)

    @classmethod
    def from_json(
        cls, text: str, *, max_tokens: int, sentence_words: int = 0, with_lines: bool = False
    ) -> "QuestionTokenizer":
        """The tokenizer that `to_json` wrote."""
        tokenizer = Tokenizer.from_str(text)
        return cls(tokenizer, max_tokens=max_tokens, sentence_words=sentence_words, with_lines=with_lines)

    def to_json(self) -> str:
        """Everything but `max_tokens`, `sentence_words` and `with_lines`."""
        return self._tokenizer.to_str()

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    def ids_of(self, words: Sequence[str]) -> list[int]:
        """The id of each word by itself; `UNKNOWN` where it is no token."""
        ids = (self._tokenizer.token_to_id(word.lower()) for word in words)
        return [UNKNOWN if i is None else i for i in ids]

    def unknown(self, question: str) -> list[str]:
        """Words of a question of which not one letter or sign is known."""
        words = question.split()
        ids = (e.ids for e in self._tokenizer.encode_batch(words, add_special_tokens=False))
        return [w for w, own in zip(words, ids, strict=True) if set(own) <= {UNKNOWN} and not _NUMBER.search(w)]

    def too_long(self, questions: Sequence[str]) -> list[bool]:
        """Which questions have more tokens than are read."""
        whole = QuestionTokenizer(self._tokenizer, max_tokens=sys.maxsize, sentence_words=self.sentence_words)
        return [len(one.ids) > self.max_tokens for one in whole.encode(questions)]

    def encode(self, questions: Sequence[str]) -> list[EncodedQuestion]:
        """Encodes many at once. Longer questions keep their end, where the asking stands."""
        marked = [_NUMBER.sub(f" {_MARK} ", q.replace(_MARK, " ")) for q in questions]
        encoded = self._tokenizer.encode_batch(marked, add_special_tokens=False)
        if self.sentence_words:
            rows = [self._by_sentence(e.ids, e.tokens) for e in encoded]
            return [self._with_digits(r, q, self.sentence_words) for r, q in zip(rows, questions, strict=True)]
        found = [self._with_digits(e.ids, q) for e, q in zip(encoded, questions, strict=True)]
        if not self.with_lines:
            return found
        begins = [[start for start, _ in e.offsets] for e in encoded]
        return [replace(f, lines=_lines(m, b, len(f.ids))) for f, m, b in zip(found, marked, begins, strict=True)]

    def _by_sentence(self, ids: list[int], tokens: list[str]) -> list[int]:
        """A row of `sentence_words` for each sentence, padded; longer ones take several.

        The last sentence, which asks, is taken apart: a row a word, at the word's place.
        """
        P, sentence, rows = self.sentence_words, list[int](), list[int]()
        whole = _without_end(tokens)
        asked = max((i for i in range(whole) if tokens[i] in _ENDS), default=-1) + 1
        for i, token in zip(ids[:asked], tokens[:asked], strict=True):
            if token not in _ENDS:
                sentence.append(i)
            elif sentence:
                rows += sentence + [PAD] * (-len(sentence) % P)
                sentence = []
        for place, i in enumerate(ids[asked:whole]):
            rows += [i if k == place % P else PAD for k in range(P)]
        return rows

    def _with_digits(self, ids: list[int], question: str, places: int = 1) -> EncodedQuestion:
        kept = ids[-(self.max_tokens // places * places) :]
        numbers = _NUMBER.findall(question)
        seen = sum(i == NUMBER for i in kept)
        kept = kept or [UNKNOWN] + [PAD] * (places - 1)
        return EncodedQuestion(kept, [_digits_of(n) for n in numbers[len(numbers) - seen :]], places)


def _lines(text: str, begins: list[int], kept: int) -> list[tuple[int, int, int]]:
    """`EncodedQuestion.lines` of the last `kept` tokens, which begin at so many characters of the text."""
    lines = text.split("\n")
    indents = [len(line) - len(line.lstrip()) for line in lines]
    depths = {blanks: depth for depth, blanks in enumerate(sorted(set(indents)), start=1)}
    lines_told, places_told, depths_told = (most - 1 for most in LINE_PLACES)
    found, line, end, first = list[tuple[int, int, int]](), 0, len(lines[0]), 0
    for token, begin in enumerate(begins):
        while begin > end:
            line, first = line + 1, token
            end += 1 + len(lines[line])
        row, place, depth = line + 1, token - first + 1, depths[indents[line]]
        found.append((min(row, lines_told), min(place, places_told), min(depth, depths_told)))
    return found[len(found) - kept :] if begins else [(1, 1, 1)] * kept


class StepTokenizer:
    """Reads and writes steps, a character or a word a token."""

    def __init__(self, *, least_first: bool, max_tokens: int, words: Sequence[str] = (), signs: str = "") -> None:
        """Args:
        least_first: whether numbers are written from their least significant digit; words stay as they are.
        max_tokens: of a step, its `STOP` included.
        words: all words that can be written, none twice; empty for a character a token.
        signs: further characters than those of arithmetic. Blanks are left out of steps unless they are among them.
        """
        self.least_first, self.max_tokens, self.words, self.signs = least_first, max_tokens, tuple(words), signs
        self._id = {token: i for i, token in enumerate(self.words or ALPHABET + signs, start=FIRST_DIGIT)}
        self._token = {i: token for token, i in self._id.items()}

    def __len__(self) -> int:
        return len(self._id) + FIRST_DIGIT

    def _turn(self, text: str) -> str:
        return _DIGITS.sub(lambda m: m.group()[::-1], text) if self.least_first and not self.words else text

    def _split(self, step: str) -> Sequence[str]:
        return step.split() if self.words else step if " " in self.signs else step.replace(" ", "")

    def fits(self, step: str) -> bool:
        """Whether a step can be written: known characters or words, short enough."""
        tokens = self._split(self._turn(step))
        return 0 < len(tokens) < self.max_tokens and all(token in self._id for token in tokens)

    def encode(self, step: str) -> list[int]:
        """Token ids with the closing `STOP`; the step must fit."""
        return [self._id[token] for token in self._split(self._turn(step))] + [STOP]

    @property
    def finish(self) -> list[int]:
        """The step that ends a solution."""
        return [FINISH, STOP]

    def decode(self, ids: Sequence[int]) -> str:
        """Text up to the first `STOP`; anything that is not a character or word is left out."""
        tokens: list[str] = []
        for i in ids:
            if i == STOP:
                break
            if int(i) in self._token:
                tokens.append(self._token[int(i)])
        return self._turn((" " if self.words else "").join(tokens))


def signs_of(steps: Iterable[str]) -> str:
    """All characters of some steps that are none of arithmetic, in order; a blank only where there are others too."""
    found = {sign for step in steps for sign in step}.difference(ALPHABET)
    return "".join(sorted(found)) if found - {" "} else ""


def words_of(steps: Iterable[str]) -> tuple[str, ...]:
    """All words of some steps in alphabetical order, for a `StepTokenizer`."""
    return tuple(sorted({word for step in steps for word in step.split()}))


def _without_end(tokens: Sequence[str]) -> int:
    """How many tokens stand before the marks that close the text."""
    count = len(tokens)
    while count and tokens[count - 1] in _ENDS:
        count -= 1
    return count
