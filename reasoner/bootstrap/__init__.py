"""The only place where concrete parts meet. The doors call these functions; they import what they need.

A name's module is imported when the name is first asked for (PEP 562): `reasoner runs list` must not wait for what only
`reasoner loop` needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reasoner.bootstrap.answerers import Who
    from reasoner.bootstrap.benchmarks import Wish, list_benchmarks, plan_benchmarks, run_benchmarks
    from reasoner.bootstrap.champion import promote_decision, seal_home
    from reasoner.bootstrap.code_selftest import CodeSelftest, selftest_code
    from reasoner.bootstrap.contamination import compare_sets
    from reasoner.bootstrap.crash_selftest import CrashSelftest, selftest_crash
    from reasoner.bootstrap.decision_selftest import DecisionSelftest, selftest_decisions
    from reasoner.bootstrap.diagnose import Baseline, diagnose
    from reasoner.bootstrap.forking import ForkPlan, fork_run, plan_fork
    from reasoner.bootstrap.graders_selftest import GradersSelftest, selftest_graders
    from reasoner.bootstrap.home import Home, open_home
    from reasoner.bootstrap.init_task import Initialised, init_task
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
    from reasoner.bootstrap.solving import search, solve, solve_many, solve_told, solve_traced
    from reasoner.bootstrap.story import Chapter, Story, problem_story
    from reasoner.bootstrap.students import compare_searchers, evaluate, searching, train
    from reasoner.bootstrap.tasks import check_task, list_tasks, show_task
    from reasoner.bootstrap.telemetry import export_spans
    from reasoner.bootstrap.verifier import train_verifier, verify_file
    from reasoner.bootstrap.word_search import search_memory_by_words
    from reasoner.bootstrap.work import work_jobs

_MODULES = {
    "answerers": "Who",
    "benchmarks": "Wish list_benchmarks plan_benchmarks run_benchmarks",
    "champion": "promote_decision seal_home",
    "code_selftest": "CodeSelftest selftest_code",
    "contamination": "compare_sets",
    "crash_selftest": "CrashSelftest selftest_crash",
    "decision_selftest": "DecisionSelftest selftest_decisions",
    "diagnose": "Baseline diagnose",
    "forking": "ForkPlan fork_run plan_fork",
    "graders_selftest": "GradersSelftest selftest_graders",
    "home": "Home open_home",
    "init_task": "Initialised init_task",
    "leak_selftest": "LeakSelftest selftest_leaks",
    "loop": "plan_loop run_loop",
    "memory_audit": "audit_memory mend_memory",
    "memory_backup": "backup_memory restore_memory",
    "memory_files": "import_memory",
    "memory_history": "memory_diff memory_log prune_memory revert_memory",
    "page": "write_run_page",
    "pruning": "Pruned PrunedRun prune_runs",
    "recall": "export_memory memory_stats reindex_memory search_by_latent search_memory search_near",
    "rollback": "Rollback roll_back_champion",
    "run_diff": "RunDiff diff_runs",
    "selftest": "GateSelftest selftest_gate",
    "solving": "search solve solve_many solve_told solve_traced",
    "story": "Chapter Story problem_story",
    "students": "compare_searchers evaluate searching train",
    "tasks": "check_task list_tasks show_task",
    "telemetry": "export_spans",
    "verifier": "train_verifier verify_file",
    "word_search": "search_memory_by_words",
    "work": "work_jobs",
}
"""Module and the names it gives."""

_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Baseline",
    "Chapter",
    "CodeSelftest",
    "CrashSelftest",
    "DecisionSelftest",
    "ForkPlan",
    "GateSelftest",
    "GradersSelftest",
    "Home",
    "Initialised",
    "LeakSelftest",
    "Pruned",
    "PrunedRun",
    "Rollback",
    "RunDiff",
    "Story",
    "Who",
    "Wish",
    "audit_memory",
    "backup_memory",
    "check_task",
    "compare_searchers",
    "compare_sets",
    "diagnose",
    "diff_runs",
    "evaluate",
    "export_memory",
    "export_spans",
    "fork_run",
    "import_memory",
    "init_task",
    "list_benchmarks",
    "list_tasks",
    "memory_diff",
    "memory_log",
    "memory_stats",
    "mend_memory",
    "open_home",
    "plan_benchmarks",
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
    "run_benchmarks",
    "run_loop",
    "seal_home",
    "search",
    "search_by_latent",
    "search_memory",
    "search_memory_by_words",
    "search_near",
    "searching",
    "selftest_code",
    "selftest_crash",
    "selftest_decisions",
    "selftest_gate",
    "selftest_graders",
    "selftest_leaks",
    "show_task",
    "solve",
    "solve_many",
    "solve_told",
    "solve_traced",
    "train",
    "train_verifier",
    "verify_file",
    "work_jobs",
    "write_run_page",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _MODULE_OF[name]
    found = import_module(f"{__name__}.{module}")
    # All at once: importing a module has just set its own name here, which may be that of one of its functions.
    globals().update({one: getattr(found, one) for one in _MODULES[module].split()})
    return globals()[name]
