"""Widths: ids stay whole however narrow the console, and a foolish `COLUMNS` is not followed."""

import io

import pytest
from rich.console import Console

from reasoner.cli.voice import plain_table
from reasoner.cli.widths import WIDE, console_width, keep_whole

RUN = "20261122-0915-math-nano-k3f9"


def shown(width: int) -> list[str]:
    table = plain_table("run", "state", "remark")
    table.add_row(RUN, "succeeded", "a long remark that may well take many lines")
    keep_whole(table, width)
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(table, crop=False)
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [30, 50, 60, 80, 200])
def test_an_id_and_short_words_are_never_broken(width: int) -> None:
    lines = shown(width)
    assert lines[2].startswith(f"{RUN} ")
    assert "succeeded" in lines[2]
    assert " ".join(line[len(RUN) + 11 :].strip() for line in lines[2:]).split()[-2:] == ["many", "lines"]


def test_other_columns_give_way_first() -> None:
    assert max(map(len, shown(60))) <= 60
    assert len(shown(200)) == 3


@pytest.mark.parametrize(
    ("columns", "width"),
    [("100", 100), ("", WIDE), ("0", WIDE), ("-5", WIDE), ("wide", WIDE), ("99999999999", WIDE), ("²", WIDE)],
)
def test_columns_is_followed_where_it_makes_sense(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert console_width(io.StringIO()) == width
