"""`reasoner memory`: what past solutions the home remembers."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import interruption, options

if TYPE_CHECKING:
    from memory.latent_memory import MemoryStats, Recollection
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)


class FormName(StrEnum):
    """Forms of exported rows."""

    PROMPT_COMPLETION = "prompt-completion"
    MESSAGES = "messages"
    RECORDS = "records"


class Container(StrEnum):
    """Kinds of exported files."""

    JSONL = "jsonl"
    PARQUET = "parquet"


@app.command(
    "search",
    epilog='Example: [bold]reasoner memory search "Ann shares 12 apples among 3 friends"[/bold]; '
    "[bold]reasoner memory search --near 3f9c2a77d01b4e56 --only skill=times --only since=2026-11-01[/bold]",
)
def search(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="A question, in plain language.", show_default=False)
    ] = None,
    near: Annotated[
        str | None,
        typer.Option(
            "--near",
            metavar="ID",
            help="Instead of TEXT: an example, a failed attempt or a problem.",
            show_default=False,
        ),
    ] = None,
    latent: Annotated[
        Path | None,
        typer.Option(
            "--latent", metavar="FILE", help="Instead of TEXT: a .npy file with one vector.", show_default=False
        ),
    ] = None,
    k: Annotated[int, typer.Option("--k", min=1, help="How many at most.")] = 5,
    only: options.Only = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Search failed attempts instead.")] = False,
    words: Annotated[
        bool, typer.Option("--words/--no-words", help="Whether shared names and numbers count beside likeness.")
    ] = True,
    words_only: Annotated[
        bool, typer.Option("--words-only", help="By words alone: nothing is encoded, so the answer comes at once.")
    ] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find the remembered solutions whose latents, and words, are most like a question's."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice
    from reasoner.errors import UsageError

    voice, meant = Voice(as_json=json, quiet=quiet), options.filter_of(only, wrong=wrong)
    if sum(given is not None for given in (text, near, latent)) != 1:
        raise UsageError("memory search: expected one of TEXT, --near ID and --latent FILE")
    if words_only and (text is None or wrong or not words):
        raise UsageError(
            "--words-only: expected TEXT, and neither --wrong (failed attempts have no word index) nor --no-words"
        )
    place, correct = options.home_of(home), not wrong
    if words_only:
        found = bootstrap.search_memory_by_words(place, text or "", k=k, only=meant)
    elif near is not None:
        found = bootstrap.search_near(place, near, k=k, only=meant, correct=correct)
    elif latent is not None:
        found = bootstrap.search_by_latent(place, latent, k=k, only=meant, correct=correct)
    else:
        found = bootstrap.search_memory(place, text or "", k=k, only=meant, correct=correct, words=words)
    _show_found(voice, found)


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
    "[bold]reasoner memory export --out solutions.parquet[/bold]; "
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
    container: Annotated[
        Container | None,
        typer.Option("--as", help="Kind of file. Default: what FILE ends with, else jsonl.", show_default=False),
    ] = None,
    only: options.Only = None,
    home: options.Home = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Write remembered solutions, to train other models on. Failed attempts are never among them."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, json_line
    from reasoner.errors import UsageError

    if out is not None and out.exists():
        raise UsageError(f"--out {str(out)!r} exists; name a new file, or remove that one first")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"--out {str(out)!r}: the folder {str(out.parent)!r} is not there; make it first")
    parquet = container is Container.PARQUET or (container is None and out is not None and out.suffix == ".parquet")
    if parquet and out is None:
        raise UsageError("--as parquet without --out: a Parquet file cannot go to standard output; name --out FILE")
    meant = options.filter_of(only)
    if parquet and out is not None:
        from reasoner.data.parquet import require_pyarrow, write_parquet

        require_pyarrow()
        rows = bootstrap.export_memory(options.home_of(home), form=form.value, only=meant)
        written = write_parquet(rows, out, form=form.value)
    else:
        rows = bootstrap.export_memory(options.home_of(home), form=form.value, only=meant)
        written = _write((json_line(row) for row in rows), out)
    # The rows have standard output to themselves.
    Voice(as_json=True, quiet=quiet).say(f"{written} solutions" + (f" in {out}" if out else ""))


@app.command("reindex", epilog="Example: [bold]reasoner memory reindex[/bold]")
def reindex(
    checkpoint: Annotated[
        str | None,
        typer.Option("--checkpoint", metavar="ID", help="Default: the home's champion.", show_default=False),
    ] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Encode what is remembered with the champion, then search there. Until it is done the former space answers."""
    from reasoner import bootstrap
    from reasoner.cli.progress import view_for
    from reasoner.cli.voice import Voice
    from reasoner.types.loop import Progress

    voice = Voice(as_json=json, quiet=quiet)
    with view_for(voice, cycles=1) as view:
        interruption.saves()
        done = bootstrap.reindex_memory(
            options.home_of(home),
            checkpoint=checkpoint,
            report=lambda share, note: view.progress(
                Progress(cycle=0, node="re-encode", done=round(100 * share), total=100, note=note)
            ),
        )
    voice.record("reindex", done.model_dump(mode="json"))
    kept = "" if done.retained is None else f"; {done.retained:.0%} of neighbours as in the former space"
    voice.say(f"{done.encoded} encoded in {done.seconds:.1f} s; space {done.space} is searched now{kept}")
    _show_stats(voice, bootstrap.memory_stats(options.home_of(home)))


def _show_found(voice: "Voice", found: "Sequence[Recollection]") -> None:
    from reasoner.cli.voice import lines, plain_table
    from reasoner.types.example import WrongAttempt

    table = plain_table("likeness", "skill", "question and steps", "from", right=("likeness",))
    for one in found:
        item, problem, lineage = one.example, one.example.problem, one.example.lineage
        voice.record("recollection", one.model_dump(mode="json"), run=lineage.run)
        wrong = isinstance(item, WrongAttempt)
        steps, answer = (item.steps, item.answer) if wrong else (problem.steps, problem.answer)
        # Cycle 0 is of no run: what was imported.
        whence = [item.id, f"run {lineage.run}, cycle {lineage.cycle}" if lineage.cycle else lineage.run]
        whence += ["failed attempt"] if wrong else [f"{item.source.replace('_', ' ')}, {item.teacher}"]
        whence += [f"met {one.sightings} more times"] if one.sightings else []
        likeness = "-" if one.score is None else f"{one.score:.3f}"
        told = lines(problem.question, f"{'; '.join(steps)} -> {answer}", "")
        table.add_row(likeness, problem.skill, told, lines(*whence))
    voice.show(table if found else "nothing like it is remembered")


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
    for name, value in stats.model_dump(mode="json", exclude={"by_skill", "index"}).items():
        table.add_row(name.replace("_", " "), str(value))
    how = stats.index
    exact = (
        "exact" if how.kind == "flat" else f"{how.kind}, recall {how.recall:.3f}, {how.compared:.0f} vectors compared"
    )
    table.add_row("index", exact)
    for skill, count in sorted(stats.by_skill.items()):
        table.add_row(f"examples of {skill}", str(count))
    voice.show(table)
