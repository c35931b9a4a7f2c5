"""`reasoner memory`: what past solutions the home remembers."""

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from memory.latent_memory import MemoryStats
    from reasoner.cli.voice import Voice

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The latent memory of past solutions: search, stats, export, reindex.",
)


Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="KEY=VALUE",
        help="Only what agrees; may be repeated. Keys: domain, skill, difficulty, source (teacher_solution, "
        "teacher_problem, self, practice), teacher, run, cycle.",
        show_default=False,
    ),
]


class FormName(StrEnum):
    """Forms of exported rows."""

    PROMPT_COMPLETION = "prompt-completion"
    MESSAGES = "messages"
    RECORDS = "records"


@app.command("search", epilog='Example: [bold]reasoner memory search "Ann shares 12 apples among 3 friends"[/bold]')
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A question, in plain language.", show_default=False)],
    k: Annotated[int, typer.Option("--k", min=1, help="How many at most.")] = 5,
    only: Only = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Search failed attempts instead.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find the remembered solutions whose latents are most like a question's."""
    from memory.filters import parse_filter
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table
    from reasoner.errors import UsageError

    voice, meant = Voice(as_json=json, quiet=quiet), parse_filter(only or [])
    if wrong and (meant.source or meant.teacher):
        raise UsageError(
            "--wrong with --only source or teacher: failed attempts are the student's own and have neither"
        )
    found = bootstrap.search_memory(options.home_of(home), text, k=k, only=meant, correct=not wrong)
    table = plain_table("likeness", "skill", "question and steps", right=("likeness",))
    for one in found:
        item, problem = one.example, one.example.problem
        voice.record("recollection", one.model_dump(mode="json"), run=item.lineage.run)
        steps = "; ".join(problem.steps)
        table.add_row(f"{one.score:.3f}", problem.skill, f"{problem.question}\n{steps} -> {problem.answer}\n")
    voice.show(table if found else "nothing like it is remembered")


@app.command("stats", epilog="Example: [bold]reasoner memory stats[/bold]")
def stats(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Count what is remembered."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    _show_stats(Voice(as_json=json, quiet=quiet), bootstrap.memory_stats(options.home_of(home)))


@app.command(
    "export",
    epilog="Example: [bold]reasoner memory export --out solutions.jsonl[/bold]; "
    "[bold]reasoner memory export --form messages --only skill=times | head[/bold]",
)
def export(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: standard output.", show_default=False)
    ] = None,
    form: Annotated[
        FormName,
        typer.Option("--form", help="prompt-completion, messages: TRL's dataset formats; records: all that is known."),
    ] = FormName.PROMPT_COMPLETION,
    only: Only = None,
    home: options.Home = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write remembered solutions as JSON lines, to train other models on. Failed attempts are never among them."""
    from memory.filters import parse_filter
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    if out is not None and out.exists():
        raise UsageError(f"--out {str(out)!r} exists; name a new file, or remove that one first")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r}: the folder {str(out.parent)!r} is not there; make it first")
    rows = bootstrap.export_memory(options.home_of(home), form=form.value, only=parse_filter(only or []))
    written = _write((dumps(row, ensure_ascii=False) for row in rows), out)
    # The rows have standard output to themselves.
    Voice(as_json=True, quiet=quiet).say(f"{written} solutions" + (f" in {out}" if out else ""))


@app.command("reindex", epilog="Example: [bold]reasoner memory reindex[/bold]")
def reindex(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Build the search index anew from the store, which is the truth."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    _show_stats(Voice(as_json=json, quiet=quiet), bootstrap.reindex_memory(options.home_of(home)))


def _write(lines: Iterable[str], out: Path | None) -> int:
    """To a file, whole or not at all, or to standard output; how many."""
    partial = out.with_name(f"{out.name}.partial") if out else None
    try:
        with partial.open("w", encoding="utf-8") if partial else nullcontext(sys.stdout) as stream:
            written = 0
            for line in lines:
                print(line, file=stream)
                written += 1
        if partial and out:
            partial.replace(out)
    finally:
        if partial:
            partial.unlink(missing_ok=True)
    return written


def _show_stats(voice: "Voice", stats: "MemoryStats") -> None:
    from reasoner.cli.voice import plain_table

    voice.record("memory", stats.model_dump(mode="json"))
    table = plain_table("", "", right=("",))
    table.show_header = False
    for name, value in stats.model_dump(mode="json", exclude={"by_skill"}).items():
        table.add_row(name.replace("_", " "), str(value))
    for skill, count in sorted(stats.by_skill.items()):
        table.add_row(f"examples of {skill}", str(count))
    voice.show(table)
