"""The commands that read a home, and those that do one thing."""

import json
from pathlib import Path
from typing import Any

import pytest
from played import RUN, Command, Stage

from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from reasoner.bootstrap.decided_home import make_decided_home


def told(command: Command, *arguments: str) -> list[dict[str, Any]]:
    result = command(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def champion(home: Path) -> str:
    database = open_database(home)
    found = CheckpointStore(database).home_champion()
    database.close()
    assert found is not None
    return found.id


def test_train_tells_the_checkpoint(command: Command, stage: Stage) -> None:
    assert "checkpoint base, fingerprint 0f0f" in command("train").stdout
    assert told(command, "train")[0]["id"] == "base"


def test_evaluate_tells_the_rate_with_its_interval_by_skill_and_steps(command: Command, stage: Stage) -> None:
    result = command("evaluate", "--checkpoint", "x", "--mode", "think")
    for text in ("checkpoint x on the sealed set, think mode", "add", "1 step", "41.0% [37.0, 45.0]", "failed on 1"):
        assert text in result.stdout
    (event,) = told(command, "evaluate")
    assert (event["event"], event["accuracy"], event["n"]) == ("evaluation", 0.41, 600)


def test_evaluate_names_the_file_that_takes_the_place_of_a_set(command: Command, stage: Stage) -> None:
    assert "on rows.json, talk mode" in command("evaluate", "--data", "rows.json").stdout


def test_solve_shows_steps_and_answer(command: Command, stage: Stage) -> None:
    result = command("solve", "Ann has 3 apples and buys 4. How many has she?")
    assert "3+4=7" in result.stdout
    assert "answer: 7" in result.stdout
    assert told(command, "solve", "How many?")[0]["answer"] == "7"


def test_solve_refuses_an_empty_question(command: Command, stage: Stage) -> None:
    assert command("solve", " ").exit_code == 2
    assert "standard input: no question" in command("solve").stderr


@pytest.mark.parametrize("how", [["--file", "q.txt"], ["--file", "-"], ["-"], []], ids=" ".join)
def test_solve_answers_many_questions_of_a_file_or_of_standard_input(
    command: Command, stage: Stage, tmp_path: Path, how: list[str]
) -> None:
    (tmp_path / "q.txt").write_text("One?\nTwo?\n")
    result = command("solve", *how, "--json", input="One?\nTwo?\n")
    solutions = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["number"], one["question"], one["answer"]) for one in solutions] == [
        (1, "One?", "7"),
        (2, "Two?", "7"),
    ]
    assert "2 of 2 answered" in result.stderr
    shown = command("solve", *how, input="One?\nTwo?\n")
    assert [line.split()[:3] for line in shown.stdout.splitlines()[2:4]] == [
        ["1", "One?", "3+4=7"],
        ["2", "Two?", "3+4=7"],
    ]


def test_solve_takes_settings_beside_a_file_and_no_question(command: Command, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("One?\n")
    assert command("solve", "--file", "q.txt", "seed=1", "search.searcher=sample").exit_code == 0
    assert "answer: 7" in command("solve", "--file", "q.txt", "seed=1").stdout
    for wrong in (["--file", "q.txt", "Two?"], ["--file", "nosuch.txt"], ["--file", "q.txt", "sede=1"]):
        assert command("solve", *wrong).exit_code == 2


def test_memory_stats_count_what_is_remembered(command: Command, stage: Stage) -> None:
    assert "examples of add" in command("memory", "stats").stdout
    assert told(command, "memory", "stats")[0]["vectors"] == 3


@pytest.mark.parametrize("words", [("audit",), ("log",), ("stats",), ("diff", "0"), ("revert", "0")])
def test_asking_a_memory_where_there_is_none_makes_no_store(
    command: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = command("memory", *words, "--home", str(empty))
    assert result.exit_code == 2
    assert "holds no runs yet" in result.stderr
    assert not list(empty.iterdir())


def test_a_list_of_commands_breaks_lines_only_at_its_edge(command: Command) -> None:
    told_of = command("memory", "--help").stdout
    assert "Ends with 1 if every row is refused." in " ".join(told_of.replace("│", " ").split())
    assert not [line for line in told_of.splitlines() if line.strip("│ ") in ("latents.", "solutions,")]


@pytest.mark.parametrize("group", ["runs", "models", "jobs"])
def test_a_home_without_runs_is_told_and_not_made(command: Command, tmp_path: Path, group: str) -> None:
    result = command(group, "list")
    assert result.exit_code == 2
    assert "holds no runs yet" in result.stderr
    assert not (tmp_path / "home").exists()


def test_runs_list_shows_state_and_configuration(command: Command, home: Path) -> None:
    result = command("runs", "list")
    assert RUN in result.stdout
    assert "killed" in result.stdout
    (run,) = told(command, "runs", "list")
    assert (run["run"], run["state"], run["config_hash"], run["live"]) == (RUN, "running", "0123456789ab", False)


def test_runs_show_rebuilds_the_table_from_events(command: Command, home: Path, stage: Stage) -> None:
    command("loop")
    assert "71/9" in command("runs", "show", RUN).stdout
    assert told(command, "runs", "show", RUN)[0]["table"][1]["verdict"] == "promote"


def test_trace_tells_the_events_in_order(command: Command, home: Path, stage: Stage) -> None:
    command("loop")
    assert [event["event"] for event in told(command, "trace", RUN)] == ["evaluation", "decision", "done"]
    assert "cycle 1  promote" in command("trace", RUN).stdout


@pytest.mark.parametrize("run", ["nosuch", "../home"])
def test_an_unknown_run_names_the_command_that_lists_them(command: Command, home: Path, run: str) -> None:
    result = command("trace", run)
    assert result.exit_code == 2
    assert "reasoner runs list" in result.stderr


def test_models_list_marks_the_champion(command: Command, home: Path) -> None:
    assert [(one["id"], one["champion"]) for one in told(command, "models", "list")] == [
        ("base", True),
        ("good", False),
        ("bad", False),
    ]


def test_models_show_tells_the_decisions_about_it(command: Command, home: Path) -> None:
    assert "as candidate: reject" in command("models", "show", "bad").stdout
    assert told(command, "models", "show", "bad")[0]["decisions"][0]["id"] == "d-bad"


def test_a_recorded_decision_makes_a_champion(command: Command, tmp_path: Path) -> None:
    made = make_decided_home(tmp_path / "home")
    assert command("models", "promote", "--decision", made["promote"]).exit_code == 0
    assert champion(tmp_path / "home") == "alone-strong"


def test_a_decision_that_rests_on_no_attempts_makes_none(command: Command, home: Path) -> None:
    refused = command("models", "promote", "--decision", "d-good")
    assert refused.exit_code == 1
    assert "cannot be verified" in refused.stderr
    assert champion(home) == "base"


def test_a_home_is_sealed_with_the_key_of_the_environment(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_decided_home(tmp_path / "home")
    assert command("models", "seal").exit_code == 2
    monkeypatch.setenv("REASONER_CHAIN_KEY", "a long enough key")
    assert command("models", "list").exit_code == 0, "the key is no setting"
    assert told(command, "models", "seal")[0]["sealed"] == ["decisions", "rulings"]


def test_the_selftests_of_stored_data_print_a_table_and_one_record(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reasoner.bootstrap import decision_selftest, planted_code

    every, keyed = [*decision_selftest.all_edits()][:2], [*decision_selftest.keyed_edits()][:1]
    monkeypatch.setattr(decision_selftest, "all_edits", lambda: iter(every))
    monkeypatch.setattr(decision_selftest, "keyed_edits", lambda: iter(keyed))
    monkeypatch.setattr(planted_code.Plants, "all", planted_code.Plants._yaml)
    (decisions,) = told(command, "selftest", "decisions")
    assert (decisions["name"], decisions["edits"], decisions["refused"]) == ("decisions", 3, 3)
    (code,) = told(command, "selftest", "code")
    assert (code["name"], code["planted"], code["executed"], code["passed"]) == ("code", 6, 0, True)
    assert "0 of 6 planted objects were executed" in command("selftest", "code").stdout
    monkeypatch.setattr(decision_selftest, "_is_refused", lambda *_: False)
    believed = command("selftest", "decisions")
    assert believed.exit_code == 1
    assert "BELIEVED" in believed.stdout


@pytest.mark.parametrize("decision", ["d-bad", "none-such"])
def test_promotion_is_refused_without_a_decision_in_favour(command: Command, home: Path, decision: str) -> None:
    result = command("models", "promote", "--decision", decision)
    assert result.exit_code == 1
    assert decision in result.stderr
    assert champion(home) == "base"


def test_jobs_are_listed_shown_and_their_logs_read(command: Command, home: Path) -> None:
    (job,) = told(command, "jobs", "list")
    assert (job["state"], job["run"]) == ("queued", RUN)
    assert told(command, "jobs", "list", "--run", "other") == []
    assert told(command, "jobs", "show", job["job"])[0]["payload"] == {"seed": 0}
    assert command("jobs", "logs", job["job"]).stdout == "[update 10] loss 0.4\n"


def test_an_unknown_job_ends_with_2(command: Command, home: Path) -> None:
    assert command("jobs", "show", "nosuch").exit_code == 2


def test_doctor_finds_a_good_installation_and_the_champion_that_has_no_files(command: Command, home: Path) -> None:
    checks = {check["name"]: check for check in map(json.loads, command("doctor", "--json").stdout.splitlines())}
    assert [name for name, check in checks.items() if not check["ok"]] == ["champion"]
    assert {"python", "torch works", "home", "disk", "store", "configuration"} <= set(checks)
    assert checks["store"]["found"] == f"1 runs in sqlite:///{home / 'reasoner.db'}"


def test_doctor_names_what_is_broken_and_ends_with_1(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONER_SEDE", "1")
    result = command("doctor")
    assert result.exit_code == 1
    assert "REASONER_SEDE" in result.stdout


def test_the_home_is_read_from_option_environment_and_dotenv(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("REASONER_HOME")
    assert command("runs", "list").exit_code == 2
    (tmp_path / ".env").write_text(f"REASONER_HOME={home}\n")
    assert command("runs", "list").exit_code == 0
    assert command("runs", "list", "--home", str(tmp_path / "elsewhere")).exit_code == 2


@pytest.mark.parametrize("only", ["since=0001-01-01T00:00+23:59", "difficulty=99999999999999999999", "cycle=-1"])
def test_a_filter_beyond_any_sense_is_refused_in_words(only: str, command: Command) -> None:
    result = command("memory", "search", "x", "--only", only)
    assert result.exit_code == 2
    assert f"--only {only.partition('=')[0]}" in result.stderr


def test_ids_may_be_typed_in_part_or_as_the_latest(command: Command, home: Path) -> None:
    assert told(command, "models", "show", "goo")[0]["id"] == "good"
    assert told(command, "models", "show", "latest")[0]["id"] == "bad"
    assert told(command, "jobs", "show", "latest")[0]["run"] == RUN
    assert [one["id"] for one in told(command, "models", "list", "--run", "latest")] == ["base", "good", "bad"]
    near = command("models", "show", "goood")
    assert near.exit_code == 2
    assert "did you mean 'good'?" in near.stderr


def test_models_list_has_the_sealed_accuracy_and_the_date(command: Command, home: Path, stage: Stage) -> None:
    command("loop")
    one, *others = told(command, "models", "list")
    assert (one["sealed"]["accuracy"], one["sealed"]["n"], others[0]["sealed"]) == (0.41, 600, None)
    assert one["added_at"].endswith("+00:00")
    assert "41.0% [37.0, 45.0] of 600" in command("models", "list").stdout
