"""`reasoner loop`: what it says, to people and to programs, and the code it ends with."""

import json

import pytest
from played import REASON, RUN, Command, Stage

from reasoner.errors import BudgetReached, TeacherError


def test_it_ends_with_the_table_the_gain_and_the_path_of_the_report(command: Command, stage: Stage) -> None:
    result = command("loop", "--cycles", "1")
    assert result.exit_code == 0
    assert "41.0% [37.0, 45.0]" in result.stdout
    assert "71/9" in result.stdout
    assert "+52.0 points, 95% interval [47.0, 57.0]" in result.stdout
    assert "practice questions covered by examples: 62.5% (cycle 1)" in result.stdout
    assert f"{RUN}/report.md" in result.stdout


def test_without_a_terminal_things_are_told_as_they_happen(command: Command, stage: Stage) -> None:
    lines = command("loop", "--cycles", "1").stdout.splitlines()
    assert lines[0] == "cycle 1  mine (0 of 60) ..."
    assert lines[1].startswith("cycle 0  sealed set: 41.0%")
    assert lines[2].startswith(f"cycle 1  promote: {REASON}")


def test_json_has_standard_output_for_itself(command: Command, stage: Stage) -> None:
    result = command("loop", "--cycles", "1", "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["evaluation", "decision", "done"]
    assert {event["run"] for event in events} == {RUN}
    assert events[1]["cycle"] == 1
    assert "cycle" not in events[2]
    assert "report:" in result.stderr


def test_nothing_promoted_is_a_normal_outcome_with_its_reason(command: Command, stage: Stage) -> None:
    stage.verdict = "keep"
    result = command("loop", "--cycles", "1")
    assert result.exit_code == 0
    assert "Nothing promoted, because the difference could be chance." in result.stdout


def test_nothing_promoted_ends_with_4_where_a_promotion_was_required(command: Command, stage: Stage) -> None:
    stage.verdict = "keep"
    assert command("loop", "--require-promotion").exit_code == 4
    stage.verdict = "promote"
    assert command("loop", "--require-promotion").exit_code == 0


def test_a_cycle_that_learnt_nothing_says_why_with_an_example_and_ends_with_1(command: Command, stage: Stage) -> None:
    stage.verdict, stage.learnt_nothing = "keep", True
    result = command("loop")
    assert result.exit_code == 1
    assert "cycle 1 learnt nothing: none of 45 pieces from 45 calls of m taught" in result.stdout
    assert "no answer: 45 of 45" in result.stdout
    assert "asked 'How far is it?', the teacher said 'I cannot'" in result.stdout
    assert "what to change: it" in result.stdout
    (told,) = [
        e for e in map(json.loads, command("loop", "--json").stdout.splitlines()) if e["event"] == "nothing_learnt"
    ]
    assert told["refused"][0]["count"] == 45


def test_a_promotion_or_a_limit_outweighs_a_cycle_that_learnt_nothing(command: Command, stage: Stage) -> None:
    stage.learnt_nothing = True
    assert command("loop").exit_code == 0
    stage.verdict, stage.budget_reached = "keep", True
    assert command("loop").exit_code == 5


def test_a_decision_that_awaits_approval_ends_with_3(command: Command, stage: Stage) -> None:
    stage.verdict = "await"
    assert command("loop").exit_code == 3


def test_a_reached_limit_ends_with_5(command: Command, stage: Stage) -> None:
    stage.budget_reached = True
    assert command("loop").exit_code == 5


def test_a_finished_run_says_so_and_scripts_still_get_their_last_line(command: Command, stage: Stage) -> None:
    stage.finished_before = True
    result = command("loop", "--json")
    (done,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert done["event"] == "done"
    assert set(done) == {"event", "run", "cycles", "champion", "sealed", "teacher_calls", "usd", "seconds"}
    assert "has finished its 1 cycles already; nothing was done" in result.stderr


def test_options_become_settings_and_beat_overrides(command: Command, stage: Stage) -> None:
    command(
        "loop", "seed=1", "teacher.calls=7", "--seed", "2", "--max-usd", "0.5", "--max-calls", "9", "--max-minutes", "3"
    )
    assert stage.settings.seed == 2
    assert stage.settings.teacher.calls == 7
    assert stage.settings.limits.model_dump() == {"max_usd": 0.5, "max_calls": 9, "max_minutes": 3}


def test_a_dry_run_prints_configuration_plan_and_cost_and_does_nothing(command: Command, stage: Stage) -> None:
    result = command("loop", "--dry-run", "--cycles", "2", "seed=5")
    assert result.exit_code == 0
    assert "seed: 5" in result.stdout
    assert "plan: 2 cycles" in result.stdout
    assert "cycle 2   alpha 0.0083" in result.stdout
    assert "$0.00 at worst" in result.stdout
    assert not hasattr(stage, "settings")


def test_the_plan_as_json_is_one_line(command: Command, stage: Stage) -> None:
    (line,) = command("loop", "--dry-run", "--json", "--cycles", "2").stdout.splitlines()
    assert [one["cycle"] for one in json.loads(line)["detectable"]] == [1, 2]


@pytest.mark.parametrize(("error", "code"), [(TeacherError("no key"), 1), (BudgetReached("no room"), 5)])
def test_an_error_is_one_message_with_its_exit_code(
    command: Command, stage: Stage, error: Exception, code: int
) -> None:
    stage.error = error
    result = command("loop")
    assert (result.exit_code, result.stderr, result.stdout) == (code, f"error: {error}\n", "")


def test_debug_adds_the_traceback(command: Command, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.error = TeacherError("no key")
    monkeypatch.setenv("REASONER_DEBUG", "0")
    assert "Traceback" in command("loop", "--debug").stderr


def test_an_interrupt_says_that_the_state_is_saved_and_ends_with_130(command: Command, stage: Stage) -> None:
    stage.error = KeyboardInterrupt()
    result = command("loop")
    assert result.exit_code == 130
    assert "interrupted; state saved; run the same command (without --fresh) to go on" in result.stderr


def test_an_interrupted_dry_run_says_nothing_of_saved_state(
    command: Command, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    stage.error = KeyboardInterrupt()
    assert "state saved" in command("loop").stderr
    monkeypatch.setattr(stage, "plan_loop", interrupt)
    result = command("loop", "--dry-run")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_a_wrong_setting_ends_with_2_before_anything_starts(command: Command, stage: Stage) -> None:
    result = command("loop", "train.base_updtes=5")
    assert result.exit_code == 2
    assert "train.base_updates" in result.stderr
    assert not hasattr(stage, "settings")


@pytest.mark.parametrize("arguments", [["loop", "--cycles", "0"], ["loop", "--no-such-option"], ["no-such-command"]])
def test_wrong_usage_ends_with_2(command: Command, stage: Stage, arguments: list[str]) -> None:
    assert command(*arguments).exit_code == 2


def test_quiet_leaves_the_result_alone(command: Command, stage: Stage) -> None:
    result = command("loop", "--quiet")
    assert "mine" not in result.stdout
    assert "report:" in result.stdout
    assert command("loop", "--quiet", "--json").stderr == ""
