"""Every error a user can meet, and the exit code it ends with.

ReasonerError                 1  something failed; nothing is lost
├── UsageError                2  the command or the configuration is wrong
│   ├── ConfigError           2  a key or a value
│   └── DataError             2  a row of a user's file
├── NotFoundError             2  an id that is not in the store
├── BusyError                 1  another process holds the run
├── TrainingFailed            1  a job ended badly
│   └── CandidateFailed       1  what was trained may not be used; its cycle has no candidate
│       └── CollapseError     1  the latents failed their contract
├── SandboxError              1  untrusted code cannot be confined on this machine, so it is not run
├── TeacherError              1  the teacher cannot be used at all (a single failed call is data, not an error)
├── GateError                 1  a promotion without a recorded decision, or against a ruling
├── AwaitingApproval          3  a person must rule on a proposal first
├── Stopped                 130  somebody asked a run at work to stop; its state is saved
└── BudgetReached             5  a hard limit would be passed

Programmers' faults are `assert`s, not members of this tree.
"""


class ReasonerError(Exception):
    """Something the user can act on. The message says what was given, what was expected, what to do."""

    exit_code = 1


class UsageError(ReasonerError):
    """The command line or a setting is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration key or value is wrong."""


class DataError(UsageError):
    """A row of a data file cannot be used. Names file, line and field."""


class NotFoundError(UsageError):
    """An id, run or checkpoint that the store does not know."""


class BusyError(ReasonerError):
    """Another process is working on the same run or job."""


class StorageError(ReasonerError):
    """The machine refuses to read or write: no room, no permission, too many open files, a broken disk."""


class DamagedError(ReasonerError):
    """A file of the home is not what was written. Names the file, what is wrong with it and how to mend it."""


class TrainingFailed(ReasonerError):
    """A training job ended without a checkpoint."""


class CandidateFailed(TrainingFailed):
    """What was trained may not be used. A cycle goes on without a candidate; a base ends the run."""


class CollapseError(CandidateFailed):
    """The latents violate the collapse contract: a dead student is not kept."""


class SandboxError(ReasonerError):
    """Untrusted code cannot be confined here, or its jail could not be made: it is not run."""


class TeacherError(ReasonerError):
    """The teacher cannot be used: unknown price, missing key, wrong model string."""


class GateError(ReasonerError):
    """A checkpoint was to become champion without a recorded decision in its favour."""


class AwaitingApproval(ReasonerError):
    """Nothing goes on before a person has ruled on a proposal."""

    exit_code = 3


class UnverifiedError(ReasonerError):
    """Something was to be remembered as knowledge that no recorded verdict accepts."""


class BudgetReached(ReasonerError):
    """A hard limit (dollars, calls, minutes) would be passed by the next step."""

    exit_code = 5


class Stopped(ReasonerError):
    """A run was asked to stop and has saved its state; the same again goes on. Threads can catch it, unlike Ctrl-C."""

    exit_code = 130


EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_AWAITING_APPROVAL = 3
EXIT_NOTHING_PROMOTED = 4
EXIT_BUDGET = 5
EXIT_INTERRUPTED = 130
