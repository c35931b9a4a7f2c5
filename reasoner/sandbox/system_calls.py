"""The system calls that jailed Python may make, as a seccomp filter: a list of what is allowed, never of what is not.

Refused are, among others: new processes and programs (fork, vfork, clone without CLONE_THREAD, execve), sockets,
signals to others, ptrace and the memory of others, mounts and namespaces, keys, System V memory, changes of modes and
owners (Landlock says nothing about chmod), memfd (memory that RLIMIT_AS does not count), io_uring.

Three calls depend on their arguments. `fcntl` may not set an owner or a signal: as root, F_SETOWN and F_SETSIG with
O_ASYNC send SIGKILL to any process of the same user (fcntl(2)). `prlimit64` may name only its own process: it
otherwise lowers the limits of the process that grades. `ioctl` knows what Python asks of its files.

Sources: seccomp(2), linux/filter.h, arch/x86/entry/syscalls/syscall_64.tbl.
"""

import errno
import platform
import struct
from functools import lru_cache

from reasoner.errors import SandboxError

ALLOWED = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8, "mmap": 9,
    "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15,
    "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "access": 21, "pipe": 22, "select": 23,
    "sched_yield": 24, "mremap": 25, "msync": 26, "mincore": 27, "madvise": 28, "dup": 32, "dup2": 33, "pause": 34,
    "nanosleep": 35, "getitimer": 36, "alarm": 37, "setitimer": 38, "getpid": 39, "sendfile": 40, "exit": 60,
    "wait4": 61, "uname": 63, "flock": 73, "fsync": 74, "fdatasync": 75, "truncate": 76, "ftruncate": 77,
    "getdents": 78, "getcwd": 79, "chdir": 80, "fchdir": 81, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85,
    "unlink": 87, "readlink": 89, "umask": 95, "gettimeofday": 96, "getrlimit": 97, "getrusage": 98, "sysinfo": 99,
    "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "getpgrp": 111,
    "getgroups": 115, "getresuid": 118, "getresgid": 120, "getpgid": 121, "getsid": 124, "rt_sigpending": 127,
    "rt_sigtimedwait": 128, "rt_sigsuspend": 130, "sigaltstack": 131, "statfs": 137, "fstatfs": 138,
    "getpriority": 140, "sched_getparam": 143, "sched_getscheduler": 145, "sched_get_priority_max": 146,
    "sched_get_priority_min": 147, "arch_prctl": 158, "setrlimit": 160, "gettid": 186, "time": 201, "futex": 202,
    "sched_getaffinity": 204, "epoll_create": 213, "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219,
    "fadvise64": 221, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231,
    "epoll_wait": 232, "epoll_ctl": 233, "waitid": 247, "openat": 257, "mkdirat": 258, "newfstatat": 262,
    "unlinkat": 263, "renameat": 264, "readlinkat": 267, "faccessat": 269, "pselect6": 270, "ppoll": 271,
    "set_robust_list": 273, "epoll_pwait": 281, "eventfd2": 290, "epoll_create1": 291, "dup3": 292, "pipe2": 293,
    "preadv": 295, "pwritev": 296, "getcpu": 309, "renameat2": 316, "getrandom": 318, "membarrier": 324,
    "copy_file_range": 326, "statx": 332, "rseq": 334, "close_range": 436, "faccessat2": 439,
}  # fmt: skip
"""Name and number on x86-64. Whatever writes to a file is still subject to Landlock or to the mounts."""

CLONE, CLONE3, FCNTL, IOCTL, PRLIMIT = 56, 435, 72, 16, 302
CLONE_THREAD = 0x10000
FILE_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, three of locks, F_DUPFD_CLOEXEC, two of pipe sizes."""
IO_REQUESTS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENT, _ARGUMENT_HIGH, _SECOND = 0, 4, 16, 20, 24
"""Offsets in `struct seccomp_data`: number of the call, machine, halves of the first argument, second argument."""
_X86_64, _X32 = 0xC000003E, 0x40000000
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x50000

_Instruction = tuple[int, int, int, int]
"""Operation, steps to jump if true, if false, operand."""


@lru_cache(maxsize=1)
def seccomp_filter() -> bytes:
    """The filter as an array of `struct sock_filter`.

    Raises:
        SandboxError: the numbers above are not those of this machine.
    """
    if platform.machine() != "x86_64":
        raise SandboxError(
            f"this machine is {platform.machine()!r}; the list of system calls for jailed programs is that of x86_64"
        )
    program: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _X86_64), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL),
        *_one_of(CLONE3, ()), *_only_threads(), *_one_of(FCNTL, FILE_COMMANDS), *_one_of(IOCTL, IO_REQUESTS),
        *_own_limits(),
    ]  # fmt: skip
    for number in ALLOWED.values():
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    program.append((_RETURN, 0, 0, _ERRNO | errno.EPERM))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def _guarded(call: int, body: list[_Instruction]) -> list[_Instruction]:
    """A body that always returns, for one call alone."""
    return [(_EQUAL, 0, len(body), call), *body]


def _one_of(call: int, second: tuple[int, ...]) -> list[_Instruction]:
    """Allows a call whose second argument is one of these. With none, ENOSYS: libc then tries the call before it."""
    body: list[_Instruction] = [(_LOAD, 0, 0, _SECOND)] if second else []
    for value in second:
        body += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return _guarded(call, [*body, (_RETURN, 0, 0, _ERRNO | (errno.EPERM if second else errno.ENOSYS))])


def _only_threads() -> list[_Instruction]:
    """`clone` makes threads, never processes: uid 0 is exempt from RLIMIT_NPROC (getrlimit(2))."""
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EAGAIN)
    return _guarded(CLONE, [(_LOAD, 0, 0, _ARGUMENT), (_ANY_BIT, 0, 1, CLONE_THREAD), (_RETURN, 0, 0, _ALLOW), refuse])


def _own_limits() -> list[_Instruction]:
    """`prlimit64` of process 0, which means the caller."""
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    whole = [(_LOAD, 0, 0, _ARGUMENT), (_EQUAL, 0, 3, 0), (_LOAD, 0, 0, _ARGUMENT_HIGH), (_EQUAL, 0, 1, 0)]
    return _guarded(PRLIMIT, [*whole, (_RETURN, 0, 0, _ALLOW), refuse])
