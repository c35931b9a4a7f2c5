"""Makes additions part of the weights that they were added to: the same student, all core, for the next additions.

The weights are computed anew from the core and the factors, not copied, so that what becomes base weights is proven to
be what the additions say.
"""

from pathlib import Path
from typing import Any

import torch

from reasoner.errors import TrainingFailed
from reasoner.models.checkpoints import fingerprint, load_student, save_student
from reasoner.storage.checkpoint_file import read_checkpoint
from reasoner.training.adapters import Adapters, read_factors
from reasoner.training.work import Workplace


def merge_additions(payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """The work of a `merge` job, plain JSON in and out.

    Args:
        payload: `champion`, a core with additions; `checkpoint`, id of what is made of them; `threads`.
        place: of the job.

    Raises:
        TrainingFailed: the champion has no additions.
    """
    torch.set_num_threads(max(1, payload["threads"]))
    checkpoints: Path = place.home / "checkpoints"
    champion = checkpoints / payload["champion"]
    about, factors = read_checkpoint(champion).about, read_factors(champion)
    if not factors:
        raise TrainingFailed(f"{payload['champion']!r} has no additions; it is all core and there is nothing to merge")
    student = load_student(checkpoints / about["core"])
    adapters = Adapters(student.net, rank=about["adapter_rank"], seed=0)
    adapters.take(factors)
    adapters.merge()
    same = fingerprint(student) == fingerprint(load_student(champion))
    told = {"parent": payload["champion"], "merged": about["core"], "same_weights": same}
    mark = save_student(student, checkpoints / payload["checkpoint"], about=told)
    place.report(1.0, "merged")
    return {"checkpoint": payload["checkpoint"], "fingerprint": mark, **told}
