from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from student_maker import SHAPE, some_problems

from reasoner.errors import ConfigError
from reasoner.models.batches import pad_steps
from reasoner.models.checkpoints import fingerprint, load_student, save_student
from reasoner.models.encoders import QuestionEncoder
from reasoner.models.numbers import merge_digits
from reasoner.models.student import Student, new_student
from reasoner.models.tokenizers import FIRST_DIGIT, PLACES, STOP, StepTokenizer
from reasoner.models.word_slots import WordSlotEncoder

NUMBERS = st.integers(0, 10**9)


def worded_student() -> Student:
    settings = SHAPE.model_copy(update={"slot_words": True, "slots": 5})
    return new_student(settings, [p.question for p in some_problems(100)], seed=0)


def encoder_of(student: Student) -> WordSlotEncoder:
    assert isinstance(student.net.step_encoder, WordSlotEncoder)
    return student.net.step_encoder


def words(step: str) -> int:
    """How many slots a step fills, with its `STOP`."""
    return sum(c in "+=" for c in step) + 1 + sum(-(-len(n) // PLACES) for n in step.replace("=", "+").split("+"))


@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
@pytest.mark.parametrize("least_first", [True, False])
def test_merged_numbers_keep_every_digit_whatever_the_order_of_writing(
    rows: list[tuple[int, int]], *, least_first: bool
) -> None:
    steps = [f"{a}+{b}={a + b}" for a, b in rows]
    writes = StepTokenizer(least_first=least_first, max_tokens=40)
    merged = merge_digits(pad_steps([[writes.encode(s)] for s in steps])[:, 0], least_first=least_first)
    assert (merged.tokens_NM != 0).sum(dim=1).tolist() == [words(s) for s in steps]
    assert int((merged.tokens_NM == FIRST_DIGIT).sum()) == len(merged.digits_QP)
    read = ["".join(str(d - 1) for d in reversed(row) if d) for row in merged.digits_QP.tolist()]
    if least_first:  # numbers of more than six digits come in groups, the least significant first
        read = [r for r in read if r]
    short = [n for a, b in rows for n in (a, b, a + b)]
    if all(n < 10**PLACES for n in short):
        assert read == [str(n) for n in short]
    assert sorted("".join(read)) == sorted("".join(str(n) for n in short))


def test_a_step_without_numbers_is_merged_to_itself() -> None:
    merged = merge_digits(torch.tensor([[1, STOP, 0]]), least_first=True)
    assert merged.tokens_NM.tolist() == [[1, STOP]]
    assert merged.digits_QP.shape == (0, PLACES)


def test_slots_lie_on_the_manifold_and_do_not_depend_on_the_steps_beside_them() -> None:
    student = worded_student()
    alone, longer = student.writes.encode("12+7=19"), student.writes.encode("(12+7)*2-1=37")
    with torch.no_grad():
        one = encoder_of(student)(torch.tensor([alone]))
        both = encoder_of(student)(pad_steps([[alone], [longer]])[:, 0])
        finish = encoder_of(student)(torch.tensor([student.writes.finish]))
    assert one.shape == finish.shape == (1, 5, SHAPE.width)
    torch.testing.assert_close(both[:1], one, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(one.std(-1, unbiased=False), torch.ones(1, 5), atol=5e-3, rtol=0)


def test_words_after_the_last_slot_are_looked_at() -> None:
    student = worded_student()
    steps = [student.writes.encode(s) for s in ("1+2+3+4=10", "1+2+3+5=11")]
    with torch.no_grad():
        slots = encoder_of(student)(torch.tensor(steps[:1])), encoder_of(student)(torch.tensor(steps[1:]))
    assert not torch.allclose(slots[0], slots[1], atol=1e-3)


def test_a_digit_begins_with_one_embedding_in_question_and_step() -> None:
    net = worded_student().net
    assert isinstance(net.question_encoder, QuestionEncoder)
    for part in (net.step_encoder, net.target_encoder):
        assert isinstance(part, WordSlotEncoder)
        assert part.digit is not None
        assert torch.equal(part.digit.weight, net.question_encoder.digit.weight)


def test_slots_can_be_words_of_a_step_that_has_no_numbers() -> None:
    settings = SHAPE.model_copy(update={"slot_words": True, "step_text": "words"})
    student = new_student(settings, ["Every lorpus is a dax."], seed=0, steps=["dax: wug", "so: wug"])
    with torch.no_grad():
        one, two = (encoder_of(student)(torch.tensor([student.writes.encode(s)])) for s in ("dax: wug", "so: wug"))
    assert encoder_of(student).digit is None
    assert (one - two).abs().amax(dim=-1).argmax() == 0


def test_such_a_student_comes_back_the_same(tmp_path: Path) -> None:
    student = worded_student()
    mark = save_student(student, tmp_path / "one", about={})
    again = load_student(tmp_path / "one")
    assert (fingerprint(again), again.shape) == (mark, student.shape)
    assert isinstance(again.net.step_encoder, WordSlotEncoder)


def test_a_pretrained_step_encoder_has_no_words_to_lend() -> None:
    settings = SHAPE.model_copy(update={"slot_words": True, "step_encoder": "minilm"})
    with pytest.raises(ConfigError, match=r"student\.slot_words.*'minilm'.*expected 'scratch'"):
        new_student(settings, ["How many?"], seed=0)
