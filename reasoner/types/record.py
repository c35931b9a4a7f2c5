"""The base of all records: frozen, strict about unknown fields, plain JSON both ways."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value that crosses a border between rooms."""

    model_config = ConfigDict(frozen=True, extra="forbid")
