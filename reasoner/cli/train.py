"""`reasoner train`: a base student, without any cycle."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import interruption, options

if TYPE_CHECKING:
    from reasoner.cli.voice import Voice
    from reasoner.config.settings import Settings

app = typer.Typer(add_completion=False)


@app.command(
    epilog="Example: [bold]reasoner train --config nano train.base_updates=200[/bold]; "
    "then [bold]reasoner train --verifier[/bold], and [bold]reasoner evaluate --search beam[/bold] is judged by it"
)
def train(
    overrides: options.Overrides = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write the checkpoint here.", show_default=False)
    ] = None,
    verifier: Annotated[
        bool, typer.Option("--verifier", help="Train the judge of a student's steps, in place of a student.")
    ] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option(
            "--checkpoint", metavar="ID|DIR", help="The student to judge. Default: the champion.", show_default=False
        ),
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    task: options.Task = None,
    student: options.StudentName = None,
    seed: options.Seed = None,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a base student from scratch and keep it as a checkpoint; or a verifier of its steps."""
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.config.resolved import dump_yaml, redacted
    from reasoner.errors import UsageError
    from reasoner.students import footprint_of

    settings = options.settings_of(config, overrides, task=task, student=student, seed=seed)
    folder = options.home_of(home)
    voice = Voice(as_json=json, quiet=quiet)
    if checkpoint is not None and not verifier:
        raise UsageError("--checkpoint names the student of a verifier; add --verifier, or leave it out")
    if verifier and (out is not None or dry_run):
        raise UsageError("--verifier goes with neither --out nor --dry-run; it is kept beside its student")
    if verifier:
        _verifier(settings, folder, checkpoint, voice)
        return
    if dry_run:
        size, updates = footprint_of(settings), settings.train.base_updates
        plan = {"config": redacted(settings).model_dump(mode="json"), "home": str(folder)}
        voice.record("plan", {**plan, "footprint": size.model_dump(mode="json")})
        voice.show(f"{dump_yaml(settings)}\nplan: {updates} updates into {out or folder / 'checkpoints'}")
        voice.show(f"student: {size.words()}")
        return
    from reasoner import bootstrap

    with view_for(voice, 0) as view:
        interruption.saves()
        made = bootstrap.train(settings, home=folder, out=out, progress=view.progress)
    voice.record("checkpoint", made.model_dump(mode="json", exclude={"run"}), run=made.run)
    voice.show(f"checkpoint {made.id}, fingerprint {made.fingerprint}")


def _verifier(settings: "Settings", home: Path, checkpoint: str | None, voice: "Voice") -> None:
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import verifier_table

    with view_for(voice, 0) as view:
        interruption.saves()
        report = bootstrap.train_verifier(settings, home=home, checkpoint=checkpoint, progress=view.progress)
    voice.record("verifier", report.model_dump(mode="json"))
    voice.show(
        f"verifier of {report.checkpoint}: trained on attempts at {report.problems} practice problems, "
        f"measured on {report.held_out} others\n"
    )
    voice.show(verifier_table(report))
    voice.show(
        f"a search must beat greedy's answer by {report.margin:g} nats ({report.margin_symbolic:g} with the symbolic "
        f"check)\n{home / report.folder / 'reliability.png'}"
    )
