"""What scripts in Python rely on: `python tests/house/api_names.py > tests/house/api.txt` renews the list.

A line for each name of `reasoner`: a function with its parameters, a class with its public methods, a record with its
fields, an error with the one that it is a kind of.
"""

import inspect
from typing import get_args

from pydantic import BaseModel

import reasoner


def public_api() -> list[str]:
    """The lines, sorted."""
    return sorted(_line(name, getattr(reasoner, name)) for name in reasoner.__all__ if name != "__version__")


def _line(name: str, found: object) -> str:
    if inspect.isclass(found) and issubclass(found, BaseModel):
        return f"{name}: {' '.join(found.model_fields)}"
    if inspect.isclass(found) and issubclass(found, Exception):
        return f"{name} is a {found.__bases__[0].__name__}"
    if inspect.isclass(found):
        return f"{name}: {' '.join(_methods(found))}"
    if callable(found):
        return f"{name}{_parameters(found)}"
    return f"{name}: {' | '.join(one.__name__ for one in get_args(found))}"


def _methods(kind: type) -> list[str]:
    names = sorted(name for name in dir(kind) if not name.startswith("_"))
    return [f"{name}{_parameters(getattr(kind, name))}" if callable(getattr(kind, name)) else name for name in names]


def _parameters(function: object) -> str:
    assert callable(function)
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    return f"({','.join(names)})"


if __name__ == "__main__":
    print(*public_api(), sep="\n")
