"""The settings of the code domain, given as `domains.code.KEY`."""

from typing import Literal

from pydantic import Field

from reasoner.types.section import Section


class CodeOptions(Section):
    """What generated programs are like, and what is asked about them."""

    ask: Literal["output", "repair", "write"] = Field(
        default="output",
        description="what a call returns; or, for language models, a program that passes tests: mended, or from words",
    )
    max_number: int = Field(
        default=12,
        ge=10,
        le=999,
        description="largest number that a call is given; what it makes of them is at most five times as large",
    )
