"""Lets all parts of a fresh student begin in one space, that of its words' embeddings.

Fresh maps are random: a step's slots, the question's tokens and the decoder's words begin in spaces that have nothing
to do with one another, and which direction of one is which direction of the other has to be learnt before anything can
be looked up or copied. Here every map that carries contents begins as the identity, and every query begins as the key
that it looks for: the slots of a step are its words' embeddings added up, a slot attends to tokens that share its
words and takes over their words, the decoder says the words that it finds. Everything is trained from there. ProsQA's
second hop, out of reach before, is learnt within a few hundred updates (docs/lab-book.md, entry 27).

Shapes: D width, W words of a sentence.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.layers import Attention, Block
from reasoner.models.predictor import StepPredictor
from reasoner.models.word_slots import WordSlotEncoder

EMBEDDING_SCALE = 4.0
"""On a fresh embedding's std of 0.05: what is read counts more than positions and queries, which say nothing yet."""
PLACE_SHARE = 0.3
"""Of the random map of a word's place in its sentence, beside the identity: enough to tell subject from object."""
POOLING, LOOKING, MIXING = 2.0, 0.5, 0.3
"""What step encoder, cross-attention and self-attention of the predictor add of what they have looked at."""


@torch.no_grad()
def begin_in_one_space(
    question_encoder: QuestionEncoder,
    step_encoders: Sequence[StepEncoder | WordSlotEncoder],
    predictor: StepPredictor,
    decoder: StepDecoder,
) -> None:
    """Changes fresh weights in place.

    Args:
        question_encoder: its words' embeddings are those of steps and decoder already.
        step_encoders: the online one and its target.
        predictor: of steps.
        decoder: of steps.
    """
    _read_words(question_encoder)
    for encoder in step_encoders:
        encoder.token.weight.mul_(EMBEDDING_SCALE)
        if isinstance(encoder, WordSlotEncoder) and encoder.digit is not None:
            encoder.digit.weight.mul_(EMBEDDING_SCALE)
        if isinstance(encoder, StepEncoder):
            for block in _blocks(encoder):
                _pool(block.attend_self)
        _identity(encoder.project.weight)
    for block in _blocks(predictor):
        _look(block.attend_self, MIXING)
        if block.attend_cross is not None:
            _look(block.attend_cross, LOOKING)
    if question_encoder.lines is not None:
        places = question_encoder.lines[1]
        assert isinstance(places, nn.Embedding)
        _share_places(places.weight[1:], step_encoders, predictor)
    _identity(predictor.project.weight)
    _identity(decoder.bridge.weight)
    decoder.token.weight.mul_(EMBEDDING_SCALE)
    decoder.head.weight.copy_(decoder.token.weight)


def _read_words(encoder: QuestionEncoder) -> None:
    """A sentence begins as the sum of its words, each a little turned by its place."""
    for table in (encoder.token, encoder.digit, *(encoder.lines or ())):
        assert isinstance(table, nn.Embedding)
        table.weight.mul_(EMBEDDING_SCALE)
    if encoder.sentence is not None:
        D = encoder.sentence.weight.shape[0]
        same = torch.eye(D).repeat(1, encoder.sentence.weight.shape[1] // D)
        encoder.sentence.weight.mul_(PLACE_SHARE).add_(same)


def _share_places(places_PD: Tensor, step_encoders: Sequence[StepEncoder | WordSlotEncoder], p: StepPredictor) -> None:
    """The k-th word of a step begins at the place of the k-th word of a line: `d=a-b` says `d=3-5=-2`."""
    tables = [p.slot.weight, *(e.position.weight for e in step_encoders if isinstance(e, WordSlotEncoder))]
    for table in tables:
        shared = min(len(table), len(places_PD))
        table[:shared] = places_PD[:shared]


def _pool(attention: Attention) -> None:
    """Attends to all alike and adds up what stands there."""
    attention.query.weight.mul_(0.1)
    _identity(_values(attention))
    _identity(attention.out.weight, POOLING)


def _look(attention: Attention, share: float) -> None:
    """Attends to what is like the query and adds a share of it."""
    D = attention.query.weight.shape[0]
    attention.key_value.weight[:D] = attention.query.weight
    _identity(_values(attention))
    _identity(attention.out.weight, share)


def _blocks(part: nn.Module) -> list[Block]:
    return [module for module in part.modules() if isinstance(module, Block)]


def _values(attention: Attention) -> Tensor:
    """The map of the values, [D, D]: keys stand before them."""
    return attention.key_value.weight[attention.query.weight.shape[0] :]


def _identity(weight_DD: Tensor, share: float = 1.0) -> None:
    nn.init.eye_(weight_DD).mul_(share)
