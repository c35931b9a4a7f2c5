"""search: thinks harder about failed practice problems; what it then solves, nobody needs to be paid for."""

from collections import Counter
from typing import Any

from agents.judging import example_id
from agents.parts import Parts
from agents.recalling import recall_from
from agents.reporting.page.beams import keep_beams
from agents.run_folder import write_records
from agents.searching import search_all, search_one
from agents.state import Change, ImproveState
from agents.tracing.searches import solve_listener, tell_searches
from reasoner.domains.solutions import tried_fault
from reasoner.evaluation.attempts import judge_all
from reasoner.search.trained_verifier import TrainedVerifier, load_verifier, verifier_folder
from reasoner.students import new_verifier
from reasoner.types.example import Example, Lineage
from reasoner.types.ports import Recall
from reasoner.types.student import Student
from reasoner.types.tried import Tried, attempts_of


def search(state: ImproveState, parts: Parts) -> Change:
    """Own solutions that the checker finds right, every step of them true, become examples."""
    cycle, champion = state["cycle"], state["champion"]
    failed = [one.problem for one in parts.practised(cycle) if one.wrong]
    settings = parts.settings.search.model_copy(update={"searcher": "beam"})
    student = parts.student_of(champion)

    def watch(done: int, total: int) -> None:
        parts.clock.require_time()
        parts.tell(cycle, "search", done, total)

    asked: dict[str, Any] = {"seed": parts.settings.seed + cycle, "verifier": _verifier(state, student, parts)}
    asked["recall"] = _recall(state, parts)
    questions = [p.question for p in failed]
    observe = solve_listener(parts.trace) if parts.trace.on else None
    found = search_all(student, parts.domain, questions, settings, on_progress=watch, observe=observe, **asked)
    tell_searches(parts.trace, failed, found)
    tried = judge_all(parts.domain, failed, [f.solved for f in found], "talk")
    write_records(parts.folder.attempts(cycle, "search"), attempts_of(tried))
    keep_beams(
        parts.folder,
        cycle,
        tried,
        lambda question: search_one(student, parts.domain, question, settings, **asked),
    )
    # A right answer by way of a false or an ungrounded step was luck.
    examples = [_example(one, cycle, parts) for one in tried if not tried_fault(one, parts.domain)]
    write_records(parts.folder.searched(cycle), examples)
    by_skill = Counter(e.problem.skill for e in examples)
    parts.events.write(
        f"{cycle}/search",
        "search",
        cycle,
        checkpoint=champion,
        tried=len(tried),
        right=sum(one.attempt.correct for one in tried),
        examples=len(examples),
        decodes=sum(f.decodes for f in found),
        by_skill=dict(sorted(by_skill.items())),
    )
    return {"searched": len(examples)}


def _verifier(state: ImproveState, student: Student, parts: Parts) -> TrainedVerifier | None:
    """The one that this cycle has trained, whatever other runs of the home have trained for the same student."""
    if not parts.settings.search.verifier:
        return None
    mark = parts.checkpoints.get(state["champion"]).fingerprint
    return load_verifier(verifier_folder(parts.home, mark, state["verifier"]), new_verifier(student), fingerprint=mark)


def _recall(state: ImproveState, parts: Parts) -> Recall | None:
    """What the run itself has learnt in earlier cycles: other runs of the home must not change what this one does."""
    if not parts.settings.search.recall:
        return None
    learnt = {e.id for e in parts.examples.examples(run=parts.run, up_to_cycle=state["cycle"] - 1)}
    if not learnt:
        return None
    memory, encoder = parts.memory(state["space"]), parts.student_of(state["first"])
    return recall_from(memory, encoder, parts.domain, among=learnt)


def _example(tried: Tried, cycle: int, parts: Parts) -> Example:
    solved = tried.problem.model_copy(update={"steps": tried.attempt.steps})
    lineage = Lineage(run=parts.run, cycle=cycle, failure=tried.problem.id)
    return Example(id=example_id(solved), problem=solved, source="self", teacher="student", lineage=lineage)
