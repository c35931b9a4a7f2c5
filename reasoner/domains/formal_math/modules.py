"""All modules by name, and which of them a question is of."""

from functools import lru_cache

from reasoner.domains.formal_math.algebra import ALGEBRA
from reasoner.domains.formal_math.arithmetic import ARITHMETIC
from reasoner.domains.formal_math.comparison import COMPARISON
from reasoner.domains.formal_math.expressions import EXPRESSIONS
from reasoner.domains.formal_math.measurement import MEASUREMENT
from reasoner.domains.formal_math.module import CannotWork, Fields, Module
from reasoner.domains.formal_math.numbers import NUMBERS

MODULES: dict[str, Module] = {
    module.name: module for module in (*ARITHMETIC, *ALGEBRA, *NUMBERS, *COMPARISON, *MEASUREMENT, *EXPRESSIONS)
}
"""By their names in the published data, `area__kind`."""
LONGEST = 2000
"""Characters of a question."""


@lru_cache(maxsize=8192)
def read(question: str) -> tuple[Module, Fields] | None:
    """The module of a question and its fields; None where no module has such words."""
    text = " ".join(question.split())
    if len(text) > LONGEST:
        return None
    for module in MODULES.values():
        if (fields := module.read(text)) is not None:
            return module, fields
    return None


@lru_cache(maxsize=8192)
def work(question: str) -> tuple[str, tuple[str, ...]]:
    """The module's name and the worked steps of a question, the last of which is the answer.

    Raises:
        CannotWork: no module has such words, or its answer is of no kind that the module knows.
    """
    found = read(question)
    if found is None:
        raise CannotWork("no module asks so")
    module, fields = found
    try:
        return module.name, tuple(module.work(fields))
    except CannotWork:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise CannotWork(f"{module.name}: {error}") from error
