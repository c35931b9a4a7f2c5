"""What every backend of the sandbox owes: the contract of the port."""

from pathlib import Path

import pytest

from reasoner.errors import SandboxError
from reasoner.sandbox import jail as jails
from reasoner.sandbox.running import run
from reasoner.types.sandbox import JailEnded, Limits, Sandbox

QUICK = Limits(cpu_seconds=1, wall_seconds=2)


def test_a_script_runs_with_its_files_and_its_input(sandbox: Sandbox) -> None:
    files = {"main.py": "import other, sys; print(other.name, sys.stdin.read())", "other.py": "name = 'other'"}
    ran = run(sandbox, files, "main.py", stdin=b"given")
    assert (ran.exit_code, ran.stdout, ran.stderr, ran.limit) == (0, "other given\n", "", "")
    assert ran.cpu_seconds > 0


def test_an_exit_code_and_standard_error_are_told(sandbox: Sandbox) -> None:
    ran = run(sandbox, {"main.py": "import sys; sys.stderr.write('why'); sys.exit(3)"}, "main.py")
    assert (ran.exit_code, ran.stderr) == (3, "why")


def test_the_environment_has_five_entries_and_sets_always_come_in_one_order(sandbox: Sandbox) -> None:
    script = "import os; print(sorted(os.environ), list({'a', 'b', 'c', 'd', 'e'}), hash('a'))"
    first, second = (run(sandbox, {"main.py": script}, "main.py").stdout for _ in range(2))
    assert first == second
    assert first.startswith("['LANG', 'OMP_NUM_THREADS', 'PATH', 'PYTHONHASHSEED', 'TZ']")


def test_nothing_of_this_installation_can_be_imported(sandbox: Sandbox) -> None:
    ran = run(sandbox, {"main.py": "import pydantic"}, "main.py")
    assert "No module named 'pydantic'" in ran.stderr


@pytest.mark.parametrize(
    ("script", "limit"),
    [
        ("while True: pass", "cpu"),
        ("import time; time.sleep(60)", "wall"),
        ("import os\nwhile True: os.write(1, b'x' * 10000)", "output"),
        ("import os\nwhile True: os.write(2, b'x' * 10000)", "output"),
    ],
)
def test_a_limit_ends_a_script_and_is_named(sandbox: Sandbox, script: str, limit: str) -> None:
    limits = QUICK if limit != "cpu" else Limits(cpu_seconds=1, wall_seconds=60)
    ran = run(sandbox, {"main.py": script}, "main.py", limits=limits)
    assert (ran.exit_code, ran.limit) == (None, limit)


def test_a_script_that_closes_its_output_is_ended_as_well(sandbox: Sandbox) -> None:
    script = "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(60)"
    assert run(sandbox, {"main.py": script}, "main.py", limits=QUICK).exit_code is None


def test_memory_beyond_the_limit_is_an_error_of_the_script(sandbox: Sandbox) -> None:
    ran = run(sandbox, {"main.py": "x = bytearray(600 * 2**20)"}, "main.py")
    assert "MemoryError" in ran.stderr
    roomy = Limits(memory_mb=1024, cpu_seconds=10)
    more = run(sandbox, {"main.py": "x = bytearray(600 * 2**20)"}, "main.py", limits=roomy)
    assert more.exit_code == 0


def test_a_folder_is_read_only_unless_there_is_room_for_files(sandbox: Sandbox) -> None:
    script = {"main.py": "open('file', 'w').write('x' * 1000); print(len(open('file').read()))"}
    assert run(sandbox, script, "main.py").stdout == ""
    assert run(sandbox, script, "main.py", limits=Limits(disk_mb=1)).stdout == "1000\n"


@pytest.mark.parametrize("size", [2**18, 2**22])
def test_files_beyond_the_limit_end_a_script_or_fail(sandbox: Sandbox, size: int) -> None:
    script = f"for n in range(10**4):\n    open(f'f{{n}}', 'wb').write(b'x' * {size})\nprint('all written')"
    ran = run(sandbox, {"main.py": script}, "main.py", limits=Limits(disk_mb=1))
    assert "all written" not in ran.stdout
    assert ran.limit == "disk" or "File too large" in ran.stderr


def test_no_folder_is_left_however_deep_or_shut(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jails.tempfile, "tempdir", str(tmp_path))
    deep = "import os\nos.mkdir('shut', 0)\nfor _ in range(900):\n    os.mkdir('d'); os.chdir('d')"
    run(sandbox, {"main.py": deep}, "main.py", limits=Limits(disk_mb=8))
    assert [*tmp_path.iterdir()] == []


def test_a_jail_is_talked_with_while_it_runs_and_may_be_closed_twice(sandbox: Sandbox) -> None:
    echo = {"main.py": "while True: print(input()[::-1], flush=True)"}
    jail = sandbox.start(echo, "main.py", limits=Limits())
    for word in (b"one", b"two"):
        jail.send(word + b"\n", within=20)
        assert jail.receive(within=20) == word[::-1] + b"\n"
    assert jail.close() == jail.close()


def test_waiting_for_silence_and_for_an_ended_script_raises(sandbox: Sandbox) -> None:
    jail = sandbox.start({"main.py": "import time; time.sleep(60)"}, "main.py", limits=Limits())
    with pytest.raises(JailEnded) as silent:
        jail.receive(within=0.2)
    jail.close()
    gone = sandbox.start({"main.py": ""}, "main.py", limits=Limits())
    with pytest.raises(JailEnded) as ended:
        gone.receive(within=20)
    gone.close()
    assert (silent.value.limit, ended.value.limit) == ("wall", "")


def test_no_descriptor_and_no_process_is_left(sandbox: Sandbox) -> None:
    run(sandbox, {"main.py": ""}, "main.py")
    before = len([*Path("/proc/self/fd").iterdir()])
    for script in ("", "while True: pass", "raise SystemExit(1)"):
        run(sandbox, {"main.py": script}, "main.py", limits=QUICK)
    assert len([*Path("/proc/self/fd").iterdir()]) <= before


def test_a_file_name_that_leads_out_of_the_folder_is_refused(
    any_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jails.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SandboxError, match="plain name"):
        run(any_sandbox, {"../main.py": ""}, "main.py")
    assert [*tmp_path.iterdir()] == []


def test_a_machine_without_room_for_a_folder_is_said_so(any_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jails.tempfile, "tempdir", "/nowhere/at/all")
    with pytest.raises(SandboxError, match="no folder could be made"):
        run(any_sandbox, {"main.py": ""}, "main.py")
