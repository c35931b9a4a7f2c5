"""The loop against a real HTTP server that speaks the OpenAI protocol, and misbehaves."""

import json
import time
from pathlib import Path

import pytest
from loop_runs import Running, command, loop, run_folder
from model_server import INPUT_PRICE, OUTPUT_PRICE, ModelServer, running

pytestmark = pytest.mark.slow


def words(server: ModelServer, *more: str) -> list[str]:
    return [
        "teacher.model=openai/whatever",
        f"teacher.api_base={server.address}",
        "teacher.api_key=none",
        "teacher.timeout=2",
        *more,
    ]


def test_a_loop_uses_a_servers_answers_and_survives_its_moods(begun: Path) -> None:
    with running() as server:
        server.script.extend(["429", "500", "prose", "drop", "slow", "html"])
        ended = loop(begun, *words(server))
        server.released.set()
    assert ended.code == 0, ended.words
    (teacher,) = ended.of("teacher")
    assert teacher["model"] == "openai/whatever"
    assert teacher["accepted"] > 0
    assert teacher["calls"] == 4


def test_a_loop_whose_teacher_gives_no_usable_answer_says_so_everywhere_and_ends_with_1(begun: Path) -> None:
    with running() as server:
        server.script.append("ok")  # what is asked before anything is trained
        server.always = "wrong"
        ended = loop(begun, *words(server))
    assert ended.code == 1, ended.words
    (told,) = ended.of("nothing_learnt")
    assert (told["calls"], told["failed"], told["refused"][0]["reason"]) == (4, 4, "unusable answer")
    assert "4 of 4 calls failed: unusable answer (4), such as" in ended.words
    assert "answer is missing" in ended.words
    shown = command(begun, "runs", "show", ended.done["run"])
    assert "cycle 1 learnt nothing" in shown.words
    for report in ("report.md", "report.html"):
        text = (run_folder(begun) / report).read_text()
        assert "learnt nothing" in text
        assert "answer is missing" in text


def test_a_loop_never_spends_more_than_its_limit_with_sixteen_calls_in_flight(begun: Path) -> None:
    with running() as server:
        priced = (f"teacher.usd_per_million_input={INPUT_PRICE}", f"teacher.usd_per_million_output={OUTPUT_PRICE}")
        limited = words(server, *priced, "teacher.calls=32", "teacher.concurrency=16", "teacher.max_tokens=300")
        ended = loop(begun, *limited, "--max-usd", "0.08")
        spent, sent = server.usd, len(server.requests)
        again = loop(begun, *limited, "--max-usd", "0.08")
        assert len(server.requests) == sent
        more = loop(begun, *limited, "--max-usd", "9")
    assert ended.code == again.code == 5, ended.words
    assert 0 < spent <= 0.08
    assert more.code == 0, more.words


def test_a_loop_killed_between_two_answers_asks_again_only_what_was_on_its_way(begun: Path) -> None:
    with running() as server:
        given = words(server, "teacher.concurrency=1")
        running_loop = Running(begun, *given)
        while len(server.requests) < 3 and not running_loop.has_ended():
            time.sleep(0.005)
        running_loop.kill()
        ended = loop(begun, *given)
        asked = [json.dumps(body["messages"]) for body in server.requests]
    assert ended.code == 0, ended.words
    assert ended.of("teacher")[0]["calls"] == 4
    # Four lessons, and the tiny question before anything is trained.
    assert len(set(asked)) == 5
    assert len(asked) <= 6
