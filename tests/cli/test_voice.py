"""The border to the terminal: what others wrote is text there, and none of its characters acts."""

import json

import pytest
from rich.text import Text

from reasoner.cli.voice import Voice, json_line, lines, plain_table

HOSTILE = "[/bold] [red]x[/red] :smile: \x1b[2J\x9b31m\u202eevil\u200b\ud83d\nnext"
ACTING = "\x1b\x9b\u202e\u200b\ud83d"


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_table_shows_markup_and_escapes_as_text_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    table = plain_table("what", HOSTILE)
    table.add_row(HOSTILE, Text(HOSTILE))
    Voice().show(table)
    told = shown(capsys)
    assert "[/bold] [red]x[/red] :smile: ␛[2J" in told
    assert "␊next" in told
    assert not [sign for sign in ACTING if sign in told]


@pytest.mark.parametrize("made", [str, Text], ids=["string", "text"])
def test_a_sentence_is_shown_as_it_is_but_for_what_acts(
    made: type[str] | type[Text], capsys: pytest.CaptureFixture[str]
) -> None:
    Voice().say(made(HOSTILE))
    told = shown(capsys)
    assert "[/bold] [red]x[/red] :smile:" in told
    assert not [sign for sign in ACTING if sign in told]


def test_a_cell_of_several_lines_has_no_more_than_were_meant() -> None:
    assert lines("a\nb", "c").plain == "a␊b\nc"


def test_a_line_of_json_has_the_same_value_and_nothing_that_acts() -> None:
    told = json_line({"text": f"é {HOSTILE}"})
    assert json.loads(told) == {"text": f"é {HOSTILE}"}
    assert "é" in told
    assert told.isprintable()
