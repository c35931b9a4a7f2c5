from pathlib import Path

import torch
from student_maker import small_student, some_problems

from reasoner.diagnostics.latents import collect
from reasoner.diagnostics.plots import plot_diagnosis
from reasoner.diagnostics.references import guesses
from reasoner.diagnostics.spectrum import spectrum
from reasoner.models.round_trip import decoded, encoded, round_trips
from reasoner.types.diagnosis import Finding, Section


def test_latents_stand_beside_their_steps() -> None:
    student = small_student()
    student.net.eval()
    problems = some_problems(40)
    latents = collect(student, problems)
    assert len(latents.texts) == sum(len(p.steps) for p in problems)
    torch.testing.assert_close(latents.encoded_NKD, encoded(student, latents.texts), atol=1e-5, rtol=1e-4)
    first = latents.place_N == 0
    assert int(first.sum()) == len(problems)
    assert not latents.previous_NKD[first].any()
    assert latents.only(first).texts == tuple(t for t, f in zip(latents.texts, first.tolist(), strict=True) if f)


def test_the_step_before_is_the_step_before() -> None:
    student = small_student()
    student.net.eval()
    latents = collect(student, some_problems(30))
    for row in (latents.place_N > 0).nonzero()[:, 0].tolist():
        torch.testing.assert_close(latents.previous_NKD[row], latents.target_NKD[row - 1])


def test_a_prediction_does_not_hang_on_its_own_step() -> None:
    student = small_student()
    student.net.eval()
    (problem,) = some_problems(1, difficulties=(2,))
    other = problem.model_copy(update={"steps": (problem.steps[0], "1+1=2")})
    ours, theirs = (collect(student, [p]).predicted_NKD for p in (problem, other))
    torch.testing.assert_close(ours, theirs)


def test_an_untrained_student_does_not_bring_steps_back() -> None:
    student = small_student()
    student.net.eval()
    assert not any(round_trips(student, ["1+2=3", "4 + 5 = 9"]))
    assert round_trips(student, []) == []
    assert len(decoded(student, torch.randn(3, 4, 32))) == 3


def test_a_flat_space_has_no_std_and_rank_one_at_most() -> None:
    flat = spectrum(torch.ones(50, 2, 8))
    assert flat.std == flat.smallest_std == 0
    line = spectrum(torch.randn(50, 1, 1) * torch.randn(1, 1, 8))
    assert line.rank_K[0] < 1.01


def test_the_mean_is_the_best_of_the_guesses_that_know_nothing() -> None:
    student = small_student()
    student.net.eval()
    latents = collect(student, some_problems(80))
    later = latents.only(latents.place_N > 0)
    by_name = {g.name: g for g in guesses(later, latents, seed=0)}
    assert by_name["mean of training steps"].smooth_l1 < by_name["copy of the step before"].smooth_l1


def test_pictures_are_drawn_even_where_nothing_was_measured(tmp_path: Path) -> None:
    curves = {
        f"{kind}/{what}/1": (0.5, 0.3) for kind in ("encoded", "target", "predicted") for what in ("values", "std")
    }
    empty = Finding(name="a row of nothing", value=0, unit="share", n=0, ci95=(0, 1))
    sections = [
        Section(name="spectrum", findings=(), curves=curves, seconds=0),
        Section(name="modes", findings=(empty,), seconds=0),
    ]
    drawn = plot_diagnosis(tmp_path / "new", sections)
    assert [path.name for path in drawn] == ["spectrum.png", "std.png", "accuracy.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
