"""reasoner: make a latent reasoner better, cycle by cycle, and prove it.

    import reasoner
    r = reasoner.open("home")
    r.solve("Ann has 3 apples. Ann buys 4 more apples. How many apples does Ann have now?").answer

docs/python.md tells the rest. Names are imported when they are first asked for (PEP 562): every room imports this one
first, and none may wait for what it has no use for.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from reasoner.config.exporters import keep_exporters_off

if TYPE_CHECKING:
    from agents.reporting.overview import Overview
    from memory.latent_memory import MemoryStats, Recollection
    from reasoner.api import LoopRun, Memory, Models, Proposals, Reasoner, Runs, open
    from reasoner.bootstrap.model_lists import ListedModel, ShownModel
    from reasoner.bootstrap.proposals import Ruled, ShownProposal
    from reasoner.bootstrap.rollback import Rollback
    from reasoner.bootstrap.run_lists import ShownRun
    from reasoner.errors import (
        AwaitingApproval,
        BudgetReached,
        BusyError,
        ConfigError,
        DamagedError,
        DataError,
        GateError,
        NotFoundError,
        ReasonerError,
        Stopped,
        StorageError,
        TeacherError,
        TrainingFailed,
        UsageError,
    )
    from reasoner.types.benchmark_report import BenchmarkReport, BenchmarkRun, Measure
    from reasoner.types.checkpoint import Checkpoint
    from reasoner.types.loop import CycleRow, LoopOutcome, Progress
    from reasoner.types.report import EvalReport, Rate
    from reasoner.types.search import SearchRound, SearchTable, SearchTrace, SeenCandidate
    from reasoner.types.solution import Answered, RoundSeen, Solution, SolvedStep, SolveEvent, StepTaken
    from reasoner.types.trace import RunEvent

__version__ = "0.1.0"

# Here, because libraries read these variables while they are imported, and every room imports this one first.
# OpenMP reads its own once, when torch is loaded. Otherwise threads spin while they wait, which takes the time that the
# thread they wait for needs: two threads on two busy cores took six times as long as one (docs/lab-book.md, entry 30).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
keep_exporters_off(os.environ)

_MODULES = {
    "agents.reporting.overview": "Overview",
    "memory.latent_memory": "MemoryStats Recollection",
    "reasoner.api": "LoopRun Memory Models Proposals Reasoner Runs open",
    "reasoner.bootstrap.model_lists": "ListedModel ShownModel",
    "reasoner.bootstrap.proposals": "Ruled ShownProposal",
    "reasoner.bootstrap.rollback": "Rollback",
    "reasoner.bootstrap.run_lists": "ShownRun",
    "reasoner.errors": "AwaitingApproval BudgetReached BusyError ConfigError DamagedError DataError GateError "
    "NotFoundError ReasonerError Stopped StorageError TeacherError TrainingFailed UsageError",
    "reasoner.types.benchmark_report": "BenchmarkReport BenchmarkRun Measure",
    "reasoner.types.checkpoint": "Checkpoint",
    "reasoner.types.loop": "CycleRow LoopOutcome Progress",
    "reasoner.types.report": "EvalReport Rate",
    "reasoner.types.search": "SearchRound SearchTable SearchTrace SeenCandidate",
    "reasoner.types.solution": "Answered RoundSeen Solution SolvedStep SolveEvent StepTaken",
    "reasoner.types.trace": "RunEvent",
}
"""Module and the names it gives. Imported by name: to import linters this room has no floor above any other."""

_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Answered",
    "AwaitingApproval",
    "BenchmarkReport",
    "BenchmarkRun",
    "BudgetReached",
    "BusyError",
    "Checkpoint",
    "ConfigError",
    "CycleRow",
    "DamagedError",
    "DataError",
    "EvalReport",
    "GateError",
    "ListedModel",
    "LoopOutcome",
    "LoopRun",
    "Measure",
    "Memory",
    "MemoryStats",
    "Models",
    "NotFoundError",
    "Overview",
    "Progress",
    "Proposals",
    "Rate",
    "Reasoner",
    "ReasonerError",
    "Recollection",
    "Rollback",
    "RoundSeen",
    "Ruled",
    "RunEvent",
    "Runs",
    "SearchRound",
    "SearchTable",
    "SearchTrace",
    "SeenCandidate",
    "ShownModel",
    "ShownProposal",
    "ShownRun",
    "Solution",
    "SolveEvent",
    "SolvedStep",
    "StepTaken",
    "Stopped",
    "StorageError",
    "TeacherError",
    "TrainingFailed",
    "UsageError",
    "__version__",
    "open",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_MODULE_OF[name]), name))
