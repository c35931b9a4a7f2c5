"""The student: encoders, step predictor and decoder composed, with its tokenizers.

Shapes: B problems, T steps, N real steps, K slots, D width, L tokens.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from reasoner.config.settings import SCRATCH, StudentSettings
from reasoner.errors import ConfigError
from reasoner.models.anchor import Anchor
from reasoner.models.backbone_encoders import BackboneQuestionEncoder, BackboneStepEncoder
from reasoner.models.backbones import BackboneReader
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.language_decoder import LanguageDecoder
from reasoner.models.latent_variable import Informed, LatentVariable
from reasoner.models.layers import init_weights, norm_attention
from reasoner.models.lending import NOTHING_LENT, Lent, lend
from reasoner.models.mlp_predictor import MlpPredictor
from reasoner.models.one_space import begin_in_one_space
from reasoner.models.parts import (
    make_anchor,
    make_decoder,
    make_latent_variable,
    make_predictor,
    make_question_encoder,
    make_speller,
    make_step_encoder,
)
from reasoner.models.predictor import StepPredictor
from reasoner.models.shape import SENTENCE_WORDS, Shape, shape_of
from reasoner.models.speller import Speller
from reasoner.models.tokenizers import QuestionTokenizer, StepTokenizer, signs_of, words_of
from reasoner.models.word_slots import WordSlotEncoder


class LatentReasoner(nn.Module):
    """The network. `target_encoder` follows `step_encoder` as an exponential moving average and is never trained."""

    def __init__(
        self,
        *,
        question_encoder: QuestionEncoder | BackboneQuestionEncoder,
        step_encoder: StepEncoder | WordSlotEncoder | BackboneStepEncoder,
        predictor: StepPredictor | MlpPredictor,
        decoder: StepDecoder | LanguageDecoder,
        latent: LatentVariable | None = None,
        speller: Speller | None = None,
        anchor: Anchor | None = None,
    ) -> None:
        super().__init__()
        self.question_encoder = question_encoder
        self.step_encoder = step_encoder
        self.predictor = predictor
        self.decoder = decoder
        self.latent = latent
        self.speller = speller
        self.anchor = anchor
        for part in (question_encoder, step_encoder, predictor, decoder, latent, speller, anchor):
            if part is not None:
                init_weights(part)
        self.target_encoder = copy.deepcopy(step_encoder).requires_grad_(False)

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """Moves the target encoder towards the step encoder; `momentum` in [0, 1] is the share that stays."""
        pairs = zip(self.target_encoder.parameters(), self.step_encoder.parameters(), strict=True)
        for target, online in pairs:
            target.lerp_(online, 1.0 - momentum)

    def informed(self, predicted_NKD: Tensor, target_NKD: Tensor, *, noise: torch.Generator) -> Informed:
        """The predicted slots under a z that has seen the target, for training; unchanged where there is no z."""
        if self.latent is None:
            return Informed(predicted_NKD, predicted_NKD.new_zeros(()))
        return self.latent(predicted_NKD, target_NKD, noise=noise)

    def trainable(self) -> list[tuple[str, nn.Parameter]]:
        """Named parameters that gradients may change."""
        return [(name, p) for name, p in self.named_parameters() if p.requires_grad]


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
    def tokenizers(self) -> Tokenizers:
        """What of it is needed to encode problems."""
        return Tokenizers(self.reads, self.writes, self.shape.max_steps)

    @property
    def parameters(self) -> int:
        """Number of trainable weights."""
        return sum(p.numel() for _, p in self.net.trainable())


def build_net(shape: Shape, *, seed: int, lent: Lent = NOTHING_LENT) -> LatentReasoner:
    """A fresh network around what is lent to it; the same seed gives the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = LatentReasoner(
            question_encoder=make_question_encoder(shape, lent),
            step_encoder=make_step_encoder(shape, lent),
            predictor=make_predictor(shape),
            decoder=make_decoder(shape, lent),
            latent=make_latent_variable(shape),
            speller=make_speller(shape),
            anchor=make_anchor(shape),
        )
    if shape.attention_norm:
        norm_attention(net)
    return net


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
    )


def pooled(states_BLD: Tensor, mask_BL: Tensor) -> Tensor:
    """One unit vector a question, [B, D]: the mean of its token states, for neighbourhoods and memory."""
    weight = mask_BL.to(states_BLD.dtype)[..., None]
    mean = (states_BLD * weight).sum(dim=1) / weight.sum(dim=1)
    return nn.functional.normalize(mean, dim=-1)


def pooled_slots(history_TKD: Tensor) -> Tensor:
    """One unit vector, [D], for a whole solution: the mean of its slots."""
    return nn.functional.normalize(history_TKD.flatten(0, 1).mean(dim=0), dim=-1)
