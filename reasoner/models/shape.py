"""What fixes the size of every tensor of a student, and which parts it is made of. Plain JSON in a checkpoint."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from reasoner.config.settings import SCRATCH, StudentSettings

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
    with_lines: bool = False
    """Whether each token says where in its line it stands."""
    step_words: tuple[str, ...] = ()
    """Words that a step is written with; empty for characters."""
    step_signs: str = ""
    """Characters that a step is written with beside those of arithmetic."""
    predictor: str = "transformer"
    speller: bool = False
    slot_words: bool = False
    anchor: bool = False
    attention_norm: bool = False
    """False for students from before there was one."""
    predictor_passes: int = 1
    latent_variable: int = 0
    """Numbers of z; 0 where there is none."""
    question_backbone: str = ""
    """Name of the pretrained question encoder; empty where it is trained from scratch. So for the next two."""
    step_backbone: str = ""
    decoder_backbone: str = ""
    question_mark: str = ""
    """Mark of that model as it was loaded (`reasoner.models.pretrained`). So for the next two."""
    step_mark: str = ""
    decoder_mark: str = ""
    tuned: bool = False
    """Whether pretrained encoders are trained, and so stored."""
    lora_rank: int = 0

    def to_dict(self) -> dict[str, object]:
        """Plain JSON. Later fields are left out at their defaults, so that older fingerprints stay true."""
        plain = asdict(self) | {"step_words": list(self.step_words)}
        unset = {field.name for field in fields(self) if getattr(self, field.name) == field.default}
        return {k: v for k, v in plain.items() if k not in unset}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Shape":
        """The shape that `to_dict` told."""
        return cls(**{**plain, "step_words": tuple(plain.get("step_words", ()))})


def shape_of(
    settings: StudentSettings,
    *,
    question_tokens: int,
    step_tokens: int,
    step_words: tuple[str, ...] = (),
    step_signs: str = "",
    marks: tuple[str, str, str] = ("", "", ""),
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
        with_lines=settings.question_text == "lines",
        step_words=step_words,
        step_signs=step_signs,
        predictor=settings.predictor,
        speller=settings.speller,
        slot_words=settings.slot_words,
        anchor=settings.anchor,
        attention_norm=settings.attention_norm,
        predictor_passes=settings.predictor_passes,
        latent_variable=settings.latent_variable,
        question_backbone=_name(settings.question_encoder),
        step_backbone=_name(settings.step_encoder),
        decoder_backbone=_name(settings.decoder),
        question_mark=marks[0],
        step_mark=marks[1],
        decoder_mark=marks[2],
        tuned=settings.backbone_training == "tuned",
        lora_rank=settings.lora_rank,
    )


def _name(given: str) -> str:
    return "" if given == SCRATCH else given
