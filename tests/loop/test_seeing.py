"""A run looked at from outside: its trace, the lineage of what it learnt, forks of it, what pruning leaves."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from loop_runs import Ended, command, loop, run_folder
from shared_folder import shared_folder
from typer.testing import CliRunner

from agents.checkpointing import open_saver
from agents.lineage.archive import Archive
from agents.lineage.causes import causes_of
from agents.lineage.effects import effects_of
from agents.lineage.links import Link
from agents.lineage.walking import find
from agents.pruning import graph_size
from agents.run_folder import RunFolder
from agents.tracing.history import read_history
from memory.locks import exclusive
from memory.store.checkpoints import CheckpointStore
from memory.store.database import open_database
from memory.store.ledger import CallLedger
from memory.store.runs import RunStore
from reasoner import bootstrap
from reasoner.errors import NotFoundError, UsageError

pytestmark = pytest.mark.slow

NODES = ["prepare", "evaluate", "mine", "teach", "check", "remember", "train", "examine", "decide", "report"]

ENDS = ("rejected: ", "not asked about: ", "nothing was promoted: ", "reported only", "its failures were mined")
"""Where a lineage may end: each says why. Anything else is a gap."""


@pytest.fixture(scope="module")
def forked(undisturbed: tuple[Path, Ended]) -> tuple[Path, str, str, str]:
    """A home with a run, a replay of it from `teach`, and a fork with a teacher that errs more; made once for all."""
    home, told = shared_folder() / "forked", shared_folder() / "forked.json"
    with exclusive(shared_folder() / "forked.lock"):
        if not told.exists():
            shutil.copytree(undisturbed[0], home)
            parent = undisturbed[1].done["run"]
            words = ("runs", "fork", parent, "--from", "teach", "--cycle", "1")
            ends = [command(home, *words), command(home, *words, "teacher.error_rate=0.4")]
            assert [end.code for end in ends] == [0, 0], [end.words for end in ends]
            told.write_text(json.dumps([parent, *(end.done["run"] for end in ends)]))
    parent, replay, other = json.loads(told.read_text())
    return home, parent, replay, other


def done(home: Path, run: str) -> dict[str, Any]:
    return [e for e in read_history(home, run).events if e["event"] == "done"][-1]


def candidate(home: Path, run: str) -> str:
    database = open_database(home)
    found = CheckpointStore(database).get(f"{run}-c1").fingerprint
    database.close()
    return found


def test_every_node_left_one_visit_with_its_milestones_and_files_in_the_trace(undisturbed: tuple[Path, Ended]) -> None:
    home, ended = undisturbed
    history = read_history(home, run_folder(home).name)
    assert [(v.node, v.attempt, v.status) for v in history.visits] == [(node, 1, "ok") for node in NODES]
    told = {visit.node: history.told_of(visit) for visit in history.visits}
    assert [e["event"] for e in told["teach"]] == ["start", *["call"] * 4, "node"]
    (decision,) = [e for e in told["decide"] if e["event"] == "decision"]
    assert decision["reason"] == ended.of("decision")[0]["reason"]
    (job,) = [e for e in told["train"] if e["event"] == "job"]
    assert job["job"] == next(e["job"] for e in ended.of("job") if e["cycle"] == 1)
    assert {e["what"] for visit in told.values() for e in visit if e["event"] == "latents"} >= {"practice", "failures"}
    assert told["mine"][-1]["writes"][0]["file"] == "teacher/requests-1.jsonl"


def walk_on(link: Link, archive: Archive) -> list[str]:
    """Ends of all ways from a link to its effects: kinds of the last links, or why they are the last."""
    step = effects_of(link, archive)
    if not step.links:
        return [step.why or link.kind]
    return [end for one in step.links for end in walk_on(one, archive)]


def test_lineage_leads_from_ten_failures_to_decisions_and_from_ten_rows_back_without_a_gap(
    undisturbed: tuple[Path, Ended],
) -> None:
    home, run = undisturbed[0], run_folder(undisturbed[0]).name
    database = open_database(home)
    archive, rng = Archive(database, home), random.Random(7)
    asked = [request.problem.id for request in archive.requests(run, 1)]
    wrong = [id for id, attempt in archive.practice(run, 1).items() if attempt.outcome == "wrong"]
    others = sorted(set(wrong) - set(asked))
    reached: set[str] = set()
    for problem in [*asked, *rng.sample(others, 10 - len(asked))]:
        (failure,) = find(problem, archive)
        ends = walk_on(failure, archive)
        assert all(end == "promotion" or end.startswith(ENDS) for end in ends), (problem, ends)
        reached |= {end.partition(":")[0] for end in ends}
    assert reached & {"promotion", "nothing was promoted"}, "none came to a decision"

    rows = [json.loads(line)["id"] for line in RunFolder(home, run).rows(1).read_text().splitlines()]
    for row in rng.sample(rows, min(10, len(rows))):
        way, link = ["example"], find(row, archive)[0]
        while found := causes_of(link, archive).links:
            link = found[0]
            way.append(link.kind)
        assert way == ["example", "verdict", "call", "failure"], (row, way)
        assert link.id in wrong
    database.close()


def test_a_replay_repeats_neither_evaluations_nor_calls_and_ends_with_the_same_students(
    forked: tuple[Path, str, str, str],
) -> None:
    home, parent, replay, _ = forked
    assert done(home, replay)["fingerprint"] == done(home, parent)["fingerprint"]
    assert candidate(home, replay) == candidate(home, parent)
    assert done(home, replay)["sealed"] == done(home, parent)["sealed"]
    database = open_database(home)
    spent = CallLedger(database, replay).spent()
    database.close()
    assert (spent.calls, spent.requests, spent.cached, spent.usd) == (0, 0, 4, 0.0)
    own = [v.node for v in read_history(home, replay).visits if v.end > v.start]
    assert own == NODES[NODES.index("teach") :], "only what comes after the point was done anew"


def test_another_teacher_shares_what_was_before_and_pays_only_what_is_new(forked: tuple[Path, str, str, str]) -> None:
    home, parent, replay, other = forked
    paths = [RunFolder(home, run).attempts(1, "practice") for run in (parent, replay, other)]
    assert len({path.stat().st_ino for path in paths}) == 1, "one evaluation, in three folders"
    history = read_history(home, other)
    assert next(v.node for v in history.visits if v.end > v.start) == "teach"
    assert [e["changes"] for e in history.events if e["event"] == "fork"] == [{"teacher.error_rate": 0.4}]
    found = bootstrap.diff_runs(home, parent, other)
    assert found.settings == {"teacher.error_rate": (0.05, 0.4)}
    assert other in found.forked
    assert (found.sides[1].calls, found.sides[1].cached) == (4, 0)


def test_a_fork_is_never_taken_for_the_run_that_a_configuration_means(forked: tuple[Path, str, str, str]) -> None:
    home, parent, _, _ = forked
    again = loop(home)
    assert (again.code, again.done["run"]) == (0, parent)


def test_pruning_leaves_one_state_a_kept_run_and_whatever_a_champion_came_from(
    forked: tuple[Path, str, str, str], tmp_path: Path
) -> None:
    home, (made, parent, _, other) = tmp_path / "home", forked
    shutil.copytree(made, home)
    before = newest_state(home, parent)
    planned = bootstrap.prune_runs(home, keep=1, older_than=None, dry_run=True)
    assert graph_size(home).states[parent] > 1, "a plan changes nothing"
    pruned = bootstrap.prune_runs(home, keep=1, older_than=None, dry_run=False)
    fates = {one.run: one.fate for one in pruned.runs}
    assert fates == {one.run: one.fate for one in planned.runs}
    assert (fates[other], fates[parent]) == ("newest state", "newest state")
    kept = {run for run, fate in fates.items() if fate != "set aside"}
    assert graph_size(home).states == dict.fromkeys(kept, 1)
    assert pruned.bytes_after < pruned.bytes_before
    assert newest_state(home, parent) == before, "it goes on from where it was"
    database = open_database(home)
    archive = Archive(database, home)
    champion = CheckpointStore(database).home_champion()
    assert champion is not None
    for row in RunStore(database).list():
        assert row.superseded == (fates[row.id] == "set aside")
    (decided,) = archive.decisions(parent)
    (link,) = find(decided.id, archive)
    assert causes_of(link, archive).links, "the lineage of a pruned home is whole"
    database.close()


def newest_state(home: Path, run: str) -> Any:
    with open_saver(home) as saver:
        found = saver.get_tuple({"configurable": {"thread_id": run}})
        assert found is not None
        return found.checkpoint, found.pending_writes


def said(*words: str) -> str:
    """What a command tells people."""
    from reasoner.cli.main import app

    result = CliRunner().invoke(app, list(words), prog_name="reasoner")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_at_the_terminal_a_run_is_drawn_listed_followed_and_compared(
    forked: tuple[Path, str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, parent, replay, other = forked
    monkeypatch.setenv("REASONER_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "120")
    drawn = said("trace", parent)
    assert "──▶│ evaluate" in drawn
    assert "├─ teach" in drawn
    assert max(map(len, drawn.splitlines())) <= 120
    detail = said("trace", parent, "--cycle", "1", "--node", "teach")
    assert detail.count("call ") == 4
    assert "reads teacher/requests-1.jsonl" in detail
    told = [json.loads(line) for line in said("trace", parent, "--json", "--node", "decide").splitlines()]
    assert [e["event"] for e in told] == ["start", "decision", "node"]
    assert {e["run"] for e in told} == {parent}
    followed = said("trace", replay, "--follow")
    assert "teach done after" in followed
    assert "nobody works on" in followed
    assert "n_teach" in said("trace", parent, "--mermaid")
    said("trace", parent, "--png", str(tmp_path / "graph.png"))
    assert (tmp_path / "graph.png").is_file()
    assert f"forked from {parent}" in said("trace", other, "--follow") + said("runs", "diff", parent, other)
    assert "the same champion to the bit" in said("runs", "diff", parent, replay)
    listed = said("runs", "list")
    assert all(run in listed for run in (parent, replay, other))
    assert "led to" in said("lineage", f"{parent}-c1", "--most", "2")
    assert "a replay" in said("runs", "fork", parent, "--from", "train", "--cycle", "1", "--dry-run")
    assert "nothing was done" in said("runs", "prune")


def test_what_a_fork_cannot_share_is_refused_with_advice(forked: tuple[Path, str, str, str]) -> None:
    home, parent, _, _ = forked
    plan = {"cycle": 1, "cycles": None}
    with pytest.raises(UsageError, match=r"data.practice_size: everything before the fork depends on"):
        bootstrap.plan_fork(home, parent, node="teach", overrides=["data.practice_size=50"], **plan)
    with pytest.raises(UsageError, match="use --from verifier"):
        bootstrap.plan_fork(home, parent, node="mine", overrides=["mine.search=true"], **plan)
    with pytest.raises(NotFoundError, match="did not come to 'dream'"):
        bootstrap.plan_fork(home, parent, node="dream", overrides=[], **plan)


def test_a_fork_that_could_move_the_home_may_not_change_the_gate(undisturbed: tuple[Path, Ended]) -> None:
    home, run = undisturbed[0], run_folder(undisturbed[0]).name
    plan = {"node": "evaluate", "cycle": 2, "cycles": None}
    assert bootstrap.plan_fork(home, run, overrides=["teacher.calls=2"], **plan).moves_home
    with pytest.raises(UsageError, match=r"gate.alpha: .* proves nothing"):
        bootstrap.plan_fork(home, run, overrides=["gate.alpha=0.3"], **plan)


def test_the_story_of_a_problem_tells_attempt_critique_verdicts_and_decision(undisturbed: tuple[Path, Ended]) -> None:
    home, run = undisturbed[0], run_folder(undisturbed[0]).name
    database = open_database(home)
    problem = Archive(database, home).requests(run, 1)[0].problem
    database.close()
    story = bootstrap.problem_story(home, run, problem.id, try_again=True)
    assert story.problem is not None
    assert story.problem.question == problem.question
    nodes = [chapter.node for chapter in story.chapters]
    assert nodes[0] == "evaluate"
    assert {"teach", "check"} <= set(nodes)
    (call,) = [chapter for chapter in story.chapters if chapter.node == "teach"]
    assert call.body["critique"] in call.said
    tried = [chapter.body["checkpoint"] for chapter in story.chapters if chapter.node == "now"]
    assert tried[0].startswith("base-")
    assert story.solved_by in ("", *tried), "it was a failure, so whoever solves it does so now"
