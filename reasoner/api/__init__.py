"""The Python door: a home, opened once, with what the terminal does for daily work. `import reasoner` shows it.

Like the terminal it is thin: what it does is done by `reasoner.bootstrap`.
"""

from reasoner.api.loop_run import LoopRun
from reasoner.api.memory import Memory
from reasoner.api.models import Models
from reasoner.api.opening import open
from reasoner.api.proposals import Proposals
from reasoner.api.reasoner import Reasoner
from reasoner.api.runs import Runs

__all__ = ["LoopRun", "Memory", "Models", "Proposals", "Reasoner", "Runs", "open"]
