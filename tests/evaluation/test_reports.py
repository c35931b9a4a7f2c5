from pathlib import Path

from reasoner.domains.math.domain import MathDomain
from reasoner.domains.powers import drawing
from reasoner.domains.registry import get_domain
from reasoner.evaluation.attempts import judge_all
from reasoner.evaluation.reports import summarise
from reasoner.plugins import trust
from reasoner.types.problem import Attempt, Outcome
from reasoner.types.report import EvalReport
from reasoner.types.student import Solved
from reasoner.types.tried import attempts_of
from tests.evaluation.attempts import attempts, judged

UNITS = Path(__file__).parents[2] / "examples" / "units.py"


def report(tried: list[Attempt]) -> EvalReport:
    return summarise(
        tried,
        checkpoint="c",
        split="sealed",
        cycle=0,
        mode="talk",
        attempts_file="evals/0/sealed.jsonl",
        seconds=1.0,
    )


def test_items_whose_checker_failed_are_neither_right_nor_wrong() -> None:
    summed = report(attempts(["right", "wrong", "error", "right"]))
    assert (summed.overall.n, summed.overall.right, summed.errors) == (3, 2, 1)
    assert summed.overall.accuracy == 2 / 3


def test_right_answers_over_a_step_that_does_not_hold_are_counted_beside_the_others() -> None:
    question, steps = "Ann has 12 pens. Bo has 9 pens. How many have Ann and Bo together?", ("12+9=21",)
    domain = MathDomain()
    problem = domain.draw(0, {"difficulty": 1, "skill": "add"}).model_copy(
        update={"question": question, "answer": "21"}
    )
    written = [steps, ("12-9=3", "7*3=21"), ("12+9=22", "12+9=21"), ("7*3=22",)]
    solved = [Solved(s, (0.0,) * len(s), finished=True) for s in written]
    tried = attempts_of(judge_all(domain, [problem] * len(solved), solved, "talk"))
    assert [(a.outcome, a.false_steps) for a in tried] == [("right", 0), ("right", 1), ("right", 1), ("wrong", 1)]
    assert report(tried).right_with_false_steps == 2


def test_nothing_is_said_of_false_steps_where_the_task_judges_none() -> None:
    trust(UNITS)
    domain = get_domain(f"{UNITS}:Units")
    problem = drawing(domain).draw(0, {"difficulty": 1, "skill": "m_cm"})
    tried = attempts_of(judge_all(domain, [problem], [Solved(problem.steps, (0.0,), finished=True)], "talk"))
    assert (tried[0].outcome, tried[0].false_steps) == ("right", None)
    assert report(tried).right_with_false_steps is None


def test_buckets_add_up_to_the_whole() -> None:
    outcomes: list[Outcome] = ["right", "wrong", "error", "right", "wrong"]
    summed = report(attempts(outcomes * 7, ("add", "share", "times")))
    for buckets in (summed.by_skill, summed.by_difficulty):
        assert sum(bucket.n for bucket in buckets.values()) == summed.overall.n
        assert sum(bucket.right for bucket in buckets.values()) == summed.overall.right
    assert list(summed.by_skill) == ["add", "share", "times"]
    assert list(summed.by_difficulty) == ["1", "2"]


def test_the_items_hash_tells_sets_and_orders_apart() -> None:
    tried = judged([True, False, True])
    assert report(tried).items_hash == report(judged([False, False, False])).items_hash
    assert len({report(t).items_hash for t in (tried, tried[:2], tried[::-1])}) == 3


def test_a_set_without_attempts_is_summed_up_as_nothing() -> None:
    assert report([]).overall.n == 0
    assert report(attempts(["error"])).overall.ci95 == (0, 1)
