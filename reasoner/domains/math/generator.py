"""Draws stories: a graph first, its words after. Every problem is a pure function of its seed and parameters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from reasoner.domains.math.phrasing import PHRASINGS, Phrasing, Wording
from reasoner.domains.math.story import OPERATOR_OF, SKILL_OF, SKILLS, TIMELESS, Relation, apply, solve
from reasoner.domains.math.structure import structure_of
from reasoner.domains.math.wording import MONEY
from reasoner.types.problem import Problem, Provenance

NAME = "math"
VERSION = "2"
MAX_TRIES = 400

_KINDS = {
    (skill, last): tuple(k for k, s in SKILL_OF.items() if s == skill and (last or k not in ("total", "difference")))
    for skill in SKILLS
    for last in (False, True)
}
"""Kinds of relation that show a skill, by whether it is the last step: `total` and `difference` are only asked for."""


@dataclass(frozen=True)
class Recipe:
    """What to draw. `skill` is that of the last step; all skills may appear before it."""

    difficulty: int
    """Number of steps, 1 to 8."""
    skill: str
    max_number: int = 99
    """Largest quantity that may appear anywhere in a story."""
    distractor_rate: float = 0.35
    """Chance of each of up to two sentences that do not matter."""
    skills: tuple[str, ...] = SKILLS
    """Skills that earlier steps may use."""
    wording: Wording = "usual"
    """Words and sentences; all but `usual` are for tests of unseen wording and never trained on."""

    @property
    def phrasing(self) -> Phrasing:
        """The words and sentences."""
        if self.wording not in PHRASINGS:
            raise ValueError(f"wording {self.wording!r}: expected one of {', '.join(PHRASINGS)}")
        return PHRASINGS[self.wording]

    def parameters(self) -> dict[str, object]:
        """The JSON form kept as provenance."""
        # The usual wording goes unsaid, as it did before there were others.
        other = {} if self.wording == "usual" else {"wording": self.wording}
        return {
            "difficulty": self.difficulty,
            "skill": self.skill,
            "max_number": self.max_number,
            "distractor_rate": self.distractor_rate,
            "skills": list(self.skills),
            **other,
        }


@dataclass
class _Holding:
    """What one person has now."""

    node: int
    value: int
    derived: bool
    used: bool = False


class _DeadEnd(Exception):
    """The draw cannot be finished within its limits; draw again."""


@dataclass
class _Draft:
    """A story being drawn. `holdings` maps a person to their current quantity."""

    rng: Random
    recipe: Recipe
    things: str
    relations: list[Relation] = field(default_factory=list)
    holdings: dict[str, _Holding] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    """All who have come up, so that no name comes twice."""
    nodes: int = 0
    asked: Relation | None = None

    def new_node(self) -> int:
        self.nodes += 1
        return self.nodes - 1

    def new_person(self) -> str:
        name = _any(self.rng, self.recipe.phrasing.names, but=self.people)
        self.people.add(name)
        return name

    def unused(self) -> list[str]:
        return [p for p, h in self.holdings.items() if h.derived and not h.used]

    def give(self, low: int, high: int, multiple: int = 1) -> str:
        """A new person with a stated number of things, in [low, high] and a multiple of `multiple`."""
        low, high = -(-low // multiple), high // multiple
        if low > high:
            raise _DeadEnd
        value = self.rng.randint(low, high) * multiple
        person, node = self.new_person(), self.new_node()
        self.relations.append(Relation("given", node, (), (value,), (person,), self.things))
        self.holdings[person] = _Holding(node, value, derived=False)
        return person

    def put(
        self, kind: str, person: str, operands: list[str], numbers: tuple[int, ...], people: tuple[str, ...]
    ) -> None:
        """Adds a computing relation whose result `person` holds."""
        sources = [self.holdings[o] for o in operands]
        left, right = [s.value for s in sources] + list(numbers)
        value = apply(OPERATOR_OF[kind], left, right)
        if not 1 <= value <= self.recipe.max_number:
            raise _DeadEnd
        for source in sources:
            source.used = True
        relation = Relation(kind, self.new_node(), tuple(s.node for s in sources), numbers, people, self.things)
        self.relations.append(relation)
        self.holdings[person] = _Holding(relation.result, value, derived=True)


def _any(rng: Random, words: Sequence[str], *, but: Collection[str] = ()) -> str:
    """One of some words. It takes the same from `rng` however many there are: other words tell the same story."""
    place = int(rng.random() * len(words))
    while words[place] in but:
        place = (place + 1) % len(words)
    return words[place]


def _single(draft: _Draft, kind: str, person: str) -> None:
    """A relation with one operand and one number."""
    rng, limit = draft.rng, draft.recipe.max_number
    value = draft.holdings[person].value
    if kind == "gain":
        if value >= limit:
            raise _DeadEnd
        draft.put(kind, person, [person], (rng.randint(1, limit - value),), (person,))
    elif kind == "lose":
        if value < 2:
            raise _DeadEnd
        draft.put(kind, person, [person], (rng.randint(1, value - 1),), (person,))
    elif kind == "sell":
        if draft.things == MONEY or 2 * value > limit or draft.unused() not in ([], [person]):
            raise _DeadEnd
        draft.put(kind, person, [person], (rng.randint(2, min(9, limit // value)),), (person,))
        draft.things = MONEY
        for other in [p for p in draft.holdings if p != person]:
            del draft.holdings[other]
    else:
        other = draft.new_person()
        draft.put(kind, other, [person], (_number_for(draft, kind, value),), (person, other))
        if kind == "share":
            del draft.holdings[person]


def _number_for(draft: _Draft, kind: str, value: int) -> int:
    """The stated number of a relation between two people."""
    rng, limit = draft.rng, draft.recipe.max_number
    if kind == "times":
        if 2 * value > limit:
            raise _DeadEnd
        return rng.randint(2, min(9, limit // value))
    if kind == "share":
        divisors = [k for k in range(2, 10) if value % k == 0]
        if not divisors:
            raise _DeadEnd
        return rng.choice(divisors)
    if kind == "more":
        if value >= limit:
            raise _DeadEnd
        return rng.randint(1, limit - value)
    if value < 2:
        raise _DeadEnd
    return rng.randint(1, value - 1)


def _fresh_operand(draft: _Draft, kind: str) -> str:
    """A new person whose number suits `kind`."""
    limit = draft.recipe.max_number
    if kind in ("times", "sell"):
        return draft.give(2, limit // 2)
    if kind == "share":
        return draft.give(4, limit, draft.rng.randint(2, 9))
    if kind in ("gain", "more"):
        return draft.give(2, limit - 1)
    return draft.give(3, limit)


def _join(draft: _Draft, kind: str, *, last: bool) -> None:
    """A relation between two people's quantities; at least one of them is an unused result."""
    rng = draft.rng
    unused = draft.unused()
    if not unused:
        draft.give(2, draft.recipe.max_number // 2)
        unused = list(draft.holdings)
    first = rng.choice(unused)
    others = [p for p in draft.holdings if p != first]
    must = [p for p in unused if p != first and draft.holdings[p].derived]
    if must:
        second = rng.choice(must)
    elif others and rng.random() < 0.6:
        second = rng.choice(others)
    else:
        second = draft.give(2, draft.recipe.max_number // 2)
    pair = [first, second]
    if kind == "difference":
        pair.sort(key=lambda p: -draft.holdings[p].value)
    elif rng.random() < 0.5:
        pair.reverse()
    if kind == "gather":
        collector = draft.new_person()
        draft.put(kind, collector, pair, (), (pair[0], pair[1], collector))
        for person in pair:
            del draft.holdings[person]
        return
    assert last, "only a question can leave both quantities where they are"
    draft.put(kind, f"{pair[0]}+{pair[1]}", pair, (), (pair[0], pair[1]))
    draft.asked = draft.relations.pop()


def _collect(draft: _Draft) -> None:
    limit = draft.recipe.max_number
    each = draft.rng.randint(2, min(12, limit // 2))
    count = draft.rng.randint(2, min(9, limit // each))
    person = draft.new_person()
    draft.put("collect", person, [], (each, count), (person, person))


def _step(draft: _Draft, skill: str, remaining: int) -> None:
    """One computing relation of `skill`, leaving `remaining` steps that can still join all loose ends."""
    rng, last = draft.rng, remaining == 0
    kind = rng.choice(_KINDS[skill, last])
    loose = len(draft.unused())
    if kind == "collect":
        if loose + 1 > remaining + 1:
            raise _DeadEnd
        _collect(draft)
    elif kind in ("gather", "total", "difference"):
        _join(draft, kind, last=last)
    elif loose and not (loose <= remaining and rng.random() < 0.25):
        _single(draft, kind, rng.choice(draft.unused()))
    else:
        idle = [p for p, h in draft.holdings.items() if not h.derived or h.used]
        reuse = idle and kind not in ("gain", "lose", "sell") and rng.random() < 0.3
        _single(draft, kind, rng.choice(idle) if reuse else _fresh_operand(draft, kind))
    if len(draft.unused()) > remaining + 1:
        raise _DeadEnd


def _draw(rng: Random, recipe: Recipe) -> _Draft:
    draft = _Draft(rng, recipe, _any(rng, recipe.phrasing.goods))
    for done in range(1, recipe.difficulty + 1):
        last = done == recipe.difficulty
        _step(draft, recipe.skill if last else rng.choice(recipe.skills), recipe.difficulty - done)
    return draft


def _ask(draft: _Draft) -> str:
    """The question sentence."""
    rng, questions = draft.rng, draft.recipe.phrasing.questions
    if draft.asked is not None:
        asked = draft.asked
        people = dict(zip("pqr", asked.people, strict=False))
        return rng.choice(questions[asked.kind]).format(things=asked.things, **people)
    (person,) = draft.unused()
    return rng.choice(questions["state"]).format(things=draft.things, p=person)


def _say(relation: Relation, rng: Random, phrasing: Phrasing) -> str:
    choices = phrasing.given if relation.kind == "given" else phrasing.relations[relation.kind]
    people = dict(zip("pqr", relation.people, strict=False))
    numbers = relation.numbers
    if relation.kind == "collect":
        said = {"n": numbers[0], "k": numbers[1]}
    else:
        said = {"n": numbers[0], "k": numbers[0]} if numbers else {}
    thing = phrasing.things[relation.things]
    return rng.choice(choices).format(things=relation.things, thing=thing, **people, **said)


def _distract(draft: _Draft) -> list[str]:
    rng, phrasing, sentences = draft.rng, draft.recipe.phrasing, []
    for _ in range(2):
        if rng.random() >= draft.recipe.distractor_rate:
            continue
        if rng.random() < 0.25 and draft.asked is None:
            number = rng.randint(2, draft.recipe.max_number)
            bystander = Relation("given", -1, (), (number,), (draft.new_person(),), draft.things)
            sentences.append(_say(bystander, rng, phrasing))
            continue
        person = rng.choice([p for r in draft.relations for p in r.people])
        number = rng.randint(2, draft.recipe.max_number)
        other = _any(rng, phrasing.goods, but={draft.relations[0].things})
        sentences.append(rng.choice(phrasing.distractors).format(p=person, n=number, other=other))
    return sentences


def build(seed: int, recipe: Recipe) -> Problem:
    """The problem of `seed` and `recipe`; always the same one.

    Raises:
        ValueError: the recipe cannot be met within its number range.
    """
    rng = Random(seed)
    for _ in range(MAX_TRIES):
        try:
            draft = _draw(rng, recipe)
        except _DeadEnd:
            continue
        return _write(draft, seed, recipe)
    wanted = f"{recipe.difficulty} steps ending in {recipe.skill!r} with numbers up to {recipe.max_number}"
    raise ValueError(f"no story of {wanted}")


def _write(draft: _Draft, seed: int, recipe: Recipe) -> Problem:
    rng = draft.rng
    relations = list(draft.relations)
    if all(r.kind in TIMELESS for r in relations) and rng.random() < 0.3:
        rng.shuffle(relations)
    sentences = [_say(r, rng, recipe.phrasing) for r in relations]
    for sentence in _distract(draft):
        sentences.insert(rng.randint(0, len(sentences)), sentence)
    question = " ".join([*sentences, _ask(draft)])
    steps, answer = solve(relations + ([draft.asked] if draft.asked else []))
    return Problem(
        id=f"{NAME}-{VERSION}-{seed:x}-{recipe.difficulty}{SKILLS.index(recipe.skill)}",
        domain=NAME,
        skill=recipe.skill,
        difficulty=recipe.difficulty,
        question=question,
        steps=tuple(steps),
        answer=str(answer),
        structure=structure_of(question, steps),
        provenance=Provenance(generator=NAME, version=VERSION, seed=seed, parameters=recipe.parameters()),
    )
