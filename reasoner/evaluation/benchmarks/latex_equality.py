"""Whether SymPy holds two LaTeX expressions equal, as lm-eval's `minerva_math` asks it. Imported in the child alone.

Their difference must simplify to 0. What SymPy cannot read is different: intervals in another spelling, for example.
Its reader needs the package antlr4-python3-runtime 4.11.
"""

import logging
from typing import Any

import sympy
from sympy.parsing.latex import parse_latex


def is_equivalent(one: str, other: str) -> bool:
    """Whether the difference of two normalised answers simplifies to 0.

    The same text is equal even where SymPy cannot read it.

    Raises:
        ImportError: SymPy's LaTeX reader lacks the package that it needs.
    """
    if one == other != "":
        return True
    logging.disable(logging.CRITICAL)
    read: Any = parse_latex
    try:
        return bool(sympy.simplify(read(one) - read(other)) == 0)
    except (ImportError, MemoryError):
        raise
    except Exception:
        return False
