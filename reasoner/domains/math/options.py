"""The settings of the math domain, given as `domains.math.KEY`."""

from pydantic import Field

from reasoner.types.section import Section


class MathOptions(Section):
    """What generated stories are like."""

    max_number: int = Field(default=50, ge=20, le=999, description="largest quantity in a generated story")
    distractor_rate: float = Field(default=0.3, ge=0, le=1, description="chance of each sentence that does not matter")
