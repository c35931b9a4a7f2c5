"""How likely given texts are after rows of tokens: each row is read once, whatever the number of texts after it.

The texts after a row share what the model remembers of it (its cache), so that seventy labels cost one reading and
seventy short ones. Shapes: B rows, L tokens, P texts, T tokens of a text, V vocabulary.
"""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from reasoner.errors import ConfigError
from reasoner.models.causal import CausalModel, takes

Text = tuple[int, ...]
Said = tuple[float, ...]
"""Natural log-probability of each token of a text."""


def weigh_rows(model: CausalModel, rows: Sequence[Sequence[int]], texts: Sequence[Sequence[Text]]) -> list[list[Said]]:
    """What each token of each text is believed after its row and the tokens before it.

    Args:
        model: that reads.
        rows: token ids, at least one each.
        texts: of each row, of two tokens or more each.

    Raises:
        ConfigError: the model remembers what it has read in a way of its own, which cannot be shared.
    """
    order = sorted(range(len(rows)), key=lambda i: (-len(rows[i]), i))
    found: dict[int, list[Said]] = {}
    for start in range(0, len(order), model.batch):
        chosen = order[start : start + model.batch]
        said = _together(model, [rows[i] for i in chosen], [texts[i] for i in chosen])
        found.update(zip(chosen, said, strict=True))
    return [found[i] for i in range(len(rows))]


@torch.inference_mode()
def _together(model: CausalModel, rows: Sequence[Sequence[int]], texts: Sequence[Sequence[Text]]) -> list[list[Said]]:
    """Of rows that are read side by side."""
    ids_BL, mask_BL = model.padded(rows, left=True)
    how = {"logits_to_keep": 1} if takes(model.network, "logits_to_keep") else {}
    read = model.network(input_ids=ids_BL, use_cache=True, **_places(model, mask_BL, ids_BL.shape[1]), **how)
    if not hasattr(read.get("past_key_values"), "batch_select_indices"):
        raise ConfigError(
            f"the model {model.name!r} has no cache that several answers could share; set language.answer_by=write"
        )
    first_BV = read.logits[:, -1]
    # Texts of like length side by side, long ones first.
    every = [(b, k) for b, of in enumerate(texts) for k in range(len(of))]
    every.sort(key=lambda one: (-len(texts[one[0]][one[1]]), one))
    found: dict[tuple[int, int], Said] = {}
    while every:
        size = model.fitting(len(texts[every[0][0]][every[0][1]]))
        some, every = every[:size], every[size:]
        of_P = torch.tensor([b for b, _ in some], device=mask_BL.device)
        chosen = [texts[b][k] for b, k in some]
        said = _after(model, read.past_key_values, first_BV[of_P], mask_BL[of_P], of_P, chosen)
        found.update(zip(some, said, strict=True))
    return [[found[b, k] for k in range(len(of))] for b, of in enumerate(texts)]


def _after(
    model: CausalModel, cache: Any, first_PV: Tensor, mask_PL: Tensor, of_P: Tensor, texts: Sequence[Text]
) -> list[Said]:
    """Of texts after what was read; each token but the first is believed by the one before, so the last is not read."""
    ids_PT, mask_PT = model.padded([text[:-1] for text in texts], left=False)
    shared = copy.deepcopy(cache)
    shared.batch_select_indices(of_P)
    mask = torch.cat([mask_PL, mask_PT], dim=1)
    logits_PTV = model.network(
        input_ids=ids_PT, past_key_values=shared, use_cache=True, **_places(model, mask, ids_PT.shape[1])
    ).logits
    log_PTV = torch.log_softmax(torch.cat([first_PV[:, None], logits_PTV], dim=1).float(), dim=-1)
    next_PT, _ = model.padded(texts, left=False)
    said_PT = log_PTV.gather(2, next_PT[..., None])[..., 0].tolist()
    return [tuple(said[: len(text)]) for said, text in zip(said_PT, texts, strict=True)]


def _places(model: CausalModel, mask: Tensor, last: int) -> dict[str, Tensor]:
    """The mask, and where it counts the places of the last so many tokens: padding on the left has none."""
    if not takes(model.network, "position_ids"):
        return {"attention_mask": mask}
    return {"attention_mask": mask, "position_ids": (mask.cumsum(1) - 1).clamp(min=0)[:, -last:]}
