"""A whole cycle on real word problems that the student cannot solve; the report says so."""

from pathlib import Path

import pytest
from loop_runs import loop, run_folder

FILE = Path(__file__).parents[3] / "shared" / "data" / "gsm8k" / "train.jsonl"


@pytest.mark.slow
@pytest.mark.skipif(not FILE.is_file(), reason="GSM8K's train.jsonl is not beside this checkout (../shared/data/gsm8k)")
def test_a_loop_on_gsm8k_runs_to_an_honest_report(tmp_path: Path) -> None:
    ended = loop(tmp_path, f"task.rows={FILE}", "teacher.model=none")
    assert ended.code == 0, ended.words
    sealed = next(e for e in ended.of("evaluation") if e["split"] == "sealed")
    assert sealed["n"] == 50
    assert sealed["accuracy"] < 0.5
    (decision,) = ended.of("decision")
    assert decision["verdict"] != "promote"
    assert "Nothing promoted" in (run_folder(tmp_path) / "report.md").read_text()
