"""What if: a run that shares everything with another up to one node of one cycle, and goes on by itself from there."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.inheritance import Inheritance, inherit, inherited, take_over
from agents.reporting.events import read_events
from agents.run_folder import RESTORE, RunFolder, read_records
from memory.locks import exclusive
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.forking import create_fork
from memory.store.runs import RunRow, RunStore
from reasoner.bootstrap.fork_settings import require_effective
from reasoner.bootstrap.home import Home, existing_home
from reasoner.bootstrap.loop import work_on
from reasoner.bootstrap.run_parts import Listener, Watcher, new_run_id
from reasoner.config.loading import load_settings
from reasoner.config.resolved import config_hash, dump_yaml, flat, redacted
from reasoner.config.secrets import REDACTED
from reasoner.config.settings import Settings, TeacherSettings
from reasoner.errors import UsageError
from reasoner.storage.json_files import read_object
from reasoner.storage.writing import write_json, write_text
from reasoner.types.loop import LoopOutcome
from reasoner.types.record import Record
from reasoner.types.teaching import TeacherCall


class ForkPlan(Record):
    """What a fork would take over."""

    parent: str
    node: str
    cycle: int
    changes: dict[str, Any]
    cycles: int
    champion: str
    """At that point."""
    moves_home: bool
    """Whether that is the home's champion: then a promotion of the fork is one of the home, as with any loop."""


def fork_run(
    home: Path,
    parent: str,
    *,
    node: str,
    cycle: int,
    overrides: Sequence[str],
    cycles: int | None,
    fresh: bool,
    limits: dict[str, float | None],
    listener: Listener,
    progress: Watcher,
) -> LoopOutcome:
    """Makes the fork, or finds it, and runs the cycles that are missing.

    Args:
        home: its folder.
        parent: run id.
        node: first node that the fork works on itself.
        cycle: of that node.
        overrides: `KEY=VALUE`: what shall be different.
        cycles: in all; as many as the parent has done by default.
        fresh: makes another although there is one.
        limits: typed limits by dotted key.
        listener: told every new event.
        progress: told how far the node at work is.

    Raises:
        NotFoundError: the parent is not there or never came to that point.
        UsageError: a changed setting lies before the point or is read by nobody, or is the gate's in a fork that could
            move the home.
    """
    place = existing_home(home)
    row, settings = _row_and_settings(place, parent, overrides, limits)
    wanted = _cycles(row, cycle, cycles)
    mark = _mark(settings, parent, node, cycle)
    with exclusive(place.root / "runs" / "start.lock"):
        store = RunStore(place.database())
        found = store.find(mark)
        if found is not None and fresh:
            store.supersede(found.id)
            found = None
        fork = found or _create(place, row, settings, node=node, cycle=cycle, mark=mark)
    _enthrone(place, RunFolder(place.root, fork.id))
    return work_on(place, settings, fork.id, cycles=wanted, listener=listener, progress=progress)


def plan_fork(
    home: Path, parent: str, *, node: str, cycle: int, overrides: Sequence[str], cycles: int | None
) -> ForkPlan:
    """What `fork_run` would take over; nothing is made."""
    place = existing_home(home)
    row, settings = _row_and_settings(place, parent, overrides, {})
    beginning, _ = _beginning(place, row, "fork", settings, node=node, cycle=cycle)
    return ForkPlan(
        parent=parent,
        node=node,
        cycle=cycle,
        changes=beginning.changes,
        cycles=_cycles(row, cycle, cycles),
        champion=beginning.state["champion"],
        moves_home=_moves_home(place, beginning),
    )


def _row_and_settings(
    place: Home, parent: str, overrides: Sequence[str], limits: dict[str, float | None]
) -> tuple[RunRow, Settings]:
    """The parent, and its settings with what shall be different; the environment changes nothing but the key."""
    row = RunStore(place.database()).get(parent)
    path = RunFolder(place.root, parent).root / "config.resolved.yaml"
    settings = load_settings(str(path), overrides, {}, None, extra=limits, stored=True)
    return row, settings.model_copy(update={"teacher": _with_secrets(settings.teacher)})


def _with_secrets(teacher: TeacherSettings) -> TeacherSettings:
    """The key, and an address with a password, are kept nowhere: the environment has them, or they are given again."""
    if teacher.api_key == REDACTED:
        teacher = teacher.model_copy(update={"api_key": os.environ.get("REASONER_TEACHER__API_KEY")})
    if REDACTED in (teacher.api_base or ""):
        address = os.environ.get("REASONER_TEACHER__API_BASE")
        if address is None:
            raise UsageError(
                f"teacher.api_base={teacher.api_base!r}: what is secret in the parent's address was not kept; give it "
                "again with teacher.api_base=... or REASONER_TEACHER__API_BASE"
            )
        teacher = teacher.model_copy(update={"api_base": address})
    return teacher


def _cycles(row: RunRow, cycle: int, asked: int | None) -> int:
    if asked is not None and asked < cycle:
        raise UsageError(f"--cycles {asked}: a fork from cycle {cycle} has {cycle} cycles at least")
    return asked or max(row.cycles_done, cycle)


def _mark(settings: Settings, parent: str, node: str, cycle: int) -> str:
    """What tells this fork from all other runs: `reasoner loop` with the same settings never takes it for its own."""
    content = f"{config_hash(settings)}|{parent}|{node}|{cycle}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _beginning(
    place: Home, row: RunRow, fork: str, settings: Settings, *, node: str, cycle: int
) -> tuple[Inheritance, list[dict[str, Any]]]:
    from agents.graphs.improve import CYCLE, after_evaluate

    was = Settings.model_validate(row.settings)
    changes, order = _changes(was, settings), [name for name, _ in CYCLE]
    require_effective(changes, was, settings, done=(), order=order)
    folder = RunFolder(place.root, row.id)
    grandparents = inherited(folder)
    beginning, events = inherit(
        read_events(folder.root),
        order,
        parent=row.id,
        fork=fork,
        node=node,
        cycle=cycle,
        kin=grandparents.kin if grandparents else (),
    )
    require_effective(changes, was, settings, done=beginning.done, order=order)
    if beginning.after == "evaluate" and after_evaluate(settings) != node:
        raise UsageError(
            f"with mine.search={str(settings.mine.search).lower()} the graph goes from evaluate to "
            f"{after_evaluate(settings)}, not to {node}; use --from {after_evaluate(settings)}"
        )
    gates = [key for key in changes if key.startswith("gate.")]
    if gates and _moves_home(place, beginning):
        raise UsageError(
            f"{', '.join(gates)}: the fork's champion there is the home's, so a promotion would be one of the home, "
            "and a gate that is changed after its problems were seen proves nothing; ask this in a copy of the home"
        )
    return beginning.model_copy(update={"changes": changes}), events


def _create(place: Home, row: RunRow, settings: Settings, *, node: str, cycle: int, mark: str) -> RunRow:
    """Files first, then all rows at once: a kill between the two leaves a folder that no run knows."""
    name = new_run_id(settings)
    beginning, events = _beginning(place, row, name, settings, node=node, cycle=cycle)
    parent, fork = RunFolder(place.root, row.id), RunFolder(place.root, name)
    take_over(beginning, events, parent, fork)
    write_text(fork.root / "config.resolved.yaml", dump_yaml(settings))
    _write_manifest(parent, fork, settings, beginning.changes)
    return create_fork(
        place.database(),
        name,
        parent=row.id,
        config_hash=mark,
        settings=redacted(settings).model_dump(mode="json"),
        seed=settings.seed,
        calls=_calls(fork, beginning),
        verdicts_to=beginning.taken_over("check"),
        examples_to=beginning.taken_over("remember"),
    )


def _write_manifest(parent: RunFolder, fork: RunFolder, settings: Settings, changes: dict[str, Any]) -> None:
    """Threads and precision stay the parent's unless others are asked for: others give other figures."""
    from reasoner.bootstrap.compute import kept_compute
    from reasoner.bootstrap.manifest import manifest

    about = read_object(parent.root / "manifest.json", mend=RESTORE)
    asked = kept_compute(fork.home, settings.compute) if _chosen_anew(changes) else about
    chosen = {name: asked[name] for name in ("threads", "precision") if name in asked}
    write_json(fork.root / "manifest.json", {**manifest(settings, run=fork.run), **chosen, "parent": parent.run})


def _chosen_anew(changes: dict[str, Any]) -> bool:
    return not changes.keys().isdisjoint(("compute.threads", "compute.precision", "compute.device"))


def _calls(fork: RunFolder, beginning: Inheritance) -> dict[int, list[str]]:
    """Ids of the calls whose answers the fork has, by cycle."""
    paths = {c: (fork.lessons(c), fork.confirmations(c)) for c in range(1, beginning.cycle + 1)}
    return {c: [call.id for path in both for call in read_records(path, TeacherCall)] for c, both in paths.items()}


def _moves_home(place: Home, beginning: Inheritance) -> bool:
    champion = CheckpointStore(place.database()).home_champion()
    return champion is not None and champion.id == beginning.state["champion"]


def _enthrone(place: Home, fork: RunFolder) -> None:
    """The champion at that point is the fork's first; the home's pointer stays where it is."""
    beginning, store = inherited(fork), CheckpointStore(place.database())
    assert beginning is not None, f"{fork.root} has no fork.json"
    if store.champion(fork.run) is None:
        enthrone_base(place.database(), store.get(beginning.state["champion"]), run=fork.run)


def _changes(before: Settings, after: Settings) -> dict[str, Any]:
    """Settings that differ, by dotted key, as they are now; secrets are not told."""
    old, new = (flat(redacted(one).model_dump(mode="json")) for one in (before, after))
    keys = dict.fromkeys((*old, *new))
    return {key: new.get(key) for key in keys if old.get(key) != new.get(key) and key != "teacher.api_key"}
