import dataclasses
from pathlib import Path

import pytest
import torch
from student_maker import SHAPE, small_student, some_problems

from reasoner.errors import ConfigError, NotFoundError
from reasoner.models.batches import pad_questions
from reasoner.models.checkpoints import WEIGHTS, fingerprint, load_student, save_student
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.layers import Attention
from reasoner.models.shape import Shape
from reasoner.models.student import Student, new_student
from reasoner.storage.checkpoint_file import read_checkpoint

B, T = 3, 4


def test_predicted_slots_do_not_depend_on_their_own_or_later_steps() -> None:
    student = small_student()
    batch = pad_questions(student.reads.encode([p.question for p in some_problems(B)]))
    states = student.net.question_encoder(batch)
    steps = torch.randn(B, T, student.shape.slots, student.shape.width)
    changed = steps.clone()
    changed[:, 2:] = torch.randn_like(changed[:, 2:])
    with torch.no_grad():
        before = student.net.predictor(steps, states, batch.mask_BL)
        after = student.net.predictor(changed, states, batch.mask_BL)
    assert before.shape == (B, T + 1, student.shape.slots, student.shape.width)
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3:], after[:, 3:])


def test_a_state_does_not_depend_on_what_stands_beside_it_in_the_batch() -> None:
    student = small_student()
    questions = student.reads.encode([p.question for p in some_problems(8)])
    together = pad_questions(questions)
    alone = pad_questions(questions[:1])
    with torch.no_grad():
        many = student.net.question_encoder(together)[:1, : alone.tokens_BL.shape[1]]
        one = student.net.question_encoder(alone)
    torch.testing.assert_close(many, one, atol=1e-5, rtol=1e-4)


def test_numbers_of_different_value_have_different_states() -> None:
    student = small_student()
    batch = pad_questions(student.reads.encode(["Mia has 12 apples.", "Mia has 21 apples."]))
    with torch.no_grad():
        states = student.net.question_encoder(batch)
    assert not torch.allclose(states[0], states[1])


def test_slots_lie_on_the_unit_variance_manifold() -> None:
    student = small_student()
    tokens = torch.tensor([student.writes.encode("12+7=19")])
    slots = student.net.step_encoder(tokens)
    torch.testing.assert_close(slots.mean(-1), torch.zeros(1, 4), atol=1e-5, rtol=0)
    torch.testing.assert_close(slots.std(-1, unbiased=False), torch.ones(1, 4), atol=5e-3, rtol=0)


def test_the_target_encoder_moves_towards_the_step_encoder_and_has_no_gradient() -> None:
    net = small_student().net
    with torch.no_grad():
        net.step_encoder.project.weight.add_(1.0)
    gap = (net.step_encoder.project.weight - net.target_encoder.project.weight).abs().mean()
    net.follow(0.9)
    closer = (net.step_encoder.project.weight - net.target_encoder.project.weight).abs().mean()
    torch.testing.assert_close(closer, gap * 0.9)
    assert not any(name.startswith("target_encoder") for name, _ in net.trainable())


def test_equal_seeds_give_equal_fingerprints_and_others_do_not() -> None:
    assert fingerprint(small_student(1)) == fingerprint(small_student(1)) != fingerprint(small_student(2))


def test_making_a_student_leaves_the_global_random_state_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    small_student()
    assert torch.equal(torch.rand(1), expected)


def test_a_saved_student_comes_back_the_same(tmp_path: Path) -> None:
    student = small_student()
    mark = save_student(student, tmp_path / "one", about={"parent": ""})
    again = load_student(tmp_path / "one")
    assert fingerprint(again) == mark
    assert dataclasses.asdict(again.shape) == dataclasses.asdict(student.shape)


def test_a_changed_weight_file_is_refused(tmp_path: Path) -> None:
    save_student(small_student(1), tmp_path / "one", about={})
    save_student(small_student(2), tmp_path / "two", about={})
    (tmp_path / "two" / WEIGHTS).replace(tmp_path / "one" / WEIGHTS)
    with pytest.raises(NotFoundError, match="changed after it was saved"):
        load_student(tmp_path / "one")


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    save_student(small_student(), tmp_path / "one", about={})
    (tmp_path / "one" / WEIGHTS).unlink()
    with pytest.raises(NotFoundError, match=r"model\.safetensors"):
        load_student(tmp_path / "one")


RULES = ["Every bempus is a rumpus. Ann is a bempus. Every dulpus is a wimpus. Is Ann a rumpus or wimpus?"] * 3


def student_of_words() -> Student:
    settings = SHAPE.model_copy(update={"question_text": "sentences", "step_text": "words"})
    return new_student(settings, RULES, seed=0, steps=["bempus", "so: rumpus"])


def test_a_student_of_sentences_has_one_state_each_whatever_their_order() -> None:
    student = student_of_words()
    turned = "Ann is a bempus. Every dulpus is a wimpus. Every bempus is a rumpus. Is Ann a rumpus or wimpus?"
    batch = pad_questions(student.reads.encode([RULES[0], turned, "Ann is a bempus."]))
    with torch.no_grad():
        states = student.net.question_encoder(batch)
    assert states.shape == (3, 9, student.shape.width)
    assert batch.mask_BL.sum(dim=1).tolist() == [9, 9, 4]
    torch.testing.assert_close(states[0, [1, 2, 0, *range(3, 9)]], states[1], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(states[0, 0], states[0, 2], atol=1e-2)


def test_a_student_of_lines_tells_programs_apart_by_their_lines_alone_and_comes_back(tmp_path: Path) -> None:
    student = small_student(question_text="lines", one_space=True)
    inside, outside = "if a:\n    b\n    c\nWhat?", "if a:\n    b\nc\nWhat?"
    save_student(student, tmp_path / "one", about={})
    for one in (student, load_student(tmp_path / "one")):
        batch = pad_questions(one.reads.encode([inside, outside]))
        assert torch.equal(*batch.tokens_BL)
        with torch.no_grad():
            states = one.net.question_encoder(batch)
        assert not torch.allclose(*states, atol=1e-2)


def test_a_word_begins_with_one_embedding_wherever_it_is_read_or_written() -> None:
    student = student_of_words()
    (read,), written = student.reads.ids_of(["bempus"]), student.writes.encode("bempus")[0]
    net = student.net
    assert isinstance(net.step_encoder, StepEncoder)
    assert isinstance(net.question_encoder, QuestionEncoder)
    for weight in (net.step_encoder.token.weight, net.decoder.token.weight, net.decoder.head.weight):
        assert torch.equal(weight[written], net.question_encoder.token.weight[read])


def test_a_student_of_words_comes_back_the_same(tmp_path: Path) -> None:
    student = student_of_words()
    mark = save_student(student, tmp_path / "one", about={})
    again = load_student(tmp_path / "one")
    assert (fingerprint(again), again.shape) == (mark, student.shape)
    assert again.writes.decode(again.writes.encode("so: rumpus")) == "so: rumpus"
    assert again.reads.encode(RULES) == student.reads.encode(RULES)


def test_words_cannot_be_learnt_from_no_steps() -> None:
    with pytest.raises(ConfigError, match="step_text"):
        new_student(SHAPE.model_copy(update={"step_text": "words"}), RULES, seed=0)


def test_a_checkpoint_of_the_usual_student_says_nothing_of_sentences_or_words(tmp_path: Path) -> None:
    save_student(small_student(), tmp_path / "one", about={})
    assert not {"sentence_words", "step_words"} & read_checkpoint(tmp_path / "one").settings.keys()


def test_passes_refine_with_the_same_weights() -> None:
    once, twice = (
        new_student(SHAPE.model_copy(update={"predictor_passes": n}), [p.question for p in some_problems(B)], seed=0)
        for n in (1, 2)
    )
    assert once.parameters == twice.parameters
    batch = pad_questions(once.reads.encode([p.question for p in some_problems(B)]))
    with torch.no_grad():
        states = once.net.question_encoder(batch)
        steps = torch.randn(B, T, once.shape.slots, once.shape.width)
        assert not torch.allclose(
            once.net.predictor(steps, states, batch.mask_BL), twice.net.predictor(steps, states, batch.mask_BL)
        )


def test_normed_attention_sees_directions_only_and_older_students_keep_theirs() -> None:
    def answer(student: Student) -> torch.Tensor:
        batch = pad_questions(student.reads.encode([p.question for p in some_problems(B)]))
        with torch.no_grad():
            return student.net.question_encoder(batch)

    def with_larger_queries(student: Student) -> torch.Tensor:
        with torch.no_grad():
            for module in student.net.question_encoder.modules():
                if isinstance(module, Attention):
                    module.query.weight.mul_(3.0)
        return answer(student)

    normed, plain = (
        small_student(),
        new_student(SHAPE.model_copy(update={"attention_norm": False}), [p.question for p in some_problems(B)], seed=0),
    )
    torch.testing.assert_close(answer(normed), with_larger_queries(normed), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(answer(plain), with_larger_queries(plain), atol=1e-4)
    assert "attention_norm" not in plain.shape.to_dict()
    assert not Shape.from_dict(plain.shape.to_dict()).attention_norm
