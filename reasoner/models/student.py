"""The latent student: its network with the tokenizers that it was made with.

Shapes: B problems, T steps, N real steps, K slots, D width, L tokens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from reasoner.config.settings import SCRATCH, StudentSettings
from reasoner.errors import ConfigError
from reasoner.models.backbones import BackboneReader
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.greedy import embed_questions, leave, solve, solve_aloud
from reasoner.models.lending import NOTHING_LENT, Lent, lend
from reasoner.models.network import LatentReasoner, build_net
from reasoner.models.one_space import begin_in_one_space
from reasoner.models.predictor import StepPredictor
from reasoner.models.round_trip import decoded, round_trips
from reasoner.models.shape import SENTENCE_WORDS, Shape, shape_of
from reasoner.models.tokenizers import QuestionTokenizer, StepTokenizer, signs_of, words_of
from reasoner.models.word_slots import WordSlotEncoder
from reasoner.types.problem import Mode
from reasoner.types.student import Alter, Solved, Thoughts


@dataclass(frozen=True)
class Tokenizers:
    """All that turns problems into token ids; can be sent to another process, unlike a student on a GPU."""

    reads: QuestionTokenizer | BackboneReader
    writes: StepTokenizer
    max_steps: int
    """Of a solution, the finishing one included."""


@dataclass(frozen=True)
class Student:
    """A network with the tokenizers it was made with."""

    net: LatentReasoner
    shape: Shape
    reads: QuestionTokenizer | BackboneReader
    writes: StepTokenizer
    lent: Lent = NOTHING_LENT

    @property
    def kind(self) -> str:
        """Its name in `reasoner.students`."""
        return "latent"

    @property
    def modes(self) -> tuple[Mode, ...]:
        """It re-reads its own words, or goes on from its latents."""
        return ("talk", "think")

    def solve(self, questions: Sequence[str], mode: Mode = "talk") -> list[Solved]:
        """See `greedy.solve`."""
        return solve(self, questions, mode)

    def solve_aloud(self, questions: Sequence[str], mode: Mode) -> tuple[list[Solved], Thoughts]:
        """See `greedy.solve_aloud`."""
        return solve_aloud(self, questions, mode)

    def embed(self, questions: Sequence[str]) -> np.ndarray:
        """See `greedy.embed_questions`."""
        return embed_questions(self, questions).numpy()

    def cuts(self, questions: Sequence[str]) -> Sequence[bool]:
        """Whether each question loses its beginning: the end is read."""
        return self.reads.too_long(questions)

    def unread(self, question: str) -> Sequence[str]:
        """Words of which the tokenizer of questions knows no letter."""
        return self.reads.unknown(question)

    def solve_altered(
        self, questions: Sequence[str], mode: Mode, *, alter: Alter | None = None, alter_history: Alter | None = None
    ) -> list[Solved]:
        """See `greedy.solve`."""
        return solve(self, questions, mode, alter=alter or leave, alter_history=alter_history or leave)

    def can_write(self, step: str) -> bool:
        """Whether it has the signs and the room for a step."""
        return self.writes.fits(step)

    def round_trips(self, steps: Sequence[str]) -> Sequence[bool]:
        """See `round_trip.round_trips`."""
        return round_trips(self, steps)

    def decode_latents(self, latents_NKD: np.ndarray) -> list[str]:
        """See `round_trip.decoded`."""
        return decoded(self, torch.from_numpy(latents_NKD))

    @property
    def tokenizers(self) -> Tokenizers:
        """What of it is needed to encode problems."""
        return Tokenizers(self.reads, self.writes, self.shape.max_steps)

    @property
    def parameters(self) -> int:
        """Number of trainable weights."""
        return sum(p.numel() for _, p in self.net.trainable())


def new_student(
    settings: StudentSettings,
    questions: list[str],
    *,
    seed: int,
    steps: Iterable[str] = (),
    cache: Path | None = None,
) -> Student:
    """A student with fresh weights and vocabularies learnt from `questions` and `steps`.

    Args:
        settings: its shape, and the pretrained models it stands on.
        questions: a pretrained question encoder has a vocabulary of its own and needs none.
        seed: of the weights.
        steps: worked steps.
        cache: `cache/backbone` of a home, for the states of frozen models; None keeps them in memory.

    Raises:
        ConfigError: it is to write words and there are no steps to learn them from, a model is not here, or its slots
            are to be words of a pretrained step encoder.
    """
    if settings.slot_words and settings.step_encoder != SCRATCH:
        raise ConfigError(
            f"student.slot_words=true with student.step_encoder={settings.step_encoder!r}: expected {SCRATCH!r}, since "
            "a pretrained encoder has words of its own; set one of the two"
        )
    lent = lend(settings, cache=cache)
    reads = _reader(settings, questions, lent)
    words = words_of(steps) if settings.step_text == "words" else ()
    signs = signs_of(steps) if settings.step_text == "characters" else ""
    if settings.step_text == "words" and not words:
        raise ConfigError("student.step_text: given 'words', but no training step has any; expected worked problems")
    writes = StepTokenizer(
        least_first=settings.digits == "least_first", max_tokens=settings.max_step_tokens, words=words, signs=signs
    )
    shape = shape_of(
        settings,
        question_tokens=len(reads),
        step_tokens=len(writes),
        step_words=words,
        step_signs=signs,
        marks=lent.marks,
    )
    student = Student(net=build_net(shape, seed=seed, lent=lent), shape=shape, reads=reads, writes=writes, lent=lent)
    _share_embeddings(student)
    if settings.one_space:
        _begin_in_one_space(student.net)
    return student


@torch.no_grad()
def _share_embeddings(student: Student) -> None:
    """Lets each word, and each digit of a whole number, begin with one embedding wherever it is read or written.

    Otherwise every one has to be learnt anew at each of these places before anything can be copied.
    """
    net, writes = student.net, student.writes
    if not isinstance(net.question_encoder, QuestionEncoder):
        return
    words = writes.words or tuple(sign for sign in writes.signs if not sign.isspace())
    ids = [writes.encode(word)[0] for word in words]
    vectors = net.question_encoder.token.weight[student.reads.ids_of(words)]
    for part in (net.step_encoder, net.target_encoder):
        if isinstance(part, StepEncoder | WordSlotEncoder):
            part.token.weight[ids] = vectors
        if isinstance(part, WordSlotEncoder) and part.digit is not None:
            part.digit.weight.copy_(net.question_encoder.digit.weight)
    if isinstance(net.decoder, StepDecoder):
        net.decoder.token.weight[ids] = net.decoder.head.weight[ids] = vectors


def _begin_in_one_space(net: LatentReasoner) -> None:
    steps = [s for s in (net.step_encoder, net.target_encoder) if isinstance(s, StepEncoder | WordSlotEncoder)]
    assert isinstance(net.question_encoder, QuestionEncoder), "settings allow no other"
    assert isinstance(net.predictor, StepPredictor), "settings allow no other"
    assert isinstance(net.decoder, StepDecoder), "settings allow no other"
    begin_in_one_space(net.question_encoder, steps, net.predictor, net.decoder)


def _reader(settings: StudentSettings, questions: list[str], lent: Lent) -> QuestionTokenizer | BackboneReader:
    if lent.question is not None:
        most = min(settings.max_question_tokens, lent.question.positions)
        return BackboneReader(lent.question.tokenizer, max_tokens=most)
    return QuestionTokenizer.learn(
        questions,
        vocabulary=settings.question_vocabulary,
        max_tokens=settings.max_question_tokens,
        sentence_words=SENTENCE_WORDS if settings.question_text == "sentences" else 0,
        with_lines=settings.question_text == "lines",
    )
