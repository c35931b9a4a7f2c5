"""Why a teacher's work did not teach: the most frequent reasons, an example of each, and what to change.

Pure: from the calls and verdicts of one cycle. The event `teacher` carries the result, which every report tells.
"""

from collections.abc import Iterable, Sequence

from agents import judging
from agents.teachers.failures import reason_of
from agents.teachers.pricing import BUILTIN
from reasoner.types.record import Record
from reasoner.types.teaching import TeacherCall, Verdict

MOST_REASONS = 3
_SHOWN = 160
"""Characters of a question, or of what a teacher said."""

_STRONGER = "choose a stronger teacher.model, or easier problems (data.difficulties, or easier rows)"
_OTHER_PROBLEMS = (
    "its new problems repeat what is known or held out: raise teacher.temperature, or choose another teacher.model"
)
_ADVICE = {
    judging.NO_LESSON: "check teacher.model, teacher.api_base, teacher.max_tokens and teacher.timeout; "
    "docs/teachers.md shows what an answer looks like",
    judging.NO_ANSWER: "the teacher cannot solve these problems: choose another teacher.model",
    judging.UNCONFIRMED: "raise teacher.confirmations, and the limits that it needs",
    judging.NO_AGREEMENT: f"the teacher contradicts itself: {_STRONGER}",
    judging.CHECKER_FAILED: "the checker itself failed, which is a fault of this program: please report it",
    judging.HELD_OUT: _OTHER_PROBLEMS,
    judging.LEAKED: _OTHER_PROBLEMS,
    judging.SAME_QUESTION: _OTHER_PROBLEMS,
    judging.DUPLICATE: _OTHER_PROBLEMS,
    judging.INSANE_QUESTION: _OTHER_PROBLEMS,
}
_OF_THE_EXPERT = f"{BUILTIN}/expert reads only the stories of the math domain: choose another teacher.model"


class Refusal(Record):
    """One reason why pieces of a teacher's work did not teach."""

    reason: str
    """A word of `agents.judging`; of a failed call, the kind of its error."""
    count: int
    """Pieces (a solution, a new problem, a failed call) with this reason."""
    question: str
    """Of one such piece, shortened."""
    said: str
    """What the teacher said of it, or the error of the call, shortened."""
    change: str
    """What to change."""


def refusals(verdicts: Sequence[Verdict], calls: Iterable[TeacherCall]) -> list[Refusal]:
    """The reasons of all pieces that were not accepted, the most frequent first, `MOST_REASONS` at most."""
    by_id = {call.id: call for call in calls}
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if not verdict.accepted:
            groups.setdefault(_reason(verdict, by_id.get(verdict.teacher_call)), []).append(verdict)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:MOST_REASONS]
    return [_refusal(reason, group, by_id.get(group[0].teacher_call)) for reason, group in largest]


def shortened(text: str) -> str:
    """One line of at most `_SHOWN` characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _reason(verdict: Verdict, call: TeacherCall | None) -> str:
    if verdict.reason == judging.NO_LESSON and call is not None:
        return reason_of(call.error)
    return verdict.reason


def _refusal(reason: str, group: Sequence[Verdict], call: TeacherCall | None) -> Refusal:
    first = group[0]
    change = _ADVICE.get(first.reason, _STRONGER)
    if call is not None and call.model.startswith(f"{BUILTIN}/") and first.reason == judging.NO_ANSWER:
        change = _OF_THE_EXPERT
    said = shortened(_said(first, call))
    return Refusal(reason=reason, count=len(group), question=shortened(first.question), said=said, change=change)


def _said(verdict: Verdict, call: TeacherCall | None) -> str:
    """The work that was refused; the critique where there is none, the error where there is no lesson."""
    if call is None or call.lesson is None:
        return "" if call is None else call.error
    if verdict.subject == "solution":
        work, otherwise = call.lesson, call.lesson.critique
    else:
        work, otherwise = next((p for p in call.lesson.problems if p.question == verdict.question), None), ""
    if work is None or not (work.steps or work.answer):
        return otherwise
    return "; ".join([*work.steps, f"answer {work.answer or 'none'}"])
