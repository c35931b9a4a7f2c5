"""The task families of reasoning-gym that can be used, how many levels each has, and those that are refused with why.

Written down, so that a wrong name is told without loading the package; a slow test proves it on the installed one. A
family that a newer version adds is refused until it is proven, too. Levels are those of the family's curriculum, from
the first to the last that draws a problem within two seconds; 1 is the family's usual settings.
"""

from difflib import get_close_matches

PROVEN = "0.1.25"
"""Version of reasoning-gym that the table was made with."""
_NO_ANSWER = "its items have no answer of their own, so that nothing can show that the scorer accepts a right one"
LEVELS: dict[str, int] = {
    "ab": 4, "acre": 1, "advanced_geometry": 4, "aiw": 9, "arc_1d": 4, "arc_agi": 4, "base_conversion": 5,
    "basic_arithmetic": 5, "bf": 3, "binary_alternation": 4, "binary_matrix": 4, "bitwise_arithmetic": 10,
    "caesar_cipher": 2, "calendar_arithmetic": 4, "chain_sum": 11, "circuit_logic": 5, "codeio": 4,
    "color_cube_rotation": 5, "count_bits": 5, "count_primes": 5, "countdown": 5, "course_schedule": 5,
    "cryptarithm": 4, "decimal_arithmetic": 4, "decimal_chain_sum": 5, "dice": 4, "emoji_mystery": 6,
    "family_relationships": 9, "figlet_font": 6, "fraction_simplification": 4, "futoshiki": 4, "game_of_life": 4,
    "gcd": 4, "group_anagrams": 4, "gsm_symbolic": 1, "intermediate_integration": 8, "isomorphic_strings": 4,
    "jugs": 2, "kakurasu": 4, "knight_swap": 1, "knights_knaves": 4, "largest_island": 4, "lcm": 4,
    "leg_counting": 36, "letter_counting": 8, "letter_jumble": 5, "list_functions": 1, "mahjong_puzzle": 4,
    "manipulate_matrix": 5, "maze": 4, "mini_sudoku": 5, "modulo_grid": 1, "n_queens": 4, "needle_haystack": 4,
    "number_filtering": 4, "number_format": 4, "number_sequence": 4, "number_sorting": 8, "palindrome_generation": 4,
    "palindrome_partitioning": 4, "path_star": 4, "polynomial_equations": 4, "polynomial_multiplication": 4,
    "pool_matrix": 4, "power_function": 5, "prime_factorization": 4, "products": 11, "quantum_lock": 10,
    "ransom_note": 4, "rearc": 7, "rectangle_count": 5, "rotate_matrix": 5, "rotten_oranges": 4, "self_reference": 10,
    "sentence_reordering": 4, "shortest_path": 4, "simple_equations": 4, "simple_geometry": 4,
    "simple_integration": 4, "sokoban": 1, "spell_backward": 5, "spiral_matrix": 4, "string_insertion": 4,
    "string_manipulation": 5, "string_splitting": 4, "string_synthesis": 4, "sudoku": 5, "survo": 2, "syllogism": 4,
    "time_intervals": 7, "tower_of_hanoi": 4, "tsumego": 4, "word_ladder": 3, "word_sequence_reversal": 4,
    "word_sorting": 5, "zebra_puzzles": 4,
}  # fmt: skip
"""Levels by family."""
FAMILIES = tuple(LEVELS)
REFUSED: dict[str, str] = {
    "boxnet": _NO_ANSWER,
    "coin_flip": "its scorer holds the beginning of a right answer, such as `0`, for right",
    "complex_arithmetic": "its scorer holds the answer `nan` for right",
    "composite": "it is a mixture of other families and has no problems of its own",
    "game_of_life_halting": "its scorer holds every answer that is not empty for right",
    "graph_color": _NO_ANSWER,
    "propositional_logic": _NO_ANSWER,
    "puzzle24": "its scorer does not ask whether the question's numbers are used: answers of other items are right",
    "rubiks_cube": _NO_ANSWER,
    "rush_hour": _NO_ANSWER,
}
"""Why, by family."""


def family_fault(family: str) -> str:
    """Why a family cannot be used, with what can; empty for nothing."""
    if family in LEVELS:
        return ""
    if family in REFUSED:
        return f"the family {family!r} is refused: {REFUSED[family]}; `reasoner tasks show gym` lists the others"
    near = get_close_matches(family, [*LEVELS, *REFUSED], n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no proven family {family!r:.80}; {hint}`reasoner tasks show gym` lists them"
