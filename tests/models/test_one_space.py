from functools import cache
from pathlib import Path

import pytest
import torch

from reasoner.config.loading import load_settings
from reasoner.data.sources import open_source
from reasoner.errors import ConfigError
from reasoner.models.batches import pad_questions
from reasoner.models.checkpoints import load_student, save_student
from reasoner.models.student import Student, new_student
from reasoner.types.problem import Problem


@cache
def students() -> tuple[Student, Student, list[Problem]]:
    """One that begins in one space, one that does not, and problems that neither has learnt from."""
    made = []
    for given in ("true", "false"):
        settings = load_settings("prosqa", [f"student.one_space={given}"], {}, None)
        problems = list(open_source(settings.model_copy(update={"seed": 0})).base_problems(120, 1))
        steps = (step for p in problems for step in p.steps)
        made.append(new_student(settings.student, [p.question for p in problems], seed=0, steps=steps))
    return made[0], made[1], problems[:60]


@torch.no_grad()
def likeliest(student: Student, slots_NKD: torch.Tensor, count: int) -> list[set[str]]:
    """The words that the decoder finds likeliest to come first."""
    words = student.writes.words
    first = [student.writes.encode(word)[0] for word in words]
    logits_NV, _ = student.net.decoder.begin(slots_NKD)
    return [{words[i] for i in row} for row in logits_NV[:, first].topk(count).indices.tolist()]


def test_before_any_training_a_step_is_the_words_that_the_decoder_finds_in_its_slots() -> None:
    one, fresh, problems = students()
    steps = list(dict.fromkeys(step for p in problems for step in p.steps if len(step.split()) == 2))
    found = []
    for student in (one, fresh):
        tokens_NL = torch.tensor([student.writes.encode(step) for step in steps])
        with torch.no_grad():
            said = likeliest(student, student.net.step_encoder(tokens_NL), 2)
        found.append(sum(len(s & set(step.split())) for s, step in zip(said, steps, strict=True)) / (2 * len(steps)))
    assert found[0] > 0.6
    assert found[1] < 0.2


def test_before_any_training_a_step_is_nearer_to_sentences_that_share_its_words() -> None:
    one, fresh, problems = students()
    asked = [p for p in problems if len(p.steps[0].split()) == 1]
    nearer = [nearness(student, asked) for student in (one, fresh)]
    assert nearer[0] > 0.05
    assert abs(nearer[1]) < 0.02


@torch.no_grad()
def nearness(student: Student, problems: list[Problem]) -> float:
    """Cosine of a first step's slots with sentences that hold its word, less that with other sentences."""
    batch = pad_questions(student.reads.encode([p.question for p in problems]))
    states_BLD = student.net.question_encoder(batch)
    tokens_NL = torch.tensor([student.writes.encode(p.steps[0]) for p in problems])
    slots_BKD = student.net.step_encoder(tokens_NL)
    cosine_BL = torch.cosine_similarity(slots_BKD[:, :, None], states_BLD[:, None], dim=-1).mean(dim=1)
    word_B = torch.tensor([student.reads.ids_of([p.steps[0]])[0] for p in problems])
    holds_BL = (batch.tokens_BL == word_B[:, None, None]).any(dim=-1)
    return float(cosine_BL[holds_BL].mean() - cosine_BL[~holds_BL & batch.mask_BL].mean())


def test_how_it_began_is_no_part_of_a_students_shape(tmp_path: Path) -> None:
    one, fresh, _ = students()
    assert one.shape == fresh.shape
    save_student(one, tmp_path / "one", about={})
    again = load_student(tmp_path / "one")
    assert torch.equal(again.net.predictor.project.weight, one.net.predictor.project.weight)
    assert again.shape == one.shape


@pytest.mark.parametrize(
    "other", ["student.predictor=mlp", "student.decoder=some-model", "student.step_encoder=minilm"]
)
def test_only_fresh_transformers_begin_so(other: str) -> None:
    with pytest.raises(ConfigError, match=r"student\.one_space"):
        load_settings("nano", ["student.one_space=true", other], {}, None)
