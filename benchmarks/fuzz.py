"""Throws odd inputs at every command and counts what no user should ever meet.

    python benchmarks/fuzz.py --inputs 20000 --seed 0
    python benchmarks/fuzz.py --minutes 60 --inputs 1000000 --seed 1

Arguments, `KEY=VALUE`, environment, `.env`, YAML files, rows and teachers' answers are made by hypothesis from a corpus
of strings that have broken programs before. Every command runs in this process, against a real home in a scratch
folder, and nothing is trained. Counted, with the first inputs of each: tracebacks (also what the table of failures
calls a bug), hangs over 5 s, wrong exit codes, characters in the output that act on a terminal, and a planted secret
that is shown.
"""

import argparse
import io
import itertools
import json
import os
import signal
import sys
import tempfile
import time
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SECRET = "canary-7Yq0v-tell-nobody"
HANG = 5.0
"""Seconds of the processor that nobody waits for."""
STUCK = 90.0
"""Seconds of the clock after which a command is ended; more, as other work may keep the processors."""

ROUND = 500
"""Inputs drawn with one seed."""
FEW = 8
"""Inputs of each kind of fault that are kept."""

CORPUS = (
    "", " ", "\0", "\n", "\t", "\x1b[2J", "\x9b31m", "\x1b]0;x\x07", "\ud83d", "caf\udce9", "\u202eabc", "a\u200bb",
    "[/bold]", "[bold]", "[/x]", "](http://x)", "<script>alert(1)</script>", "`|`", "{{7*7}}", "%s%n", "{0}", "$(id)",
    "../../etc/passwd", "..", "/", "//", "~", "~nobody-here", ".", "-", "--", "---", "=", "a=b", "=x", "é", "\uff12",
    "0", "-1", "1e400", "nan", "inf", "-inf", "true", "null", "~", "1:30", "010", "0x10", "1_000", "2026-01-01",
    "2001-99-99", "10" * 2600, "9" * 25, "9" * 400, "1.5", ".5", "[", "{", "[1,2", "{a: 1}", "&a [*a]", "!!binary x",
    "!!python/object:os.system x", "*a", "<<: {a: 1}", "'", '"', "\\", "a" * 300, "a" * 5000, "[" * 1500, "since=x",
    "since=2026-13-01", "since=0001-01-01", "until=9999-12-31T23:59:59-12:00", "difficulty=1e9", "cycle=" + "9" * 20,
    "skill=", "latest", "math", "tiny", "no-such", "20261122-0915-math-nano-k3f9", "file.jsonl", "/dev/null",
    "/dev/zero", "/proc/self/mem", "1; DROP TABLE runs", "💥", "\ufeffx", "\U000e0041", "\u2028", "A\u0300" * 50,
)  # fmt: skip
"""Strings that have broken programs before."""

VALUES = st.one_of(
    st.sampled_from(CORPUS),
    st.text(max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.lists(st.sampled_from(CORPUS), max_size=3).map(lambda parts: " ".join(parts)),
)


class Input(NamedTuple):
    """One command with all that it finds around it."""

    words: list[str]
    files: dict[str, bytes]
    env: dict[str, str]


class Hang(BaseException):
    """A command took longer than anybody waits."""


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str
    raised: str
    seconds: float


class Fault(NamedTuple):
    """What should not be, and the input that did it."""

    kind: str
    told: str
    given: Input


def inputs() -> st.SearchStrategy[Input]:
    """Everything that a user can type or send, in equal parts."""
    return st.one_of(_overrides(), _environments(), _yaml(), _dotenv(), _rows(), _arguments())


def _overrides() -> st.SearchStrategy[Input]:
    from reasoner.config.keys import dotted_keys

    keys = st.one_of(st.sampled_from([*dotted_keys()]), VALUES, st.sampled_from(["teacher.apikey", "teacher", "train"]))
    pair = st.one_of(
        st.tuples(keys, VALUES).map("=".join),
        st.sampled_from(
            [
                f"teacher.apikey={SECRET}",
                f"teacher.api_base=http://u:{SECRET}@h/v1",
                f"x=?api_key={SECRET}",
                f"teacher.api_base=http://127.0.0.1:1/?api_key={SECRET}",
            ]
        ),
    )
    heads = st.sampled_from([["loop", "--dry-run"], ["train", "--dry-run"], ["loop", "--dry-run", "--json"]])
    return st.tuples(heads, st.lists(pair, min_size=1, max_size=3)).map(lambda t: Input([*t[0], *t[1]], {}, {}))


def _environments() -> st.SearchStrategy[Input]:
    from reasoner.config.keys import dotted_keys

    names = [f"REASONER_{key.replace('.', '__').upper()}" for key in dotted_keys()]
    odd = ["REASONER_DEBUG", "REASONER_X", "REASONER_", "TZ", "COLUMNS", "LINES", "TERM", "NO_COLOR", "LANG", "HOME"]
    value = VALUES.map(lambda text: text.replace("\0", ""))
    env = st.dictionaries(st.sampled_from([*names, *odd, "REASONER_HOME"]), value, min_size=1, max_size=3)
    words = st.sampled_from([["loop", "--dry-run"], ["runs", "list"], ["doctor", "--json"], ["memory", "stats"]])
    return st.tuples(words, env).map(lambda t: Input(t[0], {}, {k: v for k, v in t[1].items() if _settable(v)}))


def _settable(value: str) -> bool:
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return False
    return True


def _yaml() -> st.SearchStrategy[Input]:
    from reasoner.config.keys import dotted_keys

    leaf = st.one_of(VALUES, st.integers(), st.floats(), st.booleans(), st.none())
    tree = st.recursive(leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(VALUES, inner)))
    line = st.tuples(st.sampled_from([*dotted_keys(), "train", "x"]), tree).map(_nested)
    text = st.one_of(line, st.lists(VALUES, max_size=6).map(": ".join), st.lists(VALUES, max_size=6).map("\n".join))
    content = st.one_of(text.map(_bytes), st.binary(max_size=60), text.map(lambda t: t.encode("utf-16", "replace")))
    return content.map(lambda c: Input(["loop", "--dry-run", "--config", "given.yaml"], {"given.yaml": c}, {}))


def _nested(pair: tuple[str, object]) -> str:
    import yaml

    key, value = pair
    section, _, name = key.rpartition(".")
    return yaml.safe_dump({section: {name: value}} if section else {name: value}, allow_unicode=True)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _dotenv() -> st.SearchStrategy[Input]:
    line = st.tuples(st.sampled_from(["REASONER_NAME", "REASONER_SEED", "X", "REASONER_HOME"]), VALUES).map("=".join)
    content = st.one_of(st.lists(line, max_size=4).map("\n".join).map(_bytes), st.binary(max_size=60))
    return content.map(lambda c: Input(["loop", "--dry-run"], {".env": c}, {}))


def _rows() -> st.SearchStrategy[Input]:
    field = st.sampled_from(
        ["question", "answer", "steps", "prompt", "completion", "messages", "solutions", "id", "[/x]"]
    )
    solved = st.fixed_dictionaries({"prompt": VALUES, "completion": VALUES.map(lambda a: f"20+7=27\nanswer: {a}")})
    leaf = st.one_of(VALUES, st.integers(), st.floats(), st.booleans(), st.none(), st.just(10**400))
    value = st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(field, inner, max_size=3))
    row = st.one_of(solved, st.dictionaries(field, value, max_size=4), value).map(_json)
    content = st.one_of(st.lists(row | VALUES, max_size=4).map("\n".join).map(_bytes), st.binary(max_size=80))
    words = st.sampled_from(
        [
            ["loop", "--dry-run", "task.rows=given.jsonl"],
            ["memory", "import", "given.jsonl"],
            ["memory", "import", "given.jsonl", "--dry-run", "--json"],
            ["verify", "given.jsonl"],
            ["memory", "contamination", "given.jsonl", "given.jsonl"],
            ["memory", "search", "Ann has 20 pens"],
        ]
    )
    return st.tuples(words, content).map(lambda t: Input(t[0], {"given.jsonl": t[1]}, {}))


def _json(value: object) -> str:
    # The limit on digits is one of Python's, not of JSON's.
    return json.dumps(value) if not isinstance(value, int) or abs(value) < 10**4000 else "1" * 5000


HARMLESS: dict[str, list[str]] = {
    "loop": ["--dry-run"],
    "train": ["--dry-run"],
    "evaluate": ["--checkpoint", "no-such"],
    "diagnose": ["no.such=1"],
    "selftest": ["no.such=1"],
    "jobs work": ["--only", "no-such"],
    "schedule run": ["no-such"],
    "runs fork": ["--dry-run"],
}
"""What keeps a command from training or waiting."""

LEFT_OUT = ("scheduler", "trace --follow")


def _arguments() -> st.SearchStrategy[Input]:
    return st.one_of([_of_command(path, options) for path, options in every_command() if path[0] not in LEFT_OUT])


def every_command() -> list[tuple[list[str], list[str]]]:
    """Each command's path and the names of its options."""
    import typer.main

    from reasoner.cli.main import COMMANDS, app

    group: Any = typer.main.get_command(app)
    context = typer.Context(group)
    found: list[tuple[list[str], list[str]]] = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        for inner, one in (getattr(command, "commands", None) or {"": command}).items():
            options = [option for p in one.params for option in p.opts if option.startswith("-")]
            found.append(([name, *([inner] if inner else [])], options))
    return found


def _of_command(path: list[str], options: Sequence[str]) -> st.SearchStrategy[Input]:
    usable = [option for option in options if option not in ("--follow", "--verifier", "--home")]
    option = st.one_of(
        st.sampled_from([*usable, "--no-such", "-x"]).map(lambda o: [o]),
        st.tuples(st.sampled_from([*usable, "--no-such"]), VALUES).map(list),
        st.tuples(st.sampled_from([*usable, "--no-such"]), VALUES).map(lambda t: [f"{t[0]}={t[1]}"]),
    )
    words = st.tuples(st.lists(VALUES, max_size=2), st.lists(option, max_size=3))
    end = HARMLESS.get(" ".join(path)) or HARMLESS.get(path[0]) or []
    return words.map(lambda t: Input([*path, *t[0], *(w for o in t[1] for w in o), *end], {}, {}))


def lessons() -> st.SearchStrategy[str]:
    """Answers of teachers."""
    body = st.recursive(VALUES | st.integers() | st.none(), lambda i: st.lists(i) | st.dictionaries(VALUES, i))
    named = st.dictionaries(
        st.sampled_from(["critique", "solutions", "problems", "principle", "steps", "answer", "question"]), body
    )
    wrap = st.sampled_from(
        ["{}", "```json\n{}\n```", "<think>{}</think>{}", "Sure: {}", "{} then {}", "\\boxed{{1}} {}"]
    )
    made = st.tuples(wrap, named).map(lambda t: t[0].replace("{{", "{").replace("}}", "}").replace("{}", _json(t[1])))
    return made | VALUES | st.integers(1, 3000).map(lambda n: "[" * n) | st.just("```" + "\n" * 2000)


def run(given: Input, folder: Path, *, limit: float = STUCK) -> Outcome:
    """Runs a command as the console script does, in `folder`, with nothing but `given` around it."""
    from reasoner.cli.main import app

    for path in folder.glob("given.*"):
        path.unlink()
    (folder / ".env").unlink(missing_ok=True)
    for name, content in given.files.items():
        (folder / name).write_bytes(content)
    before, began = dict(os.environ), time.process_time()
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    os.environ.update({"REASONER_HOME": str(folder / "home"), "REASONER_TEACHER__API_KEY": SECRET, **given.env})
    code, raised = 0, ""
    try:
        with redirect_stdout(out), redirect_stderr(err), chdir(folder), _Alarm(limit):
            app(given.words, prog_name="reasoner")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Hang:
        raised = "hang"
    except BaseException as error:
        raised = f"{type(error).__name__}: {error}"[:300]
    finally:
        os.environ.clear()
        os.environ.update(before)
    took = time.process_time() - began
    return Outcome(code, _text(out), _text(err), raised, took)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8", "surrogatepass")  # pyright: ignore[reportAttributeAccessIssue]


class _Alarm:
    """Ends what takes too long."""

    def __init__(self, limit: float) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, self._limit)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(*_: object) -> None:
    raise Hang


CODES = frozenset({0, 1, 2, 3, 4, 5, 130})


def faults_of(given: Input, outcome: Outcome) -> list[Fault]:
    """What should not be."""
    both, found = outcome.out + outcome.err, list[Fault]()
    if outcome.raised == "hang" or outcome.seconds > HANG:
        found.append(Fault("hang", f"{outcome.seconds:.1f} s", given))
    elif outcome.raised:
        found.append(Fault("traceback", outcome.raised, given))
    if "Traceback (most recent" in both and "--debug" not in given.words and not given.env.get("REASONER_DEBUG"):
        found.append(Fault("traceback", outcome.err[-300:], given))
    if "this is a bug in reasoner" in both:
        found.append(Fault("traceback", outcome.err[-400:], given))
    helped = "Usage:" in both
    said = helped or "error:" in outcome.err or given.words[0] == "doctor" or "--require-clean" in given.words
    if outcome.code not in CODES or (outcome.code and not said and not outcome.raised):
        found.append(Fault("exit code", f"{outcome.code}: {both[-300:]}", given))
    acting = sorted({f"U+{ord(c):04X}" for c in both if c not in "\n\t" and _acts(c)})
    if acting:
        found.append(Fault("escape", " ".join(acting), given))
    if SECRET in both:
        found.append(Fault("secret", both[max(0, both.index(SECRET) - 100) :][:200], given))
    return found


def _acts(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def make_home(folder: Path) -> None:
    """A home with a student of a few updates, a run's worth of rows, and one odd row in its memory."""
    tiny = ["train.base_updates=30", "train.decoder_updates=5", "train.predictor_updates=3", "train.min_round_trip=0"]
    made = run(Input(["train", "--config", "tiny", *tiny], {}, {}), folder, limit=600)
    rows = []
    for n, odd in enumerate(["", "[/b]", "[bold]", "<b>", "`", "|"], start=20):
        prompt = f"{odd} Ann has {n} pens and buys 7 more today. How many pens?"
        rows.append({"prompt": prompt, "completion": f"{n}+7={n + 7}\nanswer: {n + 7}"})
    content = "\n".join(map(json.dumps, rows)).encode()
    kept = run(Input(["memory", "import", "given.jsonl"], {"given.jsonl": content}, {}), folder, limit=600)
    assert made.code == kept.code == 0, (made, kept)


def warm(folder: Path) -> None:
    """Imports what commands need, so that the first of each is not taken for one that hangs."""
    paid = ["loop", "--dry-run", "teacher.model=openai/x", "teacher.api_key=none"]
    others = (["diagnose", "no-such"], ["verify", "no-such"], ["memory", "search", "x"])
    for words in (["loop", "--dry-run"], paid, *others):
        run(Input(words, {}, {}), folder, limit=600)


def fuzz(folder: Path, *, count: int, number: int) -> tuple[Counter[str], list[Fault]]:
    """Runs `count` inputs drawn with seed `number`, nine commands to a lesson: how many of each, and the faults."""
    done: Counter[str] = Counter()
    faults: list[Fault] = []

    def command(given: Input) -> None:
        done["commands"] += 1
        faults.extend(faults_of(given, run(given, folder)))

    def lesson(text: str) -> None:
        done["lessons"] += 1
        faults.extend(faults_of_lesson(text))

    _draw(command, inputs(), count - count // 10, number)
    _draw(lesson, lessons(), max(1, count // 10), number)
    return done, faults


def _draw(one: Callable[[Any], None], made: st.SearchStrategy[Any], count: int, number: int) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=slow)
    @given(made)
    def go(value: Any) -> None:
        one(value)

    go()


def faults_of_lesson(text: str) -> list[Fault]:
    """What should not be when a teacher says this."""
    from agents.teachers.lesson_text import parse_lesson
    from reasoner.errors import ReasonerError

    given, began, found = Input(["(lesson)", text], {}, {}), time.process_time(), list[Fault]()
    try:
        with _Alarm(STUCK):
            parse_lesson(text)
    except (ReasonerError, ValueError):
        # Refused in words, which become one repair.
        pass
    except Hang:
        found.append(Fault("hang", "lesson", given))
    except BaseException as error:
        found.append(Fault("traceback", f"{type(error).__name__}: {error}"[:300], given))
    if time.process_time() - began > HANG:
        found.append(Fault("hang", "lesson", given))
    return found


def main() -> None:
    """The command."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--inputs", type=int, default=20_000)
    words.add_argument("--minutes", type=float, default=float("inf"), help="end after these, whatever --inputs says")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--folder", type=Path, default=None, help="with a `home` of a former try; default: a new one")
    given = words.parse_args()
    warnings.simplefilter("ignore")
    done: Counter[str] = Counter()
    faults: list[Fault] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = (given.folder or Path(scratch)).absolute()
        if not (folder / "home").exists():
            make_home(folder)
        warm(folder)
        began = time.monotonic()
        for number in itertools.count(1000 * given.seed):
            left = given.inputs - done.total()
            if left <= 0 or time.monotonic() > began + 60 * given.minutes:
                break
            counted, found = fuzz(folder, count=min(ROUND, left), number=number)
            done += counted
            faults += found
            for fault in found[:FEW]:
                print(f"{fault.kind}: {fault.told!a}\n    {fault.given!a:.600}", flush=True)
            print(f"{done.total()} inputs, {len(faults)} faults", file=sys.stderr, flush=True)
    kinds = Counter(fault.kind for fault in faults)
    print(json.dumps({"inputs": done.total(), **done, "seconds": round(time.monotonic() - began), "faults": kinds}))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
