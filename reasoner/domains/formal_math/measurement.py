"""Measurement: metric units and units of time, and times of day."""

import re
from fractions import Fraction
from random import Random

from reasoner.domains.formal_math.module import CannotWork, Fields, Module, Scale, Wording
from reasoner.domains.formal_math.polynomials import written_number

_FACTORS = {
    ("kilometers", "meters"): 1000, ("meters", "centimeters"): 100, ("centimeters", "millimeters"): 10,
    ("kilograms", "grams"): 1000, ("grams", "milligrams"): 1000, ("tonnes", "kilograms"): 1000,
    ("liters", "milliliters"): 1000, ("weeks", "days"): 7, ("days", "hours"): 24, ("hours", "minutes"): 60,
    ("minutes", "seconds"): 60,
}  # fmt: skip
_TIME = re.compile(r"(\d{1,2}):(\d\d) ([AP])M")
_HALF_DAY, _DAY = 720, 1440


def _draw_conversion(rng: Random, scale: Scale) -> Fields:
    (large, small), factor = rng.choice(list(_FACTORS.items()))
    value = Fraction(rng.randint(1, scale.most))
    if scale.level > 2:
        value += Fraction(rng.randint(1, 9), 10)
    if rng.random() < 0.5:
        return {"n": written_number(value, decimal=True), "old": large, "new": small}
    return {"n": written_number(value * factor, decimal=True), "old": small, "new": large}


def _work_conversion(fields: Fields) -> list[str]:
    value, pair = fields["n"], (fields["old"], fields["new"])
    if pair in _FACTORS:
        told = written_number(Fraction(value) * _FACTORS[pair], decimal=True)
        return [f"{value}*{_FACTORS[pair]}={told}"]
    factor = _FACTORS.get((pair[1], pair[0]))
    if factor is None:
        raise CannotWork(f"{pair[0]} and {pair[1]} are not one step apart")
    return [f"{value}/{factor}={written_number(Fraction(value) / factor, decimal=True)}"]


def _minutes(time: str) -> tuple[str, int]:
    """The step that gives the minutes since midnight, and these."""
    match = _TIME.fullmatch(time)
    if match is None or not 1 <= int(match[1]) <= 12 or int(match[2]) > 59:
        raise CannotWork(f"{time} is no time of day")
    hours = int(match[1]) % 12 + (12 if match[3] == "P" else 0)
    return f"{hours}*60+{int(match[2])}={hours * 60 + int(match[2])}", hours * 60 + int(match[2])


def _time(minutes: int) -> str:
    hours = minutes // 60 % 12
    return f"{hours or 12}:{minutes % 60:02d} {'A' if minutes % _DAY < _HALF_DAY else 'P'}M"


def _draw_time(rng: Random, scale: Scale) -> Fields:
    start, length = rng.randrange(_DAY), rng.randint(2, min(scale.most * 2, _HALF_DAY - 1))
    if rng.random() < 0.5:
        return {"a": _time(start), "n": str(length), "kind": "after"}
    return {"a": _time(start), "b": _time(start + length), "kind": "between"}


def _work_time(fields: Fields) -> list[str]:
    """In minutes since midnight; an end before its start is of the next day."""
    first, start = _minutes(fields["a"])
    if fields["kind"] == "after":
        length = int(fields["n"])
        end = (start + length) % _DAY
        steps = [first, f"{start}+{length}={start + length}"]
        steps += [f"{start + length}-{start + length - end}={end}"] if end != start + length else []
        return [*steps, f"{end}={end // 60}*60+{end % 60}", _time(end)]
    second, end = _minutes(fields["b"])
    steps = [first, second]
    if end < start:
        steps.append(f"{end}+{_DAY}={end + _DAY}")
        end += _DAY
    return [*steps, f"{end}-{start}={end - start}"]


MEASUREMENT = (
    Module(
        "measurement__conversion",
        (
            Wording("How many {new:word} are there in {n:number} {old:word}?"),
            Wording("Convert {n:number} {old:word} to {new:word}."),
        ),
        _draw_conversion,
        _work_conversion,
    ),
    Module(
        "measurement__time",
        (
            Wording("What time is it {n:whole} minutes after {a:time}?", {"kind": "after"}),
            Wording("What is {n:whole} minutes after {a:time}?", {"kind": "after"}),
            Wording("How many minutes are there from {a:time} to {b:time}?", {"kind": "between"}),
            Wording("How many minutes pass between {a:time} and {b:time}?", {"kind": "between"}),
        ),
        _draw_time,
        _work_time,
    ),
)
