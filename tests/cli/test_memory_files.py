"""`memory import`, `backup`, `restore` and Parquet over real homes with a small student."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from played import Command
from problem_settings import of_problems
from student_maker import small_student, some_problems

from agents import judging
from agents.judging import example_id
from memory.export import row_of
from memory.promotion import enthrone_base
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.examples import ExampleStore
from memory.store.latents import LatentStore
from memory.store.runs import RunStore
from memory.store.verdicts import VerdictStore
from reasoner.bootstrap import memory_files
from reasoner.config.loading import load_settings
from reasoner.data.generated_source import GeneratedSource
from reasoner.data.parquet import Form
from reasoner.models.checkpoints import save_student
from reasoner.types.checkpoint import Checkpoint
from reasoner.types.example import Example, Lineage
from reasoner.types.loop import Progress
from reasoner.types.problem import Problem

PROBLEMS = some_problems(10)
QUESTION = PROBLEMS[0].question


def example(problem: Problem) -> Example:
    lineage = Lineage(run="elsewhere", cycle=2, teacher_call="call", verdict=f"v-{problem.id[:12]}")
    return Example(id=example_id(problem), problem=problem, source="teacher_problem", teacher="t", lineage=lineage)


EXAMPLES = sorted((example(problem) for problem in PROBLEMS), key=lambda e: e.id)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a champion that remembers nothing."""
    home = tmp_path_factory.mktemp("blank")
    mark = save_student(small_student(), home / "checkpoints" / "base", about={})
    record = Checkpoint(id="base", fingerprint=mark, parent="", kind="base", run="train", cycle=0)
    database = open_database(home)
    CheckpointStore(database).add(record)
    enthrone_base(database, record, run="train/base")
    database.close()
    return home


@pytest.fixture
def home(tmp_path: Path, blank: Path) -> Path:
    shutil.copytree(blank, tmp_path / "home")
    return tmp_path / "home"


def written(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def told(command: Command, *arguments: str) -> list[dict[str, Any]]:
    ended = command("memory", *arguments, "--json")
    assert ended.exit_code == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def kept(home: Path) -> list[Example]:
    database = open_database(home)
    found = ExampleStore(database).examples(run=None, up_to_cycle=None)
    database.close()
    return found


def same_content(found: Example, given: Example) -> bool:
    return (found.id, found.problem, found.source) == (given.id, given.problem, given.source)


def test_records_of_another_home_keep_their_content_and_a_second_import_changes_nothing(
    command: Command, home: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "r.jsonl", [row_of(e, "records") for e in EXAMPLES])
    (done,) = told(command, "import", file)
    assert (done["rows"], done["accepted"], done["known"], done["refused"]) == (10, 10, 0, {})
    assert all(same_content(found, given) for found, given in zip(kept(home), EXAMPLES, strict=True))
    database = open_database(home)
    verdict = VerdictStore(database).get(kept(home)[0].lineage.verdict)
    assert (verdict.accepted, verdict.reason, verdict.teacher_call) == (True, judging.ACCEPTED, "")
    before = LatentStore(database).spaces()
    (again,) = told(command, "import", file)
    assert (again["accepted"], again["known"]) == (0, 10)
    assert before == LatentStore(database).spaces()
    database.close()


def test_a_row_that_claims_to_come_from_a_run_comes_from_the_file(command: Command, home: Path, tmp_path: Path) -> None:
    database = open_database(home)
    settings = load_settings("tiny", [], {}, None).model_dump(mode="json")
    RunStore(database).create("elsewhere", "0123456789ab", settings, 0)
    (done,) = told(command, "import", written(tmp_path / "r.jsonl", [row_of(e, "records") for e in EXAMPLES[:1]]))
    (found,) = kept(home)
    assert found.lineage == Lineage(run=done["run"], cycle=0, verdict=found.lineage.verdict)
    assert ExampleStore(database).examples(run="elsewhere", up_to_cycle=9) == []
    assert VerdictStore(database).for_run("elsewhere") == []
    database.close()


def test_what_a_run_of_the_home_reports_or_will_decide_by_enters_in_no_disguise(
    command: Command, home: Path, tmp_path: Path
) -> None:
    settings = load_settings("tiny", [], {}, None)
    database = open_database(home)
    RunStore(database).create("r", "0123456789ab", settings.model_dump(mode="json"), 0)
    database.close()
    source = GeneratedSource(settings)
    chosen = [*source.sealed()[:20], *source.gate(1)[:20], *source.gate(9)[:20]]
    rows = [
        {"prompt": dressed(p.question, number), "completion": "\n".join([p.steps[0], *p.steps, f"answer: {p.answer}"])}
        for p in chosen
        for number in range(5)
    ]
    ended = command("memory", "import", written(tmp_path / "r.jsonl", rows), "--json")
    done = json.loads(ended.stdout.splitlines()[-1])
    assert (ended.exit_code, done["accepted"], done["refused"]) == (1, 0, {judging.LEAKED: len(rows)})


def dressed(question: str, number: int) -> str:
    first, rest = question.split(" ", 1)
    return [
        f"{first} exactly {rest}",
        question.translate(str.maketrans("aeo", "\u0430\u0435\u043e")),
        "\u200b".join(question),
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in question),
        f"<p>{question.upper()}</p>",
    ][number]


def test_a_file_of_which_every_row_is_refused_ends_with_one_and_each_reason_once(
    command: Command, home: Path, tmp_path: Path
) -> None:
    rows = [row("7+5=13\nanswer: 13")] * 3 + [{"text": "x"}] * 2
    ended = command("memory", "import", written(tmp_path / "r.jsonl", rows))
    assert ended.exit_code == 1
    shown = [line.split("  ") for line in ended.stdout.splitlines() if judging.FALSE_STEP in line]
    assert len(shown) == 1
    assert [part.strip() for part in shown[0] if part.strip()][1:3] == ["3", "1"]
    assert "expected question and answer" in ended.stdout
    said = " ".join(ended.stderr.split())
    assert said.startswith("error: ")
    assert f"none of 5 rows was accepted; most often because: {judging.FALSE_STEP} (3)" in said


def space_of(home: Path) -> str:
    return json.loads((home / "checkpoints" / "base" / "checkpoint.json").read_text())["fingerprint"]


@pytest.mark.parametrize("form", ["prompt-completion", "messages"])
def test_rows_without_a_lineage_come_from_the_file(command: Command, home: Path, tmp_path: Path, form: Form) -> None:
    file = written(tmp_path / "r.jsonl", [row_of(e, form) for e in EXAMPLES])
    (done,) = told(command, "import", file, "--teacher", "someone")
    assert done["run"] == f"import:{done['sha256'][:12]}"
    for found, given in zip(kept(home), EXAMPLES, strict=True):
        assert (found.id, found.source, found.teacher) == (given.id, "teacher_problem", "t")
        assert (found.lineage.run, found.lineage.cycle) == (done["run"], 0)
        same = {"question", "steps", "answer", "skill", "difficulty", "structure", "domain"}
        assert found.problem.model_dump(include=same) == given.problem.model_dump(include=same)
    database = open_database(home)
    verdicts = {v.id for v in VerdictStore(database).for_run(done["run"])}
    assert verdicts == {e.lineage.verdict for e in kept(home)}
    database.close()


def held_out() -> Problem:
    return GeneratedSource(of_problems(difficulties=(1, 2), max_number=20, sealed_size=60)).sealed()[0]


def row(
    completion: str, prompt: str = "Ann has 7 pens. Then Ann gets 5 more pens. Count the pens of Ann."
) -> dict[str, str]:
    return {"prompt": prompt, "completion": completion}


def test_what_does_not_hold_is_listed_counted_and_never_kept(command: Command, home: Path, tmp_path: Path) -> None:
    forged = row_of(EXAMPLES[0], "records") | {"id": "0" * 16}
    strange = row_of(EXAMPLES[1], "records")
    strange["problem"]["domain"] = "alchemy"
    rows = [
        (row("7 + 5 = 12\nanswer: 12"), None),
        (row("7+5=13\nanswer: 13"), judging.FALSE_STEP),
        (row("6*2=12\nanswer: 12"), judging.UNKNOWN_OPERAND),
        (row("7+5=12\nanswer: 13"), judging.LOOSE_ANSWER),
        (row("7-5=2\nanswer: 2"), judging.WRONG_ANSWER),
        (row("answer: 12"), judging.NO_STEPS),
        (row("7+5=12"), judging.UNREADABLE),
        (row("7+5=12\nanswer: 12", prompt="7+5?"), judging.INSANE_QUESTION),
        (row_of(example(held_out()), "prompt-completion"), judging.HELD_OUT),
        (row_of(example(held_out()), "records"), judging.HELD_OUT),
        (forged, judging.OTHER_CONTENT),
        (strange, judging.UNKNOWN_DOMAIN),
        (row("9-4=5\nanswer: 5", prompt="Nine geese sit on a wall and 4 fly off. How many stay?"), None),
    ]
    file = written(tmp_path / "r.jsonl", [given for given, _ in rows])
    *refused, done = told(command, "import", file)
    assert [(r["line"], r["reason"]) for r in refused] == [(n, why) for n, (_, why) in enumerate(rows, 1) if why]
    assert (done["accepted"], done["unread"], sum(done["refused"].values())) == (2, 1, 11)
    assert sorted(e.problem.steps for e in kept(home)) == [("7+5=12",), ("9-4=5",)]
    shown = command("memory", "import", file, "--dry-run").stdout
    assert judging.WRONG_ANSWER in shown
    assert "nothing was kept" in shown


def test_a_dry_run_checks_everything_and_keeps_nothing(command: Command, home: Path, tmp_path: Path) -> None:
    rows = [row_of(e, "messages") for e in EXAMPLES]
    (done,) = told(command, "import", written(tmp_path / "r.jsonl", rows + rows), "--dry-run")
    assert (done["accepted"], done["known"], done["dry_run"]) == (10, 10, True)
    assert kept(home) == []


def test_what_differs_in_writing_only_is_merged_each_time(command: Command, home: Path, tmp_path: Path) -> None:
    rows = [row("7+5=12\nanswer: 12"), row("7+5=12\nanswer: 12", prompt=row("")["prompt"].replace(". ", ".  "))]
    file = written(tmp_path / "r.jsonl", rows)
    counts = [
        [done[name] for name in ("accepted", "known", "merged")]
        for _ in range(2)
        for done in told(command, "import", file)
    ]
    assert counts == [[1, 0, 1], [0, 1, 1]]
    assert len(kept(home)) == 1


def test_of_the_unread_only_those_that_were_accepted_are_counted(command: Command, home: Path, tmp_path: Path) -> None:
    asks = "Nine geese sit on a wall and 4 fly off. How many stay?"
    rows = [row("9-4=5\nanswer: 5", prompt=prompt) for prompt in (asks, asks.replace(". ", ".  "))]
    done = told(command, "import", written(tmp_path / "r.jsonl", rows))[-1]
    assert (done["accepted"], done["merged"], done["unread"]) == (1, 1, 1)


def test_an_import_that_was_cut_off_goes_on(
    command: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_files, "BATCH", 4)
    file = tmp_path / "r.jsonl"
    written(file, [row_of(e, "messages") for e in EXAMPLES])

    def cut(progress: Progress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    given: dict[str, Any] = {"domain": None, "usual_domain": "math", "teacher": None, "dry_run": False}
    with pytest.raises(KeyboardInterrupt):
        memory_files.import_memory(home, file, refused=lambda _: None, progress=cut, **given)
    assert len(kept(home)) == 4
    (done,) = told(command, "import", str(file))
    assert (done["accepted"], done["known"]) == (6, 4)
    assert [e.id for e in kept(home)] == [e.id for e in EXAMPLES]


def test_a_home_without_a_student_is_told_how_to_get_one(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "r.jsonl", [row_of(EXAMPLES[0], "messages")])
    open_database(tmp_path / "home").close()
    ended = command("memory", "import", file)
    assert ended.exit_code == 2
    assert "reasoner train" in ended.stderr
    elsewhere = command("memory", "import", file, "--home", str(tmp_path / "typo"))
    assert elsewhere.exit_code == 2
    assert not (tmp_path / "typo").exists()


def test_parquet_goes_out_and_comes_into_another_home_without_loss(
    command: Command, home: Path, blank: Path, tmp_path: Path
) -> None:
    told(command, "import", written(tmp_path / "r.jsonl", [row_of(e, "records") for e in EXAMPLES]))
    out = tmp_path / "all.parquet"
    ended = command("memory", "export", "--form", "records", "--out", str(out))
    assert (ended.exit_code, "10 solutions in" in ended.stderr) == (0, True)
    other = tmp_path / "other"
    shutil.copytree(blank, other)
    told(command, "import", str(out), "--home", str(other))
    assert all(same_content(found, given) for found, given in zip(kept(other), EXAMPLES, strict=True))
    named = command("memory", "export", "--as", "parquet", "--out", str(tmp_path / "rows.bin"))
    assert named.exit_code == 0
    assert (tmp_path / "rows.bin").read_bytes()[:4] == b"PAR1"
    streamed = command("memory", "export", "--as", "parquet")
    assert streamed.exit_code == 2


def test_a_restored_home_answers_as_the_one_it_was(command: Command, home: Path, tmp_path: Path) -> None:
    told(command, "import", written(tmp_path / "r.jsonl", [row_of(e, "records") for e in EXAMPLES]))
    (made,) = told(command, "backup", "kept")
    assert (made["encoder"], made["checkpoints"], made["missing"]) == ("base", ["base"], [])
    assert made["counts"]["examples"] == 10
    again = tmp_path / "again"
    shown = command("memory", "restore", "kept", "--home", str(again))
    assert "restored in" in shown.stdout
    search = ("search", QUESTION, "--k", "3")
    assert told(command, *search, "--home", str(again)) == told(command, *search)
    refused = command("memory", "restore", "kept", "--home", str(again))
    assert (refused.exit_code, "has a store already" in refused.stderr) == (2, True)
    assert command("memory", "backup", "kept").exit_code == 2
