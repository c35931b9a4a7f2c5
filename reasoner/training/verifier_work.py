"""The training of a verifier as a job: plain JSON in and out, its files below the home."""

from typing import Any

import torch

from reasoner.models.checkpoints import load_student
from reasoner.models.verifier import StepVerifier
from reasoner.storage.json_files import read_object
from reasoner.storage.tensor_files import save_tensors
from reasoner.training.claims import JudgedClaims
from reasoner.training.verifying import VerifierRecipe, train_verifier
from reasoner.training.work import Workplace

WEIGHTS = "verifier.safetensors"
"""In the job's folder, where they stay: a job that has succeeded does not run again."""


AGAIN = "remove it and run the same command again"


def train_verifier_job(payload: dict[str, Any], place: Workplace) -> dict[str, Any]:
    """Trains the verifier of a student on the claims of a file, and leaves its weights in another.

    Args:
        payload: `student` (folder of the checkpoint), `claims`, `questions` (a JSON list; paths below the home), and
            `recipe`.
        place: where it works.
    """
    recipe = VerifierRecipe(**payload["recipe"])
    torch.set_num_threads(max(1, recipe.threads))
    student = load_student(place.home / payload["student"])
    verifier = StepVerifier(student.net)
    questions = read_object(place.home / payload["questions"], mend=AGAIN)["questions"]
    loss = train_verifier(
        verifier,
        student,
        student.reads.encode(questions),
        JudgedClaims.load(place.home / payload["claims"]),
        recipe=recipe,
        folder=place.folder,
        report=place.report,
        should_stop=place.should_stop,
    )
    target = place.folder / WEIGHTS
    save_tensors(target, verifier.state_dict())
    return {"updates": recipe.updates, "loss": round(loss, 5), "weights": target.relative_to(place.home).as_posix()}
