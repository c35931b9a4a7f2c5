"""Examples before a question, drawn as lm-eval draws them with its default seed: its prompts to the byte.

One generator for a file, asked once for each question in their order (lm_eval/api/samplers.py, ContextSampler; 0.4.13).
Where the examples come from the file that is asked itself, one more is drawn and the question is left out.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

from reasoner.errors import DataError

T = TypeVar("T")
SEED = 1234
"""lm-eval's `fewshot_random_seed`."""


def drawn(questions: Sequence[T], pool: Sequence[T], shots: int, *, same_file: bool) -> Iterator[list[T]]:
    """For each question its examples.

    Raises:
        DataError: there are too few.
    """
    if len(pool) < shots + same_file:
        raise DataError(
            f"given {len(pool)} rows to take {shots} examples from, expected at least {shots + same_file}; "
            "use a larger file or a smaller --shots"
        )
    generator = Random(SEED)
    for question in questions:
        if not shots:
            yield []
        elif not same_file:
            yield generator.sample(pool, shots)
        else:
            found = [one for one in generator.sample(pool, shots + 1) if one != question][:shots]
            if len(found) < shots:
                found = generator.sample([one for one in pool if one != question], shots)
            yield found
