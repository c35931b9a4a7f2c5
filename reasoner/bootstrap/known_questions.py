"""Which questions of a benchmark this home knows: by its memory, which students learn from, or by the practice rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.filters import Filter
from memory.store.examples import ExampleStore
from reasoner.bootstrap.home import Home
from reasoner.config.settings import MOST_ITEMS, Settings
from reasoner.data.held_out import HeldOutQuestions
from reasoner.types.benchmark import Item
from reasoner.types.benchmark_report import Known


@dataclass(frozen=True)
class KnownQuestions:
    """The two sets, each looked through as held-out questions are: in other writing, or nearly the same."""

    memory: HeldOutQuestions
    practice: HeldOutQuestions

    def among(self, items: Sequence[Item]) -> tuple[set[str], Known] | None:
        """Ids of the items that are known, and how many; None where there is nothing to compare with."""
        compared = len(self.memory) + len(self.practice)
        if not compared:
            return None
        remembered, practised = (
            {item.id for item in items if known.match(item.question) is not None}
            for known in (self.memory, self.practice)
        )
        either = remembered | practised
        share = len(either) / len(items) if items else 0.0
        found = Known(
            memory=len(remembered), practice=len(practised), items=len(either), share=share, compared=compared
        )
        return either, found


def known_questions(place: Home, settings: Settings) -> KnownQuestions:
    """The questions of a home's memory, and the practice rows of the task where it has rows of its own."""
    return KnownQuestions(HeldOutQuestions(_remembered(place)), HeldOutQuestions(_practised(settings)))


def _remembered(place: Home) -> list[str]:
    if not place.is_begun:
        return []
    store = ExampleStore(place.database())
    return [example.problem.question for example in store.found(store.ids(Filter(), correct=True))]


def _practised(settings: Settings) -> list[str]:
    """All of them: a run has another sample in each cycle. Drawn problems are new each time, and nobody's benchmark."""
    from reasoner.data.sources import open_source

    if settings.task.is_drawn:
        return []
    all_rows = settings.data.model_copy(update={"practice_size": MOST_ITEMS})
    return [problem.question for problem in open_source(settings.model_copy(update={"data": all_rows})).practice(1)]
