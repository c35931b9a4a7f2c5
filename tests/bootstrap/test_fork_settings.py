"""Which settings a fork may have other values of, depending on where it begins."""

import pytest

from agents.graphs.improve import CYCLE
from reasoner.bootstrap.fork_settings import BASE_ALONE, EVERY_START, READERS, SHARED, readers_of, require_effective
from reasoner.config.keys import dotted_keys
from reasoner.config.loading import load_settings
from reasoner.errors import UsageError

ORDER = [name for name, _ in CYCLE]


def fork(node: str, *words: str, search: bool = False) -> None:
    """Of a run whose nodes up to `node` are shared."""
    base = [f"mine.search={str(search).lower()}", "train.adapter_rank=4", "train.parent=champion"]
    before, after = load_settings("tiny", base, {}, None), load_settings("tiny", [*base, *words], {}, None)
    skipped = () if search else ("verifier", "search")
    done = [one for one in ORDER[: ORDER.index(node)] if one not in skipped]
    require_effective([word.partition("=")[0] for word in words], before, after, done=done, order=ORDER)


def test_every_setting_has_its_readers_and_every_reader_is_a_node() -> None:
    for key in dotted_keys():
        assert key.startswith(SHARED) or readers_of(key) is not None, key
    nodes = {*ORDER, *EVERY_START, *BASE_ALONE}
    assert {node for readers in READERS.values() for node in readers} <= nodes


@pytest.mark.parametrize(
    ("node", "word", "search"),
    [
        ("evaluate", "teacher.calls=2", False),
        ("mine", "teacher.calls=2", False),
        ("teach", "teacher.model=openai/x", False),
        ("check", "teacher.confirmations=1", False),
        ("train", "train.learning_rate=0.01", False),
        ("train", "loss.anchor_weight=1", False),
        ("reflect", "train.merge_after=3", False),
        ("decide", "approval=human", False),
        ("watch", "gate.alpha=0.01", False),
        ("verifier", "verifier.updates=5", True),
        ("search", "search.recall=3", True),
        ("mine", "mine.search=true", False),
        ("report", "limits.max_calls=5", False),
        ("report", "trace.on=false", False),
    ],
)
def test_what_is_read_from_the_point_on_may_be_another(node: str, word: str, search: bool) -> None:
    fork(node, word, search=search)


@pytest.mark.parametrize(
    ("node", "word", "search", "advice"),
    [
        ("teach", "teacher.calls=2", False, "use --from mine"),
        ("teach", "teacher.problems_per_call=2", False, "use --from mine"),
        ("teach", "mine.strategy=uniform", False, "use --from mine"),
        ("teach", "teacher.model=none", False, "use --from mine"),
        ("check", "teacher.model=openai/x", False, "use --from teach"),
        ("remember", "teacher.samples=5", False, "use --from check"),
        ("examine", "train.finetune_updates=2", False, "use --from train"),
        ("decide", "gate.veto_margin=0.5", False, "use --from examine"),
        ("report", "approval=human", False, "use --from decide"),
        ("report", "train.merge_after=1", False, "use --from reflect"),
        ("mine", "search.width=2", True, "use --from verifier"),
        ("teach", "mine.search=true", False, "use --from mine"),
        ("mine", "search.width=2", False, "with mine.search=false no node of the loop reads it"),
        ("evaluate", "search.searcher=sample", True, "no node of the loop reads it"),
        ("evaluate", "verifier.pools=2", True, "no node of the loop reads it"),
        ("evaluate", "train.base_updates=500", False, "only cycle 0's student reads it"),
        ("evaluate", "loss.own_latents_from=0.1", False, "only cycle 0's student reads it"),
        ("evaluate", "student.mode=think", False, "start a run of its own"),
        ("evaluate", "data.gate_size=99", False, "start a run of its own"),
        ("evaluate", "seed=9", False, "start a run of its own"),
    ],
)
def test_what_would_be_ignored_is_refused_with_the_node_to_fork_from(
    node: str, word: str, search: bool, advice: str
) -> None:
    with pytest.raises(UsageError, match=word.partition("=")[0]) as refused:
        fork(node, word, search=search)
    assert advice in str(refused.value)
