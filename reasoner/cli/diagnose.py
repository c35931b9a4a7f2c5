"""`reasoner diagnose`: what a checkpoint's latents hold, whether they do the work, and who would have done as well."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.models import CheckpointId

if TYPE_CHECKING:
    from rich.table import Table

    from reasoner.types.diagnosis import Finding, Section

app = typer.Typer(add_completion=False)

TITLES = {
    "round_trip": "round trip: decode(encode(step)) is the step again",
    "probes": "linear probes: what can be read off the slots of steps not seen",
    "spectrum": "how much of their width the latents use",
    "references": "the predictor beside guesses that know nothing of the question",
    "causal": "causal audit: accuracy with latents altered on their way",
    "modes": "talk and think on the same problems",
    "out_of_distribution": "unlike the training problems, one kind at a time",
    "baseline": "a language model of the same size, given the same problems for the same seconds",
}

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Pictures and diagnosis.json. Default: diagnoses/ID of the home.",
        show_default=False,
    ),
]
Problems = Annotated[int, typer.Option("--n", min=20, help="Problems of each evaluation.")]
Skip = Annotated[bool, typer.Option("--skip-baseline", help="Train no language model to compare with.")]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--baseline-seconds",
        metavar="S",
        min=0.1,
        help="Train the language model this long. Default: as long as the student was trained.",
        show_default=False,
    ),
]


@app.command(epilog="Example: [bold]reasoner diagnose CHECKPOINT --config nano --skip-baseline[/bold]")
def diagnose(
    checkpoint: CheckpointId,
    overrides: options.Overrides = None,
    config: options.Config = None,
    home: options.Home = None,
    n: Problems = 600,
    out: Out = None,
    skip_baseline: Skip = False,
    baseline_seconds: Seconds = None,
    seed: options.Seed = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Examine a checkpoint (an id, or a folder): rank, probes, causal audit, out of distribution, a rival.

    Every figure stands beside what it must be compared with. docs/diagnose.md says what is healthy.
    """
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice

    settings, folder = options.settings_of(config, overrides, seed=seed), options.home_of(home)
    voice = Voice(as_json=json, quiet=quiet)
    with view_for(voice, 0) as view:

        def tell(section: "Section") -> None:
            body = section.model_dump(mode="json")
            voice.record("diagnose", {"checkpoint": checkpoint, "section": body.pop("name"), **body})
            voice.show(f"{TITLES[section.name]} ({section.seconds:.0f} s)\n")
            voice.show(section_table(section))
            voice.show("")

        found = bootstrap.diagnose(
            settings,
            home=folder,
            checkpoint=checkpoint,
            n=n,
            baseline=bootstrap.Baseline(skip=skip_baseline, seconds=baseline_seconds),
            out=out,
            on_section=tell,
            progress=view.progress,
        )
    voice.show(f"checkpoint {found.checkpoint}, fingerprint {found.fingerprint}, {found.parameters:,} weights")
    for path in found.plots:
        voice.show(f"picture: {path}")


def section_table(section: "Section") -> "Table":
    """The findings of a section, one a line."""
    from reasoner.cli.voice import plain_table

    table = plain_table("", "figure", "95% interval", "against", "of", "", right=("figure", "against", "of"))
    for finding in section.findings:
        against = "" if finding.against is None else _figure(finding, finding.against)
        shown = _figure(finding, finding.value) if finding.n or finding.unit in ("count", "seconds") else "none"
        table.add_row(finding.name, shown, _interval(finding), against, str(finding.n or ""), finding.note)
    return table


def _interval(finding: "Finding") -> str:
    from agents.reporting.figures import interval

    return interval(finding.ci95) if finding.ci95 is not None and finding.n else ""


def _figure(finding: "Finding", value: float) -> str:
    from agents.reporting.figures import duration, percent, points

    if finding.unit == "share":
        return percent(value)
    if finding.unit == "difference":
        return points(value)
    if finding.unit == "seconds":
        return duration(value)
    if finding.unit == "count":
        return f"{value:,.0f}"
    return f"{value:.1f}" if finding.unit == "dimensions" else f"{value:.3f}"
