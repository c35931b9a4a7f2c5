"""Settings of a source of problems, said in one line."""

from typing import Any

from reasoner.config.settings import DEFAULT_TASK, GENERATED, DataSettings, Settings, TaskSettings

OF_MATH = ("max_number", "distractor_rate")


def of_problems(seed: int = 0, *, task: str = DEFAULT_TASK, rows: str = GENERATED, **fields: Any) -> Settings:
    """Fields are those of `data`, and the math domain's own."""
    own = {key: fields.pop(key) for key in OF_MATH if key in fields}
    return Settings(
        seed=seed,
        task=TaskSettings(name=task, rows=rows),
        domains={"math": own} if own else {},
        data=DataSettings(**fields),
    )
