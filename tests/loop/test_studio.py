"""`langgraph.json`: both graphs open as LangGraph's own tools open them, and do what they do here."""

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from loop_runs import TINY, Ended, run_folder

ROOT = Path(__file__).parents[2]


def opened(name: str) -> Any:
    """A graph by the path that `langgraph.json` gives."""
    file, _, function = json.loads((ROOT / "langgraph.json").read_text())["graphs"][name].rpartition(":")
    spec = importlib.util.spec_from_file_location(f"opened_{name}", ROOT / file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, function)()


def test_both_graphs_open_and_can_be_drawn_without_making_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONER_HOME", str(tmp_path / "home"))
    improve, solve = opened("improve"), opened("solve")
    assert {"prepare", "evaluate", "mine", "teach", "report"} <= set(improve.get_graph().nodes)
    assert {"ask", "encode", "propose", "prune", "answer", "tell"} <= set(solve.get_graph().nodes)
    assert set(solve.get_input_jsonschema()["properties"]) == {"question"}
    assert "decide" in improve.get_graph().draw_mermaid()
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_the_solve_graph_answers_a_question(undisturbed: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REASONER_HOME", str(undisturbed[0]))
    monkeypatch.setenv("REASONER_SEARCH__SEARCHER", "beam")
    asked = {"question": "Mia has 12 pens. Leo has 3 more pens than Mia. How many pens does Leo have?"}
    told = opened("solve").invoke(asked)
    assert told["question"] == asked["question"]
    assert isinstance(told["answer"], str)
    assert all(isinstance(step, str) for step in told["steps"])


@pytest.mark.slow
def test_the_improve_graph_goes_through_a_run_node_by_node(
    tmp_path: Path, undisturbed: tuple[Path, Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(undisturbed[0], home)
    monkeypatch.setenv("REASONER_HOME", str(home))
    for name, value in settings_of_the_tiny_run().items():
        monkeypatch.setenv(f"REASONER_{name.upper().replace('.', '__')}", value)
    graph = opened("improve")
    graph.checkpointer = InMemorySaver()
    thread: Any = {"configurable": {"thread_id": "a tool's own"}}
    graph.invoke({"run": run_folder(home).name}, thread, interrupt_after=["prepare"])
    state = graph.get_state(thread)
    assert state.next == ("evaluate",)
    assert state.values["champion"] == undisturbed[1].of("decision")[0]["champion"]
    assert [folder.name for folder in (home / "runs").iterdir() if folder.is_dir()] == [run_folder(home).name]


def settings_of_the_tiny_run() -> dict[str, str]:
    """What the run was started with, key by key."""
    from reasoner.config.keys import dotted_keys
    from reasoner.config.loading import load_settings

    settings = load_settings("tiny", TINY[2:], {}, None).model_dump(mode="json")
    plain = load_settings(None, [], {}, None).model_dump(mode="json")

    def at(values: Any, key: str) -> Any:
        for part in key.split("."):
            values = values[part]
        return values

    changed = {key: at(settings, key) for key in dotted_keys() if at(settings, key) != at(plain, key)}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in changed.items()}
