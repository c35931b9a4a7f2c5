"""What is known of a language student before anything is loaded, and how its batches are drawn."""

from typing import Any

import pytest
from language_maker import character_llama, language_settings

from reasoner.config.consistency import contradictions
from reasoner.config.packages import needs_of
from reasoner.config.settings import Settings
from reasoner.students import kind_named
from reasoner.students.language.feed import Batches
from reasoner.students.language.template import Row


def key(**language: Any) -> str:
    return kind_named("language").base_spec(language_settings("somewhere/model", **language), threads=1).key


def test_a_bases_key_follows_what_decides_it() -> None:
    assert key() == key(epochs=9) == key(checkpoint_every=7) == key(kl_budget=1)
    assert len({key(), key(base_updates=3), key(lora_rank=2), key(template="plain"), key(instruction="Go.")}) == 5


def test_a_base_is_named_after_its_model() -> None:
    one, other = (language_settings(name) for name in ("somewhere/a", "somewhere/b"))
    kind = kind_named("language")
    assert kind.base_spec(one, threads=1).key != kind.base_spec(other, threads=1).key


def test_additions_take_less_memory_than_all_weights(tmp_path: Any) -> None:
    model = character_llama(tmp_path / "model", width=64, layers=4)
    weights = (tmp_path / "model" / "model.safetensors").stat().st_size // 4

    def taken(**language: Any) -> Any:
        return kind_named("language").footprint(language_settings(model, **language))

    full = taken()
    assert full.weights == pytest.approx(weights, rel=0.01)
    assert full.state_bytes == 16 * full.weights
    assert taken(lora_rank=2).state_bytes < full.state_bytes / 2
    assert taken(recompute=True).activation_bytes < full.activation_bytes
    assert taken(batch_size=2).activation_bytes == pytest.approx(full.activation_bytes / 2)


def test_what_it_needs_is_said_before_anything_begins() -> None:
    settings = Settings.model_validate({"student": {"kind": "language"}})
    assert [key for key, _ in contradictions(settings)] == ["student.model"]
    assert [need.module for need in needs_of(settings)] == ["peft"]
    assert not needs_of(language_settings("somewhere/model"))
    assert not contradictions(language_settings("somewhere/model"))


def row(number: int) -> Row:
    return Row((number, 0), 1)


LEARNT, REPLAYED = [row(n) for n in range(1, 8)], [row(-n) for n in range(1, 4)]


def test_batches_follow_from_their_number_alone() -> None:
    def fresh(seed: int) -> Batches:
        return Batches(LEARNT, REPLAYED, share=0.25, size=6, seed=seed)

    through = fresh(3)
    assert [through.at(n) for n in range(9)] == [fresh(3).at(n) for n in range(9)]
    assert [through.at(n) for n in range(9)] != [fresh(4).at(n) for n in range(9)]


def test_each_row_comes_once_in_a_pass_and_the_share_is_kept() -> None:
    batches = Batches(LEARNT, REPLAYED, share=0.25, size=4, seed=0)
    drawn = [one for n in range(7) for one in batches.at(n)]
    learnt = [one.ids[0] for one in drawn if one.ids[0] > 0]
    assert len(drawn) - len(learnt) == 7
    assert sorted(learnt) == sorted([*range(1, 8)] * 3)
    alone = Batches(LEARNT, [], share=0.25, size=4, seed=0)
    assert all(one.ids[0] > 0 for n in range(5) for one in alone.at(n))
