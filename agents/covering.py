"""How much of what a run practises its memory covers, measured after each cycle.

The probe is a practice pool of a cycle that no run comes to: questions drawn as those of the run are, of the practice
split, and, where problems are generated, never attempted, mined or asked about. Of a file they are rows that the run
may also meet, and therefore a question's own examples never count. Gate and sealed problems are not looked at. All
cycles are measured with the encoder of the run's first champion, in whose space its memory lies: the probe, the radius
and the ruler are the same from the first cycle to the last, and runs from one base can be compared.
"""

from agents.parts import Parts
from agents.state import ImproveState
from memory.coverage import Coverage, coverage
from memory.sameness import question_key, unit
from memory.store.questions import learnt_questions

UNMINED = 10**9
"""A cycle that no run comes to."""

MOST = 500
"""Questions of the probe: a share is sure to 4.4 points, and half a second of one core is what it costs."""


def covered_after(state: ImproveState, parts: Parts) -> Coverage:
    """What the run's verified examples cover once the cycle's are remembered."""
    probe = [problem.question for problem in parts.source.practice(UNMINED)[:MOST]]
    learnt = learnt_questions(parts.database, run=parts.run, up_to_cycle=state["cycle"], space=state["space"])
    probe_QD = parts.student_of(state["first"]).embed(probe)
    examples_MD = unit(learnt.vectors_MD) if learnt.keys else learnt.vectors_MD
    return coverage(unit(probe_QD), [question_key(q) for q in probe], examples_MD, learnt.keys)
