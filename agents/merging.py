"""When additions have proven themselves often enough to become base weights."""

from agents.parts import Parts
from memory.store.proposals import ProposalStore
from reasoner.types.checkpoint import Checkpoint


def merge_is_due(champion: str, parts: Parts) -> bool:
    """Whether so many additions to the champion's core were promoted in a row that they are to be merged into it.

    After a denial as many again are needed.
    """
    wanted, present = parts.settings.train.merge_after, parts.checkpoints.get(champion)
    if not wanted or not present.core:
        return False
    return proven_additions(present, parts) >= wanted * (1 + _denied(present.core, parts))


def proven_additions(champion: Checkpoint, parts: Parts) -> int:
    """Promotions in a row, up to the champion's, of students that share its core."""
    count, at = 0, champion
    while at.core == champion.core and (made := parts.decisions.promoting(at.id)) is not None:
        count, at = count + 1, parts.checkpoints.get(made.champion)
    return count


def _denied(core: str, parts: Parts) -> int:
    """Denied proposals to merge into this core."""
    denied = [f.proposal for f in ProposalStore(parts.database).list() if f.state == "denied"]
    return sum(p.kind == "merge" and parts.checkpoints.get(p.champion).core == core for p in denied)
