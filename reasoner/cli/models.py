"""`reasoner models`: checkpoints, and the pointer to the champion."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import SHORT, full_id

if TYPE_CHECKING:
    from reasoner.bootstrap.rollback import Rollback

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Checkpoints and the champion: list, show, promote, roll back, promises kept.",
)
CheckpointId = Annotated[
    str,
    typer.Argument(metavar="CHECKPOINT", help=f"As `reasoner models list` shows it. {SHORT}", show_default=False),
]


@app.command("list", epilog="Example: [bold]reasoner models list[/bold]")
def list_models(
    run: Annotated[str | None, typer.Option("--run", help="Only of this run.", show_default=False)] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List checkpoints as they were made, with their accuracy on the sealed set where a run has measured it."""
    from agents.reporting.figures import rate
    from reasoner.bootstrap.model_lists import list_models as listed
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    found = listed(options.home_of(home), run=run)
    table = plain_table("checkpoint", "kind", "sealed accuracy", "made", "fingerprint")
    for model in found:
        one, sealed = model.checkpoint, model.sealed
        known = {
            **one.model_dump(mode="json", exclude={"run"}),
            **model.model_dump(mode="json", exclude={"checkpoint"}),
        }
        voice.record("checkpoint", known, run=one.run)
        kind = f"{one.kind}, champion" if model.champion else one.kind
        made = model.added_at[:16].replace("T", " ")
        accuracy = f"{rate(sealed)} of {sealed.n}" if sealed else "not measured"
        table.add_row(one.id, kind, accuracy, made, one.fingerprint)
    voice.show(table)


@app.command("show", epilog="Example: [bold]reasoner models show latest[/bold]")
def show_model(
    checkpoint: CheckpointId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one checkpoint and the decisions about it."""
    from reasoner.bootstrap.model_lists import show_model as shown
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    model = shown(options.home_of(home), checkpoint)
    found, decisions = model.checkpoint, model.decisions
    told = [decision.model_dump(mode="json") for decision in decisions]
    voice.record("checkpoint", {**found.model_dump(mode="json", exclude={"run"}), "decisions": told}, run=found.run)
    table = plain_table("", "")
    table.show_header = False
    for name, value in found.model_dump(mode="json").items():
        table.add_row(name, str(value) or "-")
    table.add_row("folder", str(model.folder))
    for decision in decisions:
        role = "candidate" if decision.candidate == found.id else "champion"
        table.add_row(
            f"decision {decision.id}", f"cycle {decision.cycle}, as {role}: {decision.verdict}. {decision.reason}"
        )
    voice.show(table)


@app.command("promote", epilog="Example: [bold]reasoner models promote --decision ID[/bold]")
def promote_model(
    decision: Annotated[
        str, typer.Option("--decision", metavar="ID", help="The gate's recorded word.", show_default=False)
    ],
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a candidate champion on a recorded decision, which is computed again first; refused without one."""
    from memory.store.ids import IdStore
    from reasoner import bootstrap
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        decision = IdStore(database).full(decision, "decision", or_as_typed=True)
    champion = bootstrap.promote_decision(folder, decision)
    voice.record(
        "checkpoint", {**champion.model_dump(mode="json", exclude={"run"}), "champion": True}, run=champion.run
    )
    voice.show(f"champion: {champion.id} of run {champion.run}")


@app.command("seal", epilog="Example: [bold]reasoner models seal[/bold], with REASONER_CHAIN_KEY in the environment")
def seal(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Seal the record of decisions and rulings with REASONER_CHAIN_KEY, once; later rows are sealed at once."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    sealed = bootstrap.seal_home(options.home_of(home))
    voice.record("seal", {"sealed": list(sealed)})
    voice.show(f"sealed: {', '.join(sealed)}" if sealed else "nothing to seal: what is recorded here has a seal")


@app.command(
    "rollback",
    epilog="Example: [bold]reasoner models rollback[/bold]; "
    '[bold]reasoner models rollback --to CHECKPOINT --reason "worse on my own problems"[/bold]',
)
def rollback(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="CHECKPOINT", help="Default: the champion before this one.", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Kept with the move.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at everything; move nothing.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Make a former champion the home's champion again: pointer, fast weights and memory in one step.

    Its files are read and its answers compared, to the bit, with those of the rehearsal before it was replaced.
    """
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    to = full_id(folder, to, "checkpoint") if to else None
    done = bootstrap.roll_back_champion(folder, to=to, reason=reason, dry_run=dry_run)
    voice.record("rollback", {**done.model_dump(mode="json"), "same": done.same, "dry_run": dry_run})
    voice.show(f"champion: {done.champion}, instead of {done.former}" + (" (nothing was done)" if dry_run else ""))
    voice.show(_answers(done))
    if done.memory:
        voice.show(f"memory: {done.memory}" + (f" {done.job}; the former space answers until then" if done.job else ""))


def _answers(done: "Rollback") -> str:
    if not done.recorded:
        return "answers: no rehearsal was recorded; its files match their fingerprint"
    if done.same:
        return f"answers: on {done.probe_items} probe items to the bit what they were ({done.outputs})"
    return (
        f"answers: on {done.probe_items} probe items {done.outputs}, not {done.recorded} as recorded; its files match "
        "their fingerprint, so another processor or another version of torch rounds otherwise"
    )


@app.command(
    "record", epilog="Example: [bold]reasoner models record[/bold]; [bold]reasoner models record --json[/bold]"
)
def record(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Show what each promotion promised at the gate, and what it kept on the sealed set."""
    from agents.reporting.track_record import track_record
    from reasoner.cli.store import opened
    from reasoner.cli.voice import Voice, plain_table

    voice, folder = Voice(as_json=json, quiet=quiet), options.home_of(home)
    with opened(folder) as database:
        promises = track_record(database, folder)
    table = plain_table("checkpoint", "promised at the gate", "kept on sealed", "as promised")
    for one in promises:
        voice.record("promise", {**one.model_dump(mode="json", exclude={"run"}), "kept": one.kept}, run=one.run)
        promised, kept = _points(one.predicted, one.predicted_ci95), _points(one.realised, one.realised_ci95)
        table.add_row(one.checkpoint, promised, kept, "yes" if one.kept else "no")
    voice.show(table)
    if promises:
        mean = sum(p.realised - p.predicted for p in promises) / len(promises)
        kept_all = sum(p.kept for p in promises)
        voice.show(
            f"{kept_all} of {len(promises)} as promised; on average {100 * mean:+.1f} points against the promise"
        )


def _points(gain: float, ci95: tuple[float, float]) -> str:
    return f"{100 * gain:+.1f} [{100 * ci95[0]:+.1f}, {100 * ci95[1]:+.1f}]"
