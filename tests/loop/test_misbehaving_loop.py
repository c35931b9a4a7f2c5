"""A whole loop whose teacher answers each request in another odd way."""

from pathlib import Path

import pytest
from loop_runs import command, loop
from misbehaving_server import EVERYTHING, misbehaving

pytestmark = pytest.mark.slow


def test_a_loop_goes_through_every_odd_answer_and_a_second_start_pays_for_nothing(begun: Path) -> None:
    with misbehaving() as server:
        given = [
            "teacher.model=openai/misbehaving",
            f"teacher.api_base={server.address(EVERYTHING)}",
            "teacher.api_key=none",
            "teacher.timeout=20",
            "teacher.retries=1",
            "teacher.max_tokens=600",
            "teacher.calls=48",
        ]
        ended = loop(begun, *given)
        sent = server.requests[EVERYTHING]
        again = loop(begun, *given)
        assert server.requests[EVERYTHING] == sent
    assert ended.code in (0, 1), ended.words
    assert again.code == ended.code
    assert "Traceback" not in ended.words + again.words, ended.words
    (teacher,) = ended.of("teacher")
    assert 0 < teacher["failed"] < teacher["calls"]
    assert sent > teacher["calls"] > 20
    shown = command(begun, "runs", "show", ended.done["run"])
    assert "\x1b" not in shown.words
