"""What be counted, and how its plural is spelt."""

_IRREGULAR = {
    "knife": "knives", "loaf": "loaves", "leaf": "leaves", "scarf": "scarves", "shelf": "shelves", "calf": "calves",
    "mouse": "mice", "goose": "geese", "tooth": "teeth", "ox": "oxen", "child": "children", "person": "people",
    "man": "men", "woman": "women", "foot": "feet", "wolf": "wolves", "half": "halves", "wife": "wives",
    "life": "lives",
    "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes", "hero": "heroes", "echo": "echoes",
    "quiz": "quizzes",
}  # fmt: skip
_HISSING = ("s", "x", "z", "ch", "sh")

_WORDS = """
apple pen book marble shell card stamp cookie flower sticker bead nut egg toy ball pencil crayon eraser ruler
notebook folder envelope letter postcard magazine newspaper comic novel map poster painting photo picture frame
brush marker chalk clip pin needle thread yarn patch quilt pillow blanket towel sheet curtain carpet rug mat chair
table desk bench stool sofa bed lamp clock watch mirror vase bowl plate cup mug glass fork knife pan pot kettle
bottle barrel bucket basket sack purse wallet suitcase backpack umbrella hat cap scarf glove mitten sock
shoe boot sandal slipper shirt blouse sweater jacket coat dress skirt belt tie necklace ring bracelet earring crown
gem diamond pearl crystal rock stone brick tile plank log stick twig branch leaf acorn pinecone seed bean pea carrot
potato tomato onion pepper cucumber pumpkin turnip radish cabbage lettuce mushroom pear peach apricot cherry grape
melon mango banana orange lime fig date coconut pineapple berry strawberry blueberry raspberry walnut peanut almond
chestnut cashew pretzel cracker biscuit cupcake cake pie tart doughnut bagel roll loaf bun pancake waffle sandwich
burger pizza taco noodle dumpling sausage candy lollipop caramel chocolate mint gumdrop marshmallow popsicle
jellybean dog cat rabbit hamster mouse hen chicken duck goose turkey pig goat cow calf horse pony donkey camel lamb
frog toad turtle lizard snake snail spider ant bee beetle butterfly moth ladybug cricket dragonfly worm crab lobster
shrimp oyster clam goldfish parrot canary pigeon owl eagle swan penguin car truck van bus tram boat canoe
kayak raft ship plane rocket balloon drone bike scooter skateboard sled wagon cart wheel tire gear bolt nail screw
hammer wrench drill shovel rake hoe ladder hose pipe wire cable battery bulb magnet key lock bell drum flute
guitar violin trumpet piano whisk record disk puzzle doll robot puppet block dice domino token chip medal trophy
flag banner lantern torch tent compass telescope camera phone tablet laptop keyboard speaker screen zipper sponge
soap comb razor toothbrush napkin straw spatula ladle tray jug teapot teabag coupon ticket voucher rose daisy lily
orchid sunflower cactus fern bush vine sapling rag dish feather kitten puppy
"""

NOUNS = tuple(_WORDS.split())
"""Singulars, none of them a word of the sentences."""


def plural_of(single: str) -> str:
    """The English plural of a noun, also of one that no dictionary has."""
    if single in _IRREGULAR:
        return _IRREGULAR[single]
    if single.endswith(_HISSING):
        return f"{single}es"
    if single.endswith("y") and single[-2:-1] not in "aeiou":
        return f"{single[:-1]}ies"
    return f"{single}s"
