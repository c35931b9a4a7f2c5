"""Words of the domain: made-up kinds built of syllables, and first names for the entities.

The published rows use nonsense of one form, such as `lempus`: an onset, a vowel, `m`, `r` or `l`, then `pus`. All
combinations are listed and each problem takes a random handful, so that a word means nothing but itself.
"""

_ONSETS = (
    "", "b", "br", "ch", "d", "f", "g", "gr", "gw", "h", "j", "k", "l", "n", "qu", "r", "s", "scr", "sh", "st", "t",
    "v", "w", "y", "z", "zh",
)  # fmt: skip
_VOWELS = ("e", "i", "o", "oo", "u")
_CODAS = ("m", "r", "l")

KINDS = tuple(onset + vowel + coda + "pus" for onset in _ONSETS for vowel in _VOWELS for coda in _CODAS)

NAMES = (
    "Adam", "Alex", "Anna", "Ben", "Bob", "Carol", "Clara", "Daniel", "Davis", "Emma", "Eva", "Fae", "Frank",
    "Gabriel", "Grace", "Henry", "Ivy", "Jack", "Julia", "Kate", "Leo", "Lucy", "Max", "Mia", "Nina", "Oliver",
    "Oscar", "Paul", "Polly", "Rex", "Rosa", "Sally", "Sam", "Stella", "Theo", "Tom", "Uma", "Victor", "Wren", "Zoe",
)  # fmt: skip
