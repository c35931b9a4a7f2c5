"""Names that settings had before. They are read for one release, on the command line, in files and in old runs."""

from typing import Any

RENAMED = {
    "data.domain": "task.name",
    "data.practice": "task.rows",
    "data.max_number": "domains.math.max_number",
    "data.distractor_rate": "domains.math.distractor_rate",
}
"""The new dotted key by the old one."""


def upgraded(tree: dict[str, Any]) -> dict[str, Any]:
    """Nested settings under their new names; what stands there under its new name already is kept."""
    data = tree.get("data")
    if not isinstance(data, dict):
        return tree
    old = {key: value for key, value in data.items() if f"data.{key}" in RENAMED}
    if not old:
        return tree
    made = {**tree, "data": {key: value for key, value in data.items() if key not in old}}
    for key, value in old.items():
        *groups, name = RENAMED[f"data.{key}"].split(".")
        group = made
        for part in groups:
            group[part] = dict(group.get(part) or {})
            group = group[part]
        group.setdefault(name, value)
    return made
