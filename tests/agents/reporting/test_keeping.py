"""Repairs and retention suites in the report, on the page and in the words of the command line."""

from pathlib import Path
from typing import Any

from a_run import RUN, whole_run

from agents.reporting.keeping import keeping_lines
from agents.reporting.markdown import write_report
from agents.reporting.summary import summarise

FIGURES: dict[str, Any] = {"n": 100, "wins": 2, "losses": 9, "gain": -0.07, "ci95": [-0.13, -0.01], "p_harm": 0.033}


def events() -> list[dict[str, Any]]:
    lost = {"id": "p-7", "question": "What is [here](http://x)?", "cycle": 1, "champion_lost_it_too": False}
    common = {"run": RUN, "cycle": 5, "champion": "c3", "candidate": "c5"}
    repairs = {"asked": 100, "repairs": 60, "held_before": 58, "held": 51, "lost": 9, "lost_items": [lost], **FIGURES}
    suite = {"suite": "old.jsonl", "items": 900, "asked": 100, "right_before": 80, "right": 73, **FIGURES}
    rule = {"margin": 0.02, "rule": "proven"}
    return [
        *whole_run()[:-1],
        {"event": "repairs", **common, **repairs},
        {"event": "retention", **common, **suite, **rule},
    ]


def test_the_report_tells_what_holds_and_names_what_was_lost(tmp_path: Path) -> None:
    text = write_report(tmp_path, events()).read_text()
    assert "| 5 | 100 | 60 | 58 | 51 | 9 | 2 / 9 | 0.0330 |" in text
    assert "- p-7 (taught in cycle 1): What is \\[here\\](http" in text, "what others wrote is no link"
    assert "- 8 more: the attempts name them" in text
    assert "| 5 | old.jsonl | 100 | 80.0% | 73.0% | -7.0 points [-13.0, -1.0] | 2 / 9 | 0.0330 |" in text


def test_a_run_that_asked_nothing_beside_has_no_such_section(tmp_path: Path) -> None:
    text = write_report(tmp_path, whole_run()).read_text()
    assert "## Repairs" not in text
    assert "## Retention" not in text
    assert keeping_lines(summarise(whole_run())) == []


def test_the_command_line_tells_the_newest_gate() -> None:
    lines = keeping_lines(summarise(events()))
    assert lines[0] == "repairs asked at the gate of cycle 5: 51 of 60 hold (champion 58), 9 lost"
    assert lines[1].startswith("  lost: p-7 (taught in cycle 1): What is")
    assert lines[-1] == "old.jsonl at the gate of cycle 5: 80 to 73 of 100, -7.0 points [-13.0, -1.0]"
