"""The 27 tasks of BIG-Bench Hard: the sentence before the question, and how the flexible filter finds an answer.

As in lm-eval's `bbh_zeroshot` 3.0 (lm_eval/tasks/bbh/zeroshot).
"""

from typing import Literal, NamedTuple

Kind = Literal["truth", "yes_no", "letter", "bracket", "validity", "number", "plausible", "honest", "words"]


class Task(NamedTuple):
    """One task."""

    description: str
    kind: Kind


_DEDUCTION = "A logical deduction task which requires deducing the order of a sequence of objects."
_TRACKING = (
    "A task requiring determining the final positions of a set of objects given their initial positions and a "
    "description of a sequence of swaps."
)
_SARCASM = (
    "Determine which of two sentences is sarcastic.\n\nAccording to Cambridge University Dictionary, sarcasm is "
    "\"the use of remarks that clearly mean the opposite of what they say, made in order to hurt someone's feelings or "
    'to criticize something in a humorous way." Sarcastic sentences often contain satirical or ironic utterances, '
    "hyperboles, ambivalent or witty remarks."
)
TASKS = {
    "boolean_expressions": Task("Evaluate the result of a random Boolean expression.", "truth"),
    "causal_judgement": Task("Answer questions about causal attribution.", "yes_no"),
    "date_understanding": Task("Infer the date from context.", "letter"),
    "disambiguation_qa": Task("Clarify the meaning of sentences with ambiguous pronouns.", "letter"),
    "dyck_languages": Task("Correctly close a Dyck-n word.", "bracket"),
    "formal_fallacies": Task("Distinguish deductively valid arguments from formal fallacies.", "validity"),
    "geometric_shapes": Task("Name geometric shapes from their SVG paths.", "letter"),
    "hyperbaton": Task("Order adjectives correctly in English sentences.", "letter"),
    "logical_deduction_five_objects": Task(_DEDUCTION, "letter"),
    "logical_deduction_seven_objects": Task(_DEDUCTION, "letter"),
    "logical_deduction_three_objects": Task(_DEDUCTION, "letter"),
    "movie_recommendation": Task("Recommend movies similar to the given list of movies.", "letter"),
    "multistep_arithmetic_two": Task("Solve multi-step arithmetic problems.", "number"),
    "navigate": Task(
        "Given a series of navigation instructions, determine whether one would end up back at the starting point.",
        "yes_no",
    ),
    "object_counting": Task("Questions that involve enumerating objects and asking the model to count them.", "number"),
    "penguins_in_a_table": Task("Answer questions about a table of penguins and their attributes.", "letter"),
    "reasoning_about_colored_objects": Task(
        "Answer extremely simple questions about the colors of objects on a surface.", "letter"
    ),
    "ruin_names": Task("Select the humorous edit that 'ruins' the input movie or musical artist name.", "letter"),
    "salient_translation_error_detection": Task(
        "Detect the type of error in an English translation of a German source sentence.", "letter"
    ),
    "snarks": Task(_SARCASM, "letter"),
    "sports_understanding": Task(
        "Determine whether an artificially constructed sentence relating to sports is plausible or not.", "plausible"
    ),
    "temporal_sequences": Task(
        "Task description: Answer questions about which times certain events could have occurred.", "letter"
    ),
    "tracking_shuffled_objects_five_objects": Task(_TRACKING, "letter"),
    "tracking_shuffled_objects_seven_objects": Task(_TRACKING, "letter"),
    "tracking_shuffled_objects_three_objects": Task(_TRACKING, "letter"),
    "web_of_lies": Task("Evaluate a random boolean function expressed as a word problem.", "honest"),
    "word_sorting": Task("Sort a list of words.", "words"),
}
