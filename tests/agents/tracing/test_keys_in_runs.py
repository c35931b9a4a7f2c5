"""A key in the settings, quoted by the provider in its refusal, is in no file of the home."""

from pathlib import Path

import pytest
from failures import requests
from model_server import running

from agents.events import EventLog
from agents.nodes.teach import teach
from agents.parts import Clock, Parts
from agents.run_folder import RunFolder, read_records, write_records
from agents.state import ImproveState
from agents.teachers.litellm_teacher import LiteLLMTeacher
from agents.tracing.tracer import Tracer
from agents.tracing.visits import read_events
from memory.store.database import open_database
from reasoner.config.secrets import redactor_of
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.domains.math.domain import MathDomain
from reasoner.types.teaching import TeacherCall

KEY = "opal-river-4417"


def test_a_key_that_a_provider_quotes_is_written_nowhere(tmp_path: Path) -> None:
    with running() as server:
        server.script.extend(["ok", "quote"])
        given = {"model": "openai/m", "api_base": server.address, "api_key": KEY, "concurrency": 1, "calls": 2}
        settings = Settings.model_validate({"teacher": given})
        database, folder = open_database(tmp_path), RunFolder(tmp_path, "r")
        redactor = redactor_of(settings.teacher, {})
        trace = Tracer(folder, redactor=redactor)
        parts = Parts(
            run="r",
            settings=settings,
            cycles=1,
            threads=1,
            database=database,
            folder=folder,
            domain=MathDomain(),
            source=open_source(settings.model_copy(update={"seed": 0})),
            events=EventLog(folder.root, "r", lambda event: None, trace=trace, redactor=redactor),
            progress=lambda progress: None,
            teacher_for=lambda ledger, told: LiteLLMTeacher(
                settings.teacher, settings.limits, ledger, seed=0, on_progress=told, first_delay=0.01
            ),
            run_job=lambda spec, told: pytest.fail("nothing is trained here"),
            student_of=lambda checkpoint: pytest.fail("no student is needed"),
            clock=Clock(tmp_path / "clock", limit=None),
            trace=trace,
        )
        write_records(folder.requests(1), requests(2))
        state = ImproveState(run="r", cycle=1)  # pyright: ignore[reportCallIssue] - teach looks at no more
        with trace.visit(1, "teach", state) as outcome:
            outcome.out = teach(state, parts)
        database.close()
        assert any(KEY in str(header) for header in server.keys)
    calls = read_records(folder.calls, TeacherCall)
    assert sorted(call.state for call in calls) == ["done", "failed"]
    assert any("(redacted)" in call.error for call in calls)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert KEY.encode() not in path.read_bytes(), path
    told = [event for event in read_events(folder.trace) if event["event"] == "call"]
    lines = folder.calls.read_text().splitlines()
    for event, call in zip(told, calls, strict=True):
        assert call.id in lines[event["answer"]["line"] - 1]
        asked = (folder.root / event["prompt"]["file"]).read_text().splitlines()[event["prompt"]["line"] - 1]
        assert call.problem_id in asked
