"""The student's network: encoders, step predictor and decoder composed.

Shapes: B problems, T steps, N real steps, K slots, D width, L tokens.
"""

import copy

import torch
from torch import Tensor, nn

from reasoner.models.anchor import Anchor
from reasoner.models.backbone_encoders import BackboneQuestionEncoder, BackboneStepEncoder
from reasoner.models.decoder import StepDecoder
from reasoner.models.encoders import QuestionEncoder, StepEncoder
from reasoner.models.language_decoder import LanguageDecoder
from reasoner.models.latent_variable import Informed, LatentVariable
from reasoner.models.layers import init_weights, norm_attention
from reasoner.models.lending import NOTHING_LENT, Lent
from reasoner.models.mlp_predictor import MlpPredictor
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
from reasoner.models.shape import Shape
from reasoner.models.speller import Speller
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


def pooled(states_BLD: Tensor, mask_BL: Tensor) -> Tensor:
    """One unit vector a question, [B, D]: the mean of its token states, for neighbourhoods and memory."""
    weight = mask_BL.to(states_BLD.dtype)[..., None]
    mean = (states_BLD * weight).sum(dim=1) / weight.sum(dim=1)
    return nn.functional.normalize(mean, dim=-1)


def pooled_slots(history_TKD: Tensor) -> Tensor:
    """One unit vector, [D], for a whole solution: the mean of its slots."""
    return nn.functional.normalize(history_TKD.flatten(0, 1).mean(dim=0), dim=-1)
