"""`reasoner train`: a base student, without any cycle."""

from pathlib import Path
from typing import Annotated

import typer

from reasoner.cli import options

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: [bold]reasoner train --config nano train.base_updates=200[/bold]")
def train(
    overrides: options.Overrides = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write the checkpoint here.", show_default=False)
    ] = None,
    config: options.Config = None,
    home: options.Home = None,
    seed: options.Seed = None,
    dry_run: options.DryRun = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train a base student from scratch and keep it as a checkpoint."""
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.config.resolved import dump_yaml, redacted
    from reasoner.training.footprint import footprint

    settings, folder = options.settings_of(config, overrides, seed=seed), options.home_of(home)
    voice = Voice(as_json=json, quiet=quiet)
    if dry_run:
        size, updates = footprint(settings), settings.train.base_updates
        plan = {"config": redacted(settings).model_dump(mode="json"), "home": str(folder)}
        voice.record("plan", {**plan, "footprint": size.model_dump(mode="json")})
        voice.show(f"{dump_yaml(settings)}\nplan: {updates} updates into {out or folder / 'checkpoints'}")
        voice.show(f"student: {size.words()}")
        return
    from reasoner import bootstrap

    with view_for(voice, 0) as view:
        checkpoint = bootstrap.train(settings, home=folder, out=out, progress=view.progress)
    voice.record("checkpoint", checkpoint.model_dump(mode="json", exclude={"run"}), run=checkpoint.run)
    voice.show(f"checkpoint {checkpoint.id}, fingerprint {checkpoint.fingerprint}")
