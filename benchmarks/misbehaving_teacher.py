"""Asks a teacher that misbehaves in every way of `tests/misbehaving_server.py`, and prints what came of each.

    python benchmarks/misbehaving_teacher.py [NAME ...]

A behaviour is held if asking ends within its time in a lesson or in words, the ledger holds at least what the server
worked for and at most the limit, and a second start sends nothing again.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from misbehaving_server import BEHAVIOURS, INPUT_PRICE, OUTPUT_PRICE, MisbehavingServer, misbehaving

from agents.teachers.library import litellm
from agents.teachers.litellm_teacher import LiteLLMTeacher
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from reasoner.config.settings import LimitSettings, TeacherSettings
from reasoner.domains.math.generator import Recipe, build
from reasoner.errors import ReasonerError
from reasoner.types.teaching import TeacherRequest

MAX_USD = 0.2
SECONDS = 15.0


def main() -> None:
    names = sys.argv[1:] or list(BEHAVIOURS)
    litellm()  # its import takes seconds, which are no teacher's
    held = 0
    with misbehaving() as server, tempfile.TemporaryDirectory() as home:
        for name in names:
            held += show(server, name, Path(home))
    print(f"{held} of {len(names)} behaviours held")
    raise SystemExit(held != len(names))


def show(server: MisbehavingServer, name: str, home: Path) -> bool:
    """Asks two starts about one behaviour; whether it is held."""
    database = open_database(home)
    ledger = CallLedger(database, f"run-{name}")
    began = time.monotonic()
    try:
        said, fatal = ask(server, name, ledger)
        seconds, sent = time.monotonic() - began, server.requests[name]
        if not fatal:
            ask(server, name, ledger)
        spent = ledger.spent().usd
        again = server.requests[name] - sent
        good = seconds < SECONDS and not again and server.usd[name] - 1e-7 <= spent <= MAX_USD
        print(
            f"{'ok  ' if good else 'BAD '} {name:22} {seconds:5.1f} s  {sent} requests  "
            f"served ${server.usd[name]:.4f}  booked ${spent:.4f}  {said[:110]}"
        )
        return good
    finally:
        database.close()


def ask(server: MisbehavingServer, name: str, ledger: CallLedger) -> tuple[str, bool]:
    """What came of it in words, and whether the teacher could not be used at all."""
    settings = TeacherSettings(
        model="openai/misbehaving",
        api_base=server.address(name),
        api_key="sk-0123456789abcdef0123",
        timeout=0.6,
        retries=1,
        max_tokens=600,
        usd_per_million_input=INPUT_PRICE,
        usd_per_million_output=OUTPUT_PRICE,
    )
    teacher = LiteLLMTeacher(settings, LimitSettings(max_usd=MAX_USD), ledger, seed=0, first_delay=0.01)
    problem = build(3, Recipe(difficulty=2, skill="add", max_number=50))
    request = TeacherRequest(problem=problem, attempt_steps=("1+1=3",), attempt_answer="3", new_problems=1)
    try:
        (call,) = teacher.teach([request])
    except ReasonerError as error:
        return f"{type(error).__name__}: {error}", True
    call.model_dump_json()
    return f"{call.state} {call.error}".strip(), False


if __name__ == "__main__":
    main()
