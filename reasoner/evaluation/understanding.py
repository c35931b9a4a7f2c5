"""Whether a student has understood a question, as far as its own steps tell: no gold answer is needed.

A student always writes something. Where a step uses a quantity that nobody named or is not true, or where most of the
text is unknown to it, what its steps end in is a guess, and no answer.
"""

from collections.abc import Sequence

from reasoner.domains.powers import judge_steps
from reasoner.types.domain import Domain
from reasoner.types.step import listed

UNREADABLE = 0.5
"""Share of a question's words that may be unknown."""
_SHOWN = 4
"""Unknown words that are named."""


def doubt(domain: Domain, question: str, steps: Sequence[str], *, unknown: Sequence[str]) -> str:
    """Why an answer cannot be believed; empty where nothing speaks against it.

    Args:
        domain: judges the steps.
        question: as it was asked.
        steps: what the student wrote.
        unknown: words of the question of which the student's vocabulary knows no letter.
    """
    if len(unknown) > UNREADABLE * len(question.split()):
        return f"not understood: the student cannot read {listed([repr(word) for word in unknown[:_SHOWN]])}"
    verdicts = judge_steps(domain, question, steps)
    if nowhere := list(dict.fromkeys(quantity for verdict in verdicts for quantity in verdict.unknown)):
        return f"not understood: the steps use {listed(nowhere)}, which the question does not say"
    judged = enumerate(zip(steps, verdicts, strict=True), start=1)
    false = [f"step {place}, {step!r}," for place, (step, verdict) in judged if not verdict.true]
    return f"not sure: {listed(false)} {'is' if len(false) == 1 else 'are'} not true" if false else ""
