from problem_settings import of_problems
from student_maker import small_student

from reasoner.domains.math.domain import MathDomain
from reasoner.evaluation.out_of_distribution import draw, kinds, largest, out_of_distribution_section

SETTINGS = of_problems(difficulties=(1, 2), max_number=20)
DOMAIN = MathDomain()


def test_each_kind_is_unlike_the_training_problems_in_its_own_way() -> None:
    found = {kind.name: draw(DOMAIN, kind, n=24, seed=0) for kind in kinds(SETTINGS, DOMAIN, longest=10)}
    usual = found.pop("as in training, freshly drawn")
    assert all(largest(p) <= 20 and p.difficulty <= 2 for p in usual)
    assert {p.difficulty for p in found.pop("more steps: 3")} == {3}
    assert {p.difficulty for p in found.pop("more steps: 4")} == {4}
    assert all(20 < largest(p) <= 40 for p in found.pop("larger numbers: 21 to 40 in a step"))
    wordings = [{p.provenance.parameters["wording"] for p in problems} for problems in found.values()]
    assert wordings == [{"new_words"}, {"new_sentences"}, {"new"}]
    assert all(len({p.question for p in problems}) == 24 for problems in found.values())


def test_the_same_seed_draws_the_same_problems() -> None:
    kind = kinds(SETTINGS, DOMAIN, longest=10)[0]
    assert draw(DOMAIN, kind, n=5, seed=1) == draw(DOMAIN, kind, n=5, seed=1)
    assert draw(DOMAIN, kind, n=5, seed=1) != draw(DOMAIN, kind, n=5, seed=2)


def test_what_the_student_cannot_think_or_the_domain_cannot_draw_is_not_asked() -> None:
    names = [kind.name for kind in kinds(SETTINGS, DOMAIN, longest=4)]
    assert "more steps: 3" in names
    assert "more steps: 4" not in names
    longest = of_problems(difficulties=(8,), max_number=999)
    assert not [k for k in kinds(longest, DOMAIN, longest=20) if k.name.startswith(("more", "larger"))]


def test_both_modes_have_a_row_for_every_kind() -> None:
    student = small_student()
    student.net.eval()
    longest = student.shape.max_steps
    section = out_of_distribution_section(student, DOMAIN, SETTINGS, longest=longest, n=4, seed=0)
    assert len(section.findings) == 2 * len(kinds(SETTINGS, DOMAIN, longest=longest))
    assert all(f.n == 4 and f.ci95 is not None for f in section.findings)
