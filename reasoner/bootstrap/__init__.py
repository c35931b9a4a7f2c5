"""The only place where concrete parts meet. The doors call these functions; they import what they need."""

from reasoner.bootstrap.champion import promote_decision, seal_home
from reasoner.bootstrap.contamination import compare_sets
from reasoner.bootstrap.crash_selftest import CrashSelftest, selftest_crash
from reasoner.bootstrap.diagnose import Baseline, diagnose
from reasoner.bootstrap.forking import ForkPlan, fork_run, plan_fork
from reasoner.bootstrap.home import Home, open_home
from reasoner.bootstrap.leak_selftest import LeakSelftest, selftest_leaks
from reasoner.bootstrap.loop import plan_loop, run_loop
from reasoner.bootstrap.memory_audit import audit_memory, mend_memory
from reasoner.bootstrap.memory_backup import backup_memory, restore_memory
from reasoner.bootstrap.memory_files import import_memory
from reasoner.bootstrap.memory_history import memory_diff, memory_log, prune_memory, revert_memory
from reasoner.bootstrap.page import write_run_page
from reasoner.bootstrap.pruning import Pruned, PrunedRun, prune_runs
from reasoner.bootstrap.recall import (
    export_memory,
    memory_stats,
    reindex_memory,
    search_by_latent,
    search_memory,
    search_near,
)
from reasoner.bootstrap.rollback import Rollback, roll_back_champion
from reasoner.bootstrap.run_diff import RunDiff, diff_runs
from reasoner.bootstrap.selftest import GateSelftest, selftest_gate
from reasoner.bootstrap.story import Chapter, Story, problem_story
from reasoner.bootstrap.students import compare_searchers, evaluate, search, solve, train
from reasoner.bootstrap.telemetry import export_spans
from reasoner.bootstrap.verifier import train_verifier, verify_file
from reasoner.bootstrap.work import work_jobs

__all__ = [
    "Baseline",
    "Chapter",
    "CrashSelftest",
    "ForkPlan",
    "GateSelftest",
    "Home",
    "LeakSelftest",
    "Pruned",
    "PrunedRun",
    "Rollback",
    "RunDiff",
    "Story",
    "audit_memory",
    "backup_memory",
    "compare_searchers",
    "compare_sets",
    "diagnose",
    "diff_runs",
    "evaluate",
    "export_memory",
    "export_spans",
    "fork_run",
    "import_memory",
    "memory_diff",
    "memory_log",
    "memory_stats",
    "mend_memory",
    "open_home",
    "plan_fork",
    "plan_loop",
    "problem_story",
    "promote_decision",
    "prune_memory",
    "prune_runs",
    "reindex_memory",
    "restore_memory",
    "revert_memory",
    "roll_back_champion",
    "run_loop",
    "seal_home",
    "search",
    "search_by_latent",
    "search_memory",
    "search_near",
    "selftest_crash",
    "selftest_gate",
    "selftest_leaks",
    "solve",
    "train",
    "train_verifier",
    "verify_file",
    "work_jobs",
    "write_run_page",
]
