"""The parts that a shape asks for, fresh from the random state or around a pretrained model that is lent."""

from functools import partial

from reasoner.models.anchor import Anchor
from reasoner.models.backbone_encoders import BackboneQuestionEncoder, BackboneStepEncoder
from reasoner.models.backbones import BackboneReader, FrozenBackbone, TunedBackbone
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.language_decoder import LanguageDecoder
from reasoner.models.latent_variable import LatentVariable
from reasoner.models.lending import Lent
from reasoner.models.mlp_predictor import MlpPredictor
from reasoner.models.predictor import StepPredictor
from reasoner.models.pretrained import Pretrained
from reasoner.models.shape import Shape
from reasoner.models.speller import Speller
from reasoner.models.tokenizers import StepTokenizer
from reasoner.models.word_slots import WordSlotEncoder


def make_question_encoder(shape: Shape, lent: Lent) -> QuestionEncoder | BackboneQuestionEncoder:
    """From scratch, or on the question's backbone."""
    if not shape.question_backbone:
        return QuestionEncoder(
            shape.question_tokens,
            width=shape.width,
            heads=shape.heads,
            layers=shape.question_layers,
            sentence_words=shape.sentence_words,
            with_lines=shape.with_lines,
        )
    return BackboneQuestionEncoder(
        _backbone(shape, lent, lent.question), width=shape.width, heads=shape.heads, layers=shape.question_layers
    )


def make_step_encoder(shape: Shape, lent: Lent) -> StepEncoder | WordSlotEncoder | BackboneStepEncoder:
    """From scratch, with slots that begin as queries or as words, or on the step's backbone."""
    if not shape.step_backbone:
        return _fresh_step_encoder(shape)
    assert lent.step is not None, "a step backbone must be lent"
    return BackboneStepEncoder(
        _backbone(shape, lent, lent.step),
        reader=BackboneReader(lent.step.tokenizer, max_tokens=lent.step.positions),
        writes=step_tokenizer(shape),
        width=shape.width,
        heads=shape.step_heads,
        layers=shape.step_layers,
        slots=shape.slots,
    )


def _fresh_step_encoder(shape: Shape) -> StepEncoder | WordSlotEncoder:
    kind = StepEncoder
    if shape.slot_words:
        kind = partial(WordSlotEncoder, characters=not shape.step_words, least_first=shape.least_first)
    return kind(
        shape.step_tokens,
        width=shape.width,
        heads=shape.step_heads,
        layers=shape.step_layers,
        slots=shape.slots,
        max_tokens=shape.max_step_tokens,
    )


def make_predictor(shape: Shape) -> StepPredictor | MlpPredictor:
    """Of the kind that the shape names."""
    if shape.predictor == "mlp":
        return MlpPredictor(
            width=shape.width, layers=shape.predictor_layers, slots=shape.slots, max_steps=shape.max_steps
        )
    return StepPredictor(
        width=shape.width,
        heads=shape.heads,
        layers=shape.predictor_layers,
        slots=shape.slots,
        max_steps=shape.max_steps,
        passes=shape.predictor_passes,
    )


def make_decoder(shape: Shape, lent: Lent) -> StepDecoder | LanguageDecoder:
    """From scratch, or on a language model."""
    if not shape.decoder_backbone:
        return StepDecoder(
            shape.step_tokens,
            width=shape.width,
            heads=shape.step_heads,
            layers=shape.decoder_layers,
            slots=shape.slots,
            max_tokens=shape.max_step_tokens,
        )
    assert lent.decoder is not None, "a language model must be lent"
    return LanguageDecoder(
        shape.step_tokens,
        lent.decoder,
        width=shape.width,
        slots=shape.slots,
        max_tokens=shape.max_step_tokens,
        lora_rank=shape.lora_rank,
    )


def make_latent_variable(shape: Shape) -> LatentVariable | None:
    """None where the shape has no z."""
    size = shape.latent_variable
    return LatentVariable(width=shape.width, slots=shape.slots, size=size) if size else None


def make_speller(shape: Shape) -> Speller | None:
    """None where nobody asked for one."""
    if not shape.speller:
        return None
    return Speller(shape.step_tokens, width=shape.width, slots=shape.slots, max_tokens=shape.max_step_tokens)


def make_anchor(shape: Shape) -> Anchor | None:
    """None where nobody asked for one."""
    return Anchor(_fresh_step_encoder(shape), width=shape.width) if shape.anchor else None


def step_tokenizer(shape: Shape) -> StepTokenizer:
    """What a student of this shape writes with."""
    return StepTokenizer(
        least_first=shape.least_first, max_tokens=shape.max_step_tokens, words=shape.step_words, signs=shape.step_signs
    )


def _backbone(shape: Shape, lent: Lent, model: Pretrained | None) -> FrozenBackbone | TunedBackbone:
    assert model is not None, "a backbone must be lent"
    return TunedBackbone(model) if shape.tuned else FrozenBackbone(model, lent.cache_of(model.mark))
