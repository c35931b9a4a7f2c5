"""The settings of the task `gym`, given as `domains.gym.KEY`."""

import re
from typing import Any

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from reasoner.domains.gym.families import family_fault
from reasoner.types.section import Section

_OWN = ("seed", "size")
"""Settings of every family that the drawing itself sets."""
_PLAIN = re.compile(r"[\w .,:;+*/^%<>=&|~!?#-]{0,64}")


class GymOptions(Section):
    """Which family, and how its problems are."""

    family: str = Field(default="chain_sum", description="task family of reasoning-gym; `reasoner tasks show gym`")
    config: dict[str, Any] = Field(default={}, description="the family's own settings, which stand over a level's")
    right_from: float = Field(
        default=1.0, gt=0, le=1, description="score of the family's scorer from which an answer is right"
    )

    @field_validator("family")
    @classmethod
    def _is_proven(cls, family: str) -> str:
        if fault := family_fault(family):
            raise _refused(fault)
        return family

    @field_validator("config")
    @classmethod
    def _is_plain(cls, config: dict[str, Any]) -> dict[str, Any]:
        """Some families evaluate what their settings say, so nothing but numbers and short plain texts gets there."""
        for name, value in config.items():
            if name in _OWN or not name.isidentifier():
                raise _refused(f"{name!r:.80} cannot be set here; it should be a setting of the family")
            if not all(map(_plain, value if isinstance(value, (list, tuple)) else [value])):
                raise _refused(f"{name}: given {value!r:.80}; expected numbers, short plain texts, or a list of them")
        return config


def _plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(one, (int, float)) for one in value)
    return value is None or isinstance(value, (bool, int, float)) or bool(_PLAIN.fullmatch(str(value)))


def _refused(why: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{why}", {"why": why})
