"""Attacks on a sandbox, for `reasoner selftest graders`.

Scripts do what no jailed script may do and print BROKEN if it worked; what they want to read is a secret made for them
in a file of this user.
"""

import textwrap
from typing import NamedTuple

from reasoner.types.sandbox import Limits

BROKEN = "BROKEN"
SOON = Limits(cpu_seconds=1, wall_seconds=2.5, memory_mb=512, output_bytes=2**18)
"""What an attacking script or program may use."""
ROOM = SOON.model_copy(update={"disk_mb": 1})
"""The same with a folder that may be written to."""


class Attack(NamedTuple):
    """A script; `SECRET` in it stands for the path of a file outside the jail."""

    name: str
    script: str
    limits: Limits = SOON


_HEAD = """
import ctypes, os, signal, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return libc.syscall(ctypes.c_long(number), *arguments)
def broken(happened=True):
    if happened:
        print("BROKEN", flush=True)
parent = os.getppid() or 1
"""

_SCRIPTS = {
    "read the user's file": "print(open('SECRET').read()); broken()",
    "read it by a symbolic link": "os.symlink('SECRET', 'link'); print(open('link').read()); broken()",
    "read it by a hard link": "os.link('SECRET', 'link'); print(open('link').read()); broken()",
    "read it through /proc": "print(open('/proc/self/root/SECRET').read()); broken()",
    "read /etc/passwd": "open('/etc/passwd').read(); broken()",
    "read the parent's environment": "broken(open(f'/proc/{parent}/environ').read())",
    "read the parent's memory": "open(f'/proc/{parent}/mem', 'rb').seek(4096); broken()",
    "read memory by process_vm_readv": "broken(call(310, parent, b'\\0' * 16, 1, b'\\0' * 16, 1, 0) >= 0)",
    "overwrite the user's file": "open('SECRET', 'w').write('x'); broken()",
    "truncate the user's file": "os.truncate('SECRET', 0); broken()",
    "remove the user's file": "os.unlink('SECRET'); broken()",
    "rename the user's file": "os.rename('SECRET', 'SECRET.gone'); broken()",
    "chmod the user's file": "os.chmod('SECRET', 0); broken()",
    "chown the user's file": "os.chown('SECRET', 1, 1); broken()",
    "change the times of the user's file": "os.utime('SECRET', (1, 1)); broken()",
    "set an attribute of the user's file": "os.setxattr('SECRET', 'user.a', b'x'); broken()",
    "write to /tmp": "open('/tmp/reasoner-attack', 'w').write('x'); broken()",
    "write to /dev/shm": "open('/dev/shm/reasoner-attack', 'w').write('x'); broken()",
    "write to its own folder": "open('more', 'w').write('x'); broken()",
    "list the home": "broken(set(os.listdir(os.path.dirname('SECRET'))))",
    "open a socket": "import socket; socket.socket(); broken()",
    "open a local socket": "import socket; socket.socketpair(); broken()",
    "connect to this machine": "import socket; socket.create_connection(('127.0.0.1', 22), 1); broken()",
    "fork": "pid = os.fork(); os._exit(0) if pid == 0 else broken()",
    "vfork by number": "broken(call(58) > 0)",
    "clone3 without a thread": "broken(call(435, struct.pack('8Q', 0, 0, 0, 0, 17, 0, 0, 0), 64) > 0)",
    "clone as a process": "pid = call(56, 17, None, None, None, None); os._exit(0) if pid == 0 else broken(pid > 0)",
    "run a program": "import subprocess; subprocess.run(['/bin/true']); broken()",
    "become a program": "broken(call(59, b'/bin/true', None, None) == 0)",
    "signal the parent": "os.kill(parent, signal.SIGUSR1); broken()",
    "signal everybody": "os.kill(-1, 0); broken()",
    "kill the parent by SIGIO": """
        import fcntl
        r, w = os.pipe()
        fcntl.fcntl(r, fcntl.F_SETOWN, parent); fcntl.fcntl(r, 10, 9); broken()
        """,
    "lower the parent's limits": "broken(call(302, parent, 7, struct.pack('QQ', 1, 1), None) == 0)",
    "raise its own limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (99, 99)); broken()",
    "trace the parent": "broken(libc.ptrace(16, parent, 0, 0) == 0)",
    "take the parent's descriptors": "broken((fd := call(434, parent, 0)) >= 0 and call(438, fd, 0, 0) >= 0)",
    "move the parent's processors": "os.sched_setaffinity(parent, {0}); broken()",
    "become another user": "os.setuid(12345); broken()",
    "take a capability": "broken(call(126, struct.pack('Ii', 0x20080522, 0), b'\\xff' * 24) == 0)",
    "mount": "broken(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0)",
    "make a namespace": "broken(libc.unshare(0x10000000) == 0)",
    "change its root": "os.chroot('.'); broken()",
    "load a BPF program": "broken(call(321, 5, b'\\0' * 128, 128) >= 0)",
    "io_uring": "broken(call(425, 8, b'\\0' * 120) >= 0)",
    "System V memory": "broken(call(29, 0, 2**20, 0o1666) >= 0)",
    "memory that is no address space": "broken(call(319, b'x', 0) >= 0)",
    "keys of the kernel": "broken(call(250, 0, -3, 1) >= 0)",
    "a filter of its own that asks a supervisor": "broken(call(317, 1, 8, b'\\0' * 16) >= 0)",
    "memory bomb": "x = bytearray(2**31); broken()",
    "many threads": """
        import threading
        n = 0
        while n < 5000:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); n += 1
        broken()
        """,
    "environment": "broken(set(os.environ) - {'PATH', 'LANG', 'TZ', 'PYTHONHASHSEED', 'OMP_NUM_THREADS'})",
    "inherited descriptors": """
        for fd in range(3, 256):
            try:
                os.fstat(fd)
            except OSError:
                continue
            broken()
        """,
    "set-uid file of its own": "open('s', 'w').close(); broken(call(90, b's', 0o4777) == 0)",
    "a pipe in the file system": "os.mkfifo('p'); broken()",
    "a device": "os.mknod('d', 0o600 | 0x6000, os.makedev(8, 0)); broken()",
}  # fmt: skip

_UNTIL_STOPPED = {
    "endless loop": "while True: pass",
    "endless loop that ignores signals": "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    "endless sleep": "time.sleep(600)",
    "closed pipes, then sleep": "os.closerange(0, 64); time.sleep(600)",
    "output flood": "while True: os.write(1, b'x' * 10000)",
    "error flood": "while True: os.write(2, b'x' * 10000)",
    "deep recursion": "sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
}
_WITH_ROOM = {
    "disk fill": """
        n = 0
        while n < 10**4:
            open(f'f{n}', 'wb').write(b'x' * 2**19); n += 1
        broken()
        """,
    "a file that is too large": "open('f', 'wb').write(b'x' * 2**23); broken()",
    "very deep folders": """
        for n in range(10**5):
            os.mkdir('d'); os.chdir('d')
        broken()
        """,
    "a folder that nobody may enter": "os.mkdir('shut', 0); broken(False)",
    "a way out by a renamed folder": "os.mkdir('a'); os.rename('a', '/tmp/reasoner-attack'); broken()",
}


def attacks() -> tuple[Attack, ...]:
    """All scripts."""
    groups = ((_SCRIPTS, SOON), (_UNTIL_STOPPED, SOON), (_WITH_ROOM, ROOM))
    return tuple(
        Attack(name, _HEAD + textwrap.dedent(script), limits)
        for scripts, limits in groups
        for name, script in scripts.items()
    )
