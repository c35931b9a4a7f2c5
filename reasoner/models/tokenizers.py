"""Text to token ids and back: words and whole numbers for questions, characters for steps.

Questions: a byte-pair vocabulary learnt from the training questions (every usual word becomes one token), with each
number of up to six digits as one `NUMBER` token beside its digits. Steps: one token a character, numbers written
least significant digit first if asked, so that carries run in writing order.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

PAD, UNKNOWN, NUMBER = 0, 1, 2
PLACES = 6
"""Digits of a number token; longer numbers become several tokens."""
DIGIT_KINDS = 11
"""No digit here, or one of ten."""

_NUMBER = re.compile(rf"\d{{1,{PLACES}}}")
_DIGITS = re.compile(r"\d+")
_MARK = "<num>"

FINISH, STOP = 1, 2
"""Step tokens: a step that says the solution is complete; the end of a step."""
ALPHABET = "0123456789+-*/=.()%$"


@dataclass(frozen=True)
class EncodedQuestion:
    """Token ids and, for each `NUMBER` among them, its digits (least first, 0 none, else digit + 1)."""

    ids: list[int]
    digits: list[list[int]]


def _digits_of(number: str) -> list[int]:
    row = [int(d) + 1 for d in reversed(number)]
    return row + [0] * (PLACES - len(row))


class QuestionTokenizer:
    """Reads questions. Made by `learn`, kept as JSON with the student."""

    def __init__(self, tokenizer: Tokenizer, *, max_tokens: int) -> None:
        self._tokenizer = tokenizer
        self.max_tokens = max_tokens

    @classmethod
    def learn(cls, questions: Iterable[str], *, vocabulary: int, max_tokens: int) -> "QuestionTokenizer":
        """Learns a vocabulary of at most `vocabulary` tokens; deterministic in the order of the questions."""
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]
        )
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary, special_tokens=["<pad>", "<unk>", _MARK], show_progress=False
        )
        tokenizer.train_from_iterator((_NUMBER.sub(" ", q) for q in questions), trainer)
        return cls(tokenizer, max_tokens=max_tokens)

    @classmethod
    def from_json(cls, text: str, *, max_tokens: int) -> "QuestionTokenizer":
        """The tokenizer that `to_json` wrote."""
        return cls(Tokenizer.from_str(text), max_tokens=max_tokens)

    def to_json(self) -> str:
        """Everything but `max_tokens`."""
        return self._tokenizer.to_str()

    def __len__(self) -> int:
        return self._tokenizer.get_vocab_size()

    def encode(self, questions: Sequence[str]) -> list[EncodedQuestion]:
        """Encodes many at once. Longer questions keep their end, where the asking stands."""
        marked = [_NUMBER.sub(f" {_MARK} ", q.replace(_MARK, " ")) for q in questions]
        encoded = self._tokenizer.encode_batch(marked, add_special_tokens=False)
        return [self._with_digits(e.ids, q) for e, q in zip(encoded, questions, strict=True)]

    def _with_digits(self, ids: list[int], question: str) -> EncodedQuestion:
        kept = ids[-self.max_tokens :]
        numbers = _NUMBER.findall(question)
        seen = sum(i == NUMBER for i in kept)
        return EncodedQuestion(kept or [UNKNOWN], [_digits_of(n) for n in numbers[len(numbers) - seen :]])


class StepTokenizer:
    """Reads and writes steps, a character a token."""

    def __init__(self, *, least_first: bool, max_tokens: int) -> None:
        self.least_first, self.max_tokens = least_first, max_tokens
        self._id = {c: i for i, c in enumerate(ALPHABET, start=3)}
        self._char = {i: c for c, i in self._id.items()}

    def __len__(self) -> int:
        return len(ALPHABET) + 3

    def _turn(self, text: str) -> str:
        return _DIGITS.sub(lambda m: m.group()[::-1], text) if self.least_first else text

    def fits(self, step: str) -> bool:
        """Whether a step can be written: known characters, short enough."""
        bare = step.replace(" ", "")
        return 0 < len(bare) < self.max_tokens and all(c in self._id for c in bare)

    def encode(self, step: str) -> list[int]:
        """Token ids with the closing `STOP`; the step must fit."""
        return [self._id[c] for c in self._turn(step.replace(" ", ""))] + [STOP]

    @property
    def finish(self) -> list[int]:
        """The step that ends a solution."""
        return [FINISH, STOP]

    def decode(self, ids: Sequence[int]) -> str:
        """Text up to the first `STOP`; anything that is not a character is left out."""
        chars: list[str] = []
        for i in ids:
            if i == STOP:
                break
            chars.append(self._char.get(int(i), ""))
        return self._turn("".join(chars))
