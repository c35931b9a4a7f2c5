"""A verifier for a student: attempts at practice problems, a training job, and what is fitted on problems held out.

Held-out problems share no structure with those that the verifier is trained on. On them its chances are calibrated
(`reasoner.search.fitting`), measured, and the margin is found by which a search must win before greedy's answer gives
way.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from agents.practising import collect_claims
from agents.searching import chosen_anew, search_all
from memory.locks import exclusive
from reasoner.config.settings import SearchSettings, Settings
from reasoner.diagnostics.calibration import calibration
from reasoner.errors import NotFoundError, TrainingFailed
from reasoner.evaluation.attempts import judge_all
from reasoner.search.energy import FittedEnergy
from reasoner.search.fitting import fit_energy
from reasoner.search.trained_verifier import (
    Judging,
    TrainedVerifier,
    kind_of,
    load_verifier,
    make_current,
    save_verifier,
    verifier_folder,
)
from reasoner.storage.tensor_files import load_tensors
from reasoner.storage.writing import write_json
from reasoner.students import Verifiable, new_verifier, step_model
from reasoner.training.claims import JudgedClaims
from reasoner.training.feed import derive
from reasoner.training.verifying import VerifierRecipe
from reasoner.types.domain import Domain
from reasoner.types.job import Job, JobSpec
from reasoner.types.problem import Problem
from reasoner.types.step_model import BELIEF, HOLDS, ROUND_TRIP, SAID, required
from reasoner.types.student import Student

TRAINING, HELD, QUESTIONS = "training.safetensors", "held.safetensors", "questions.json"
HELD_OUT = 0.2
"""Share of the structures that the verifier is not trained on."""
MARGIN_PROBLEMS = 400
"""Held-out problems that the margin is found on."""
MARGINS = (0.0, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Nats that are tried."""

RunJob = Callable[[JobSpec, Callable[[float, str], None]], Job]
Watch = Callable[[str, int, int], None]
"""What is being done, how much of it, of how much."""


@dataclass(frozen=True)
class Pupil:
    """The student that a verifier is for, and where it lies."""

    student: Student
    fingerprint: str
    folder: str
    """Of its checkpoint, below the home unless it lies elsewhere."""


def make_trained_verifier(
    pupil: Pupil,
    domain: Domain,
    problems: Sequence[Problem],
    settings: Settings,
    *,
    home: Path,
    threads: int,
    run_job: RunJob,
    watch: Watch,
) -> TrainedVerifier:
    """The student's verifier, from `home/verifiers` if the same one has been made before; goes on after a crash.

    Args:
        pupil: the student.
        domain: judges.
        problems: of the practice pool, none of any other.
        settings: `verifier`, `search` and `seed` count.
        home: its folder.
        threads: of the training job.
        run_job: runs it.
        watch: told how far it is.
    """
    unique = list({p.question: p for p in problems}.values())
    bench = _Bench(pupil, domain, settings, home, _recipe(settings, len(unique), threads), watch)
    work = bench.work(unique)
    target = verifier_folder(home, pupil.fingerprint, work.name)
    # Another process that means the same work waits, and finds it done.
    with exclusive(home / "verifiers" / f"{work.name}.lock"):
        made = _known(target, pupil)
        if made is None:
            made = bench.made(unique, work, run_job)
            save_verifier(made, target)
        else:
            make_current(target)
        shutil.rmtree(work, ignore_errors=True)
    return made


@dataclass(frozen=True)
class _Bench:
    """What all parts of the work share."""

    pupil: Pupil
    domain: Domain
    settings: Settings
    home: Path
    recipe: VerifierRecipe
    watch: Watch

    def work(self, problems: Sequence[Problem]) -> Path:
        """The folder of the unfinished work; its name stands for everything that decides the outcome."""
        search = self.settings.search
        decides = {
            "student": self.pupil.fingerprint,
            "problems": [p.id for p in problems],
            "recipe": asdict(self.recipe),
            "search": [self.settings.verifier.candidates, search.noise, search.temperature],
            "margin": [search.width, search.candidates, search.refine, search.verifier_proposes],
        }
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        return self.home / "verifiers" / f"work-{digest[:16]}"

    def made(self, problems: Sequence[Problem], work: Path, run_job: RunJob) -> TrainedVerifier:
        """All of the work."""
        training, held = self._divided(problems)
        work.mkdir(parents=True, exist_ok=True)
        write_json(work / QUESTIONS, {"questions": [p.question for p in training]})
        self._collected(training, work / TRAINING, "training")
        below = work.relative_to(self.home).as_posix()
        payload = {
            "student": self.pupil.folder,
            "claims": f"{below}/{TRAINING}",
            "questions": f"{below}/{QUESTIONS}",
            "recipe": asdict(self.recipe),
            "threads": self.recipe.threads,
        }
        spec = JobSpec(key=f"verifier/{work.name}", kind="verifier", payload=payload)
        job = run_job(spec, lambda share, note: self.watch(note, round(share * 100), 100))
        net = new_verifier(self.pupil.student)
        net.load_state_dict(load_tensors(self.home / job.result["weights"]))
        net.eval()
        # Chances hold for what is proposed: the verifier's own proposals are among those that its energy is fitted on.
        proposes = net if self.settings.search.verifier_proposes else None
        claims = self._collected(held, work / HELD, "held-out", verifier=proposes)
        about = {
            "work": work.name,
            "problems": len(training),
            "held_out": len(held),
            "updates": self.recipe.updates,
            "seconds": round(job.seconds, 3),
        }
        return self.fitted(net, held, claims, about)

    def _divided(self, problems: Sequence[Problem]) -> tuple[list[Problem], list[Problem]]:
        """Those to be trained on, and those held out."""
        training = [p for p in problems if not _is_held_out(p)]
        held = [p for p in problems if _is_held_out(p)]
        if not training or not held:
            raise TrainingFailed(
                f"a verifier needs practice problems to learn from and others to be judged on: given {len(problems)}, "
                f"{len(held)} of them held out; raise data.practice_size or verifier.pools"
            )
        return training, held

    def _search(self, **changed: Any) -> SearchSettings:
        """How practice is searched: by the clock nothing could be made twice alike, nor by what is remembered."""
        return self.settings.search.model_copy(update={"seconds": None, "recall": 0, **changed})

    def _collected(
        self, problems: Sequence[Problem], path: Path, name: str, *, verifier: Module | None = None
    ) -> JudgedClaims:
        """Judged claims of some problems, from their file if it is there."""
        if not path.is_file():
            collect_claims(
                self.pupil.student,
                self.domain,
                problems,
                self._search(candidates=self.settings.verifier.candidates),
                seed=derive(self.recipe.seed, "claims", name),
                verifier=verifier,
                on_progress=lambda done, total: self.watch(f"attempts, {name} problems", done, total),
            ).save(path)
        return JudgedClaims.load(path)

    def fitted(
        self, net: Module, problems: Sequence[Problem], held: JudgedClaims, about: Mapping[str, Any]
    ) -> TrainedVerifier:
        """Energies, their measured quality, and margins, all from the held-out problems and claims."""
        terms = {
            BELIEF: _beliefs(self.pupil.student, net, problems, held),
            SAID: held.said_M,
            ROUND_TRIP: held.round_trip_M,
            HOLDS: held.holds_M,
        }
        even_M = first_half([p.structure for p in problems])[held.question_M]
        energies = {symbolic: _fit(terms, held, symbolic=symbolic) for symbolic in (False, True)}
        made = TrainedVerifier(
            net=net,
            student=self.pupil.fingerprint,
            judging={s: Judging(energy, 0.0) for s, energy in energies.items()},
            about={
                **about,
                "belief": measured(terms[BELIEF], held),
                "energy": {kind_of(symbolic=s): cross_fitted(terms, held, even_M, symbolic=s) for s in energies},
            },
        )
        margins = {s: self._margin(made, problems[:MARGIN_PROBLEMS], symbolic=s) for s in energies}
        return replace(made, judging={s: Judging(j.energy, margins[s]) for s, j in made.judging.items()})

    def _margin(self, made: TrainedVerifier, problems: Sequence[Problem], *, symbolic: bool) -> float:
        """The margin that solves most of the held-out problems by beam search; of equal ones the largest."""
        wide = {"searcher": "beam", "symbolic": symbolic, "choose": "best", "verifier": True, "margin": MARGINS[-1]}
        settings = self._search(**wide)
        found = search_all(
            self.pupil.student,
            self.domain,
            [p.question for p in problems],
            settings,
            seed=derive(self.recipe.seed, "margin"),
            verifier=made,
            on_progress=lambda done, total: self.watch("margin", done, total),
        )

        def solved(margin: float) -> int:
            way = settings.model_copy(update={"margin": margin})
            chosen = [chosen_anew(f, way, self.domain).solved for f in found]
            return sum(one.attempt.correct for one in judge_all(self.domain, problems, chosen, "talk"))

        return max(MARGINS, key=lambda margin: (solved(margin), margin))


def _beliefs(student: Student, net: Module, problems: Sequence[Problem], held: JudgedClaims) -> Tensor:
    """Logits of a verifier for the claims of problems, [M]."""
    use = "a verifier"
    judged = required(step_model(student, use), Verifiable, use).with_verifier(net)
    return required(judged, Verifiable, use).beliefs([p.question for p in problems], held)


def first_half(structures: Sequence[str]) -> Tensor:
    """Which problems stand in the first of two halves: twins in one, or the other would judge what it was fitted on."""
    place = {structure: i for i, structure in enumerate(sorted(set(structures)))}
    return torch.tensor([place[structure] % 2 == 0 for structure in structures])


def measured(belief_M: Tensor, held: JudgedClaims) -> dict[str, Any]:
    """How well the verifier alone ranks and how true its chances are, over all steps and by steps before."""
    chance, right, depth = belief_M.sigmoid().numpy(), held.right_M.bool().numpy(), held.depth_M.numpy()
    by_depth = {str(d): calibration(chance[depth == d], right[depth == d]).to_dict() for d in sorted(set(depth))}
    return {"all": calibration(chance, right).to_dict(), "by_depth": by_depth}


def cross_fitted(terms: Mapping[str, Tensor], held: JudgedClaims, even_M: Tensor, *, symbolic: bool) -> dict[str, Any]:
    """The same of an energy, each half of the held-out claims judged by an energy fitted on the other half."""
    chance = torch.zeros(len(held))
    for half in (even_M, ~even_M):
        energy = _fit({n: t[~half] for n, t in terms.items()}, held.take((~half).nonzero()[:, 0]), symbolic=symbolic)
        chance[half] = _chances(energy, {n: t[half] for n, t in terms.items()}, held.take(half.nonzero()[:, 0]))
    return measured(chance.logit(eps=1e-6), held)


def _fit(terms: Mapping[str, Tensor], held: JudgedClaims, *, symbolic: bool) -> FittedEnergy:
    names = (BELIEF, SAID, ROUND_TRIP, *((HOLDS,) if symbolic else ()))
    return fit_energy(terms, names, ends_M=held.ends_M, depth_M=held.depth_M, right_M=held.right_M)


def _chances(energy: FittedEnergy, terms: Mapping[str, Tensor], held: JudgedClaims) -> Tensor:
    chance = torch.zeros(len(held))
    for depth in held.depth_M.unique().tolist():
        at = held.depth_M == depth
        chance[at] = energy({n: t[at] for n, t in terms.items()}, depth=depth, ends_M=held.ends_M[at]).exp()
    return chance


def _known(target: Path, pupil: Pupil) -> TrainedVerifier | None:
    """The verifier that the same work has made before; one whose files were changed is made again."""
    try:
        return load_verifier(target, new_verifier(pupil.student), fingerprint=pupil.fingerprint)
    except NotFoundError:
        return None


def _recipe(settings: Settings, problems: int, threads: int) -> VerifierRecipe:
    asked = settings.verifier
    most = round(asked.epochs * problems * (1 - HELD_OUT) / asked.questions)
    updates = max(1, min(asked.updates, most))
    return VerifierRecipe(
        updates=updates,
        questions=asked.questions,
        claims=asked.claims,
        adam_rate=asked.learning_rate,
        muon_rate=asked.muon_rate,
        seed=derive(settings.seed, "verifier"),
        threads=threads,
        warmup=max(1, min(40, updates // 5)),
    )


def _is_held_out(problem: Problem) -> bool:
    digest = hashlib.sha256(f"verifier {problem.structure}".encode()).digest()
    return digest[0] < HELD_OUT * 256
