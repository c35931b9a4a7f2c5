"""`reasoner trace`: the graph a run went through, and what each of its nodes did, during and after."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options
from reasoner.cli.ids import full_id, full_run
from reasoner.cli.runs import RunId

if TYPE_CHECKING:
    from agents.tracing.history import History
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

OnlyCycle = Annotated[int | None, typer.Option("--cycle", min=0, help="Only this cycle.", show_default=False)]
OnlyNode = Annotated[
    str | None, typer.Option("--node", help="Only this node, such as [bold]teach[/bold].", show_default=False)
]
OneProblem = Annotated[
    str | None,
    typer.Option("--problem", metavar="ID", help="The story of one problem across the cycles.", show_default=False),
]
TryAgain = Annotated[
    bool, typer.Option("--try", help="With --problem: every champion of the run tries it now; nothing is recorded.")
]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Tell what happens until the run ends.")]
Mermaid = Annotated[bool, typer.Option("--mermaid", help="The graph as a Mermaid flowchart, and nothing else.")]
Png = Annotated[
    Path | None, typer.Option("--png", metavar="FILE", help="Draw the graph into a PNG.", show_default=False)
]


@app.command(epilog="Example: [bold]reasoner trace latest --cycle 2 --node teach[/bold]")
def trace(
    run: RunId,
    cycle: OnlyCycle = None,
    node: OnlyNode = None,
    problem: OneProblem = None,
    try_again: TryAgain = False,
    follow: Follow = False,
    mermaid: Mermaid = False,
    png: Png = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show what happened in a run: the graph with counts and times, then every node by cycle.

    With a cycle and a node, also all that happened within: teacher calls, searches, latents, decisions.
    """
    from reasoner.bootstrap.run_events import require_events
    from reasoner.cli.voice import Voice

    voice, place = Voice(as_json=json, quiet=quiet), options.home_of(home)
    run = full_run(place, run)
    require_events(place, run)
    if problem is not None:
        from reasoner.cli.story_view import show_story

        problem = full_id(place, problem, "problem", or_as_typed=True)
        show_story(voice, place, run, problem, try_again=try_again)
        return
    if follow:
        from reasoner.cli.following import follow_run

        follow_run(voice, place, run, cycle=cycle, node=node)
        return
    _show(voice, place, run, cycle=cycle, node=node, mermaid=mermaid, png=png)


def _show(
    voice: "Voice", home: Path, run: str, *, cycle: int | None, node: str | None, mermaid: bool, png: Path | None
) -> None:
    from agents.tracing.drawing import as_mermaid, as_picture, as_text, walked
    from agents.tracing.history import read_history
    from reasoner.cli.trace_view import graph_and_tree, json_lines

    history = read_history(home, run)
    _require_visits(history, run, cycle=cycle, node=node)
    if voice.as_json:
        for line in json_lines(history, cycle=cycle, node=node):
            print(line)
        return
    graph = walked(history.visits)
    if png is not None:
        as_picture(graph, png, title=run)
        voice.say(f"drawn: {png}")
    if mermaid:
        voice.show(as_mermaid(graph))
    elif png is None:
        drawn = as_text(graph, width=voice.console.width)
        for part in graph_and_tree(history, drawn, cycle=cycle, node=node, width=voice.console.width):
            voice.show(part)


def _require_visits(history: "History", run: str, *, cycle: int | None, node: str | None) -> None:
    """Says which cycles and nodes there are when others are asked for."""
    from reasoner.errors import NotFoundError

    visits = history.visits
    if cycle is not None and cycle not in history.cycles:
        there = ", ".join(map(str, history.cycles)) or "none yet"
        raise NotFoundError(f"--cycle {cycle}: run {run} has cycles {there}")
    nodes = dict.fromkeys(v.node for v in visits if cycle is None or v.cycle == cycle)
    if node is not None and node not in nodes:
        where = "" if cycle is None else f" in cycle {cycle}"
        raise NotFoundError(f"--node {node!r}: run {run} came to {', '.join(nodes) or 'no node yet'}{where}")
