"""Asks and scores a benchmark, some items at a time, and keeps each answer before the next ones are asked."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from reasoner.evaluation.asking.forms import How, Round, TellsCuts
from reasoner.evaluation.asking.raw_file import RawFile, prompt_hash
from reasoner.types.benchmark import Benchmark, Form, Item, Reply, Score
from reasoner.types.benchmark_report import Answered

OnProgress = Callable[[int, int], None]


@runtime_checkable
class ScoresMany(Protocol):
    """A benchmark that scores replies together, such as programs that a sandbox runs."""

    def score_all(self, items: Sequence[Item], replies: Sequence[Reply], form: Form) -> Sequence[Score]:
        """The scores, in order."""
        ...


def answer_all(
    benchmark: Benchmark,
    items: Sequence[Item],
    answerer: Any,
    *,
    form: Form,
    how: How,
    raw: RawFile,
    together: int,
    on_progress: OnProgress,
) -> list[Answered]:
    """All items, answered and scored; those that an earlier start has answered are not asked again.

    Args:
        benchmark: scores the replies.
        items: in their order.
        answerer: a model that can give the form.
        form: of the answers.
        how: texts are asked for.
        raw: keeps the lines.
        together: items between two writings of lines.
        on_progress: told `done, total`.
    """
    done = raw.begun(items)
    asking = Round(answerer, form, how, items)
    on_progress(len(done), len(items))
    while len(done) < len(items):
        some = items[len(done) : len(done) + together]
        replies = asking.ask(some)
        scores = score_replies(benchmark, some, replies, form)
        cut = answerer.cut if isinstance(answerer, TellsCuts) else set()
        lines = [
            Answered(id=i.id, prompt_sha256=prompt_hash(i), form=form, reply=r, scores=s, cut=i.id in cut)
            for i, r, s in zip(some, replies, scores, strict=True)
        ]
        raw.add(lines)
        done += lines
        on_progress(len(done), len(items))
    return done


def score_replies(
    benchmark: Benchmark, items: Sequence[Item], replies: Sequence[Reply], form: Form
) -> list[tuple[Score, ...]]:
    """The scores of each reply: one, or one a sample; none of a reply that is an error."""
    singles = [(item, one) for item, reply in zip(items, replies, strict=True) for one in _each(reply)]
    if isinstance(benchmark, ScoresMany):
        found = list(benchmark.score_all([i for i, _ in singles], [r for _, r in singles], form))
    else:
        found = [benchmark.score(item, reply, form) for item, reply in singles]
    scores = iter(found)
    return [tuple(next(scores) for _ in _each(reply)) for reply in replies]


def _each(reply: Reply) -> list[Reply]:
    """A reply for each sample."""
    if reply.error:
        return []
    return [reply] if len(reply.texts) <= 1 else [Reply(texts=(text,)) for text in reply.texts]
