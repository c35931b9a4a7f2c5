"""What keeps latents apart from one another. Shapes: N steps, K slots, D width."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

DIRECTIONS = 256
KNOTS = 17
LAST_KNOT = 3.0
TEMPERATURE = 0.1


def variance_hinge(slots_NKD: Tensor) -> Tensor:
    """VICReg (arXiv:2105.04906): how far the std of each slot dimension over the batch falls short of 1."""
    if slots_NKD.shape[0] < 2:
        return slots_NKD.new_zeros(())
    return F.relu(1 - slots_NKD.flatten(1).std(dim=0)).mean()


def covariance(slots_NKD: Tensor) -> Tensor:
    """VICReg: squared covariance between different dimensions of a slot, summed over pairs, per dimension."""
    N, K, D = slots_NKD.shape
    if N < 2:
        return slots_NKD.new_zeros(())
    centred_KND = (slots_NKD - slots_NKD.mean(dim=0)).transpose(0, 1)
    between_KDD = centred_KND.mT @ centred_KND / (N - 1)
    beside = between_KDD - torch.diag_embed(between_KDD.diagonal(dim1=1, dim2=2))
    return beside.square().sum() / (K * D)


def sigreg(slots_NKD: Tensor, *, noise: torch.Generator) -> Tensor:
    """LeJEPA's SIGReg (arXiv:2511.08544): Epps-Pulley distance of random projections from the standard normal.

    Args:
        slots_NKD: normalised slots. LayerNorm puts them on a sphere of radius sqrt(D), whose projections are near
            normal only if the directions are spread, which is what is asked for.
        noise: draws fresh directions.
    """
    N, D = slots_NKD.shape[0], slots_NKD.shape[-1]
    directions = torch.randn(D, DIRECTIONS, generator=noise).to(slots_NKD)
    projected_NKM = slots_NKD @ (directions / directions.norm(dim=0))
    knots_T = torch.linspace(0, LAST_KNOT, KNOTS, device=slots_NKD.device)
    normal_T = torch.exp(-knots_T.square() / 2)
    angles = projected_NKM[..., None] * knots_T
    gap = (angles.cos().mean(dim=0) - normal_T).square() + angles.sin().mean(dim=0).square()
    return torch.trapezoid(gap * normal_T, knots_T, dim=-1).mean() * N


def contrastive(predicted_NKD: Tensor, target_NKD: Tensor, which_N: Tensor) -> Tensor:
    """InfoNCE: each predicted step must find its target among the batch's; equal texts are not each other's negatives.

    Args:
        predicted_NKD: has a gradient.
        target_NKD: the targets, in the same order.
        which_N: equal numbers for equal texts.
    """
    predicted, target = (F.normalize(x.flatten(1), dim=-1) for x in (predicted_NKD, target_NKD))
    logits_NN = predicted @ target.mT / TEMPERATURE
    twin = (which_N[:, None] == which_N[None, :]) & ~torch.eye(len(which_N), dtype=torch.bool, device=which_N.device)
    return F.cross_entropy(logits_NN.masked_fill(twin, -math.inf), torch.arange(len(which_N), device=which_N.device))
