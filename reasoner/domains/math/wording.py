"""How each relation is said. One list serves both ways: the generator renders it, the reader parses it.

Placeholders: {p} {q} {r} people, {n} {k} numbers, {things}/{thing} what is counted, {other} another thing.
"""

MONEY = "coins"
"""What is sold is paid in these; the one thing that has a sentence of its own."""

GIVEN = (
    "{p} has {n} {things}.",
    "{p} starts with {n} {things}.",
    "There are {n} {things} in the bag of {p}.",
    "{p} owns {n} {things}.",
    "{p} had {n} {things}.",
    "{p} bought {n} {things}.",
)

RELATIONS: dict[str, tuple[str, ...]] = {
    "gain": (
        "{p} finds {n} more {things}.",
        "Then {p} gets {n} more {things}.",
        "{n} {things} are given to {p} as a present.",
        "{p} buys another {n} {things}.",
        "{p} buys {n} more {things}.",
        "Then {p} found {n} more {things}.",
    ),
    "lose": (
        "{p} gives away {n} {things}.",
        "Then {p} loses {n} {things}.",
        "{n} of the {things} of {p} break.",
        "{p} drops {n} {things} in the river.",
        "{p} gives {n} {things} to a friend.",
        "{p} lost {n} {things}.",
    ),
    "times": (
        "{q} has {k} times as many {things} as {p}.",
        "For every one of the {things} of {p}, {q} has {k}.",
        "The number of {things} {q} has is {k} times that of {p}.",
        "{q} owns {k} times the {things} that {p} owns.",
    ),
    "share": (
        "{p} puts all the {things} equally into {k} bags and {q} gets one bag.",
        "{p} shares the {things} equally among {k} friends, one of whom is {q}.",
        "{q} gets one of {k} equal parts of the {things} of {p}.",
        "{p} splits the {things} into {k} equal piles and {q} takes one pile.",
    ),
    "more": (
        "{q} has {n} more {things} than {p}.",
        "Compared with {p}, {q} has {n} extra {things}.",
        "{p} has {n} fewer {things} than {q}.",
        "{q} is {n} {things} ahead of {p}.",
        "{q} had {n} more {things} than {p}.",
    ),
    "fewer": (
        "{q} has {n} fewer {things} than {p}.",
        "Compared with {p}, {q} is short of {n} {things}.",
        "{q} is {n} {things} behind {p}.",
        "{q} lacks {n} {things} to have as many as {p}.",
        "{q} had {n} fewer {things} than {p}.",
    ),
    "collect": (
        "{q} picks {n} {things} every day for {k} days.",
        "{q} fills {k} boxes with {n} {things} each.",
        "For {k} weeks {q} makes {n} {things} a week.",
        "{q} opens {k} packs that hold {n} {things} apiece.",
        "{q} buys {k} boxes of {n} {things} each.",
    ),
    "sell": (
        "{p} sells all the {things} for {n} coins each.",
        "{p} trades every {thing} for {n} coins.",
        "A shop pays {p} {n} coins for each {thing}.",
        "{p} gets {n} coins per {thing} at the market.",
    ),
    "gather": (
        "{p} and {q} hand all their {things} to {r}.",
        "{r} takes all the {things} of {p} and {q}.",
        "{r} collects every {thing} that {p} and {q} have.",
    ),
}

QUESTIONS: dict[str, tuple[str, ...]] = {
    "state": (
        "How many {things} does {p} have?",
        "What is the number of {things} that {p} has at the end?",
        "Count the {things} of {p}.",
        "How many {things} are with {p} now?",
        "How many {things} does {p} have now?",
        "How many {things} does {p} have left?",
    ),
    "total": (
        "How many {things} do {p} and {q} have together?",
        "How many {things} do {p} and {q} have in total?",
        "What is the total of the {things} of {p} and {q}?",
        "If {p} and {q} pool their {things}, how many is that?",
    ),
    "difference": (
        "How many more {things} does {p} have than {q}?",
        "By how many {things} does {p} beat {q}?",
        "How many {things} must {q} get to have as many as {p}?",
    ),
}

DISTRACTORS = (
    "{p} is {n} years old.",
    "{p} also keeps {n} {other}.",
    "It is {n} miles to the house of {p}.",
    "The street of {p} has {n} trees.",
    "{p} saw {n} {other} in a shop but bought none.",
)
