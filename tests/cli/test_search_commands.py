"""`solve --trace` and `evaluate --search` on a real, tiny checkpoint."""

import json
from pathlib import Path

import pytest
from played import Command
from student_maker import small_student

from reasoner.models.checkpoints import save_student

QUESTION = "Ann has 3 apples. She buys 4 more. How many apples does Ann have?"
SMALL = ["search.width=2", "search.candidates=4", "data.sealed_size=50", "domains.math.max_number=20"]


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    folder = tmp_path / "untrained"
    save_student(small_student(), folder, about={"parent": ""})
    return str(folder)


def test_a_trace_shows_every_candidate_and_why_it_was_pruned(command: Command, checkpoint: str) -> None:
    asked = ["solve", "--checkpoint", checkpoint, "--search", "beam", "--trace", QUESTION, *SMALL]
    shown = command(*asked)
    assert shown.exit_code == 0, shown.stderr
    for word in ("step 1", "clean", "round_trip", "pruned", "not among the best", "solutions", "chosen", "latents"):
        assert word in shown.stdout
    told = [json.loads(command(*asked, "--json").stdout) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["event"] == "search"
    assert told[0]["latents"] != json.loads(command(*asked, "--json", "--seed", "3").stdout)["latents"]


def test_solving_with_a_search_gives_steps_and_an_answer_as_without(command: Command, checkpoint: str) -> None:
    told = json.loads(
        command("solve", "--checkpoint", checkpoint, "--search", "sample", QUESTION, *SMALL, "--json").stdout
    )
    assert told["event"] == "solution"
    assert told["question"] == QUESTION


def test_an_evaluation_says_how_it_searched(command: Command, checkpoint: str, tmp_path: Path) -> None:
    words = ["evaluate", "--checkpoint", checkpoint, "--search", "beam", "--n", "8", *SMALL]
    told = json.loads(command(*words, "--json").stdout)
    assert (told["search"], told["n"]) == ("beam", 8)
    assert told["attempts_file"].endswith("-sealed-beam.jsonl")
    assert "beam search" in command(*words).stdout


def test_every_way_of_searching_is_compared_with_greedy(command: Command, checkpoint: str) -> None:
    words = ["evaluate", "--checkpoint", checkpoint, "--search", "beam", "--ablate", "--n", "6", *SMALL]
    rows = [json.loads(line) for line in command(*words, "--json").stdout.splitlines()]
    assert [row["name"] for row in rows][:2] == ["greedy", "majority@8"]
    assert rows[-1]["name"] == "beam"
    assert all(row["overall"]["n"] == 6 for row in rows)
    shown = command(*words).stdout
    assert "below greedy in" in shown
    assert "oracle" in shown


def test_searching_is_refused_without_words_to_go_on_from(command: Command, checkpoint: str) -> None:
    refused = command("evaluate", "--checkpoint", checkpoint, "--search", "beam", "--mode", "think", "--n", "4", *SMALL)
    assert refused.exit_code == 2
    assert "searching goes on from words" in refused.stderr


def test_options_that_a_comparison_or_a_trace_would_ignore_are_refused(command: Command, checkpoint: str) -> None:
    for words in (
        ["evaluate", "--recall", "--search", "beam"],
        ["evaluate", "--ablate", "--search", "sample"],
        ["evaluate", "--ablate", "--mode", "think"],
    ):
        assert command(*words, "--checkpoint", checkpoint, *SMALL).exit_code == 2
    assert command("solve", "--trace", "--mode", "think", "--checkpoint", checkpoint, QUESTION).exit_code == 2
