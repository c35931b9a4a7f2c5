import pytest
from student_maker import small_student, some_problems

from reasoner.domains.math.domain import MathDomain
from reasoner.domains.math.equations import is_true
from reasoner.evaluation.findings import accuracy, difference, share
from reasoner.evaluation.latent_audit import all_equations, round_trip_section
from reasoner.evaluation.modes import modes_section
from reasoner.models.language_model import rival_of
from reasoner.training.language import solve_rival
from reasoner.types.problem import Attempt


def attempt(id: int, outcome: str) -> Attempt:
    fields = {"problem_id": str(id), "mode": "talk", "steps": (), "answer": "", "skill": "add", "difficulty": 1}
    return Attempt.model_validate({**fields, "outcome": outcome})


def test_a_share_has_its_interval_and_nothing_measured_has_the_widest() -> None:
    assert share("x", 9, 10).ci95 == pytest.approx((0.596, 0.982), abs=1e-3)
    assert share("x", 0, 0).ci95 == (0.0, 1.0)


def test_what_the_checker_could_not_judge_is_left_out() -> None:
    assert accuracy("x", [attempt(0, "right"), attempt(1, "error"), attempt(2, "wrong")]).n == 2


def test_a_difference_is_paired_and_second_minus_first() -> None:
    first = [attempt(0, "right"), attempt(1, "wrong"), attempt(2, "wrong"), attempt(3, "error")]
    second = [attempt(0, "right"), attempt(1, "right"), attempt(2, "wrong"), attempt(3, "right")]
    found = difference("x", first, second)
    assert (found.value, found.n) == (pytest.approx(1 / 3), 3)
    assert found.note.startswith("1 won, 0 lost")


def test_all_equations_are_true_distinct_and_in_range() -> None:
    for low, high in ((0, 20), (20, 40)):
        steps = all_equations(low, high)
        assert len(set(steps)) == len(steps)
        assert all(is_true(s) for s in steps)
        numbers = [[int(n) for n in s.translate(str.maketrans("+-*/=", "     ")).split()] for s in steps]
        assert all(low < max(row) <= high and min(row) >= 1 for row in numbers)


def test_round_trips_tell_seen_from_unseen_steps() -> None:
    student = small_student()
    student.net.eval()
    names = [f.name for f in round_trip_section(student, ["1+2=3", "1+2=3"], {"1+2=3"}, max_number=20).findings]
    assert names[0] == "steps of sealed and gate problems"
    assert len(names) == 6
    without = round_trip_section(student, ["1+2=3"], None, max_number=20).findings
    assert len(without) == 4
    assert without[0].n == 1
    assert len(round_trip_section(student, ["1+2=3"], None, max_number=None).findings) == 1


def test_modes_are_compared_overall_and_by_steps() -> None:
    student = small_student()
    student.net.eval()
    section = modes_section(student, MathDomain(), some_problems(18))
    assert {"all: talk", "all: think", "1 step: talk", "2 steps: think minus talk"} <= {
        f.name for f in section.findings
    }


def test_the_rival_answers_question_by_question_in_the_order_given() -> None:
    student, questions = small_student(), [p.question for p in some_problems(5)]
    model = rival_of(student, seed=0).eval()
    solved = solve_rival(model, student, questions)
    assert [solve_rival(model, student, [question])[0].steps for question in questions] == [s.steps for s in solved]
