"""report: the sealed figure of a new champion, then report, page and plot; reported only, never decided on."""

from functools import partial

from agents.judge_costs import tell_verdicts
from agents.parts import Parts
from agents.repairs import try_taught
from agents.reporting.markdown import write_report
from agents.reporting.page.flips import keep_gate_flips
from agents.reporting.page.latents import keep_latents
from agents.reporting.page.page import write_page
from agents.reporting.page.sources import Sources
from agents.reporting.page.tape import read_tape
from agents.reporting.plot import plot_accuracy
from agents.state import Change, ImproveState
from reasoner.domains.powers import judge_steps


def report(state: ImproveState, parts: Parts) -> Change:
    """Closes the cycle."""
    cycle = state["cycle"]
    try_taught(state, parts)
    if state["verdict"] == "promote":
        parts.evaluate(state["champion"], parts.source.sealed(), split="sealed", cycle=cycle, node="report")
    tell_verdicts(cycle, parts)
    parts.events.write(
        f"{cycle}/end", "cycle", cycle, champion=state["champion"], seconds=round(parts.clock.seconds, 3)
    )
    _keep(state, parts)
    tape = read_tape(parts.folder.root)
    plot_accuracy(parts.folder.root, tape.figures)
    write_report(parts.folder.root, tape.figures)
    write_page(sources_of(parts), tape=tape)
    return {}


def sources_of(parts: Parts) -> Sources:
    """What the page is made from."""
    return Sources(parts.folder, parts.source.sealed(), partial(judge_steps, parts.domain))


def _keep(state: ImproveState, parts: Parts) -> None:
    """What the page shows and no other record holds: who flipped at the gate, and how champions see the sealed set."""
    if state["candidate"] and state["comparison"]:
        # The champion is the new one by now; the decision knows whom the candidate was compared with.
        decision = next(d for d in parts.decisions.for_run(parts.run) if d.cycle == state["cycle"])
        gate = parts.source.gate(state["cycle"])
        keep_gate_flips(parts.folder, state["cycle"], decision.champion, decision.candidate, gate)
    questions = [problem.question for problem in parts.source.sealed()]
    for checkpoint in dict.fromkeys((state["first"], state["champion"])):
        keep_latents(parts.folder, checkpoint, lambda id=checkpoint: parts.student_of(id), questions)
