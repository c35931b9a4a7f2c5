"""Rows as Parquet files, written and read by row groups. The only room that knows pyarrow, which is an extra.

Columns of `records` follow from the record's own fields: records are structs, sequences are lists, and what has no
shape of its own (a generator's parameters) is JSON text. So nothing is lost on the way there and back.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from reasoner.errors import DataError, UsageError
from reasoner.types.example import Example

Form = Literal["prompt-completion", "messages", "records"]
"""The first two are TRL's (https://huggingface.co/docs/trl/dataset_formats); `records` loses nothing."""

GROUP = 4096
"""Rows in a row group: what is held in memory at once."""

_TEXT: dict[str, str] = {
    **dict.fromkeys(("id", "domain", "skill", "structure", "source", "teacher", "license"), "string"),
    "difficulty": "int64",
}
_SOLUTION = {"steps": "texts", "answer": "string"}
_COLUMNS: dict[Form, dict[str, str]] = {
    "prompt-completion": {"prompt": "string", "completion": "string", **_SOLUTION, **_TEXT},
    "messages": {"messages": "turns", **_SOLUTION, **_TEXT},
}


def require_pyarrow(what: str = "Parquet files") -> None:
    """Does nothing where Parquet and Arrow can be used.

    Args:
        what: needs them, for the message.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"{what} need pyarrow, which is not installed ({error}); pip install 'reasoner[parquet]', or use "
            "JSON lines (a name that does not end with .parquet)"
        ) from error


def write_parquet(rows: Iterable[Mapping[str, Any]], path: Path, *, form: Form) -> int:
    """Writes rows of one form, whole or not at all; returns how many.

    Raises:
        UsageError: pyarrow is not installed.
    """
    require_pyarrow()
    import pyarrow
    import pyarrow.parquet

    schema, written = _schema(form), 0
    partial = path.with_name(f"{path.name}.partial")
    try:
        with pyarrow.parquet.ParquetWriter(partial, schema, compression="zstd") as writer:
            for group in _groups(rows):
                packed = [_pack(row, Example) for row in group] if form == "records" else group
                assert all(set(row) == set(schema.names) for row in packed), "a row has other columns than its form"
                writer.write_table(pyarrow.Table.from_pylist(packed, schema=schema))
                written += len(group)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return written


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file in their order, as they were before they were written.

    Raises:
        UsageError: pyarrow is not installed.
        DataError: the file is damaged.
    """
    require_pyarrow()
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            nested = {"problem", "lineage"} <= set(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=GROUP):
                for row in batch.to_pylist():
                    yield _unpack(row, Example) if nested else row
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path}: given a damaged Parquet file ({error}); export it again") from error


def count_parquet(path: Path) -> int:
    """How many rows the file says that it has.

    Raises:
        UsageError: pyarrow is not installed.
        DataError: the file is damaged.
    """
    require_pyarrow()
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.read_metadata(path).num_rows
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(f"{path}: given a damaged Parquet file ({error}); export it again") from error


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    for row in rows:
        group.append(row)
        if len(group) == GROUP:
            yield group
            group = []
    if group:
        yield group


def _schema(form: Form) -> Any:
    import pyarrow

    if form == "records":
        return pyarrow.schema(list(_type(Example)))
    turns = pyarrow.list_(pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())]))
    known = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "turns": turns,
        "texts": pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.schema([(name, known[kind]) for name, kind in _COLUMNS[form].items()])


def _type(kind: Any) -> Any:
    """The column type of an annotation; text where only JSON can hold it."""
    import pyarrow

    plain = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    if _is_record(kind):
        return pyarrow.struct([(name, _type(field.annotation)) for name, field in kind.model_fields.items()])
    if _is_list(kind):
        return pyarrow.list_(_type(get_args(kind)[0]))
    return plain.get(kind, pyarrow.string())


def _pack(value: Any, kind: Any) -> Any:
    """A JSON value as its column takes it."""
    if _is_record(kind):
        fields = kind.model_fields
        assert set(value) == set(fields), f"fields {sorted(value)}, expected {sorted(fields)}"
        return {name: _pack(value[name], field.annotation) for name, field in fields.items()}
    if _is_list(kind):
        return [_pack(one, get_args(kind)[0]) for one in value]
    return value if _is_plain(kind) else json.dumps(value, ensure_ascii=False)


def _unpack(value: Any, kind: Any) -> Any:
    """The other way; what another version wrote stays as it is, for the record's own validation to judge."""
    if _is_record(kind) and isinstance(value, dict):
        known = kind.model_fields
        return {name: _unpack(one, known[name].annotation) if name in known else one for name, one in value.items()}
    if _is_list(kind) and isinstance(value, list):
        return [_unpack(one, get_args(kind)[0]) for one in value]
    if _is_plain(kind) or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in (tuple, list)


def _is_plain(kind: Any) -> bool:
    return kind in (str, int, float, bool) or get_origin(kind) is Literal
