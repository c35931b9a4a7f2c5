"""Reads a word problem back into its relations and solves it: the generator's way, walked backwards.

The sentences of `wording` are compiled to patterns, so one list serves both ways. Names may be any capitalised word
and things any lower-case one, but for everyday words such as `She` and `more`. Nothing is guessed: a sentence that fits
no pattern, a quantity that is never stated, or a story with two readings raises `Unreadable`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from reasoner.domains.math import wording
from reasoner.domains.math.nouns import plural_of
from reasoner.domains.math.plain_words import PLAIN
from reasoner.domains.math.story import OPERATOR_OF, SKILL_OF, TIMELESS, Relation, apply, solve

_LETTERS = r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*"
_THING = f"(?![A-Z]){_LETTERS}"
_PATTERN_OF = {"n": "[0-9]{1,9}", "k": "[0-9]{1,9}", "things": _THING, "thing": _THING, "other": _THING}
_PERSON = f"(?![a-z]){_LETTERS}"
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


class Unreadable(Exception):
    """A text that the reader cannot parse, or that has no one solution. The message quotes the sentence at fault."""


@dataclass(frozen=True)
class Reading:
    """A story as it was understood: only what the question depends on."""

    relations: tuple[Relation, ...]
    """In the order of their sentences, the question's own relation last where it computes something."""
    steps: tuple[str, ...]
    """Equations in a computable order; the last one gives the answer. Empty if the answer is simply stated."""
    answer: int

    @property
    def skill(self) -> str:
        """Skill of the last step; empty if there is no step."""
        return SKILL_OF[self._last().kind] if self.steps else ""

    def _last(self) -> Relation:
        needed = {o for r in self.relations for o in r.operands}
        return next(r for r in self.relations if r.result not in needed)


@dataclass(frozen=True)
class _Said:
    """One sentence: its kind and the words in its places."""

    kind: str
    places: dict[str, str]
    sentence: str

    def numbers(self) -> tuple[int, ...]:
        if self.kind == "collect":
            return (int(self.places["n"]), int(self.places["k"]))
        return tuple(int(self.places[p]) for p in "nk" if p in self.places)

    def people(self) -> tuple[str, ...]:
        people = tuple(self.places[p] for p in "pqr" if p in self.places)
        return people * 2 if self.kind == "collect" else people


@cache
def _compiled() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Patterns of statements, questions and distractors, each with its kind."""
    statements = {"given": wording.GIVEN, **wording.RELATIONS}
    return {
        "statement": [(kind, _pattern(t)) for kind, templates in statements.items() for t in templates],
        "question": [(kind, _pattern(t)) for kind, templates in wording.QUESTIONS.items() for t in templates],
        "distractor": [("", _pattern(t)) for t in wording.DISTRACTORS],
    }


def _pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern; a place that comes twice must hold the same word."""
    seen: set[str] = set()
    parts: list[str] = []
    for text in re.split(r"(\{\w+\})", template):
        if not text.startswith("{"):
            parts.append(re.escape(text))
            continue
        name = text[1:-1]
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{_PATTERN_OF.get(name, _PERSON)})")
        seen.add(name)
    return re.compile("".join(parts))


def _matches(family: str, sentence: str) -> list[_Said]:
    found = ((kind, pattern.fullmatch(sentence)) for kind, pattern in _compiled()[family])
    said = [_Said(kind, match.groupdict(), sentence) for kind, match in found if match]
    return [s for s in said if not any(word.lower() in PLAIN for word in s.places.values())]


def _plural(said: _Said) -> str:
    """What is counted; where only the singular is said, its plural."""
    if "things" in said.places:
        return said.places["things"]
    return plural_of(said.places["thing"])


@dataclass
class _Story:
    """Who holds which quantity, as far as it has been read. Keys are (person, things)."""

    relations: list[Relation] = field(default_factory=list)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    values: list[int] = field(default_factory=list)
    """Of each node."""

    def add(self, said: _Said, operands: Sequence[tuple[str, str]], result: tuple[str, str] | None) -> int:
        """The node of one more relation. Operands that change hands are forgotten; `result` must be new.

        Raises:
            Unreadable: an operand is unknown, the result known already, or the value is not a whole number from 0 up.
        """
        missing = [o for o in operands if o not in self.held]
        if missing:
            raise Unreadable(f"nothing says how many {missing[0][1]} {missing[0][0]} has: {said.sentence!r}")
        sources = tuple(self.held[o] for o in operands)
        if said.kind in _CONSUMING:
            for operand in operands:
                self.held.pop(operand, None)
        if result in self.held:
            raise Unreadable(f"the {result[1]} of {result[0]} are stated twice: {said.sentence!r}")
        node = len(self.values)
        if result is not None:
            self.held[result] = node
        things = operands[0][1] if operands else _plural(said)
        self.relations.append(Relation(said.kind, node, sources, said.numbers(), said.people(), things))
        self.values.append(_value(said, [*(self.values[s] for s in sources), *said.numbers()]))
        return node


def _value(said: _Said, numbers: list[int]) -> int:
    if said.kind == "given":
        return numbers[0]
    operator, (left, right) = OPERATOR_OF[said.kind], numbers
    if (operator == "/" and (right == 0 or left % right)) or (operator == "-" and right > left):
        raise Unreadable(f"{left}{operator}{right} does not work out: {said.sentence!r}")
    return apply(operator, left, right)


_CONSUMING = frozenset({"gain", "lose", "sell", "share", "gather"})
"""Kinds after which the operands are no longer where they were."""


def _place(story: _Story, said: _Said) -> None:
    """Adds what one sentence says."""
    things, people = _plural(said), said.places
    mine = [(people[p], things) for p in "pqr" if p in people]
    if said.kind in ("given", "collect"):
        story.add(said, [], mine[0])
    elif said.kind in ("gain", "lose"):
        story.add(said, mine, mine[0])
    elif said.kind == "sell":
        story.add(said, mine, (people["p"], wording.MONEY))
    elif said.kind == "gather":
        story.add(said, mine[:2], mine[2])
    else:
        story.add(said, mine[:1], mine[1])


def _fits(story: _Story, said: _Said) -> bool:
    """Whether the operands of a relation between two people are known and its result is not."""
    if "p" not in said.places or "q" not in said.places or "r" in said.places:
        return True
    things = _plural(said)
    return (said.places["p"], things) in story.held and (said.places["q"], things) not in story.held


def _tell(readings: list[list[_Said]]) -> _Story:
    """Follows the statements: in order, or, where all of them hold at all times, as soon as they can be placed."""
    story, waiting = _Story(), list(enumerate(readings))
    ordered = any(said.kind not in TIMELESS for choices in readings for said in choices)
    position: list[int] = []
    while waiting:
        candidates = waiting[:1] if ordered else waiting
        ready = next(((w, said) for w in candidates for said in w[1] if _fits(story, said)), None)
        if ready is None:
            raise Unreadable(f"a quantity that is never stated, or stated twice: {waiting[0][1][0].sentence!r}")
        (index, choices), said = ready
        waiting.remove((index, choices))
        _place(story, said)
        position.append(index)
    story.relations = [r for _, r in sorted(zip(position, story.relations, strict=True), key=lambda pair: pair[0])]
    return story


def _asked(story: _Story, question: _Said) -> list[Relation]:
    """What the question depends on, in the order of the sentences, its own relation included where it computes."""
    things = _plural(question)
    mine = [(question.places[p], things) for p in "pq" if p in question.places]
    if question.kind != "state":
        node = story.add(question, mine, None)
    elif mine[0] in story.held:
        node = story.held[mine[0]]
    else:
        raise Unreadable(f"nothing says how many {things} {mine[0][0]} has: {question.sentence!r}")
    by_result, needed, stack = {r.result: r for r in story.relations}, set[int](), [node]
    while stack:
        needed.add(node := stack.pop())
        stack.extend(by_result[node].operands)
    return [r for r in story.relations if r.result in needed]


def read(question: str) -> Reading:
    """Understands and solves a word problem that is worded as the generator words them.

    Args:
        question: sentences separated by white space, the question last.

    Raises:
        Unreadable: a sentence fits no pattern, a quantity is missing or contradictory, or a number does not work out.
    """
    *sentences, last = _SENTENCE_END.split(question.strip())
    asked = _matches("question", last)
    if len(asked) != 1:
        raise Unreadable(f"the last sentence is not a question that is known: {last!r}")
    readings: list[list[_Said]] = []
    for sentence in sentences:
        said = _matches("statement", sentence)
        if said:
            readings.append(said)
        elif not _matches("distractor", sentence):
            raise Unreadable(f"no pattern fits {sentence!r}")
    relations = _asked(_tell(readings), asked[0])
    steps, answer = solve(relations)
    return Reading(tuple(relations), tuple(steps), answer if steps else relations[0].numbers[0])


def solve_text(question: str) -> str | None:
    """The answer to a word problem, or None where the text cannot be read."""
    try:
        return str(read(question).answer)
    except Unreadable:
        return None
