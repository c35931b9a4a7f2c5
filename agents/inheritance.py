"""What a fork takes over from its parent: everything before one node of one cycle.

The graph's state at that point is what the nodes before it have given back, in order: it stands in the parent's events,
so a fork needs nothing of the parent's graph database, pruned or not.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.reporting.events import Event, of_kind
from agents.run_folder import RunFolder, concatenate, read_records, write_records
from agents.tracing.history import LIFE
from agents.tracing.node_files import files_written
from reasoner.errors import NotFoundError
from reasoner.storage.writing import write_json, write_text
from reasoner.types.example import Example
from reasoner.types.record import Record


class Inheritance(Record):
    """A fork's beginning; kept as `fork.json` in its folder."""

    parent: str
    """Run id."""
    kin: tuple[str, ...]
    """The parent and whatever it was forked from itself: what they have paid for is not paid again."""
    cycle: int
    node: str
    """The first node that the fork works on itself, in that cycle."""
    after: str
    """The last node before it."""
    done: tuple[str, ...]
    """Nodes of that cycle before it."""
    state: dict[str, Any]
    """Of the graph at that point, with the fork's own run id."""
    changes: dict[str, Any]
    """Settings that differ from the parent's, by dotted key."""

    def taken_over(self, node: str) -> int:
        """The last cycle of which the work of a node is the parent's."""
        return self.cycle if node in self.done else self.cycle - 1


def inherit(
    events: Sequence[Event], order: Sequence[str], *, parent: str, fork: str, node: str, cycle: int, kin: Sequence[str]
) -> tuple[Inheritance, list[Event]]:
    """The beginning of a fork, and the parent's events that belong to it, still as the parent's.

    Args:
        events: of the parent.
        order: names of a cycle's nodes as they follow each other.
        parent: run id.
        fork: run id.
        node: where the fork begins; it need not have ended in the parent, but everything before it must.
        cycle: 1 or more.
        kin: whatever the parent was forked from.

    Raises:
        NotFoundError: the parent never came to that point.
    """
    ended = of_kind(list(events), "node")
    before = _before(ended, order, node=node, cycle=cycle, parent=parent)
    state: dict[str, Any] = {}
    for event in before:
        state |= event["out"]
    beginning = Inheritance(
        parent=parent,
        kin=(parent, *kin),
        cycle=cycle,
        node=node,
        after=before[-1]["node"],
        done=tuple(e["node"] for e in before if e["cycle"] == cycle),
        state=state | {"run": fork},
        changes={},
    )
    last = next(i for i, event in enumerate(events) if event is before[-1])
    return beginning, [e for e in events[: last + 1] if e["event"] not in LIFE]


def take_over(beginning: Inheritance, events: Sequence[Event], parent: RunFolder, fork: RunFolder) -> None:
    """Fills the fork's folder: files by hard link, what names the run anew. May be done again."""
    for event in of_kind(list(events), "node"):
        for path in files_written(event["node"], event["cycle"], parent):
            _link(path, fork.root / parent.below_root(path))
    for cycle in range(1, beginning.cycle + 1):
        for path in (fork.examples(cycle), fork.searched(cycle)):
            if path.is_file():
                write_records(path, [_renamed(e, fork.run) for e in read_records(path, Example)])
    through = beginning.taken_over("teach")
    kept = [path for c in range(1, through + 1) for path in (fork.lessons(c), fork.confirmations(c))]
    if kept:
        concatenate(fork.calls, kept)
    own: Event = {
        "event": "fork",
        "run": fork.run,
        "parent": beginning.parent,
        "node": beginning.node,
        "from_cycle": beginning.cycle,
        "changes": beginning.changes,
        "key": "fork",
    }
    lines = [own, *({**event, "run": fork.run} for event in events)]
    write_text(fork.root / "events.jsonl", "".join(json.dumps(e, ensure_ascii=False) + "\n" for e in lines))
    write_json(fork.fork, beginning.model_dump(mode="json"))


def inherited(folder: RunFolder) -> Inheritance | None:
    """The beginning of a fork; None for a run that began at the beginning."""
    if not folder.fork.is_file():
        return None
    return Inheritance.model_validate_json(folder.fork.read_text(encoding="utf-8"))


def _before(ended: Sequence[Event], order: Sequence[str], *, node: str, cycle: int, parent: str) -> list[Event]:
    """The ends of all nodes before the point."""
    at = next((i for i, e in enumerate(ended) if (e["cycle"], e["node"]) == (cycle, node)), None)
    if at is None and ended and _follows(ended[-1], order, node=node, cycle=cycle):
        at = len(ended)
    if not at:
        last = f"its last node was {ended[-1]['node']} of cycle {ended[-1]['cycle']}" if ended else "it has no node yet"
        raise NotFoundError(
            f"run {parent} did not come to {node!r} of cycle {cycle}: {last}; a cycle is {', '.join(order)}, "
            "and a fork begins at the earliest with --from evaluate --cycle 1"
        )
    return list(ended[:at])


def _follows(last: Event, order: Sequence[str], *, node: str, cycle: int) -> bool:
    """Whether a node that has not ended is one that may come after the last that has."""
    if node == order[0]:
        return last["node"] in (order[-1], "prepare") and last["cycle"] == cycle - 1
    return last["cycle"] == cycle and node in order[order.index(last["node"]) + 1 :]


def _link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where disks have no such links; files are replaced, not changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _renamed(example: Example, run: str) -> Example:
    return example.model_copy(update={"lineage": example.lineage.model_copy(update={"run": run})})
