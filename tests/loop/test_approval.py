"""A run that waits for a person: days later, from another process, once."""

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from loop_runs import TINY, Ended, loop, loop_until, run_folder
from shared_folder import shared_folder
from typer.testing import CliRunner, Result

from memory.locks import exclusive
from memory.promotion import enthrone_base
from memory.store.checkpoints import HOME, CheckpointStore, move_pointer
from memory.store.database import open_database
from memory.store.runs import RunStore

pytestmark = pytest.mark.slow

# Hardly a base at all, and a candidate that has learnt something: the gate is sure of it on any machine.
SURE = (
    "approval=human",
    "seed=2",
    "data.difficulties=[1]",
    "data.gate_size=60",
    "data.practice_size=30",
    "train.base_updates=83",
    "train.decoder_updates=80",
    "train.predictor_updates=2",
    "train.finetune_updates=90",
    "train.finetune_epochs=20",
    "train.finetune_share=1.0",
    "train.parent=champion",
    "train.checkpoint_every=90",
    "teacher.calls=20",
    "teacher.problems_per_call=20",
)


@pytest.fixture(scope="session")
def stopped() -> tuple[Path, Ended]:
    """The home of a run that waits, and how it ended. To be read; a copy may be changed."""
    home, told = shared_folder() / "waiting", shared_folder() / "waiting.json"
    with exclusive(shared_folder() / "waiting.lock"):
        if not told.exists():
            told.write_text(json.dumps(asdict(loop(home, *SURE))))
    return home, Ended(**json.loads(told.read_text()))


@pytest.fixture
def home(tmp_path: Path, stopped: tuple[Path, Ended]) -> Path:
    shutil.copytree(stopped[0], tmp_path / "home")
    return tmp_path / "home"


def say(home: Path, *words: str) -> Result:
    from reasoner.cli.main import app

    return CliRunner().invoke(app, ["proposals", *words, "--home", str(home)], prog_name="reasoner")


def shown(home: Path) -> dict[str, Any]:
    (line,) = say(home, "list", "--json", "--quiet").stdout.splitlines()
    return json.loads(line)


def standing(home: Path) -> tuple[str, str, list[str]]:
    """The run's state, the home's champion's kind, and why its pointer moved each time."""
    database = open_database(home)
    (row,), store = RunStore(database).list(), CheckpointStore(database)
    champion = store.home_champion()
    causes = [move.cause for move in store.history()]
    database.close()
    return row.state, champion.kind if champion else "", causes


def test_the_loop_stops_with_3_and_says_what_to_type(home: Path, stopped: tuple[Path, Ended]) -> None:
    ended = stopped[1]
    assert ended.code == 3, ended.words
    (decision,), (proposal,) = ended.of("decision"), ended.of("proposal")
    assert (decision["verdict"], decision["proposal"]) == ("await", proposal["proposal"])
    assert f"reasoner proposals approve {proposal['proposal']}" in ended.words
    assert standing(home) == ("waiting", "base", ["enthroned"])
    visits = [json.loads(line) for line in (run_folder(home) / "trace.jsonl").read_text().splitlines()]
    (waits,) = [v for v in visits if v["event"] == "node" and v["node"] == "approve"]
    assert (waits["status"], waits["error"]) == ("waiting", "for a person's yes or no")
    events = (run_folder(home) / "events.jsonl").read_bytes()
    again = loop(home, *SURE)
    assert (again.code, again.events) == (3, [decision]), "scripts still get the line they wait for"
    assert (run_folder(home) / "events.jsonl").read_bytes() == events


def test_a_proposal_says_all_that_a_person_needs(home: Path) -> None:
    told = shown(home)
    evidence, words = told["evidence"], say(home, "show", told["proposal"]).stdout
    assert told["state"] == "waiting"
    assert len(evidence["improved"]) == evidence["wins"] > evidence["losses"] == len(evidence["regressed"])
    assert {"id", "skill", "difficulty", "question", "before", "after"} == set(evidence["improved"][0])
    assert evidence["improved"][0]["id"] in words
    assert evidence["ci95"][0] < evidence["gain"] < evidence["ci95"][1]
    assert (told["cost"]["calls"], told["cost"]["usd"]) == (20, 0)
    assert told["kl"] > 0
    assert told["consistency"]["items"] == 100
    assert f"models rollback --to {told['champion']}" in told["revert"]
    assert told["candidate"] in told["rationale"]


def test_a_yes_is_carried_out_once_by_whoever_takes_the_run_up(home: Path) -> None:
    """Approved in this process; taken up by another, which is killed when it has said so; and by a third."""
    id = shown(home)["proposal"]
    approved = say(home, "approve", id, "--by", "me", "--reason", "good")
    assert approved.exit_code == 0, approved.stderr
    assert standing(home) == ("waiting", "base", ["enthroned"]), "the command itself moves nothing"
    code = loop_until(home, '"verdict": "promote"', *SURE)
    assert code in (0, -signal.SIGKILL)
    ended = loop(home, *SURE)
    assert ended.code == 0, ended.words
    assert standing(home) == ("finished", "candidate", ["enthroned", "promoted"])
    events = [json.loads(line) for line in (run_folder(home) / "events.jsonl").read_text().splitlines()]
    decisions = [e for e in events if e["event"] == "decision"]
    assert [d["verdict"] for d in decisions] == ["await", "promote"]
    assert decisions[1]["reason"].startswith("approved by me: good; better than the champion")
    assert ended.done["champion"] == decisions[1]["candidate"]
    assert ended.done["sealed"]["last"] > ended.done["sealed"]["first"]
    assert "was approved already, by me" in say(home, "approve", id).stdout
    late = say(home, "deny", id, "--reason", "after all")
    assert late.exit_code == 1
    assert "reasoner models rollback" in late.stderr
    with closing(sqlite3.connect(home / "reasoner.db")) as connection:
        assert connection.execute("SELECT count(*) FROM rulings").fetchone() == (1,)


def test_a_no_is_kept_and_the_run_goes_on_with_its_champion(home: Path) -> None:
    id = shown(home)["proposal"]
    assert say(home, "deny", id).exit_code == 2, "a no needs a reason"
    assert say(home, "deny", id, "--reason", "not before Friday").exit_code == 0
    ended = loop(home, *SURE)
    assert ended.code == 0, ended.words
    (decision,) = ended.of("decision")
    assert (decision["verdict"], "not before Friday" in decision["reason"]) == ("keep", True)
    assert standing(home) == ("finished", "base", ["enthroned"])
    assert say(home, "approve", id).exit_code == 1


def test_a_run_that_was_deleted_cannot_be_approved_and_says_so(home: Path) -> None:
    id = shown(home)["proposal"]
    shutil.rmtree(run_folder(home))
    refused = say(home, "approve", id)
    assert (refused.exit_code, "was deleted" in refused.stderr) == (2, True)
    assert shown(home)["state"] == "waiting"
    assert say(home, "deny", id, "--reason", "gone").exit_code == 0
    ended = loop(home, *SURE)
    assert (ended.code, "--fresh" in ended.words) == (2, True)


def test_a_run_that_was_set_aside_cannot_be_approved(home: Path) -> None:
    database = open_database(home)
    RunStore(database).supersede(run_folder(home).name)
    database.close()
    refused = say(home, "approve", shown(home)["proposal"])
    assert (refused.exit_code, "was set aside by --fresh" in refused.stderr) == (2, True)


def test_a_proposal_about_a_champion_of_the_past_is_refused_and_lapses(home: Path) -> None:
    database = open_database(home)
    base = CheckpointStore(database).list()[0]
    other = base.model_copy(update={"id": "other", "run": "r2"})
    shutil.copytree(home / "checkpoints" / base.id, home / "checkpoints" / "other")
    enthrone_base(database, CheckpointStore(database).add(other), run="r2")
    with database.session() as session:
        move_pointer(session, HOME, checkpoint="other", cause="promoted")
    database.close()
    id = shown(home)["proposal"]
    refused = say(home, "approve", id)
    assert (refused.exit_code, "stale: the home's champion is 'other' by now" in refused.stderr) == (1, True)
    assert "it lapses when the run goes on" in say(home, "show", id).stdout
    ended = loop(home, *SURE)
    assert (ended.code, [d["verdict"] for d in ended.of("decision")]) == (0, ["keep"])
    assert (shown(home)["state"], shown(home)["ruling"]["by"]) == ("lapsed", "reasoner loop")
    assert standing(home)[2] == ["enthroned", "promoted"]


def test_a_night_ends_waiting_says_so_in_the_morning_and_goes_on_after_the_ruling(home: Path) -> None:
    from reasoner.cli.main import app

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--home", str(home)], prog_name="reasoner")

    words = ("--cron", "0 2 * * *", "--timezone", "UTC", "--cycles", "1", "--config", "tiny")
    assert command("schedule", "add", "n", *words, *TINY[2:], *SURE).exit_code == 0
    night = command("schedule", "run", "n")
    assert (night.exit_code, "waiting for approval" in night.stdout) == (3, True), night.stderr
    id = shown(home)["proposal"]
    assert f"it waits for your yes or no: reasoner proposals show {id}" in command("schedule", "show", "n").stdout
    assert say(home, "approve", id).exit_code == 0
    assert command("schedule", "add", "next", *words, *TINY[2:], *SURE).exit_code == 0, "its minute is another firing"
    assert command("schedule", "run", "next").exit_code == 0
    assert standing(home) == ("finished", "candidate", ["enthroned", "promoted"])
