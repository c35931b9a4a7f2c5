"""A loop whose answers a model judges: proven first, paid once, stopped by limits, refused where it cannot judge."""

import json
import time
from pathlib import Path

import pytest
from judging_model import always_right, fair
from loop_runs import Running, command, loop, run_folder
from loop_settings import TINY
from model_server import INPUT_PRICE, OUTPUT_PRICE, ModelServer, running

pytestmark = pytest.mark.slow

SOUNDS = {"cow": "moo", "cat": "meow", "dog": "woof", "duck": "quack"}
HOW = ("teach.from=gold", "student.step_text=words")


def task(folder: Path, server: ModelServer, **more: object) -> str:
    """A task file over made-up rows."""
    rows = [
        {"question": f"Number {n}: what does the {animal} in house {n * 7 % 101} say?", "answer": sound}
        for n in range(200)
        for animal, sound in SOUNDS.items()
    ]
    (folder / "sounds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    price = {"usd_per_million_input": INPUT_PRICE, "usd_per_million_output": OUTPUT_PRICE}
    checker = {"kind": "judge", "model": "openai/judge", "api_base": server.address, **price, **more}
    path = folder / "sounds.task.yaml"
    path.write_text(json.dumps({"name": "sounds", "rows": "sounds.jsonl", "checker": checker}))
    return str(path)


def test_a_judged_loop_is_proven_counted_and_never_pays_twice(tmp_path: Path) -> None:
    with running() as server:
        server.lesson = fair
        name = task(tmp_path, server)
        ended = loop(tmp_path / "home", "--task", name, *HOW)
        sent = len(server.requests)
        again = loop(tmp_path / "home", "--task", name, *HOW)
        checked = command(tmp_path / "home", "tasks", "check", name, *TINY, *HOW)
        asked = [json.dumps(body["messages"]) for body in server.requests]
        assert len(server.requests) == sent, "what was judged is remembered"
    assert ended.code == again.code == checked.code == 0, ended.words + checked.words
    assert len(set(asked)) == len(asked)
    looks = {look["what"]: look["found"] for look in ended.of("preflight")[0]["looks"]}
    assert "agrees on 40 of 40 verdicts" in looks["judge proven"]
    manifest = json.loads((run_folder(tmp_path / "home") / "manifest.json").read_text())
    assert manifest["judge"]["agreement"]["right"] == 40
    judged = ended.of("judge")
    assert [event["cycle"] for event in judged] == [0, 1]
    assert sum(event["calls"] for event in judged) == sent - 40
    assert ended.done["usd"] == pytest.approx(server.usd, abs=1e-6)
    assert "## The judge" in (run_folder(tmp_path / "home") / "report.md").read_text()


def test_a_judge_that_always_says_right_is_refused_with_its_figures(tmp_path: Path) -> None:
    with running() as server:
        server.lesson = always_right
        ended = loop(tmp_path / "home", "--task", task(tmp_path, server), *HOW)
    assert ended.code == 2
    assert "agrees on 20 of 40 verdicts (50.0%" in ended.words
    assert "Choose another checker.model" in ended.words
    assert not ended.of("evaluation")


def test_a_judged_loop_that_meets_its_limit_ends_with_5_and_goes_on_with_a_higher_one(tmp_path: Path) -> None:
    with running() as server:
        server.lesson = fair
        name = task(tmp_path, server)
        ended = loop(tmp_path / "home", "--task", name, *HOW, "--max-calls", "50")
        assert len(server.requests) == 50
        more = loop(tmp_path / "home", "--task", name, *HOW, "--max-calls", "5000")
        asked = [json.dumps(body["messages"]) for body in server.requests]
    assert (ended.code, more.code) == (5, 0), ended.words + more.words
    assert len(set(asked)) == len(asked)


def test_a_judged_loop_killed_between_verdicts_asks_again_only_what_was_on_its_way(tmp_path: Path) -> None:
    with running() as server:
        server.lesson = fair
        name = task(tmp_path, server, concurrency=1)
        at_work = Running(tmp_path / "home", "--task", name, *HOW)
        while len(server.requests) < 60 and not at_work.has_ended():
            time.sleep(0.005)
        at_work.kill()
        ended = loop(tmp_path / "home", "--task", name, *HOW)
        asked = [json.dumps(body["messages"]) for body in server.requests]
    assert ended.code == 0, ended.words
    assert len(asked) - len(set(asked)) <= 1
