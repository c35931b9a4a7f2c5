"""The student: encoders, step predictor and decoder composed, with its tokenizers.

Shapes: B problems, T steps, N real steps, K slots, D width, L tokens.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from reasoner.config.settings import StudentSettings
from reasoner.errors import ConfigError
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.layers import init_weights
from reasoner.models.predictor import StepPredictor
from reasoner.models.tokenizers import QuestionTokenizer, StepTokenizer, words_of

SENTENCE_WORDS = 8
"""Words of a sentence token; longer sentences become several."""


@dataclass(frozen=True)
class Shape:
    """What fixes the size of every tensor of a student."""

    width: int
    heads: int
    step_heads: int
    slots: int
    question_layers: int
    step_layers: int
    predictor_layers: int
    decoder_layers: int
    max_steps: int
    max_step_tokens: int
    max_question_tokens: int
    question_tokens: int
    step_tokens: int
    least_first: bool
    sentence_words: int = 0
    """Words of a sentence that is one token of the question; 0 where each word is its own."""
    step_words: tuple[str, ...] = ()
    """Words that a step is written with; empty for characters."""

    def to_dict(self) -> dict[str, object]:
        """Plain JSON. Later fields are left out at their defaults, so that older fingerprints stay true."""
        plain = asdict(self) | {"step_words": list(self.step_words)}
        return {k: v for k, v in plain.items() if v or k not in ("sentence_words", "step_words")}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Shape":
        """The shape that `to_dict` told."""
        return cls(**{**plain, "step_words": tuple(plain.get("step_words", ()))})


class LatentReasoner(nn.Module):
    """The network. `target_encoder` follows `step_encoder` as an exponential moving average and is never trained."""

    def __init__(
        self,
        *,
        question_encoder: QuestionEncoder,
        step_encoder: StepEncoder,
        predictor: StepPredictor,
        decoder: StepDecoder,
    ) -> None:
        super().__init__()
        self.question_encoder = question_encoder
        self.step_encoder = step_encoder
        self.predictor = predictor
        self.decoder = decoder
        for part in (question_encoder, step_encoder, predictor, decoder):
            init_weights(part)
        self.target_encoder = copy.deepcopy(step_encoder).requires_grad_(False)

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """Moves the target encoder towards the step encoder; `momentum` in [0, 1] is the share that stays."""
        pairs = zip(self.target_encoder.parameters(), self.step_encoder.parameters(), strict=True)
        for target, online in pairs:
            target.lerp_(online, 1.0 - momentum)

    def trainable(self) -> list[tuple[str, nn.Parameter]]:
        """Named parameters that gradients may change."""
        return [(name, p) for name, p in self.named_parameters() if p.requires_grad]


@dataclass(frozen=True)
class Student:
    """A network with the tokenizers it was made with."""

    net: LatentReasoner
    shape: Shape
    reads: QuestionTokenizer
    writes: StepTokenizer

    @property
    def parameters(self) -> int:
        """Number of trainable weights."""
        return sum(p.numel() for _, p in self.net.trainable())


def shape_of(
    settings: StudentSettings, *, question_tokens: int, step_tokens: int, step_words: tuple[str, ...] = ()
) -> Shape:
    """The shape that settings ask for, once the vocabularies are known."""
    return Shape(
        width=settings.width,
        heads=settings.heads,
        step_heads=settings.step_heads,
        slots=settings.slots,
        question_layers=settings.question_layers,
        step_layers=settings.step_layers,
        predictor_layers=settings.predictor_layers,
        decoder_layers=settings.decoder_layers,
        max_steps=settings.max_steps,
        max_step_tokens=settings.max_step_tokens,
        max_question_tokens=settings.max_question_tokens,
        question_tokens=question_tokens,
        step_tokens=step_tokens,
        least_first=settings.digits == "least_first",
        sentence_words=SENTENCE_WORDS if settings.question_text == "sentences" else 0,
        step_words=step_words,
    )


def build_net(shape: Shape, *, seed: int) -> LatentReasoner:
    """A fresh network; the same seed gives the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LatentReasoner(
            question_encoder=QuestionEncoder(
                shape.question_tokens,
                width=shape.width,
                heads=shape.heads,
                layers=shape.question_layers,
                sentence_words=shape.sentence_words,
            ),
            step_encoder=StepEncoder(
                shape.step_tokens,
                width=shape.width,
                heads=shape.step_heads,
                layers=shape.step_layers,
                slots=shape.slots,
                max_tokens=shape.max_step_tokens,
            ),
            predictor=StepPredictor(
                width=shape.width,
                heads=shape.heads,
                layers=shape.predictor_layers,
                slots=shape.slots,
                max_steps=shape.max_steps,
            ),
            decoder=StepDecoder(
                shape.step_tokens,
                width=shape.width,
                heads=shape.step_heads,
                layers=shape.decoder_layers,
                slots=shape.slots,
                max_tokens=shape.max_step_tokens,
            ),
        )


def new_student(settings: StudentSettings, questions: list[str], *, seed: int, steps: Iterable[str] = ()) -> Student:
    """A student with fresh weights and a vocabulary learnt from `questions`, and from `steps` if it writes words.

    Raises:
        ConfigError: it is to write words and there are no steps to learn them from.
    """
    by_sentence = settings.question_text == "sentences"
    reads = QuestionTokenizer.learn(
        questions,
        vocabulary=settings.question_vocabulary,
        max_tokens=settings.max_question_tokens,
        sentence_words=SENTENCE_WORDS if by_sentence else 0,
    )
    words = words_of(steps) if settings.step_text == "words" else ()
    if settings.step_text == "words" and not words:
        raise ConfigError("student.step_text: given 'words', but no training step has any; expected worked problems")
    writes = StepTokenizer(
        least_first=settings.digits == "least_first", max_tokens=settings.max_step_tokens, words=words
    )
    shape = shape_of(settings, question_tokens=len(reads), step_tokens=len(writes), step_words=words)
    student = Student(net=build_net(shape, seed=seed), shape=shape, reads=reads, writes=writes)
    if words:
        _share_words(student)
    return student


@torch.no_grad()
def _share_words(student: Student) -> None:
    """Lets each word begin with one embedding, read in the question, read in a step or written.

    Otherwise every word of the vocabulary has to be learnt anew at each of these places before anything can be copied.
    """
    net, writes = student.net, student.writes
    ids = [writes.encode(word)[0] for word in writes.words]
    vectors = net.question_encoder.token.weight[student.reads.ids_of(writes.words)]
    for weight in (
        net.step_encoder.token.weight,
        net.target_encoder.token.weight,
        net.decoder.token.weight,
        net.decoder.head.weight,
    ):
        weight[ids] = vectors


def pooled(states_BLD: Tensor, mask_BL: Tensor) -> Tensor:
    """One unit vector a question, [B, D]: the mean of its token states, for neighbourhoods and memory."""
    weight = mask_BL.to(states_BLD.dtype)[..., None]
    mean = (states_BLD * weight).sum(dim=1) / weight.sum(dim=1)
    return nn.functional.normalize(mean, dim=-1)
