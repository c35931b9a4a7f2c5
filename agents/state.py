"""The state of the improve graph: plain JSON, small. Whatever is large lies in the run's folder, under the cycle."""

from typing import Any, TypedDict

Change = dict[str, Any]
"""The keys of the state that a node changes."""


class ImproveState(TypedDict):
    """What one node hands to the next. Nodes return only the keys they change."""

    run: str
    cycle: int
    """The cycle at work; 0 until the first `evaluate`."""
    champion: str
    """Checkpoint id."""
    first: str
    """Checkpoint id of cycle 0's champion."""
    space: str
    """Fingerprint of the encoder whose latents the memory holds in this run: that of the first champion."""
    failures: int
    """Practice problems that the champion failed in this cycle."""
    verifier: str
    """The work that made this cycle's verifier, where failures are searched; names its folder."""
    searched: int
    """Failed practice problems that a search solved in this cycle."""
    requests: int
    """Lessons asked for in this cycle."""
    accepted: int
    """Examples that passed the check in this cycle; after `remember`, those among them that the run did not know."""
    candidate: str
    """Checkpoint id; empty where there was nothing to learn."""
    without_candidate: str
    """Why there is none."""
    comparison: dict[str, Any] | None
    watched: dict[str, Any] | None
    """`former`: checkpoint id of the champion before the present one; `comparison` of the two, it as the candidate."""
    verdict: str
    awaiting: str
    """Id of the decision that a person must approve before it is carried out; empty for none."""
