"""Questions that are reported or decide, and whether another text asks one of them.

An index by key and by numbers, so that a question is compared with the few that could be the same: a dozen
microseconds for one that is new. Of questions without numbers the shared pairs of words are counted, by pair.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from reasoner.data.same_question import SIGNS, Asked, asked, is_mostly_shared, nearly_same

MEMO = 200_000
"""Questions whose answer is kept: those of a run are asked about in every cycle."""


class HeldOutQuestions:
    """A set of questions that must never teach.

    Args:
        questions: texts, as they are asked.
    """

    def __init__(self, questions: Iterable[str]) -> None:
        self._texts: list[str] = []
        self._asked: list[Asked] = []
        self._by_key: dict[bytes, int] = {}
        self._by_numbers: dict[tuple[str, ...], list[int]] = {}
        self._by_pair: dict[tuple[str, str], list[int]] = {}
        self._memo: dict[str, int | None] = {}
        self.add(questions)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, questions: Iterable[str]) -> None:
        """Holds out more questions."""
        for text in questions:
            question = asked(text)
            if question.key in self._by_key:
                continue
            place = len(self._texts)
            self._texts.append(text)
            self._asked.append(question)
            self._by_key[question.key] = place
            if question.numbers:
                self._by_numbers.setdefault(question.numbers, []).append(place)
            for pair in () if question.numbers else question.pairs:
                self._by_pair.setdefault(pair, []).append(place)
        self._memo.clear()

    def match(self, question: str) -> str | None:
        """The held-out question that a text asks, in other writing or nearly; None where it asks none of them."""
        if question not in self._memo:
            if len(self._memo) >= MEMO:
                self._memo.clear()
            self._memo[question] = self._find(asked(question))
        place = self._memo[question]
        return None if place is None else self._texts[place]

    def _find(self, question: Asked) -> int | None:
        if (same := self._by_key.get(question.key)) is not None:
            return same
        if not question.numbers:
            return self._in_the_same_order(question)
        found = (place for numbers in _anchors(question) for place in self._by_numbers.get(numbers, ()))
        return next((place for place in found if nearly_same(self._asked[place], question)), None)

    def _in_the_same_order(self, question: Asked) -> int | None:
        """The first question without numbers that shares most pairs of words."""
        places = [self._by_pair[pair] for pair in question.pairs if pair in self._by_pair]
        shared = Counter(chain.from_iterable(places))
        same = (p for p, n in shared.items() if is_mostly_shared(n, self._asked[p].pairs, question.pairs))
        return min(same, default=None)


def _anchors(question: Asked) -> list[tuple[str, ...]]:
    """By what a question is looked for: its numbers, also without the first or the last.

    A number may stand before a question, as in a list, or after it; one that is reckoned with is part of it.
    """
    numbers = question.numbers
    pairs = list(zip(question.tokens, question.tokens[1:], strict=False))
    starts = next((after not in SIGNS for token, after in pairs if token == numbers[0]), True)
    ends = next((before not in SIGNS for before, token in reversed(pairs) if token == numbers[-1]), True)
    shorter = [numbers[1:]] * starts + [numbers[:-1]] * (ends and numbers[-1] not in SIGNS)
    return [some for some in (numbers, *shorter) if some]
