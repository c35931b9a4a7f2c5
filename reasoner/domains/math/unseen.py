"""Names, things and sentences of which no training problem holds any: for tests of unseen wording only.

Placeholders as in `wording`. Every sentence says what its kind says there, in other words.
"""

from reasoner.domains.math.wording import MONEY

NAMES = (
    "Olga", "Bram", "Yuki", "Diego", "Freya", "Karl", "Sana", "Theo", "Wren", "Igor", "Pia", "Jun",
    "Vera", "Ravi", "Elsa", "Otto", "Gina", "Saul", "Cleo", "Nils", "Dora", "Abel", "Uma", "Fritz",
)  # fmt: skip

THINGS = {
    MONEY: "coin", "plums": "plum", "ribbons": "ribbon", "candles": "candle", "buttons": "button", "pebbles": "pebble",
    "kites": "kite", "lemons": "lemon", "spoons": "spoon", "badges": "badge", "muffins": "muffin", "ropes": "rope",
    "whistles": "whistle", "tulips": "tulip", "masks": "mask", "jars": "jar",
}  # fmt: skip
"""Plural to singular."""

GOODS = tuple(t for t in THINGS if t != MONEY)

GIVEN = (
    "At first {p} holds {n} {things}.",
    "{p} keeps {n} {things} on a shelf.",
    "{n} {things} belong to {p}.",
)

RELATIONS: dict[str, tuple[str, ...]] = {
    "gain": (
        "Later {n} further {things} come to {p}.",
        "An uncle brings {p} {n} new {things}.",
        "{p} wins {n} {things} on top of that.",
    ),
    "lose": (
        "Later {p} hands out {n} {things} to strangers.",
        "A thief steals {n} {things} from {p}.",
        "{p} throws {n} {things} away.",
    ),
    "times": (
        "For each {thing} that {p} keeps, {q} keeps {k}.",
        "{q} holds {k} times what {p} holds in {things}.",
        "Multiply the {things} of {p} by {k} to get those of {q}.",
    ),
    "share": (
        "The {things} of {p} are dealt out evenly to {k} children, and {q} is one of them.",
        "{p} divides the {things} by {k} and hands one portion to {q}.",
        "{q} receives an equal portion when {p} deals the {things} to {k} people.",
    ),
    "more": (
        "{q} holds {n} {things} above the count of {p}.",
        "Add {n} to the {things} of {p} and you know how many {q} holds.",
        "{q} beats {p} by {n} {things}.",
    ),
    "fewer": (
        "{q} holds {n} {things} below the count of {p}.",
        "Subtract {n} from the {things} of {p} and you know how many {q} holds.",
        "{q} trails {p} by {n} {things}.",
    ),
    "collect": (
        "{q} stacks {n} {things} on each of {k} shelves.",
        "{k} times {q} brings home {n} {things}.",
        "{q} packs {k} crates, and every crate takes {n} {things}.",
    ),
    "sell": (
        "Each {thing} of {p} is swapped for {n} coins.",
        "{p} earns {n} coins with every single {thing}.",
        "A dealer buys everything from {p} at {n} coins per {thing}.",
    ),
    "gather": (
        "{p} and {q} pour everything they hold in {things} into the chest of {r}.",
        "{r} receives each {thing} of {p} and each {thing} of {q}.",
    ),
}

QUESTIONS: dict[str, tuple[str, ...]] = {
    "state": (
        "Tell me the count of {things} that {p} holds now.",
        "Now {p} holds how many {things}?",
        "What is the final count of {things} for {p}?",
    ),
    "total": (
        "Taken as one heap, how many {things} belong to {p} and {q}?",
        "Add up the {things} of {p} and {q}.",
    ),
    "difference": (
        "By what count do the {things} of {p} exceed those of {q}?",
        "How far is {q} behind {p} in {things}?",
    ),
}

DISTRACTORS = (
    "{p} lives on floor {n}.",
    "The cousin of {p} sold {n} {other} last year.",
    "{p} walks {n} minutes to school.",
    "The train of {p} has {n} seats.",
)
