"""Processes that train one student together: each takes its share of every batch, gradients are averaged.

All of them make the same student from the same seed and apply the same mean, so their weights stay equal without
being sent. They meet through a file and speak over loopback, so no port is open to the network. Gradients of CPUs pass
through memory that they share, which is quicker than loopback (docs/lab-book.md, entry 29).
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import torch
from torch import Tensor, distributed, nn

from reasoner.errors import TrainingFailed

PATIENCE = timedelta(minutes=10)
"""How long one waits for the others at an update."""


class Board:
    """Memory in which each process of a team writes what all of them read, mapped from a file."""

    def __init__(self, file: Path, *, rank: int, size: int) -> None:
        self._file, self._rank, self._size, self._turn = file, rank, size, 0
        self._rows_2SM: Tensor | None = None

    def mean(self, flat_N: Tensor, *, most: int) -> Tensor:
        """The mean of what all processes give, the same to the bit in each.

        Args:
            flat_N: float32, as long in every process.
            most: how long it may ever be.
        """
        if self._rows_2SM is None:
            self._rows_2SM = self._map(most)
        # Two by turns: who writes the next one may be ahead of who still reads this one, but never by two.
        rows_SN = self._rows_2SM[self._turn, :, : len(flat_N)]
        self._turn = 1 - self._turn
        rows_SN[self._rank] = flat_N
        # Waits for all, and finds out whether they speak of the same weights.
        lengths = torch.tensor([len(flat_N), -len(flat_N)])
        distributed.all_reduce(lengths, distributed.ReduceOp.MAX)
        if lengths.sum():
            raise TrainingFailed(f"processes that train together gave {-lengths[1]} and {lengths[0]} gradients")
        return rows_SN.mean(dim=0)

    def _map(self, most: int) -> Tensor:
        """The same memory in all processes; the file's name is gone as soon as all have it."""
        numbers = 2 * self._size * most
        with self._file.open("ab") as handle:
            # A file with holes would end the process at the first write that finds the disk full.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(handle.fileno(), 0, numbers * torch.float32.itemsize)
        whole = torch.from_file(str(self._file), shared=True, size=numbers)
        distributed.barrier()
        if self._rank == 0:
            self._file.unlink()
        return whole.view(2, self._size, most)


@dataclass(frozen=True)
class Team:
    """This process's place among those that train together."""

    rank: int = 0
    size: int = 1
    board: Board | None = field(default=None, compare=False)
    """None where gradients are summed by the library that joins GPUs."""

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
        everything = list(parameters)
        owned = [p for p in everything if p.grad is not None]
        flat = torch.cat([p.grad.flatten() for p in owned if p.grad is not None])
        if self.board is not None:
            flat = self.board.mean(flat, most=sum(p.numel() for p in everything))
        else:
            distributed.all_reduce(flat)
            flat /= self.size
        for p, part in zip(owned, flat.split([p.numel() for p in owned]), strict=True):
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
        meeting: a file that is not there yet, the same for all; `MEETING-board` beside it becomes their shared memory.
        rank: 0 to size - 1, each once.
        size: how many there are.
        device: as the settings name it.
    """
    for library in ("GLOO", "NCCL"):
        os.environ.setdefault(f"{library}_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")
    cuda, board = device.startswith("cuda"), meeting.with_name(f"{meeting.name}-board")
    team = Team(rank, size, None if cuda else Board(board, rank=rank, size=size))
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
