"""`json_schema`: the answer is JSON that satisfies a schema, of the row (`material.schema`) or of the task.

With `equal`, it must also have the value of the gold JSON: order of keys does not count, `1` is `1.0`, `true` is not 1.
JSON as RFC 8259 has it, in a fence of Markdown or not: a key that stands twice, `NaN`, numbers beyond the range of
floats and nesting deeper than 64 are refused. Schemas are those of the package `jsonschema` (draft 2020-12 unless
`$schema` says otherwise); references outside of the schema are not followed. It runs in a child process with a time
limit, because a `pattern` of a schema can be catastrophic and `uniqueItems` takes quadratic time.
"""

import json
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict, Field

from reasoner.domains.checkers import limited
from reasoner.domains.checkers.base import CheckerSettings, Gold, checks, spells
from reasoner.domains.checkers.extraction import unfenced
from reasoner.domains.checkers.strict_json import read_json, same_value
from reasoner.types.check import Check, right, wrong

_HERE = "reasoner.domains.checkers.json_schema"


class JsonSchemaSettings(CheckerSettings):
    """Options of `json_schema`."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: dict[str, Any] | bool | None = Field(default=None, alias="schema")
    """For rows without one of their own."""
    equal: bool = False
    """Whether the answer must have the value of the gold JSON, too; then a schema may be missing."""


class JsonSchemaChecker:
    """Validates in a child process."""

    name = "json_schema"
    version = "1"
    settings_type = JsonSchemaSettings
    seconds = 2.0
    packages = ("jsonschema",)

    def __init__(self, settings: JsonSchemaSettings | None = None) -> None:
        self.settings = settings or JsonSchemaSettings()

    @checks
    def check(self, gold: Gold, answer: str) -> Check:
        """Right if it satisfies the schema and, if asked, is the gold value."""
        value, fault = read_json(unfenced(answer))
        if fault:
            return wrong(f"the answer is no JSON: {fault}")
        schema = self._schema(gold)
        if schema is not None:
            told = limited.call(f"{_HERE}:violation", schema, unfenced(answer), seconds=self.seconds)
            if told:
                return wrong(told)
        if self.settings.equal and not any(same_value(value, read_json(one)[0]) for one in gold.accepted):
            return wrong("the answer does not have the value of the gold JSON")
        return right()

    @spells
    def canonical(self, answer: str) -> str:
        """The same JSON with sorted keys and without blanks; the answer itself if it is none."""
        value, fault = read_json(unfenced(answer))
        return answer if fault else json.dumps(value, sort_keys=True, separators=(",", ":"))

    def validate_gold(self, gold: Gold) -> str:
        """There must be a schema or, with `equal`, gold JSON, which satisfies it."""
        schema = self._schema(gold)
        if schema is None and not self.settings.equal:
            return "there is no schema; give the row or the task a `schema`, or set `equal: true`"
        if self.settings.equal and not gold.accepted:
            return "there is no gold JSON; give the row an `answer`"
        if schema is not None and not isinstance(schema, (dict, bool)):
            return f"a schema is an object, true or false; got {type(schema).__name__}"
        golds = gold.accepted if self.settings.equal else ()
        fault = next((f"{fault} in the gold JSON" for one in golds if (fault := read_json(one)[1])), "")
        return fault or ("" if schema is None else _faulty(json.dumps(schema, sort_keys=True), golds, self.seconds))

    def _schema(self, gold: Gold) -> Any:
        return gold.material.get("schema", self.settings.schema_)


@lru_cache(maxsize=256)
def _faulty(schema: str, golds: tuple[str, ...], seconds: float) -> str:
    return limited.call(f"{_HERE}:schema_fault", json.loads(schema), list(golds), seconds=seconds)


def violation(schema: Any, text: str) -> str:
    """What of a schema a JSON text does not satisfy; empty if it satisfies it. Runs in the child."""
    return _violation(_validator(schema), read_json(text)[0])


def schema_fault(schema: Any, golds: list[str]) -> str:
    """What is wrong with a schema, or with gold JSON under it; empty if nothing is. Runs in the child."""
    from jsonschema.exceptions import SchemaError

    try:
        validator = _validator(schema)
        validator.check_schema(schema)
    except SchemaError as fault:
        return f"the schema is none: {fault.message[:200]}"
    told = next(filter(None, (_violation(validator, read_json(one)[0]) for one in golds)), "")
    return f"the gold JSON does not satisfy the schema: {told}" if told else ""


def _validator(schema: Any) -> Any:
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing.jsonschema import EMPTY_REGISTRY

    return validator_for(schema, default=Draft202012Validator)(schema, registry=EMPTY_REGISTRY)


def _violation(validator: Any, value: Any) -> str:
    fault = next(iter(validator.iter_errors(value)), None)
    return f"at {fault.json_path[:100]}: {fault.message[:200]}" if fault else ""
