"""Words of the stories. Names and things carry no meaning: the structure hash masks them."""

NAMES = (
    "Mia", "Leo", "Ann", "Ben", "Zoe", "Max", "Eva", "Tom", "Ivy", "Sam", "Lin", "Raj",
    "Ada", "Omar", "Nina", "Paul", "Rosa", "Hugo", "Kira", "Finn", "Lucy", "Amir", "Tess", "Noah",
)  # fmt: skip

THINGS = {
    "apples": "apple", "pens": "pen", "books": "book", "marbles": "marble", "shells": "shell",
    "coins": "coin", "cards": "card", "stamps": "stamp", "cookies": "cookie", "flowers": "flower",
    "stickers": "sticker", "beads": "bead", "nuts": "nut", "eggs": "egg", "toys": "toy", "balls": "ball",
}  # fmt: skip
"""Plural to singular."""

MONEY = "coins"
GOODS = tuple(t for t in THINGS if t != MONEY)
