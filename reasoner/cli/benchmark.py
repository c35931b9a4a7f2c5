"""`reasoner benchmark`: public benchmarks from files, answered by a checkpoint, a language model or an endpoint."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.evaluate import ModeName, ModeOption

if TYPE_CHECKING:
    from reasoner.bootstrap import Who, Wish
    from reasoner.cli.voice import Voice
    from reasoner.config.settings import Settings
    from reasoner.types.benchmark_report import BenchmarkRun

app = typer.Typer(add_completion=False)

LIST = "list"


class ApiName(StrEnum):
    """Ways into an endpoint."""

    COMPLETIONS = "completions"
    CHAT = "chat"


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME|KEY=VALUE",
        help="Benchmarks ([bold]list[/bold] shows them), and settings such as [bold]compute.device=cuda[/bold].",
        show_default=False,
    ),
]
Paths = Annotated[
    list[Path] | None,
    typer.Option(
        "--path", metavar="FILE|DIR", help="Rows, as their publisher gives them; one for each NAME, in their order."
    ),
]


@app.command(
    epilog="Example: [bold]reasoner benchmark gsm8k --path test.jsonl[/bold]; "
    "[bold]reasoner benchmark mmlu --path mmlu/ --student ./my-model --limit 200[/bold]; "
    "[bold]reasoner benchmark gsm8k --path test.jsonl --endpoint http://127.0.0.1:8000/v1 --model NAME[/bold]; "
    "[bold]reasoner benchmark list[/bold]"
)
def benchmark(
    words: Words = None,
    paths: Paths = None,
    listing: Annotated[bool, typer.Option("--list", help="Names, and how each is asked. The same as `list`.")] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option("--checkpoint", metavar="ID|DIR", help="Default: the home's champion.", show_default=False),
    ] = None,
    student: Annotated[
        str | None,
        typer.Option(
            "--student",
            metavar="DIR|NAME",
            help="A Hugging Face causal language model: a folder, or a hub name; also a checkpoint.",
            show_default=False,
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint", metavar="URL", help="An OpenAI-compatible server, with its /v1.", show_default=False
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The name of the endpoint's model.", show_default=False)
    ] = None,
    api: Annotated[
        ApiName, typer.Option("--api", help="Of the endpoint; only completions weigh texts.")
    ] = ApiName.COMPLETIONS,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first N rows.", show_default=False)
    ] = None,
    shots: Annotated[
        int | None,
        typer.Option(
            "--shots", min=0, help="Examples before each question; default: the protocol's.", show_default=False
        ),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", min=1, help="Texts for each question; gives pass@k.")] = 1,
    temperature: Annotated[
        float | None,
        typer.Option(
            "--temperature",
            min=0.0,
            max=4.0,
            help="Of drawn texts; default: 0, or 0.8 with --samples.",
            show_default=False,
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option("--max-tokens", min=1, help="Of a text; default: the protocol's.", show_default=False),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, max=4096, help="Texts that --student computes at once.")] = 16,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Results; default: benchmarks/ID of the home.", show_default=False),
    ] = None,
    mode: ModeOption = None,
    config: options.Config = None,
    home: options.Home = None,
    task: options.Task = None,
    seed: options.Seed = None,
    max_usd: options.MaxUsd = None,
    max_calls: options.MaxCalls = None,
    max_minutes: options.MaxMinutes = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the first prompt, the calls and their cost; ask nobody.")
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Put public benchmarks to a model: metrics with intervals, raw answers kept, contamination counted.

    The same command goes on where it was stopped.
    """
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    voice = Voice(as_json=json, quiet=quiet)
    names = tuple(word for word in words or () if "=" not in word)
    if listing or names == (LIST,):
        _list(voice)
        return
    if not names:
        raise UsageError("no benchmark is named; `reasoner benchmark list` shows the names")
    settings = options.settings_of(
        config,
        [word for word in words or () if "=" in word],
        task=task,
        seed=seed,
        max_usd=max_usd,
        max_calls=max_calls,
        max_minutes=max_minutes,
    )
    wish = bootstrap.Wish(
        names=names,
        paths=tuple(path.expanduser() for path in paths or ()),
        limit=limit,
        shots=shots,
        samples=samples,
        temperature=temperature,
        max_tokens=max_tokens,
    )
    who = bootstrap.Who(
        checkpoint=checkpoint, student=student, endpoint=endpoint, model=model, api=api.value, batch=batch
    )
    thinking = (mode or ModeName(settings.student.mode)).value
    place = options.home_of(home)
    if dry_run:
        _plan(voice, settings, wish, who, home=place, mode=thinking)
    else:
        _run(voice, settings, wish, who, home=place, mode=thinking, out=out)


def _list(voice: "Voice") -> None:
    from reasoner import bootstrap
    from reasoner.cli.voice import plain_table

    table = plain_table("benchmark", "asked by", "shots", "metrics", right=("shots",))
    for told in bootstrap.list_benchmarks():
        voice.record("benchmark_known", told)
        table.add_row(told["name"], ", ".join(told["forms"]), str(told["shots"]), ", ".join(told["metrics"]))
    voice.show(table)
    voice.show(
        "\nEach needs its rows: --path FILE. docs/benchmarks.md says which file, and where its publisher gives it."
    )


def _plan(voice: "Voice", settings: "Settings", wish: "Wish", who: "Who", *, home: Path, mode: str) -> None:
    from agents.reporting.figures import dollars
    from reasoner import bootstrap

    for plan in bootstrap.plan_benchmarks(settings, wish, who, home=home, mode="talk" if mode == "talk" else "think"):
        voice.record("benchmark_plan", plan.model_dump(mode="json"))
        part = f"the first {plan.items} of {plan.rows_in_all}" if plan.items < plan.rows_in_all else f"{plan.items}"
        voice.show(f"{plan.name}: {part} items, form {plan.form}")
        if plan.calls:
            voice.show(f"  {plan.calls} requests to the endpoint, at most {dollars(plan.most_usd)}, retries aside")
            if plan.form == "loglikelihood":
                voice.show("  and one to see whether it weighs texts; else choices are asked as written answers")
        voice.show("the first item is asked as:\n")
        voice.show(plan.first_prompt)
        for option in plan.first_options:
            voice.show(f"  option {option!r}")
        voice.show("")


def _run(
    voice: "Voice", settings: "Settings", wish: "Wish", who: "Who", *, home: Path, mode: str, out: Path | None
) -> None:
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.tables import benchmark_table

    with view_for(voice, 0) as view:
        run = bootstrap.run_benchmarks(
            settings,
            wish,
            who,
            home=home,
            mode="talk" if mode == "talk" else "think",
            out=None if out is None else out.expanduser().absolute(),
            progress=view.progress,
            say=voice.say,
        )
    _record(voice, run)
    voice.show(f"{run.answerer}, {run.seconds:.1f} s\n")
    voice.show(benchmark_table(run))
    for line in _remarks(run):
        voice.show(line)
    voice.say(f"answers, result and report: {run.folder}")


def _record(voice: "Voice", run: "BenchmarkRun") -> None:
    """One event for each metric and filter."""
    for report in run.reports:
        about = report.model_dump(mode="json", exclude={"measures", "title", "source"})
        for measure in report.measures:
            told = measure.model_dump(mode="json")
            voice.record("benchmark", {**about, **told, "checkpoint": run.checkpoint, "seed": run.seed}, run=run.id)


def _remarks(run: "BenchmarkRun") -> list[str]:
    """What is not as the protocol, contamination, errors, money."""
    said: list[str] = []
    for report in run.reports:
        said += [f"{report.name}: {one}" for one in report.deviations]
        if report.known is not None and report.known.items:
            head = report.measures[0]
            clean = "" if head.clean is None else f"; without them {100 * head.clean.value:.1f}% of {head.clean.n}"
            said.append(
                f"{report.name}: {report.known.items} questions ({report.known.share:.1%}) are known to this home's "
                f"memory or practice rows{clean}"
            )
        if report.first_error:
            said.append(f"{report.name}: the first error: {report.first_error}")
    if run.requests:
        said.append(f"{run.requests} requests, {run.usd:.6f} dollars")
    return [f"\n{line}" if i == 0 else line for i, line in enumerate(said)]
