"""The settings of the task `formal_math`, given as `domains.formal_math.KEY`."""

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from reasoner.domains.formal_math.modules import MODULES
from reasoner.types.section import Section


class FormalMathOptions(Section):
    """Which modules, and how large their numbers are."""

    modules: tuple[str, ...] = Field(
        default=(),
        description="modules or areas that are drawn, as `numbers__gcd` or `algebra`; all where none is named",
    )
    larger: bool = Field(default=False, description="numbers ten times as large")

    @field_validator("modules")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        areas = dict.fromkeys(module.area for module in MODULES.values())
        for name in names:
            if name not in MODULES and name not in areas:
                known = f"an area ({', '.join(areas)}) or a module of `reasoner tasks show formal_math`"
                raise PydanticCustomError("module", "{why}", {"why": f"{name!r:.60} is none; it should be {known}"})
        return names


def chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    """The modules that these names mean."""
    return tuple(name for name, m in MODULES.items() if not names or name in names or m.area in names)
