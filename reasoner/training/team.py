"""Processes that train one student together: each takes its share of every batch, gradients are averaged.

All of them make the same student from the same seed and apply the same mean, so their weights stay equal without
being sent. They meet through a file and speak over loopback, so no port is open to the network.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import torch
from torch import distributed, nn

PATIENCE = timedelta(minutes=10)
"""How long one waits for the others at an update."""


@dataclass(frozen=True)
class Team:
    """This process's place among those that train together."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the one that reports, saves and examines."""
        return self.rank == 0

    def device_of(self, device: str) -> str:
        """The device of this process: of several on `cuda` each has its own GPU."""
        return f"cuda:{self.rank}" if device == "cuda" and self.size > 1 else device

    def mean_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Every process ends with the mean of all gradients. A stage has the same ones in every process."""
        if self.size == 1:
            return
        owned = [p for p in parameters if p.grad is not None]
        flat = torch.cat([p.grad.flatten() for p in owned if p.grad is not None])
        distributed.all_reduce(flat)
        for p, part in zip(owned, flat.div_(self.size).split([p.numel() for p in owned]), strict=True):
            p.grad = part.view_as(p)

    def any(self, flag: bool, device: str) -> bool:
        """Whether the flag is raised in any of the processes."""
        if self.size == 1:
            return flag
        raised = torch.tensor(int(flag), device=device)
        distributed.all_reduce(raised, distributed.ReduceOp.MAX)
        return bool(raised)


ALONE = Team()


def join_team(meeting: Path, *, rank: int, size: int, device: str) -> Team:
    """Meets the others; returns when all are there.

    Args:
        meeting: a file that is not there yet, the same for all.
        rank: 0 to size - 1, each once.
        size: how many there are.
        device: as the settings name it.
    """
    for library in ("GLOO", "NCCL"):
        os.environ.setdefault(f"{library}_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")
    team, cuda = Team(rank, size), device.startswith("cuda")
    if cuda:
        torch.cuda.set_device(team.device_of(device))
    distributed.init_process_group(
        "nccl" if cuda else "gloo",
        init_method=meeting.absolute().as_uri(),
        rank=rank,
        world_size=size,
        timeout=PATIENCE,
    )
    return team
