"""Whether a decision follows from the attempts that it rests on: all of it is computed again before a champion moves.

It reads what the run has kept, and nothing that the decision says of itself:

    the run's settings     gate and approval, as in the store and in the run's folder, which must agree
    the level              from the cycle and `gate.alpha`
    the comparison         from the champion's and the candidate's attempts, whose sums the decision names: at the
                           gate set, and at whatever the settings ask beside it
    an e-process's end     from the same attempts: the order of the items, and that no earlier block ended it
    verdict and id         from the comparison, by the gate's own code
    a carried-out ruling   from the recorded ruling and the decision that waited for it
"""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agents.beside import Extra, extra_file, extras_of, paired
from agents.run_folder import RunFolder, read_records
from memory.store.database import Database
from memory.store.decisions import DecisionStore
from memory.store.proposals import ProposalStore
from memory.store.runs import RunStore
from reasoner.config.settings import GateSettings
from reasoner.config.sources import from_file
from reasoner.errors import ConfigError, GateError, NotFoundError
from reasoner.evaluation.alpha import alpha_of_cycle
from reasoner.evaluation.comparison import compare
from reasoner.evaluation.early_end import why_misordered, why_misplaced
from reasoner.evaluation.gate import decide as judge
from reasoner.types.problem import Attempt
from reasoner.types.proposal import Proposal, Ruling
from reasoner.types.report import Comparison, Decision

CLOSE = 1e-9
"""Relative difference up to which two floats are the same one, computed twice."""


class DecisionChecker:
    """The check of a home's decisions; a `DecisionCheck`.

    Args:
        home: its folder, with the folders of its runs.
        database: its store.
    """

    def __init__(self, home: Path, database: Database):
        self._home, self._database = home, database

    def __call__(self, decision: Decision) -> None:
        """Returns if a decision to promote follows from what is kept.

        Raises:
            GateError: it does not, or something that it rests on is missing.
        """
        if not decision.proposal:
            self._check(decision)
            return
        filed = ProposalStore(self._database).get(decision.proposal)
        waited = DecisionStore(self._database).get(filed.proposal.decision)
        if filed.ruling is None:
            raise _refused(decision, f"nobody has ruled on proposal {decision.proposal}")
        _require_carried_out(decision, waited, filed.proposal, filed.ruling)
        if waited.verdict != "await":
            raise _refused(decision, f"decision {waited.id!r}, which it carries out, says {waited.verdict!r}")
        # One that waited since before the sums were kept has none; the ruling's decision names those of the same files.
        self._check(waited.model_copy(update={"attempts_sha256": decision.attempts_sha256}))

    def _check(self, decision: Decision) -> None:
        """Of a decision that rests on attempts: it must say `promote`, or `await` in place of that."""
        gate, seed = self._gate(decision)
        folder = RunFolder(self._home, decision.run)
        files = _attempts_files(folder, decision, gate)
        champion, candidate, *others = (_attempts(decision, path, at) for at, path in enumerate(files))
        if decision.attempts_sha256 and len(decision.attempts_sha256) != len(files):
            raise _refused(decision, f"it names {len(decision.attempts_sha256)} files of attempts, not {len(files)}")
        pairs = zip(_extras(decision, gate), others[::2], others[1::2], strict=True)
        beside = [paired(extra, before, after) for extra, before, after in pairs]
        told = decision.comparison
        if gate.test == "e_process":
            champion = champion[: len(candidate)]  # it may have been asked more, beside another candidate
        try:
            compared = compare(champion, candidate, gate, beside=beside, of=told.of if told else None)
        except ValueError as error:
            raise _refused(decision, str(error)) from error
        if told is None or not _same(compared.model_dump(mode="json"), told.model_dump(mode="json")):
            raise _refused(decision, f"its attempts come to {_figures(compared)}, it says {_figures(told)}")
        alpha = alpha_of_cycle(decision.cycle, gate.alpha) if decision.cycle >= 1 else math.nan
        if not _same(alpha, decision.alpha):
            raise _refused(decision, f"the level of cycle {decision.cycle} is {alpha:g}, it says {decision.alpha:g}")
        if told.of is not None and (wrong := why_misordered(candidate, seed=seed, cycle=decision.cycle)):
            raise _refused(decision, wrong)
        if decision.kind == "merge":
            _require_merge(decision, champion, candidate)
            return
        if told.of is not None and (wrong := why_misplaced(champion, candidate, gate, of=told.of, alpha=alpha)):
            raise _refused(decision, wrong)
        _require_gate(decision, told)
        if decision.kind == "revert":
            self._require_former(decision)

    def _require_former(self, decision: Decision) -> None:
        """Whoever comes back must be the champion before the present one, or before what that was merged from."""
        store = DecisionStore(self._database)
        merged = store.promoting(decision.champion, kind="merge")
        made = store.promoting(merged.champion if merged else decision.champion)
        if made is None or made.champion != decision.candidate:
            raise _refused(decision, f"{decision.candidate} was not champion before {decision.champion}")

    def _gate(self, decision: Decision) -> tuple[GateSettings, int]:
        """The run's thresholds and seed. Store and folder must agree on the thresholds, and on who must say yes."""
        path = RunFolder(self._home, decision.run).root / "config.resolved.yaml"
        try:
            stored = RunStore(self._database).get(decision.run).settings
            written = {key: value for key, value, _ in from_file(path)}
            gate, kept = (_gate_of(given) for given in (stored.get("gate", {}), _group(written, "gate")))
        except (NotFoundError, ConfigError, ValidationError, OSError, ValueError) as error:
            raise _refused(decision, f"the settings of its run cannot be read: {error}") from error
        who, who_kept = stored.get("approval", "auto"), written.get("approval", "auto")
        if (gate, who) != (kept, who_kept):
            raise _refused(
                decision, f"the store says {_shown(gate, who)} of its run, {path} says {_shown(kept, who_kept)}"
            )
        return gate, int(stored.get("seed", 0))


def said_of(ruling: Ruling) -> str:
    """A ruling in words, as the decision that carries it out quotes it."""
    return f"{ruling.verdict} by {ruling.by}" + (f": {ruling.reason}" if ruling.reason else "")


def id_of_ruling(ruling: Ruling) -> str:
    """Id of the decision that carries a ruling out, 16 hex digits."""
    return hashlib.sha256(f"ruling|{ruling.digest}".encode()).hexdigest()[:16]


def id_of_merge(run: str, cycle: int, merged: str) -> str:
    """Id of the decision about a merged checkpoint, 16 hex digits."""
    return hashlib.sha256(f"{run}|{cycle}|merge|{merged}".encode()).hexdigest()[:16]


def sums_of_attempts(folder: RunFolder, decision: Decision, gate: GateSettings) -> tuple[str, ...]:
    """SHA-256 (hex) of the files that a decision rests on; none where nobody was compared."""
    if decision.comparison is None:
        return ()
    return tuple(_sum(path) for path in _attempts_files(folder, decision, gate))


def _require_carried_out(decision: Decision, waited: Decision, proposal: Proposal, ruling: Ruling) -> None:
    """Holds a decision that carries a ruling out against the one that waited for it."""
    expected = waited.model_copy(
        update={
            "id": id_of_ruling(ruling),
            "verdict": "promote",
            "reason": f"{said_of(ruling)}; {waited.reason}",
            "proposal": proposal.id,
            "rehearsed": decision.rehearsed,
            "attempts_sha256": waited.attempts_sha256 or decision.attempts_sha256,
        }
    )
    if ruling.verdict != "approved":
        raise _refused(decision, f"proposal {proposal.id} was {ruling.verdict} by {ruling.by}")
    if decision != expected:
        names = [n for n in Decision.model_fields if getattr(decision, n) != getattr(expected, n)]
        raise _refused(decision, f"it carries out decision {waited.id!r} and says otherwise in {', '.join(names)}")


def _require_gate(decision: Decision, told: Comparison) -> None:
    again = judge(
        told,
        cycle=decision.cycle,
        alpha=decision.alpha,
        candidate=decision.candidate,
        champion=decision.champion,
        run=decision.run,
    )
    if again.verdict != "promote":
        raise _refused(decision, f"the gate says {again.verdict!r} of its comparison: {again.reason}")
    if again.id != decision.id:
        raise _refused(decision, f"a decision with this content has the id {again.id!r}")


def _require_merge(decision: Decision, before: Sequence[Attempt], after: Sequence[Attempt]) -> None:
    if decision.id != id_of_merge(decision.run, decision.cycle, decision.candidate):
        raise _refused(decision, "its id is not that of its content")
    alike = sum(a.answer == b.answer for a, b in zip(before, after, strict=True))
    if alike != len(before):
        raise _refused(decision, f"{decision.candidate} gives the same answer on {alike} of {len(before)} items")


def _attempts(decision: Decision, path: Path, at: int) -> list[Attempt]:
    if decision.attempts_sha256 and decision.attempts_sha256[at : at + 1] != (_sum(path),):
        raise _refused(decision, f"{path} is not the file that it rests on: the sums differ")
    try:
        return read_records(path, Attempt)
    except ValueError as error:
        raise _refused(decision, f"{path} cannot be read: {error}") from error


def _attempts_files(folder: RunFolder, decision: Decision, gate: GateSettings) -> list[Path]:
    """The champion's attempts and the candidate's at the gate set, then both at each thing that is asked beside it."""
    sides = (decision.champion, decision.candidate)
    paths = [folder.attempts(decision.cycle, f"gate-{one}") for one in sides]
    paths += [extra_file(folder, decision.cycle, extra, one) for extra in _extras(decision, gate) for one in sides]
    if missing := [path for path in paths if not path.is_file()]:
        raise _refused(decision, f"{missing[0]} is not there, and without the attempts nothing can be computed again")
    return paths


def _extras(decision: Decision, gate: GateSettings) -> list[Extra]:
    """A former champion that comes back, and a merge, sit the gate set alone."""
    return extras_of(gate) if decision.kind == "promotion" else []


def _gate_of(given: dict[str, Any]) -> GateSettings:
    """The thresholds that a run began with; nothing was asked beside the gate set before there was a setting for it."""
    return GateSettings.model_validate({"regression_size": 0, **given})


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _group(written: dict[str, object], name: str) -> dict[str, Any]:
    return {key.removeprefix(f"{name}."): value for key, value in written.items() if key.startswith(f"{name}.")}


def _same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal; floats but for the last digits."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=CLOSE)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


def _figures(comparison: Comparison | None) -> str:
    if comparison is None:
        return "that nobody was compared"
    vetoes = f", vetoed in {', '.join(v.bucket for v in comparison.vetoes)}" if comparison.vetoes else ""
    return (
        f"{comparison.wins} wins and {comparison.losses} losses on {comparison.n} items, p={comparison.p:.3g}{vetoes}"
    )


def _shown(gate: GateSettings, approval: object) -> str:
    return f"{', '.join(f'gate.{name}={value}' for name, value in gate)}, approval={approval}"


def _refused(decision: Decision, why: str) -> GateError:
    return GateError(
        f"decision {decision.id!r} about {decision.candidate!r} cannot be verified: {why}. Nobody is promoted "
        "on it; restore what was changed or is missing from a backup"
    )
