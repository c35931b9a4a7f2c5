"""A search as people see it: every round with its candidates, then what was found, then the answer."""

from rich.table import Table

from reasoner.cli.voice import Voice, plain_table
from reasoner.types.search import REFINED, FoundSolution, SearchRound, SearchTrace

DONE = "(done)"
"""Text of the step that ends a solution."""


def show_search(seen: SearchTrace, voice: Voice) -> None:
    """All of it; with `--json`, one record."""
    voice.record("search", seen.model_dump(mode="json"))
    for round_ in seen.rounds:
        voice.show(f"step {round_.step}")
        voice.show(_round(round_))
    voice.show("solutions")
    voice.show(_solutions(seen))
    chosen = seen.solutions[seen.chosen]
    answer = "none" if chosen.doubt else chosen.answer or "none found"
    voice.show(f"answer: {answer}{_beside_greedy(seen, chosen)}")
    if chosen.doubt:
        voice.show(chosen.doubt)
    voice.say(f"{seen.searcher} search, {seen.decodes} decodes, seed {seen.seed}, latents {seen.latents}")


def _round(seen: SearchRound) -> Table:
    names = list(seen.candidates[0].terms) if seen.candidates else []
    table = plain_table(
        "beam", "from", "found", "text", *names, "score", "fate", "why", right=("beam", "found", "score")
    )
    for one in sorted(seen.candidates, key=lambda c: -c.score):
        terms = [f"{value:.2f}" for value in one.terms.values()]
        before = f"{one.refined_from or DONE} -> " if one.origin == REFINED else ""
        where = [str(one.beam), one.origin, str(one.found), before + (one.text or DONE)]
        style = "" if one.fate != "pruned" else "dim"
        table.add_row(*where, *terms, f"{one.score:.2f}", one.fate, one.why, style=style)
    return table


def _solutions(seen: SearchTrace) -> Table:
    table = plain_table("", "score", "answer", "steps", "", right=("score",))
    order = sorted(range(len(seen.solutions)), key=lambda i: -seen.solutions[i].score)
    for place in order:
        one = seen.solutions[place]
        mark = "chosen" if place == seen.chosen else ""
        ended = one.answer or ("none" if one.finished else "ran out of steps")
        table.add_row(mark, f"{one.score:.2f}", ended, "  ".join(one.steps), "greedy" if one.greedy else "")
    return table


def _beside_greedy(seen: SearchTrace, chosen: FoundSolution) -> str:
    """What greedy says, where it says something else."""
    greedy = next((s for s in seen.solutions if s.greedy), None)
    if greedy is None:
        return " (greedy's attempt was given up: it could not catch up within the margin)"
    return "" if greedy.answer == chosen.answer else f" (greedy alone: {greedy.answer or 'none'})"
