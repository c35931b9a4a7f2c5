"""The learned verifier: its labels, its network, its training, its calibration, and its files."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from shared_folder import shared_folder
from student_maker import some_problems
from trained_student import PROBLEMS, trained_student

from agents.practising import collect_claims
from agents.searching import search_all, search_one
from agents.verifying import Pupil, first_half, make_trained_verifier
from jobs.queue import run_job
from memory.locks import exclusive
from memory.store.database import open_database
from reasoner.config.settings import SearchSettings, VerifierSettings
from reasoner.data.generated_source import GeneratedSource
from reasoner.diagnostics.calibration import auc, calibration
from reasoner.domains.math.domain import MathDomain
from reasoner.errors import NotFoundError, TrainingFailed
from reasoner.evaluation.step_labels import end_is_right, step_is_right
from reasoner.models.checkpoints import fingerprint, save_student
from reasoner.models.verifier import StepVerifier
from reasoner.search.energy import REFUSED
from reasoner.search.fitting import fit_energy
from reasoner.search.trained_verifier import (
    ABOUT,
    CURRENT,
    WEIGHTS,
    TrainedVerifier,
    current_verifier,
    load_verifier,
    save_verifier,
)
from reasoner.students import Verifiable, new_verifier, step_model
from reasoner.students.latent.ways import refined
from reasoner.training.claims import JudgedClaims, lines_of
from reasoner.training.verifying import VerifierRecipe, all_logits, train_verifier
from reasoner.types.job import Job, JobSpec
from reasoner.types.step_model import required

pytestmark = pytest.mark.slow

DOMAIN = MathDomain()
SEARCH = SearchSettings(searcher="beam", width=2, candidates=6)
PRACTICE = list(GeneratedSource(PROBLEMS).base_problems(120, 5))


@pytest.fixture(scope="module")
def judged() -> JudgedClaims:
    path = shared_folder() / "claims.safetensors"
    with exclusive(shared_folder() / "claims.lock"):
        if not path.exists():
            collect_claims(trained_student(), DOMAIN, PRACTICE, SEARCH, seed=0).save(path)
    return JudgedClaims.load(path)


def _recipe(updates: int) -> VerifierRecipe:
    return VerifierRecipe(
        updates=updates, questions=16, claims=6, adam_rate=1e-3, muon_rate=0.014, seed=0, threads=1, warmup=5
    )


def _train(judged: JudgedClaims, folder: Path, *, updates: int, stop_after: int | None = None):
    student = trained_student()
    verifier = StepVerifier(student.net)
    asked = iter(range(10_000))
    train_verifier(
        verifier,
        student,
        student.reads.encode([p.question for p in PRACTICE]),
        judged,
        recipe=_recipe(updates),
        folder=folder,
        report=lambda *_: None,
        should_stop=lambda: stop_after is not None and next(asked) + 1 >= stop_after,
    )
    return verifier


def test_a_step_is_right_if_it_is_a_worked_step_that_is_still_missing() -> None:
    problem = next(p for p in some_problems(40, difficulties=(3,)) if len(set(p.steps)) == 3)
    one, two, three = problem.steps
    assert step_is_right(DOMAIN, problem, (), one)
    assert step_is_right(DOMAIN, problem, (one,), three), "in whatever order"
    assert not step_is_right(DOMAIN, problem, (one,), one), "once"
    assert end_is_right(DOMAIN, problem, problem.steps)
    assert not end_is_right(DOMAIN, problem, (one, two)) or two.endswith(f"={problem.answer}")


def test_a_sum_in_another_order_says_the_same_and_a_difference_does_not() -> None:
    problem = some_problems(1, difficulties=(1,))[0].model_copy(update={"steps": ("12+7=19",), "answer": "19"})
    assert step_is_right(DOMAIN, problem, (), "7+12=19")
    for step in ("12+7=20", "12+8=20", "12-7=5", "7+11=18", "19=12+7", "12+7"):
        assert not step_is_right(DOMAIN, problem, (), step)
    problem = problem.model_copy(update={"steps": ("12-7=5",), "answer": "5"})
    assert not step_is_right(DOMAIN, problem, (), "7-12=5")


def test_claims_are_the_students_own_and_judged_as_the_checker_judges(judged: JudgedClaims) -> None:
    student = trained_student()
    assert 0.05 < float(judged.right_M.mean()) < 0.95, "it is right and wrong at the same questions"
    assert (judged.question_M.diff() >= 0).all()
    for row in range(0, len(judged), 17):
        problem = PRACTICE[int(judged.question_M[row])]
        own = student.writes.decode(judged.tokens_MS[row].tolist())
        depth = int(judged.depth_M[row])
        before = tuple(student.writes.decode(ids) for ids in judged.before_MTS[row, :depth].tolist())
        if bool(judged.ends_M[row]):
            right = end_is_right(DOMAIN, problem, before)
        else:
            right = step_is_right(DOMAIN, problem, before, own)
        assert bool(judged.right_M[row]) == right
        assert (judged.before_MTS[row, depth:] == 0).all()


def test_every_claim_lies_on_one_line_of_right_steps(judged: JudgedClaims) -> None:
    lines = lines_of(judged)
    assert sorted(row for line in lines for row in line.rows) == list(range(len(judged)))
    for line in lines:
        for row in line.rows:
            depth = int(judged.depth_M[row])
            assert int(judged.question_M[row]) == line.question
            assert torch.equal(judged.before_MTS[row, :depth].long(), line.steps_TS[:depth])


def test_what_it_believes_does_not_hang_on_what_is_judged_beside(judged: JudgedClaims, tmp_path: Path) -> None:
    student, verifier = trained_student(), _train(judged, tmp_path, updates=6)
    encoded = student.reads.encode([p.question for p in PRACTICE])
    together = all_logits(verifier, student, encoded, judged)
    for rows in ([3], [40, 41, 42], list(range(60, 90, 3))):
        index = torch.tensor(rows)
        alone = all_logits(verifier, student, encoded, judged.take(index))
        assert torch.allclose(alone, together[index], atol=1e-4)


def test_training_teaches_it_and_can_be_stopped_and_gone_on_with(judged: JudgedClaims, tmp_path: Path) -> None:
    student = trained_student()
    encoded = student.reads.encode([p.question for p in PRACTICE])
    (tmp_path / "whole").mkdir()
    whole = _train(judged, tmp_path / "whole", updates=60)
    fresh = StepVerifier(student.net)
    right = judged.right_M.bool().numpy()
    before, after = (auc(all_logits(v, student, encoded, judged).numpy(), right) for v in (fresh, whole))
    assert before is not None
    assert after is not None
    assert after > before + 0.02

    (tmp_path / "parts").mkdir()
    with pytest.raises(KeyboardInterrupt):
        _train(judged, tmp_path / "parts", updates=60, stop_after=23)
    parts = _train(judged, tmp_path / "parts", updates=60)
    for name, tensor in parts.state_dict().items():
        assert torch.equal(tensor, whole.state_dict()[name]), name


def test_a_fitted_energy_gives_the_chances_that_made_the_labels() -> None:
    noise = torch.Generator().manual_seed(0)
    terms = {"belief": torch.randn(6000, generator=noise) * 2, "said": -torch.rand(6000, generator=noise) * 4}
    depth = torch.arange(6000) % 3
    ends = torch.zeros(6000, dtype=torch.bool)
    truth = (0.7 * terms["belief"] + 0.5 * terms["said"] + depth - 1).sigmoid()
    right = (torch.rand(6000, generator=noise) < truth).float()
    energy = fit_energy(terms, ("belief", "said"), ends_M=ends, depth_M=depth, right_M=right)
    for d in range(3):
        at = depth == d
        chance = energy({n: t[at] for n, t in terms.items()}, depth=d, ends_M=ends[at]).exp()
        assert (chance - truth[at]).abs().mean() < 0.03
    assert len(energy.weights) == 3
    assert torch.equal(energy(terms, depth=7, ends_M=ends), energy(terms, depth=2, ends_M=ends)), "the last for deeper"


def test_auc_and_calibration_error_are_what_their_definitions_count() -> None:
    score, right = np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, True, False, True])
    pairs = [(s > t) + 0.5 * (s == t) for s in score[right] for t in score[~right]]
    assert auc(score, right) == pytest.approx(np.mean(pairs))
    assert auc(score[:1], right[:1]) is None
    sure = calibration(np.array([0.95, 0.95, 0.05, 0.05]), np.array([True, True, False, True]))
    assert sure.error == pytest.approx(0.5 * 0.05 + 0.5 * 0.45)
    assert [b.n for b in sure.bins] == [2, 2]


@pytest.fixture(scope="module")
def made() -> tuple[Path, TrainedVerifier, list[JobSpec]]:
    """A verifier from practice pools by the whole way, its training in a child process, and the jobs of a second go."""
    home, filed = shared_folder() / "verified", list[JobSpec]()
    home.mkdir(exist_ok=True)
    database, student = open_database(home), trained_student()
    mark = fingerprint(student)

    def work(spec: JobSpec, on_progress: object) -> Job:
        filed.append(spec)
        return run_job(database, home, spec)

    settings = PROBLEMS.model_copy(update={"search": SEARCH, "verifier": VerifierSettings(updates=40, questions=16)})

    def make() -> TrainedVerifier:
        return make_trained_verifier(
            Pupil(student, mark, "checkpoints/tiny"),
            DOMAIN,
            PRACTICE,
            settings,
            home=home,
            threads=1,
            run_job=work,
            watch=lambda *_: None,
        )

    with exclusive(shared_folder() / "verified.lock"):
        if not (home / "checkpoints" / "tiny").exists():
            save_student(student, home / "checkpoints" / "tiny", about={})
        make()
        filed.clear()
        return home / "verifiers" / mark, make(), filed


def test_it_is_measured_on_structures_that_it_was_not_trained_on_and_made_once(
    made: tuple[Path, TrainedVerifier, list[JobSpec]],
) -> None:
    folder, verifier, filed = made
    assert not filed, "the same work again answers from what is there"
    about = verifier.about
    assert about["problems"] + about["held_out"] == len({p.question for p in PRACTICE})
    assert 0 < about["held_out"] < about["problems"]
    for measured in (about["belief"], about["energy"]["plain"], about["energy"]["symbolic"]):
        assert 0.5 < measured["all"]["auc"] <= 1
        assert 0 <= measured["all"]["error"] <= 1
        assert sum(d["n"] for d in measured["by_depth"].values()) == measured["all"]["n"]
    assert about["energy"]["plain"]["all"]["error"] < about["belief"]["all"]["error"], "fitting calibrates"
    assert sorted(p.name for p in folder.iterdir()) == sorted([about["work"], CURRENT])
    assert [p for p in folder.parent.iterdir() if p.is_dir()] == [folder], "unfinished work is cleared away"


def test_other_work_makes_another_and_either_can_be_had_again(
    made: tuple[Path, TrainedVerifier, list[JobSpec]], tmp_path: Path
) -> None:
    student, home = trained_student(), tmp_path / "home"
    home.mkdir()
    database, mark = open_database(home), fingerprint(student)
    save_student(student, home / "checkpoints" / "tiny", about={})

    def make(updates: int, *, proposes: bool = True) -> TrainedVerifier:
        search = SEARCH.model_copy(update={"verifier_proposes": proposes, "recall": 3})
        return make_trained_verifier(
            Pupil(student, mark, "checkpoints/tiny"),
            DOMAIN,
            PRACTICE[:40],
            PROBLEMS.model_copy(update={"search": search, "verifier": VerifierSettings(updates=updates, questions=8)}),
            home=home,
            threads=1,
            run_job=lambda spec, _: run_job(database, home, spec),
            watch=lambda *_: None,
        )

    first, second = make(2), make(4)
    assert first.about["work"] != second.about["work"]
    for updates, expected in ((2, first), (4, second)):
        assert make(updates).judging == expected.judging
        assert current_verifier(home, mark) == home / "verifiers" / mark / expected.about["work"]
    judging = make(2, proposes=False)
    assert judging.about["work"] != first.about["work"]
    claims = [made.about["energy"]["plain"]["all"]["n"] for made in (first, judging)]
    assert claims[0] != claims[1], "what it proposes is among the claims that its energy is fitted on"
    shutil.rmtree(home / "verifiers")
    again = make(2)
    assert again.judging == first.judging, "the job's weights are still there, the rest is made again"
    with pytest.raises(TrainingFailed, match="practice problems to learn from"):
        make_trained_verifier(
            Pupil(student, mark, "checkpoints/tiny"),
            DOMAIN,
            PRACTICE[:1],
            PROBLEMS.model_copy(update={"search": SEARCH}),
            home=home,
            threads=1,
            run_job=lambda spec, _: run_job(database, home, spec),
            watch=lambda *_: None,
        )


def test_a_search_is_judged_by_it_unless_told_not_to(made: tuple[Path, TrainedVerifier, list[JobSpec]]) -> None:
    verifier, student, question = made[1], trained_student(), PRACTICE[0].question
    seen = search_one(student, DOMAIN, question, SEARCH, seed=0, verifier=verifier)
    for round_ in seen.rounds:
        for one in round_.candidates:
            assert "belief" in one.terms
            assert one.gain <= 0
    without = SEARCH.model_copy(update={"verifier": False})
    plain = search_one(student, DOMAIN, question, without, seed=0, verifier=verifier)
    assert plain == search_one(student, DOMAIN, question, without, seed=0)
    assert all("belief" not in c.terms for r in plain.rounds for c in r.candidates)


def test_it_says_what_it_expects_in_its_own_words_unless_told_only_to_judge(
    made: tuple[Path, TrainedVerifier, list[JobSpec]],
) -> None:
    verifier, student = made[1], trained_student()
    by_itself = required(step_model(student, "a search"), Verifiable, "a verifier").alone(verifier.net)
    alone = search_all(by_itself, DOMAIN, [p.question for p in PRACTICE[:12]], SearchSettings(), seed=0)
    differs = 0
    for problem, own in zip(PRACTICE[:12], alone, strict=True):
        seen = search_one(student, DOMAIN, problem.question, SEARCH, seed=0, verifier=verifier)
        first = {c.text for c in seen.rounds[0].candidates}
        assert own.solved.steps[0] in first
        differs += any(c.origin == "verifier" for r in seen.rounds for c in r.candidates)
        judging = SEARCH.model_copy(update={"verifier_proposes": False})
        judged = search_one(student, DOMAIN, problem.question, judging, seed=0, verifier=verifier)
        assert all(c.origin != "verifier" for r in judged.rounds for c in r.candidates)
    assert differs, "a verifier that says nothing of its own shows nothing here"


def test_refining_goes_towards_what_the_verifier_expects_and_is_checked_by_the_student(
    made: tuple[Path, TrainedVerifier, list[JobSpec]],
) -> None:
    verifier, student = made[1], trained_student()
    refining = SEARCH.model_copy(update={"refine": 3, "width": 3, "verifier_proposes": False})
    seen = [search_one(student, DOMAIN, p.question, refining, seed=0, verifier=verifier) for p in PRACTICE[:12]]
    candidates = [c for one in seen for r in one.rounds for c in r.candidates]
    assert {"clean", "refine"} <= {c.origin for c in candidates}
    for one in candidates:
        if one.origin != "refine":
            assert not one.refined_from
        elif "does not mean" in one.why:
            assert one.gain <= REFUSED + 1e-3
    for one in seen:
        for r in one.rounds:
            assert sum(c.found for c in r.candidates) <= refining.width * refining.candidates
    alone = search_one(student, DOMAIN, PRACTICE[0].question, refining, seed=0)
    assert all(c.origin != "refine" for r in alone.rounds for c in r.candidates), "nothing to refine towards"

    clean, expected = torch.randn(2, 5, 4, 8, generator=torch.Generator().manual_seed(0))
    away = [(clean - expected).square().mean()]
    for steps in (1, 2, 4):
        moved = refined(clean, expected, steps)
        assert torch.allclose(moved.mean(dim=-1), torch.zeros(5, 4), atol=1e-5), "on the manifold"
        away.append((moved - torch.nn.functional.layer_norm(expected, (8,))).square().mean())
    assert away == sorted(away, reverse=True)


def test_when_the_seconds_are_spent_nothing_is_proposed_or_refined(
    made: tuple[Path, TrainedVerifier, list[JobSpec]],
) -> None:
    late = SEARCH.model_copy(update={"refine": 3, "seconds": 1e-9})
    for problem in PRACTICE[:4]:
        seen = search_one(trained_student(), DOMAIN, problem.question, late, seed=0, verifier=made[1])
        assert {c.origin for r in seen.rounds for c in r.candidates} == {"clean"}


def test_twins_are_judged_and_fitted_on_one_side_and_neither_side_is_empty() -> None:
    halves = first_half(["b2", "a0", "b2", "c4"]).tolist()
    assert halves[0] == halves[2]
    assert set(halves) == {True, False}


def test_no_margin_can_be_so_wide_that_greedy_gives_way_to_nothing(
    made: tuple[Path, TrainedVerifier, list[JobSpec]],
) -> None:
    student, questions = trained_student(), [p.question for p in PRACTICE[:20]]
    wide = SEARCH.model_copy(update={"margin": 1000.0})
    for one in search_all(student, DOMAIN, questions, wide, seed=0, verifier=made[1]):
        chosen = one.solutions[one.chosen]
        assert chosen.greedy or not next(s for s in one.solutions if s.greedy).finished


def test_its_files_come_back_whole_and_are_bound_to_their_student(
    made: tuple[Path, TrainedVerifier, list[JobSpec]], tmp_path: Path
) -> None:
    verifier, student = made[1], trained_student()
    folder = tmp_path / "kept"
    save_verifier(verifier, folder)
    back = load_verifier(folder, new_verifier(student), fingerprint=fingerprint(student))
    assert back.judging == verifier.judging
    assert back.about == json.loads(json.dumps(verifier.about))
    for name, tensor in back.net.state_dict().items():
        assert torch.equal(tensor, verifier.net.state_dict()[name])
    with pytest.raises(NotFoundError, match="not of other"):
        load_verifier(folder, new_verifier(student), fingerprint="other")
    with pytest.raises(NotFoundError, match="holds no verifier"):
        load_verifier(tmp_path / "nowhere", new_verifier(student), fingerprint=fingerprint(student))
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-1] + b"x")
    with pytest.raises(NotFoundError, match="was changed"):
        load_verifier(folder, new_verifier(student), fingerprint=fingerprint(student))
    assert (folder / ABOUT).is_file()
