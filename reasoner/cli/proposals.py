"""`reasoner proposals`: what waits for a person's yes or no."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasoner.cli import options
from reasoner.cli.ids import SHORT, full_id

if TYPE_CHECKING:
    from memory.store.proposals import Filed
    from reasoner.cli.voice import Voice
    from reasoner.types.proposal import Item, RulingVerdict

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Changes of champion that wait for a person: list them, show one, approve or deny it.",
)
ProposalId = Annotated[
    str,
    typer.Argument(metavar="PROPOSAL", help=f"As `reasoner proposals list` shows it. {SHORT}", show_default=False),
]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so. Default: user@host.")]
SHOWN = 5
"""Items shown of those that changed; `--json` has all."""


@app.command("list", epilog="Example: [bold]reasoner proposals list --waiting[/bold]")
def list_proposals(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has ruled on.")] = False,
    run: Annotated[str | None, typer.Option("--run", help="Only of this run.", show_default=False)] = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List proposals in the order in which they were written."""
    from reasoner.bootstrap.proposals import list_proposals as listed
    from reasoner.cli.voice import Voice, plain_table

    voice = Voice(as_json=json, quiet=quiet)
    found = listed(options.home_of(home), waiting=waiting, run=run)
    table = plain_table("proposal", "state", "kind", "expected", "candidate", "written", "ruled by", "reason")
    for one in found:
        voice.record("proposal", _told(one), run=one.proposal.run)
        proposal, ruling = one.proposal, one.ruling
        said = (ruling.by, ruling.reason or "-") if ruling else ("-", "-")
        when = one.written_at[:16]
        table.add_row(proposal.id, one.state, proposal.kind, _expected(one), proposal.candidate, when, *said)
    voice.show(table if found else "nothing has been proposed" if not waiting else "nothing waits")


@app.command("show", epilog="Example: [bold]reasoner proposals show latest[/bold]")
def show_proposal(
    proposal: ProposalId,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show one proposal: why, what improves and what gets worse by name, what it costs, how it is undone."""
    from reasoner.bootstrap.proposals import show_proposal as shown
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    found = shown(options.home_of(home), proposal)
    voice.record("proposal", _told(found), run=found.proposal.run)
    _show(voice, found, found.stale)


@app.command("approve", epilog="Example: [bold]reasoner proposals approve latest[/bold]")
def approve(
    proposal: ProposalId,
    reason: Annotated[str, typer.Option("--reason", help="Kept with the ruling.", show_default=False)] = "",
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say yes. It is recorded once, with who and when; the run carries it out when its command is run again."""
    _rule(options.home_of(home), proposal, "approved", reason, by, as_json=json, quiet=quiet)


@app.command("deny", epilog='Example: [bold]reasoner proposals deny latest --reason "worse at sharing"[/bold]')
def deny(
    proposal: ProposalId,
    reason: Annotated[str, typer.Option("--reason", help="Kept; later proposals quote it.", show_default=False)] = "",
    by: By = None,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say no, and why. Denied stays denied: this candidate never becomes champion."""
    _rule(options.home_of(home), proposal, "denied", reason, by, as_json=json, quiet=quiet)


def _rule(
    home: Any, id: str, verdict: "RulingVerdict", reason: str, by: str | None, *, as_json: bool, quiet: bool
) -> None:
    from reasoner.bootstrap.proposals import rule_on_proposal
    from reasoner.cli.voice import Voice

    voice, id = Voice(as_json=as_json, quiet=quiet), full_id(home, id, "proposal")
    ruled = rule_on_proposal(home, id, verdict, reason=reason, by=by)
    ruling = ruled.filed.ruling
    assert ruling is not None, f"proposal {id} was ruled on and has no ruling"
    run = ruled.filed.proposal.run
    voice.record("ruling", {**ruling.model_dump(mode="json"), "new": ruled.new}, run=run)
    if not ruled.new:
        voice.show(f"proposal {id} was {verdict} already, by {ruling.by} at {ruling.at}; nothing has changed")
        return
    voice.show(f"proposal {id} is {verdict} by {ruling.by} at {ruling.at} ({ruling.digest[:12]})")
    voice.show(f"run {run} goes on with the same `reasoner loop` command, or with its schedule's next night")


def _told(filed: "Filed") -> dict[str, Any]:
    body = filed.model_dump(mode="json", exclude={"proposal": {"run", "id"}})
    return {"proposal": filed.proposal.id, "state": filed.state, **body.pop("proposal"), **body}


def _expected(filed: "Filed") -> str:
    evidence = filed.proposal.evidence
    low, high = evidence.ci95
    return f"{100 * evidence.gain:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def _show(voice: "Voice", filed: "Filed", stale: str) -> None:
    from agents.reporting.figures import dollars, duration, probability
    from reasoner.cli.voice import plain_table

    proposal, evidence, ruling = filed.proposal, filed.proposal.evidence, filed.ruling
    voice.show(f"proposal {proposal.id}, {filed.state}: {proposal.kind} of {proposal.candidate}")
    voice.show(f"\n{proposal.rationale}\n")
    cost, alike = proposal.cost, proposal.consistency
    table = plain_table("", "")
    table.show_header = False
    changes = "base weights" if proposal.deep else "additions only; the base weights stay"
    rows = [
        ("in the place of", proposal.champion),
        ("changes", changes),
        ("expected", f"{_expected(filed)} points on problems like the gate's (95%)"),
        ("evidence", f"{evidence.wins} wins, {evidence.losses} losses on {evidence.n} fresh problems, "
         f"p={probability(evidence.p)}, alpha={probability(evidence.alpha)}"),
        ("cost so far", f"{cost.calls} teacher calls, {dollars(cost.usd)}, {duration(cost.seconds)}"),
        ("change (KL)", f"{proposal.kl:g} nats a token from the present champion"),
        ("fast and slow", f"{alike.same} of {alike.items} probe items answered as {alike.slow} does"),
        ("undone by", proposal.revert),
        ("run", f"{proposal.run}, cycle {proposal.cycle}, decision {proposal.decision}"),
    ]  # fmt: skip
    for name, words in rows:
        table.add_row(name, words)
    voice.show(table)
    _show_items(voice, "improved", evidence.improved)
    _show_items(voice, "regressed", evidence.regressed)
    for denial in proposal.denials:
        voice.show(f"denied before: {denial.candidate}, by {denial.by} at {denial.at[:16]}: {denial.reason}")
    if ruling:
        voice.show(f"\n{ruling.verdict} by {ruling.by} at {ruling.at}{f': {ruling.reason}' if ruling.reason else ''}")
    elif stale:
        voice.show(f"\nstale: {stale}; it lapses when the run goes on")
    else:
        command = f"reasoner proposals approve {proposal.id}"
        voice.show(f"\n{command}\nreasoner proposals deny {proposal.id} --reason '...'")


def _show_items(voice: "Voice", word: str, items: "tuple[Item, ...]") -> None:
    from reasoner.cli.voice import plain_table

    if not items:
        voice.show(f"\nnothing {word}")
        return
    more = f" (the first {SHOWN}; --json has all)" if len(items) > SHOWN else ""
    voice.show(f"\n{len(items)} {word}{more}")
    table = plain_table("item", "skill", "steps", "before", "after", "question")
    for item in items[:SHOWN]:
        table.add_row(item.id, item.skill, str(item.difficulty), item.before or "-", item.after or "-", item.question)
    voice.show(table)
