"""Sealing what was recorded before there was a key: verified as far as it can be without one, then sealed."""

from memory.store.chain import seal_heads
from memory.store.database import Database
from memory.store.decisions import verified_decisions
from memory.store.proposals import rulings


def seal_record(database: Database) -> tuple[str, ...]:
    """Seals decisions and rulings with the key of the environment; returns which of the two had no seal.

    Raises:
        ConfigError: there is no key.
        GateError: a chain was changed, or has a seal that another key made.
    """
    with database.session() as session:
        verified_decisions(session, may_lack_seal=True)
        rulings(session, may_lack_seal=True)
        return tuple(seal_heads(session))
