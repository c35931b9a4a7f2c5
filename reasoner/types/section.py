"""The base of all groups of settings: those of the program, of a domain, of a task file."""

from typing import get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

LONGEST_TEXT = 4096
"""Characters of any text: as long as a path can be."""


class Section(BaseModel):
    """A group of settings: frozen, unknown keys refused, and numbers that are not finite."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
        str_min_length=1,
        str_max_length=LONGEST_TEXT,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _truth_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        """`true` would count as 1."""
        given = value if isinstance(value, (list, tuple)) else (value,)
        kind = cls.model_fields[info.field_name or ""].annotation
        if any(isinstance(one, bool) for one in given) and {int, float} & {kind, *get_args(kind)}:
            raise PydanticCustomError("number", "Input should be a number, not true or false")
        return value
