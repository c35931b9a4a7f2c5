"""Runs inside a jail's first process: takes rights away for good, then runs the untrusted script in this interpreter.

    python -P -s -S -B launcher.py CONFIG      CONFIG: a literal, see `interpreter.launch`

Not `-I`: that would make Python ignore PYTHONHASHSEED, and sets would come in another order each time. The environment
has five entries of ours, so `-P -s -S` isolate as well.

The order matters: limits; files that the rules name are opened; no new privileges (a filter needs it without
CAP_SYS_ADMIN); all capabilities away, for root too; Landlock; every inherited descriptor closed; last the filter of
system calls, which forbids all of the above. Sources: landlock(7), seccomp(2), capabilities(7), prctl(2).

Stand-alone: this file is copied into the jail's folder and imports the standard library alone.
"""

import ctypes
import os
import resource
import struct
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF, CAPSET = 444, 445, 446, 126
NO_NEW_PRIVILEGES, SECCOMP, DUMPABLE, DROP_BOUND, PARENT_DEATH = 38, 22, 4, 24, 1
READ = 1 << 2 | 1 << 3
"""LANDLOCK_ACCESS_FS_READ_FILE, _READ_DIR."""
EXECUTE, WRITE_FILE, TRUNCATE = 1 << 0, 1 << 1, 1 << 14
CHANGE = WRITE_FILE | TRUNCATE | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8
"""Remove directories and files, make directories and regular files; no devices, sockets, pipes or links."""
OF_FILES = EXECUTE | WRITE_FILE | 1 << 2 | TRUNCATE
"""What a rule about a file, not a folder, may hold."""
LEAST_ABI = 3
"""The first in which truncating is an access of its own (Linux 6.2)."""
LAST_CAPABILITY = 63

libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: object) -> int:
    """A system call by number; OSError where it fails."""
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), f"system call {number}")
    return result


def limit(config: dict) -> None:
    """The kernel's limits, hard ones: CPU seconds, bytes of memory and of a file.

    At its CPU seconds a process gets SIGXCPU, which says why it ends; one that will not end is killed a second later.
    """
    limits = (
        (resource.RLIMIT_CPU, config["cpu"]),
        (resource.RLIMIT_AS, config["memory"]),
        (resource.RLIMIT_FSIZE, config["file"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    )
    for which, most in limits:
        hard = resource.getrlimit(which)[1]
        last = most + 1 if which == resource.RLIMIT_CPU else most
        last = last if hard == resource.RLIM_INFINITY else min(last, hard)
        resource.setrlimit(which, (min(most, last), last))


def ruleset(readable: list[str], writable: list[str]) -> int:
    """A Landlock ruleset: everything is forbidden but reading and executing these, and changing those."""
    abi = call(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if abi < LEAST_ABI:
        raise OSError(0, f"Landlock is of version {abi}; {LEAST_ABI} is needed")
    handled = (1 << (16 if abi >= 5 else 15)) - 1
    attributes = struct.pack("QQQ", handled, 3, 3)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    rules = call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    for paths, access in ((readable, READ | EXECUTE), (writable, READ | CHANGE)):
        for path in paths:
            add(rules, path, access)
    return rules


def add(rules: int, path: str, access: int) -> None:
    """One rule; a path that is not there needs none."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib would cost more than all of this file
        access &= OF_FILES
    call(ADD_RULE, rules, 1, struct.pack("=Qi", access, opened), 0)
    os.close(opened)


def drop_rights() -> None:
    """No new privileges, no capabilities, no memory to be read by others of the same user."""
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(DROP_BOUND, capability, 0, 0, 0)
    call(CAPSET, struct.pack("Ii", 0x20080522, 0), bytes(24))
    libc.prctl(DUMPABLE, 0, 0, 0, 0)


def filter_calls(program: bytes) -> None:
    """Installs the filter of system calls."""
    buffer = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(SECCOMP, 2, described, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def confine(config: dict) -> None:
    """Everything, in the order that the head of this file gives."""
    limit(config)
    rules = ruleset(config["readable"], config["writable"]) if config["landlock"] else None
    drop_rights()
    if rules is not None:
        libc.prctl(PARENT_DEATH, 9, 0, 0, 0)
        call(RESTRICT_SELF, rules, 0)
    os.chdir(config["folder"])
    os.environ.pop("PWD", None)
    os.closerange(3, 4096)
    filter_calls(bytes.fromhex(config["filter"]))


def main() -> None:
    """Confines this process and runs the script as `__main__`."""
    config = eval(sys.argv[1], {"__builtins__": {}})
    script = config["script"]
    with open(config["folder"] + "/" + script, encoding="utf-8") as file:  # noqa: PTH123 - as above
        code = compile(file.read(), script, "exec")
    confine(config)
    sys.argv[:] = [script]
    sys.path.insert(0, config["folder"])
    module = type(sys)("__main__")
    sys.modules["__main__"] = module
    exec(code, module.__dict__)


main()
