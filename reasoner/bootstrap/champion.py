"""Moving a champion on a recorded decision, and sealing the record that such moves rest on."""

from memory.store.sealing import seal_record
from reasoner.bootstrap.home import Place, existing_home
from reasoner.types.checkpoint import Checkpoint


def promote_decision(home: Place, decision: str) -> Checkpoint:
    """Makes the candidate of a recorded decision champion, after the decision has been computed again.

    Raises:
        NotFoundError: there is no such home.
        GateError: there is no such decision, or it cannot be verified.
    """
    from agents.decision_check import DecisionChecker
    from memory.promotion import promote

    place = existing_home(home)
    database = place.database()
    return promote(database, decision, check=DecisionChecker(place.root, database))


def seal_home(home: Place) -> tuple[str, ...]:
    """Seals the record of decisions and rulings with the key of the environment; returns what had no seal.

    Raises:
        NotFoundError: there is no such home.
        ConfigError: there is no key.
        GateError: the record was changed, or has a seal that another key made.
    """
    return seal_record(existing_home(home).database())
