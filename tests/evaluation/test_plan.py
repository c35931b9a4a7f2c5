"""The plan of a loop: what it will do, what it can prove, what it may cost."""

from pathlib import Path

import pytest

from agents.teachers.litellm_teacher import price
from reasoner.config.loading import load_settings
from reasoner.config.settings import TeacherSettings
from reasoner.errors import TeacherError
from reasoner.evaluation.plan import Plan, Price, plan_loop


def planned(*overrides: str, price: Price | None = None, cycles: int = 3) -> Plan:
    return plan_loop(
        load_settings(None, overrides, {}, None), home=Path("home"), cycles=cycles, price_of=lambda _: price
    )


def text(plan: Plan) -> str:
    return "\n".join(plan.lines)


def test_the_plan_begins_with_the_whole_configuration() -> None:
    assert planned().lines[0].startswith("name: nano")
    assert "teacher:" in planned().lines[0]


def test_the_smallest_gain_is_told_for_every_cycle_and_grows_as_alpha_shrinks() -> None:
    detectable = planned().record["detectable"]
    assert [one["cycle"] for one in detectable] == [1, 2, 3]
    assert detectable[0]["alpha"] > detectable[2]["alpha"]
    assert 0 < detectable[0]["gain"] < detectable[2]["gain"] < 0.2


def test_a_gate_set_that_can_prove_nothing_is_told_so() -> None:
    assert "too small" in text(planned("data.gate_size=50", "gate.alpha=1e-30"))


def test_no_teacher_costs_nothing_though_nobody_knows_its_price() -> None:
    plan = planned("teacher.model=none")
    assert plan.record["teacher"] == {"model": "none", "calls": 0, "requests": 0, "usd": 0}
    assert "$0.00 at worst" in text(plan)


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    plan = planned("teacher.model=openai/x")
    assert plan.record["teacher"]["usd"] is None
    assert "nobody knows the price of 'openai/x'" in text(plan)


def test_the_worst_cost_counts_every_retry_of_answer_and_repair_and_the_answer_that_a_repair_quotes() -> None:
    calls = ("teacher.calls=8", "teacher.confirmations=2")
    settings = ("teacher.model=openai/x", *calls, "teacher.retries=2", "teacher.max_tokens=2000")
    teacher = planned(*settings, price=Price(input=1, output=9), cycles=2).record["teacher"]
    assert teacher["calls"] == 20
    assert teacher["requests"] == 20 * 2 * 3
    answers, repairs = 60 * (1000 * 1 + 2000 * 9), 60 * (3000 * 1 + 2000 * 9)
    assert teacher["usd"] == pytest.approx((answers + repairs) / 1e6)


@pytest.mark.parametrize(
    ("settings", "usd"),
    [
        (["teacher.model=builtin/expert"], 0),
        (["teacher.model=openai/x", "teacher.api_base=http://127.0.0.1:8000/v1"], 0),
        (["teacher.model=openai/x", "teacher.usd_per_million_input=0", "teacher.usd_per_million_output=0"], 0),
        (["teacher.model=openai/x", "teacher.api_base=http://example.invalid/v1"], None),
    ],
)
def test_the_price_is_the_one_that_the_loop_reckons_with(settings: list[str], usd: float | None) -> None:
    def reckoned(teacher: TeacherSettings) -> Price | None:
        try:
            found = price(teacher)
        except TeacherError:
            return None
        return Price(input=found.input, output=found.output)

    plan = plan_loop(load_settings(None, settings, {}, None), home=Path("home"), cycles=1, price_of=reckoned)
    assert plan.record["teacher"]["usd"] == usd


def test_hard_limits_bound_what_is_planned() -> None:
    teacher = planned(
        "teacher.model=openai/x", "limits.max_usd=2", "limits.max_calls=7", price=Price(input=1e6, output=0)
    ).record["teacher"]
    assert (teacher["calls"], teacher["requests"], teacher["usd"]) == (7, 7, 2)


def test_the_plan_never_holds_the_api_key() -> None:
    plan = planned("teacher.api_key=secret")
    assert "secret" not in text(plan)
    assert "secret" not in plan.model_dump_json()


def test_searching_before_asking_is_told_with_its_budget() -> None:
    told = text(planned("mine.search=true", "search.width=3", "search.candidates=5", "verifier.updates=70"))
    assert "train its verifier for 70 updates at most; search the failures with 15 decodes a step" in told
    assert "verifier for" not in text(planned("mine.search=true", "search.verifier=false"))
    assert "search the failures" not in text(planned())
