"""`reasoner runs export-spans`: a run as OpenTelemetry spans, for Phoenix, MLflow and their like."""

from typing import Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import full_run
from reasoner.cli.runs import RunId

app = typer.Typer(add_completion=False)
Endpoint = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        metavar="URL",
        help="OTLP over HTTP, such as http://127.0.0.1:4318. Default: $OTEL_EXPORTER_OTLP_ENDPOINT.",
    ),
]


@app.command(
    "export-spans",
    epilog="Example: [bold]reasoner runs export-spans latest --endpoint http://127.0.0.1:4318[/bold]",
)
def export_spans(
    run: RunId,
    endpoint: Endpoint = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Send a run to a collector as spans: run, cycles, nodes, teacher calls."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    folder = options.home_of(home)
    run = full_run(folder, run)
    count = bootstrap.export_spans(folder, run, endpoint=endpoint)
    voice.record("spans", {"sent": count}, run=run)
    voice.show(f"{count} spans sent")
