"""A run as OpenTelemetry spans, told to a real collector: nested as the graph is, timed as the events say."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from loop_runs import Ended, run_folder
from span_collector import Collector, attributes, collecting

from agents.events import EventLog
from reasoner.bootstrap import export_spans
from reasoner.bootstrap.home import open_home
from reasoner.bootstrap.telemetry import telling_spans
from reasoner.config.settings import Settings, TelemetrySettings
from reasoner.errors import ReasonerError, UsageError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(undisturbed: tuple[Path, Ended]) -> tuple[Path, Collector]:
    """The undisturbed run's folder, and what a collector was sent of it."""
    folder = run_folder(undisturbed[0])
    with collecting() as collector:
        assert export_spans(undisturbed[0], folder.name, endpoint=collector.url) == len(collector.spans)
    return folder, collector


def events(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def test_run_cycles_nodes_and_calls_lie_within_one_another(told: tuple[Path, Collector]) -> None:
    folder, collector = told
    (run,) = collector.named(f"run {folder.name}")
    assert not run.parent_span_id
    cycles = [collector.named(f"cycle {number}")[0] for number in (0, 1)]
    assert [collector.parent(cycle) for cycle in cycles] == [run, run]
    nodes = {e["node"]: e["cycle"] for e in events(folder) if e["event"] == "node"}
    assert {"prepare", "evaluate", "teach", "decide", "report"} <= nodes.keys()
    for name, cycle in nodes.items():
        (node,) = collector.named(name)
        assert collector.parent(node) == cycles[cycle]
        assert run.start_time_unix_nano <= node.start_time_unix_nano <= node.end_time_unix_nano
        assert node.end_time_unix_nano <= cycles[cycle].end_time_unix_nano <= run.end_time_unix_nano
    assert len({span.trace_id for span in collector.spans.values()}) == 1
    assert set(collector.paths) == {"/v1/traces"}


def test_teacher_calls_lie_in_their_node_and_say_what_was_asked_and_paid(told: tuple[Path, Collector]) -> None:
    folder, collector = told
    calls = collector.named("teacher builtin/expert")
    assert len(calls) == 4
    (teach,) = collector.named("teach")
    kept = [json.loads(line) for line in (folder / "teacher" / "calls.jsonl").read_text().splitlines()]
    tokens = {call["id"]: call["prompt_tokens"] + call["completion_tokens"] for call in kept}
    for call in calls:
        said = attributes(call)
        assert collector.parent(call) == teach
        assert teach.start_time_unix_nano <= call.start_time_unix_nano < call.end_time_unix_nano
        assert call.end_time_unix_nano <= teach.end_time_unix_nano
        assert said["openinference.span.kind"] == "LLM"
        assert said["llm.model_name"] == "builtin/expert"
        assert said["llm.token_count.total"] == tokens[said["reasoner.call"]] > 0
        assert said["llm.cost.total"] == 0
        assert "question" in json.loads(said["input.value"])
        assert said["llm.input_messages.0.message.role"] == "system"
        assert json.loads(said["output.value"])["steps"]


def test_nodes_say_what_came_out_and_what_happened_within(told: tuple[Path, Collector]) -> None:
    _, collector = told
    (evaluate,) = collector.named("evaluate")
    assert attributes(evaluate)["openinference.span.kind"] == "CHAIN"
    assert json.loads(attributes(evaluate)["output.value"])["cycle"] == 1
    assert [moment.name for moment in evaluate.events] == ["evaluation"]


def test_what_is_sent_again_is_the_same_spans(undisturbed: tuple[Path, Ended], told: tuple[Path, Collector]) -> None:
    folder, first = told
    with collecting() as again:
        export_spans(undisturbed[0], folder.name, endpoint=again.url)
    assert again.spans == first.spans


def played(home: Path, folder: Path, collector: Collector, *, lines: slice) -> None:
    """Writes a part of a run's events anew, as a run that is told to the collector writes them."""
    settings = Settings(telemetry=TelemetrySettings(endpoint=collector.url))
    with telling_spans(open_home(home), settings, folder.name, lambda _: None) as listener:
        log = EventLog(home / "runs" / folder.name, folder.name, listener)
        for event in events(folder)[lines]:
            body = {key: value for key, value in event.items() if key not in ("event", "run", "cycle", "key", "time")}
            log.write(event["key"], event["event"], event.get("cycle"), **body)


@pytest.fixture
def empty(tmp_path: Path, told: tuple[Path, Collector]) -> Path:
    """A home with the run's records and none of its events."""
    home = tmp_path / "home"
    shutil.copytree(told[0].parents[1], home, ignore=shutil.ignore_patterns("checkpoints", "index"))
    (home / "runs" / told[0].name / "events.jsonl").unlink()
    return home


def test_a_run_that_dies_and_goes_on_is_told_without_a_gap(empty: Path, told: tuple[Path, Collector]) -> None:
    folder, first = told
    with collecting() as collector:
        played(empty, folder, collector, lines=slice(0, 8))
        before = set(collector.spans)
        played(empty, folder, collector, lines=slice(8, None))
    assert before
    assert set(collector.spans) == set(first.spans)
    assert len(collector.sent) == len(collector.spans)


def test_a_collector_that_is_away_costs_nothing_and_hears_all_of_it_later(
    empty: Path, told: tuple[Path, Collector], caplog: pytest.LogCaptureFixture
) -> None:
    folder, first = told
    with collecting() as collector:
        collector.status = 400
        played(empty, folder, collector, lines=slice(0, None))
        assert collector.paths
        assert not collector.sent
        assert "export-spans" in caplog.text
        collector.status = 200
        played(empty, folder, collector, lines=slice(0, None))
    assert set(collector.spans) == set(first.spans)


def test_a_collector_that_refuses_is_an_error_of_the_command(undisturbed: tuple[Path, Ended]) -> None:
    run = run_folder(undisturbed[0]).name
    with collecting() as collector:
        collector.status = 400
        with pytest.raises(ReasonerError, match="took 0 of"):
            export_spans(undisturbed[0], run, endpoint=collector.url)


def test_without_an_address_the_command_says_what_to_do(
    undisturbed: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="--endpoint"):
        export_spans(undisturbed[0], run_folder(undisturbed[0]).name, endpoint=None)


def test_a_missing_extra_names_the_command_that_mends_it(
    undisturbed: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(UsageError, match=r"pip install 'reasoner\[otel\]'"):
        export_spans(undisturbed[0], run_folder(undisturbed[0]).name, endpoint="http://127.0.0.1:1")


def test_nothing_of_it_is_imported_while_nobody_asks(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from reasoner.bootstrap.home import open_home\n"
        "from reasoner.bootstrap.telemetry import telling_spans\n"
        "from reasoner.config.settings import Settings\n"
        "listener = lambda _: None\n"
        f"with telling_spans(open_home(Path({str(tmp_path)!r})), Settings(), 'r', listener) as heard:\n"
        "    assert heard is listener\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PATH": ""})
