"""`models rollback` over real students: promoted on a rehearsed decision, then back to the bit."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from played import Command
from proposal_maker import believe
from student_maker import small_student

from memory.promotion import enthrone_base, promote
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.decisions import DecisionStore
from memory.store.examples import ExampleStore
from memory.store.runs import RunStore
from memory.store.spaces import SpaceStore
from reasoner.bootstrap.home import open_home
from reasoner.bootstrap.recall import follow_champion
from reasoner.config.loading import load_settings
from reasoner.evaluation.outputs import outputs_hash, probe_of
from reasoner.models.checkpoints import fingerprint, load_student, save_student
from reasoner.models.greedy import embed_questions
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage
from reasoner.types.report import Comparison, Decision

RUN = "20261124-0000-math-tiny-test"
SETTINGS = load_settings("tiny", [], {}, None)
PROBE = probe_of(SETTINGS)


def said(home: Path, name: str) -> str:
    return outputs_hash(load_student(home / "checkpoints" / name), PROBE, SETTINGS.student.mode)


def promoted(candidate: str, champion: str, rehearsed: str) -> Decision:
    compared = Comparison(n=60, wins=9, losses=0, gain=0.15, ci95=(0.05, 0.25), p=0.002, vetoes=())
    return Decision(
        id=f"d-{candidate}",
        run=RUN,
        cycle=1,
        candidate=candidate,
        champion=champion,
        verdict="promote",
        comparison=compared,
        alpha=0.025,
        reason="better",
        rehearsed=rehearsed,
    )


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose second student was promoted over the first; its memory follows the second."""
    home = tmp_path_factory.mktemp("made")
    place = open_home(home)
    database = place.database()
    RunStore(database).create(RUN, "0123456789ab", SETTINGS.model_dump(mode="json"), 0)
    for number, name in enumerate(("first", "second", "third")):
        mark = save_student(small_student(number), home / "checkpoints" / name, about={})
        kind = "candidate" if number else "base"
        record = Checkpoint(id=name, fingerprint=mark, parent="", kind=kind, run=RUN, cycle=number)
        CheckpointStore(database).add(record)
        if not number:
            enthrone_base(database, record)
    problems = PROBE[:5]
    lineage = Lineage(run=RUN, cycle=1)
    examples = [Example(id=p.id, problem=p, source="self", teacher="student", lineage=lineage) for p in problems]
    first = load_student(home / "checkpoints" / "first")
    latents = embed_questions(first, [p.question for p in problems]).numpy()
    ExampleStore(database).add(examples, latents, space=fingerprint(first))
    follow_champion(place)
    DecisionStore(database).record(promoted("second", "first", said(home, "first")))
    promote(database, "d-second", check=believe)
    follow_champion(place)
    database.close()
    return home


@pytest.fixture
def home(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


def told(command: Command, *arguments: str) -> dict[str, Any]:
    ended = command("models", "rollback", *arguments, "--json")
    assert ended.exit_code == 0, ended.stderr
    return json.loads(ended.stdout)


def state(home: Path) -> tuple[str, str]:
    """The home's champion, and the checkpoint in whose space its memory is searched."""
    database = open_database(home)
    champion, serving = CheckpointStore(database).home_champion(), SpaceStore(database).serving()
    database.close()
    return champion.id if champion else "", serving.checkpoint if serving else ""


def test_the_former_champion_says_to_the_bit_what_it_said_on_100_probe_items(command: Command, home: Path) -> None:
    before = said(home, "first")
    assert state(home) == ("second", "second")
    done = told(command, "--reason", "worse on mine")
    assert (done["champion"], done["former"], done["same"], done["probe_items"]) == ("first", "second", True, 100)
    assert said(home, "first") == done["outputs"] == done["recorded"] == before != said(home, "second")
    assert done["memory"] == "in its space"
    assert state(home) == ("first", "first")
    database = open_database(home)
    move = CheckpointStore(database).history()[-1]
    database.close()
    assert (move.cause, move.previous, move.reason) == ("rolled back", "second", "worse on mine")
    assert "@" in move.by


def test_a_rollback_is_rolled_back_and_a_memory_that_lacks_latents_is_encoded_anew(
    command: Command, home: Path
) -> None:
    told(command)
    database = open_database(home)
    extra = Example(id="later", problem=PROBE[9], source="self", teacher="student", lineage=Lineage(run=RUN, cycle=2))
    ExampleStore(database).add([extra], None, space="")
    database.close()
    done = told(command)
    assert (done["champion"], done["former"], done["memory"]) == ("second", "first", "encoded anew")
    assert not done["recorded"], "nobody has been promoted over it"
    assert state(home) == ("second", "second")


def test_a_dry_run_looks_and_moves_nothing(command: Command, home: Path) -> None:
    done = told(command, "--dry-run")
    assert (done["champion"], done["same"], done["memory"]) == ("first", True, None)
    assert state(home) == ("second", "second")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "second"], "'second' is the champion already"),
        (["--to", "third"], "has never been champion of this home"),
        (["--to", "nobody"], "'nobody' is not in this home"),
    ],
)
def test_who_cannot_be_restored_is_refused(command: Command, home: Path, arguments: list[str], words: str) -> None:
    ended = command("models", "rollback", *arguments)
    assert ended.exit_code == 2
    assert words in ended.stderr.replace("\n", " ")
    assert state(home) == ("second", "second")


def test_damaged_files_are_refused_before_anything_moves(command: Command, home: Path) -> None:
    shutil.copy(home / "checkpoints" / "third" / "model.safetensors", home / "checkpoints" / "first")
    ended = command("models", "rollback")
    assert ended.exit_code == 2
    assert "was changed after it was saved" in ended.stderr.replace("\n", " ")
    shutil.rmtree(home / "checkpoints" / "first")
    assert command("models", "rollback").exit_code == 2
    assert state(home) == ("second", "second")


def test_answers_that_are_not_those_of_the_rehearsal_are_named(command: Command, home: Path) -> None:
    database = open_database(home)
    DecisionStore(database).record(promoted("third", "first", "0" * 16))
    database.close()
    ended = command("models", "rollback")
    assert ended.exit_code == 0
    assert f"not {'0' * 16} as recorded" in ended.stdout


def test_a_home_with_one_champion_has_nobody_to_go_back_to(command: Command, tmp_path: Path) -> None:
    assert command("models", "rollback").exit_code == 2
    assert not (tmp_path / "home").exists()
