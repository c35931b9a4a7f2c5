r"""`number`: the answer is the gold number, within a tolerance, in whatever way people write it.

Numbers are read by `reasoner.domains.math.written_numbers`: `1,234.5`, `3/4`, `1 1/2`, `$18`, `20%`, `1e-5`,
`twenty-one`. Read as well: `1½`, `3 x 10^5`, `\frac{3}{4}`, and whole or decimal numbers of up to 4,000 digits. What
has two readings (`1.234,5`, `12,34`, `5-7`), is not exact (`about 5`) or not finite is wrong with a reason, never
another number. All arithmetic is exact; tolerances are taken as they are written.

Units: without a list, any words may stand behind a number, but an answer in another unit than the gold answer's is
wrong. With a list (`units: [km, kilometres]`) only these may, and all mean the same; with factors
(`units: {m: 1, km: 1000}`) they are converted. An answer without a unit is in that of the gold answer.
"""

from fractions import Fraction
from typing import Literal

from pydantic import Field, field_validator

from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, shown, spells
from reasoner.domains.checkers.quantity import Quantity, read_quantity
from reasoner.types.check import Check, right, wrong


class NumberSettings(CheckerSettings):
    """Options of `number`."""

    absolute: float = Field(default=0.0, ge=0)
    """An answer is right if it differs from the gold number by no more than this."""
    relative: float = Field(default=0.0, ge=0, lt=1)
    """Or by no more than this share of the gold number: 0.01 is 1%."""
    units: dict[str, float] | tuple[str, ...] = ()
    """Units that may be given; with factors, they are converted."""
    percent: Literal["number", "fraction"] = "number"
    """What `20%` is: 20, or 1/5."""
    decimal: Literal[".", ","] = "."
    """The decimal sign; the other one groups thousands."""

    @field_validator("units")
    @classmethod
    def _factors_are_positive(cls, units: dict[str, float] | tuple[str, ...]) -> dict[str, float] | tuple[str, ...]:
        if isinstance(units, dict) and min(units.values(), default=1) <= 0:
            raise ValueError("factors of units must be above 0")
        return units


class NumberChecker:
    """Reads both numbers and compares them exactly."""

    name = "number"
    version = "1"
    settings_type = NumberSettings

    def __init__(self, settings: NumberSettings | None = None) -> None:
        self.settings = settings or NumberSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it is within the tolerance of one of the accepted numbers, in the same unit."""
        given, fault = self._read(answer)
        if given is None:
            return wrong(fault)
        reasons = [self._difference(given, wanted) for one in gold.accepted if (wanted := self._read(one)[0])]
        return right() if "" in reasons else wrong(reasons[0])

    @spells
    def canonical(self, answer: str) -> str:
        """The exact value, and the unit if there is one; the answer itself if it cannot be read."""
        read, _ = self._read(answer)
        return answer if read is None else read.spelled()

    def validate_gold(self, gold: Gold) -> str:
        """Each accepted answer must be a number."""
        if not gold.accepted:
            return "there is no gold answer; give the row an `answer`: a number"
        return next((fault for one in gold.accepted if (fault := self._read(one)[1])), "")

    def _read(self, text: str) -> tuple[Quantity | None, str]:
        own = self.settings
        return read_quantity(text, units=own.units, percent=own.percent, decimal=own.decimal)

    def _difference(self, given: Quantity, wanted: Quantity) -> str:
        if given.unit and wanted.unit and given.unit != wanted.unit:
            return f"the unit {given.unit!r} is not {wanted.unit!r}"
        value = given.value if given.unit else given.value * wanted.factor
        allowed = max(Fraction(str(self.settings.absolute)), Fraction(str(self.settings.relative)) * abs(wanted.value))
        if abs(value - wanted.value) <= allowed:
            return ""
        return f"{shown(str(value))} is not {shown(str(wanted.value))}" + (" within the tolerance" if allowed else "")
