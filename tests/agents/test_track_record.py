"""A promotion's promise is compared with what it kept on the sealed set, over the champion that it replaced."""

import json
from pathlib import Path

from agents.reporting.track_record import track_record
from agents.run_folder import RunFolder, write_records
from memory.store.database import open_database
from memory.store.decisions import DecisionStore
from memory.store.runs import RunStore
from reasoner.storage.writing import write_text
from reasoner.types.problem import Attempt
from reasoner.types.report import Comparison, Decision

RUN = "20261124-0000-math-tiny-test"


def attempts(right: int) -> list[Attempt]:
    return [
        Attempt(
            problem_id=str(n),
            mode="talk",
            steps=(),
            answer="",
            outcome="right" if n < right else "wrong",
            skill="add",
            difficulty=1,
        )
        for n in range(100)
    ]


def decided(cycle: int, verdict: str, gain: float) -> Decision:
    low, high = gain - 0.05, gain + 0.05
    compared = Comparison(n=100, wins=20, losses=0, gain=gain, ci95=(low, high), p=0.001, vetoes=())
    return Decision.model_validate(
        {
            "id": f"d{cycle}",
            "run": RUN,
            "cycle": cycle,
            "candidate": f"c{cycle}",
            "champion": "former",
            "verdict": verdict,
            "comparison": compared,
            "alpha": 0.01,
            "reason": "",
        }
    )


def test_each_promotion_is_measured_against_the_champion_before_it(tmp_path: Path) -> None:
    database, folder = open_database(tmp_path), RunFolder(tmp_path, RUN)
    RunStore(database).create(RUN, "0123456789ab", {}, 0)
    for cycle, right in ((0, 40), (1, 60), (3, 62)):
        write_records(folder.attempts(cycle, "sealed"), attempts(right))
    for cycle, verdict, gain in ((1, "promote", 0.22), (2, "keep", 0.01), (3, "promote", 0.4)):
        DecisionStore(database).record(decided(cycle, verdict, gain))
    first, second = track_record(database, tmp_path)
    assert (first.checkpoint, first.realised, first.kept) == ("c1", 0.2, True)
    assert (second.checkpoint, second.realised, second.kept) == ("c3", 0.02, False)
    assert second.realised_ci95[0] < 0.02 < second.realised_ci95[1]
    folder.attempts(3, "sealed").unlink()
    assert [promise.checkpoint for promise in track_record(database, tmp_path)] == ["c1"]
    database.close()


def test_a_forks_first_promotion_is_measured_against_the_champion_that_it_shares(tmp_path: Path) -> None:
    database, folder = open_database(tmp_path), RunFolder(tmp_path, RUN)
    RunStore(database).create(RUN, "0123456789ab", {}, 0)
    for cycle, right in ((0, 40), (1, 60), (2, 70)):
        write_records(folder.attempts(cycle, "sealed"), attempts(right))
    write_text(folder.fork, "{}")
    shared = {"event": "decision", "cycle": 1, "verdict": "promote", "candidate": "parents-c1"}
    begun = {"event": "fork", "from_cycle": 2}
    write_text(folder.root / "events.jsonl", f"{json.dumps(begun)}\n{json.dumps(shared)}\n")
    DecisionStore(database).record(decided(2, "promote", 0.1))
    (promise,) = track_record(database, tmp_path)
    assert (promise.checkpoint, promise.realised) == ("c2", 0.1)
    database.close()
