"""Why nothing taught: the most frequent reasons first, each with an example and what to change."""

from typing import Any

from failures import call_with

from agents import judging
from agents.refusals import MOST_REASONS, refusals, shortened
from agents.reporting.nothing_learnt import failure_words, lines_of, nothing_learnt
from agents.reporting.summary import summarise
from reasoner.types.teaching import Lesson, TeacherCall, Verdict, WrittenProblem

QUESTION = "How many geese are left?"


def verdict(call: TeacherCall, reason: str, *, number: int = 0, question: str = QUESTION) -> Verdict:
    return Verdict.model_validate(
        {
            "id": f"{call.id}-{number}",
            "teacher_call": call.id,
            "subject": "problem" if number else "solution",
            "question": question,
            "accepted": reason == judging.ACCEPTED,
            "reason": reason,
        }
    )


def failed(error: str, name: str = "c") -> TeacherCall:
    return call_with(None).model_copy(update={"id": name, "error": error, "state": "failed"})


def teacher_event(**more: Any) -> dict[str, Any]:
    counts = {"calls": 3, "cached": 1, "failed": 0, "accepted": 0, "rejected": 4, "usd": 0.0}
    return {"event": "teacher", "run": "r", "cycle": 1, "model": "m", **counts, **more}


def test_the_most_frequent_reasons_come_first_and_what_was_accepted_is_none() -> None:
    call = call_with(Lesson(critique="", steps=["1+1=3"], answer="3"))
    given = [judging.ACCEPTED] * 9 + [judging.FALSE_STEP] * 2 + [judging.NO_STEPS] * 5 + ["b", "a"]
    told = refusals([verdict(call, reason) for reason in given], [call])
    assert [(one.reason, one.count) for one in told] == [("no steps", 5), ("false step", 2), ("a", 1)]
    assert len(told) == MOST_REASONS


def test_the_example_quotes_the_question_and_what_the_teacher_said_of_it() -> None:
    new = WrittenProblem(question="What is left?", steps=["9-4=6"], answer="6")
    call = call_with(Lesson(critique="c", steps=["7+5=13"], answer="13", problems=[new]))
    (solution,) = refusals([verdict(call, judging.FALSE_STEP)], [call])
    assert (solution.question, solution.said) == (QUESTION, "7+5=13; answer 13")
    (problem,) = refusals([verdict(call, judging.FALSE_STEP, number=1, question=new.question)], [call])
    assert (problem.question, problem.said) == ("What is left?", "9-4=6; answer 6")


def test_a_teacher_that_solves_nothing_is_quoted_with_its_critique() -> None:
    call = call_with(Lesson(critique="I cannot read this problem.", steps=[], answer=""))
    (told,) = refusals([verdict(call, judging.NO_ANSWER)], [call])
    assert told.said == "I cannot read this problem."
    assert "choose another teacher.model" in told.change


def test_a_failed_call_is_told_by_the_kind_of_its_error_with_one_in_full() -> None:
    calls = [failed("unusable answer: steps is missing", "a"), failed("unusable answer: broken", "b"), failed("", "c")]
    told = refusals([verdict(call, judging.NO_LESSON) for call in calls], calls)
    assert [(one.reason, one.count) for one in told] == [("unusable answer", 2), ("no reason was written down", 1)]
    assert told[0].said == "unusable answer: steps is missing"


def test_long_texts_are_cut_to_one_line() -> None:
    assert shortened("a\nb  c") == "a b c"
    assert len(shortened("x" * 10_000)) <= 160


def test_failed_calls_are_said_in_one_sentence() -> None:
    words = failure_words(teacher_event(failed=2, failures={"timeout": 2}, example="timeout: of 60 s"))
    assert words == "2 of 4 calls failed: timeout (2), such as 'timeout: of 60 s'"
    assert failure_words(teacher_event()) == ""


def test_only_a_cycle_that_asked_and_got_nothing_at_all_has_learnt_nothing() -> None:
    def barren(*events: dict[str, Any]) -> bool:
        return bool(nothing_learnt(summarise([{"event": "launch", "run": "r"}, *events])))

    assert barren(teacher_event())
    assert not barren(teacher_event(accepted=1))
    assert not barren(teacher_event(calls=0, cached=0))
    found = {"event": "examples", "run": "r", "cycle": 1, "added": 1, "duplicates": 0}
    assert not barren(teacher_event(), found)
    assert not barren(teacher_event(), {**found, "added": 0, "duplicates": 2})
    assert barren(teacher_event(), {**found, "added": 0})


def test_a_run_of_before_reasons_were_told_is_read_all_the_same() -> None:
    (cycle,) = nothing_learnt(summarise([teacher_event()]))
    assert lines_of(cycle) == ["cycle 1 learnt nothing: none of 4 pieces from 4 calls of m taught"]
