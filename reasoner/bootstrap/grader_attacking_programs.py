"""Programs that attack the grader's own process through its pipes; each must be found wrong, and soon.

An error of the grader would be a way out as well: what cannot be graded is counted neither right nor wrong.
"""

from reasoner.sandbox.unit_tests import UnitTests

TARGET = UnitTests(
    id="target",
    names=("f",),
    tests=("assert f(1) == 'the expected value'", "assert f(2) == f(3) == [1.0]"),
    canonical="def f(n):\n    return 'the expected value' if n == 1 else [1.0]\n",
)
"""What they are graded by."""

_WRITE = """
import os
def write(data):
    for fd in range(3, 9):
        try:
            os.write(fd, data)
        except OSError:
            pass
"""

_SOURCE = r"""
# --- answers without end
def f(n):
    while True:
        yield n
# --- answers that contain themselves
def f(n):
    x = []
    x.append(x)
    return x
# --- answers nested without end
def f(n):
    x = []
    for _ in range(10**5):
        x = [x]
    return x
# --- answers that grow by sharing
def f(n):
    x = []
    for _ in range(40):
        x = [x, x]
    return x
# --- answers of 100 MB
def f(n):
    return "x" * 10**8
# --- a number of a million digits
def f(n):
    return 1 << 4 * 10**6
# --- keys that collide
def f(n):
    return {k * (2**61 - 1): 0 for k in range(1, 20000)}
# --- a message that is nested too deeply
def f(n):
    write(b"[" * 60000 + b"\n")
# --- a value that is nested too deeply
def f(n):
    write(b'{"value": ' + b"[" * 900 + b"]" * 900 + b"}\n")
# --- a message without an end
def f(n):
    while True:
        write(b"x" * 65536)
# --- messages that were not asked for
write(b'{"value": "the expected value"}\n' * 9)
def f(n):
    return [1.0]
# --- a value that is no value
def f(n):
    write(b'{"value": {"type": "eval"}}\n')
    os._exit(0)
# --- numbers that are none
def f(n):
    write(b'{"value": [NaN, -Infinity]}\n')
# --- a call of its own
def f(n):
    write(b'{"call": "f", "args": [], "kwargs": {"dict": []}}\n')
# --- an exception that is no text
def f(n):
    write(b'{"raised": ["AssertionError"], "text": {}}\n')
# --- an exception that passes for another
class AssertionError(BaseException): pass
class E(Exception):
    def __str__(self): raise SystemExit(0)
def f(n):
    raise E
# --- a generator that exits
def f(n):
    yield 1
    os._exit(0)
# --- a text that Python would run
def f(n):
    return "__import__('os')._exit(0)"
# --- nothing is read any more
import time
os.closerange(0, 64)
def f(n):
    return 1
# --- exit code 0 from another thread
import threading, time
def f(n):
    threading.Thread(target=lambda: os._exit(0)).start()
    time.sleep(60)
# --- a syntax error
def f(n) return 1
# --- no function
g = 1
"""


def attacking_programs() -> dict[str, str]:
    """Name and text of each."""
    parts = (part.partition("\n") for part in _SOURCE.split("# --- ")[1:])
    return {name: f"{_WRITE if 'write(' in text or 'os.' in text else ''}{text}" for name, _, text in parts}
