from pathlib import Path

from reasoner.config.keys import dotted_keys

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_configuration_page_lists_exactly_the_settings_there_are() -> None:
    listed = [line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(dotted_keys())
