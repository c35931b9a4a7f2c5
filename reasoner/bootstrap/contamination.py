"""What two sets of problems share: splits of a configuration, the memory of a home, or files."""

from collections.abc import Sequence
from pathlib import Path

from memory.contamination import RUN, Look, look_at_latents, look_at_words
from memory.filters import Filter
from memory.store.examples import ExampleStore
from reasoner.bootstrap.home import existing_home
from reasoner.config.settings import Settings
from reasoner.errors import NotFoundError, UsageError
from reasoner.types.problem import Problem
from reasoner.types.record import Record

SPLITS = ("practice", "gate", "sealed")
MEMORY = "memory"


class Contamination(Record):
    """A comparison of two sets."""

    first: str
    second: str
    first_count: int
    second_count: int
    looks: list[Look]

    @property
    def certain(self) -> int:
        """Questions of the first set that stand in the second word for word."""
        return next(len(look.matches) for look in self.looks if look.look == "exact")


def compare_sets(
    first: str, second: str, *, home: Path, settings: Settings, cycle: int = 1, run: int = RUN
) -> Contamination:
    """Looks for what the first set shares with the second.

    Args:
        first: `practice`, `gate` or `sealed` of the settings, `memory` of the home, or a problem file.
        second: the same.
        home: its folder; its champion reads the questions, if it has one.
        settings: where splits come from.
        cycle: of the practice pool and the gate set.
        run: words of a run that counts as shared.

    Raises:
        UsageError: a name that is none of these.
        NotFoundError: the memory of a home that is not there.
    """
    ours, theirs = (_problems(name, home, settings, cycle) for name in (first, second))
    looks = [*look_at_words(ours, theirs, run=run), _latents(home, ours, theirs)]
    return Contamination(first=first, second=second, first_count=len(ours), second_count=len(theirs), looks=looks)


def _problems(name: str, home: Path, settings: Settings, cycle: int) -> list[Problem]:
    from reasoner.data.files import read_problems
    from reasoner.data.sources import open_source
    from reasoner.domains.registry import get_domain

    if name == MEMORY:
        store = ExampleStore(existing_home(home).database())
        return [example.problem for example in store.found(store.ids(Filter(), correct=True))]
    if name in SPLITS:
        source = open_source(settings)
        drawn = {
            "practice": lambda: source.practice(cycle),
            "gate": lambda: source.gate(cycle),
            "sealed": source.sealed,
        }
        return drawn[name]()
    if not Path(name).is_file():
        raise UsageError(f"{name!r}: expected {', '.join(SPLITS)}, {MEMORY}, or a file of problems that is there")
    return read_problems(Path(name), get_domain(settings.task.name))


def _latents(home: Path, ours: Sequence[Problem], theirs: Sequence[Problem]) -> Look:
    import torch

    from reasoner.training.threads import usable_threads

    try:
        # Looking makes no home.
        place = existing_home(home)
        champion = place.checkpoint(None)
    except NotFoundError:
        note = "the home has no champion to read the questions"
        return Look(look="latents", count=len(ours), matches=[], note=note)
    student = place.student(champion.id)
    torch.set_num_threads(usable_threads())
    first, second = (student.embed([p.question for p in problems]) for problems in (ours, theirs))
    return look_at_latents(ours, theirs, first, second)
