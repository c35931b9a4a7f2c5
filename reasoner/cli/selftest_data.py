"""`reasoner selftest code` and `decisions`: whether stored data is executed, and whether an edited row is believed."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)


@app.command("code", epilog="Example: [bold]reasoner selftest code[/bold]; [bold]reasoner selftest code --json[/bold]")
def code(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Plant objects that run code when they are opened carelessly (pickles, msgpack objects, torch files, YAML tags,
    classes of a model's own, callables in rows), in scratch homes, and open them. Ends with 1 if anything ran."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    found = _watched(voice, lambda watch: bootstrap.selftest_code(watch=watch))
    voice.record("selftest", {"name": "code", **found.model_dump(mode="json"), "passed": found.passed})
    table = plain_table("planted", "objects", "executed", right=("objects", "executed"))
    planted, ran = (Counter(one.kind for one in found.opened if one.executed or every) for every in (True, False))
    for kind, count in planted.items():
        table.add_row(kind, str(count), str(ran[kind]))
    voice.show(table)
    for one in found.opened:
        if one.executed or not one.in_words:
            voice.show(f"{'EXECUTED' if one.executed else 'not in words'}: {one.kind} in {one.where}: {one.answer}")
    voice.show(f"{found.executed} of {found.planted} planted objects were executed ({found.seconds:.1f} s)")
    if not found.passed:
        raise typer.Exit(1)


@app.command(
    "decisions",
    epilog="Example: [bold]reasoner selftest decisions[/bold]; [bold]reasoner selftest decisions --json[/bold]",
)
def decisions(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Edit everything that a promotion rests on, in a scratch home: each field of decisions and rulings, rows, chains,
    settings, attempts. Then try to promote. Ends with 1 if an edit is believed, or an untouched decision is not."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    found = _watched(voice, lambda watch: bootstrap.selftest_decisions(watch=watch))
    voice.record("selftest", {"name": "decisions", **found.model_dump(mode="json"), "passed": found.passed})
    table = plain_table("edited", "edits", "refused", right=("edits", "refused"))
    for group in found.groups:
        table.add_row(group.name, str(group.edits), str(group.edits - len(group.believed)))
    voice.show(table)
    for group in found.groups:
        for what in group.believed:
            voice.show(f"BELIEVED, or not refused in words: {group.name}: {what}")
    voice.show(
        f"{found.refused} of {found.edits} edits were refused, {found.promoted} of {found.controls} untouched "
        f"decisions carried out ({found.seconds:.1f} s)"
    )
    if not found.passed:
        raise typer.Exit(1)


def _watched(voice: "Voice", work: Callable[[Callable[[float, str], None]], Any]) -> Any:
    from reasoner.cli.progress import view_for
    from reasoner.types.loop import Progress

    with view_for(voice, cycles=1) as view:
        return work(
            lambda share, note: view.progress(
                Progress(cycle=0, node="selftest", done=round(100 * share), total=100, note=note)
            )
        )
