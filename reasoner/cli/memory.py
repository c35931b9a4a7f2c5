"""`reasoner memory`: what past solutions the home remembers."""

from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from memory.latent_memory import MemoryStats
    from reasoner.cli.voice import Voice

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The latent memory of past solutions: search, stats, reindex."
)


@app.command("search", epilog='Example: [bold]reasoner memory search "Ann shares 12 apples among 3 friends"[/bold]')
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A question, in plain language.", show_default=False)],
    k: Annotated[int, typer.Option("--k", min=1, help="How many at most.")] = 5,
    skill: Annotated[str | None, typer.Option("--skill", help="Only of this skill.", show_default=False)] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Search failed attempts instead.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find the remembered solutions whose latents are most like a question's."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    found = bootstrap.search_memory(options.home_of(home), text, k=k, skill=skill, correct=not wrong)
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


@app.command("reindex", epilog="Example: [bold]reasoner memory reindex[/bold]")
def reindex(
    home: options.Home = None, json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False
) -> None:
    """Build the search index anew from the store, which is the truth."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    _show_stats(Voice(as_json=json, quiet=quiet), bootstrap.reindex_memory(options.home_of(home)))


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
