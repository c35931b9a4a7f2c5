"""The causal audit: latents are shuffled, zeroed, averaged and swapped on their way, and the answers must follow.

A reasoner whose answers stay right when its latents are another problem's does not reason in them. `predicted` latents
are altered before they are decoded; the `history` is altered before the next step sees it.

Shapes: N questions still at work, K slots, D width.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reasoner.evaluation.attempts import judge_all
from reasoner.evaluation.findings import accuracy, difference, number, share
from reasoner.types.diagnosis import Finding, Section
from reasoner.types.domain import Domain
from reasoner.types.problem import Attempt, Mode, Problem
from reasoner.types.tried import attempts_of

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from reasoner.types.student import Alter, Alterable, Solved


@dataclass
class Shuffle:
    """Each question goes on with the latents of another one of its batch; the same seed, the same exchange."""

    generator: "Generator"
    _before: "tuple[Tensor, list[int]] | None" = None

    def __call__(self, slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":  # noqa: ARG002 (an `Alter`)
        """Turns a random order by one place, so that nobody keeps their own.

        The last question at work, which has nobody to exchange with, takes a latent that another one had before.
        """
        import torch

        questions = questions_N.tolist()
        if len(questions) == 1:
            assert self._before is not None, "one question alone cannot be shuffled"
            slots, owners = self._before
            other = next(row for row, owner in enumerate(owners) if owner != questions[0])
            return slots[other : other + 1]
        self._before = (slots_NKD, questions)
        order = torch.randperm(len(questions), generator=self.generator)
        taken = torch.empty_like(order)
        taken[order] = order.roll(1)
        return slots_NKD[taken.to(slots_NKD.device)]


def zeros(slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":  # noqa: ARG001 (an `Alter`)
    """No latent at all."""
    return slots_NKD.new_zeros(slots_NKD.shape)


def batch_mean(slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":  # noqa: ARG001 (an `Alter`)
    """The mean latent of the batch, brought back to where latents lie."""
    from torch.nn.functional import layer_norm

    return layer_norm(slots_NKD.mean(dim=0, keepdim=True), slots_NKD.shape[-1:]).expand_as(slots_NKD)


@dataclass
class Record:
    """Changes nothing and keeps every latent by question and step."""

    kept: dict[tuple[int, int], "Tensor"] = field(default_factory=dict)

    def __call__(self, slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":
        """The same slots."""
        for row, question in enumerate(questions_N.tolist()):
            self.kept[question, step] = slots_NKD[row]
        return slots_NKD


@dataclass(frozen=True)
class Transplant:
    """Gives a question, at one step, the latent that another question had there."""

    kept: dict[tuple[int, int], "Tensor"]
    donor: dict[int, int]
    at: dict[int, int]
    """By question: the step, counted from 0."""

    def __call__(self, slots_NKD: "Tensor", *, step: int, questions_N: "Tensor") -> "Tensor":
        """The donors' slots where it is their step."""
        import torch

        chosen = [
            self.kept[self.donor[question], step] if self.at.get(question) == step else slots_NKD[row]
            for row, question in enumerate(questions_N.tolist())
        ]
        return torch.stack(chosen)


def causal_section(student: "Alterable", domain: Domain, problems: Sequence[Problem], *, seed: int) -> Section:
    """All interventions in both modes, with what chance would give."""
    began = time.monotonic()
    chance, commonest = chance_of_another(problems), chance_of_commonest(problems)
    rows = [
        number("chance: the answer of another problem as hard", chance, "share", len(problems)),
        number("chance: always the commonest answer", commonest, "share", len(problems)),
    ]
    for mode in ("talk", "think"):
        rows += _broken(student, domain, problems, mode, chance=chance, commonest=commonest, seed=seed)
        rows += _swapped(student, domain, problems, mode)
    return Section(name="causal", findings=tuple(rows), seconds=time.monotonic() - began)


def chance_of_another(problems: Sequence[Problem]) -> float:
    """Expected accuracy of giving the answer of a random other problem of the same difficulty."""
    groups: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        groups[problem.difficulty].append(problem.answer)
    right = 0.0
    for answers in groups.values():
        counts = Counter(answers)
        right += sum(c * (c - 1) for c in counts.values()) / max(1, len(answers) - 1)
    return right / len(problems)


def chance_of_commonest(problems: Sequence[Problem]) -> float:
    """Accuracy of always giving the answer that is commonest among these very problems."""
    return Counter(p.answer for p in problems).most_common(1)[0][1] / len(problems)


def _solve(student: "Alterable", problems: Sequence[Problem], mode: Mode, **alterations: "Alter") -> "list[Solved]":
    return student.solve_altered([p.question for p in problems], mode, **alterations)


def _broken(
    student: "Alterable",
    domain: Domain,
    problems: Sequence[Problem],
    mode: Mode,
    *,
    chance: float,
    commonest: float,
    seed: int,
) -> list[Finding]:
    """Accuracy as it is, and under each alteration, with the drop."""
    import torch

    def shuffle() -> Shuffle:
        return Shuffle(torch.Generator().manual_seed(seed))

    arms: list[tuple[str, dict[str, Alter], float]] = [
        ("latents shuffled", {"alter": shuffle()}, chance),
        ("latents zero", {"alter": zeros}, commonest),
        ("latents the batch's mean", {"alter": batch_mean}, commonest),
    ]
    plain = _attempts(domain, problems, _solve(student, problems, mode), mode)
    rows = [accuracy(f"{mode}: as it is", plain)]
    for name, alterations, against in arms:
        altered = _attempts(domain, problems, _solve(student, problems, mode, **alterations), mode)
        rows.append(accuracy(f"{mode}: {name}", altered, against=against, note=difference("", plain, altered).note))
    # Only problems of several steps have a history.
    longer = [i for i, p in enumerate(problems) if p.difficulty > 1]
    chosen = [problems[i] for i in longer]
    if chosen:
        solved = _solve(student, chosen, mode, alter_history=shuffle())
        altered, own = _attempts(domain, chosen, solved, mode), [plain[i] for i in longer]
        rows.append(accuracy(f"{mode}: as it is, 2 steps and more", own))
        note = difference("", own, altered).note
        rows.append(accuracy(f"{mode}: history shuffled, 2 steps and more", altered, against=chance, note=note))
    return rows


def _attempts(domain: Domain, problems: Sequence[Problem], solved: "Sequence[Solved]", mode: Mode) -> list[Attempt]:
    return attempts_of(judge_all(domain, problems, solved, mode))


def _swapped(student: "Alterable", domain: Domain, problems: Sequence[Problem], mode: Mode) -> list[Finding]:
    """Whose answer comes out when two problems exchange a latent."""
    record = Record()
    plain = _solve(student, problems, mode, alter=record)
    right = [a.correct for a in _attempts(domain, problems, plain, mode)]
    rows: list[Finding] = []
    donor = _pairs([i for i, ok in enumerate(right) if ok], lambda i: len(plain[i].steps), lambda i: problems[i].answer)
    last = {i: len(plain[i].steps) - 1 for i in donor}
    swapped = _solve(student, problems, mode, alter=Transplant(record.kept, donor, last))
    answers = {i: domain.answer_of(swapped[i].steps) if swapped[i].finished else "" for i in donor}
    owner = sum(answers[i] == problems[j].answer for i, j in donor.items())
    stayed = sum(answers[i] == problems[i].answer for i in donor)
    rows.append(share(f"{mode}: last latents swapped, the answer follows the latent", owner, len(donor)))
    rows.append(share(f"{mode}: last latents swapped, the answer stays the question's", stayed, len(donor)))
    rows += _carried(student, problems, mode, record, plain, right)
    return rows


def _carried(
    student: "Alterable",
    problems: Sequence[Problem],
    mode: Mode,
    record: Record,
    plain: "Sequence[Solved]",
    right: Sequence[bool],
) -> list[Finding]:
    """First latents are swapped where the second step uses the first one's result: does it use the new result?"""
    chained = [i for i, ok in enumerate(right) if ok and _uses(plain[i].steps, _result(plain[i].steps[0]))]
    donor = _pairs(chained, lambda i: len(plain[i].steps), lambda i: _result(plain[i].steps[0]))
    swapped = student.solve_altered(
        [p.question for p in problems], mode, alter=Transplant(record.kept, donor, dict.fromkeys(donor, 0))
    )
    new = sum(_uses(swapped[i].steps, _result(plain[j].steps[0])) for i, j in donor.items())
    old = sum(_uses(swapped[i].steps, _result(plain[i].steps[0])) for i in donor)
    by_chance = sum(_uses(plain[i].steps, _result(plain[j].steps[0])) for i, j in donor.items()) / max(1, len(donor))
    note = "against the share that uses it unswapped, by chance"
    name = f"{mode}: first latents swapped, step 2 uses the result in the latent"
    return [
        share(name, new, len(donor), against=by_chance, note=note),
        share(f"{mode}: first latents swapped, step 2 uses the question's own result", old, len(donor)),
    ]


def _pairs(items: Sequence[int], group: Callable[[int], object], value: Callable[[int], str]) -> dict[int, int]:
    """Partners within a group whose values differ; who finds none is left out."""
    waiting: dict[object, list[int]] = defaultdict(list)
    donor: dict[int, int] = {}
    for item in items:
        queue = waiting[group(item)]
        partner = next((other for other in queue if value(other) != value(item)), None)
        if partner is None:
            queue.append(item)
            continue
        queue.remove(partner)
        donor[item], donor[partner] = partner, item
    return donor


def _result(step: str) -> str:
    return step.rpartition("=")[2]


def _uses(steps: Sequence[str], value: str) -> bool:
    """Whether the second step reckons with a value."""
    if len(steps) < 2:
        return False
    left = steps[1].partition("=")[0]
    for sign in "+-*/":
        left = left.replace(sign, " ")
    return value in left.split()
