"""Tasks by name: built in, of an installed package, of a file, of rows; what is no task is refused in words."""

import json
import sys
from pathlib import Path

import pytest

from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.data.files import read_problems
from reasoner.domains.registry import DOMAINS, domain_mark, get_domain
from reasoner.errors import ConfigError
from reasoner.plugins import TASK_FILES, Registry, trust
from reasoner.types.domain import Draws, JudgesSteps, power

EXAMPLE = Path(__file__).parents[2] / "examples" / "units.py"


@pytest.fixture(autouse=True)
def named_by_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TASK_FILES, str(EXAMPLE))


def test_a_domain_of_an_installed_package_is_known_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "measures.py").write_text(EXAMPLE.read_text())
    about = tmp_path / "measures-2.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: measures\nVersion: 2.1\n")
    (about / "entry_points.txt").write_text("[reasoner.domains]\nmeasures = measures:Units\nbroken = nowhere:Gone\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = Registry("task", group="reasoner.domains", built_in={"math": "reasoner.domains.math.domain:MathDomain"})
    assert registry.names() == ("math", "measures", "broken")
    assert registry.get("measures")().info.name == "units"
    assert registry.fingerprint("measures") == "measures 2.1"
    assert registry.fingerprint("math") == ""
    with pytest.raises(ConfigError, match=r"'broken' of the installed package measures cannot be imported: ModuleNot"):
        registry.get("broken")
    sys.modules.pop("measures", None)


def test_a_domain_of_a_file_is_made_again_when_the_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(EXAMPLE.read_text())
    trust(file)
    name = f"{file}:Units"
    first, mark = get_domain(name), domain_mark(name)
    assert get_domain(name) is first
    file.write_text(EXAMPLE.read_text().replace('("h", "min"): 60', '("h", "min"): 61'))
    assert get_domain(name) is not first
    assert domain_mark(name) != mark, "a run would notice that its checker is another"


@pytest.mark.parametrize(
    ("text", "named", "told"),
    [
        (None, "Mine", "there is no file"),
        ("class Other: pass", "Mine", "no task 'Mine' in .*, which defines Other"),
        ("import nonsense_that_is_not_there", "Mine", "ModuleNotFoundError.*line 1.*mend the file"),
        ("class Mine: pass", "Mine", "lacks info, check, answer_of, canonical, structure, brief; docs/tasks.md"),
        ("class Mine:\n    def __init__(self):\n        1 / 0", "Mine", "cannot be made: ZeroDivisionError"),
        ("this is no Python", "Mine", "SyntaxError"),
    ],
)
def test_a_file_that_holds_no_domain_is_refused_in_words(
    tmp_path: Path, text: str | None, named: str, told: str
) -> None:
    file = tmp_path / "mine.py"
    if text is not None:
        file.write_text(text)
    trust(file)
    with pytest.raises(ConfigError, match=told):
        get_domain(f"{file}:{named}")


def test_a_file_that_only_stored_data_names_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n{EXAMPLE.read_text()}")
    monkeypatch.setenv(TASK_FILES, "")
    with pytest.raises(
        ConfigError, match=r"is not run: the file is named by stored data.*--task .*REASONER_TASK_FILES="
    ):
        Settings.model_validate({"task": {"name": f"{file}:Units"}})
    with pytest.raises(ConfigError, match="is not run"):
        load_settings(None, [f"task.name={file}:Units"], {}, None, stored=True)
    assert not (tmp_path / "ran").exists()
    assert load_settings(None, [f"task.name={file}:Units"], {}, None).task.name.endswith("mine.py:Units")
    assert (tmp_path / "ran").exists()


def test_powers_are_asked_for_and_not_names() -> None:
    units = get_domain(f"{EXAMPLE}:Units")
    assert power(units, Draws) is not None
    assert power(units, JudgesSteps) is None
    assert power(get_domain("prosqa"), JudgesSteps) is not None


def test_options_of_the_tasks_own_domain_are_complete_and_those_of_others_change_nothing() -> None:
    assert load_settings(None, ["domains.math.max_number=70"], {}, None).options == {
        "max_number": 70, "distractor_rate": 0.3,
    }  # fmt: skip
    assert load_settings("tiny", ["task.name=prosqa", "data.difficulties=[3]"], {}, None).domains == {}
    with pytest.raises(ConfigError, match=r"domains.math.max_nr \(argument .*\): there is no such"):
        load_settings(None, ["domains.math.max_nr=3"], {}, None)
    with pytest.raises(ConfigError, match=r"domains.math.max_number \(argument .*\): got 5; it should be greater"):
        load_settings(None, ["domains.math.max_number=5"], {}, None)


def test_old_names_of_settings_are_read_and_told() -> None:
    told: list[str] = []
    settings = load_settings(None, ["data.domain=math", "data.max_number=40"], {}, None, say=told.append)
    assert (settings.task.name, settings.options["max_number"]) == ("math", 40)
    assert told[0].startswith("data.domain is called task.name now")
    stored = {"data": {"domain": "prosqa", "practice": "generated", "max_number": 20, "practice_size": 50}}
    assert type(settings).model_validate(stored).task.name == "prosqa"


def test_rows_are_a_task_by_themselves(tmp_path: Path) -> None:
    file = tmp_path / "my-rows.jsonl"
    file.write_text(json.dumps({"question": "2+2?", "answer": 4}) + "\n")
    domain = get_domain(str(file))
    assert domain.info.name == "my_rows"
    assert load_settings(None, [f"task.name={file}"], {}, None).task.rows == str(file)


def test_published_splits_of_rows_without_a_task_file_count(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    splits = ["train"] * 3 + ["test", "validation", ""]
    rows = [{"question": f"{n}+{n}?", "answer": 2 * n, "split": split} for n, split in enumerate(splits)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for domain in (get_domain(str(file)), get_domain("text")):
        assert [p.split for p in read_problems(file, domain)] == [None, None, None, "sealed", "gate", None]


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    assert {"math", "prosqa", "code", "text"} <= set(DOMAINS.names())
