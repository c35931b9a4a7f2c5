"""Farthest first picks what is least like anything known or picked, the same whenever it is asked."""

from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
import pytest

from agents.spreading import BLOCK, farthest_first

NOTHING = np.zeros((0, 2), dtype=np.float32)


def at(*degrees: float) -> np.ndarray:
    """Unit vectors of the plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def names(points_ND: np.ndarray) -> list[str]:
    return [f"p{i:04d}" for i in range(len(points_ND))]


def picks(points_ND: np.ndarray, count: int, known_MD: np.ndarray = NOTHING, ids: list[str] | None = None) -> list[int]:
    one = [0] * len(points_ND)
    return farthest_first(points_ND, ids or names(points_ND), groups=one, quotas=[count], known_MD=known_MD)


def crowds(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """400 unit vectors in 12 crowds, the largest a hundred times as large as the smallest; and whose each is."""
    rng = np.random.default_rng(seed)
    share_12 = np.geomspace(100, 1, 12)
    crowd_N = np.concatenate([np.arange(12), rng.choice(12, 388, p=share_12 / share_12.sum())])
    points_ND = rng.normal(size=(12, 32))[crowd_N] + 0.1 * rng.normal(size=(400, 32))
    return (points_ND / np.linalg.norm(points_ND, axis=1, keepdims=True)).astype(np.float32), crowd_N


def width(points_ND: np.ndarray, chosen: list[int]) -> float:
    """The longest chord from a point to the nearest that is chosen."""
    chords_NP = np.linalg.norm(points_ND[:, None] - points_ND[None, chosen], axis=2)
    return float(chords_NP.min(axis=1).max())


def test_the_first_pick_is_the_farthest_from_what_is_known() -> None:
    assert picks(at(10, 50, 20, 80), 4, known_MD=at(0, 100)) == [1, 2, 3, 0]


def test_where_nothing_is_known_the_first_pick_is_the_farthest_from_the_mean() -> None:
    assert picks(at(0, 5, 10, 90, 3), 2) == [3, 0]


def test_equal_distances_are_settled_by_id() -> None:
    ring = at(0, 90, 180, 270)
    assert picks(ring, 1, ids=["d", "c", "a", "b"]) == [2]
    assert picks(at(30, -30), 1, known_MD=at(0), ids=["b", "a"]) == [1]


def test_the_same_question_twice_is_picked_again_only_when_all_others_are() -> None:
    assert picks(at(40, 40, 70, 10), 4, known_MD=at(0))[-1] in (0, 1)
    assert picks(at(0, 60), 1, known_MD=at(0)) == [1]


def test_neither_the_order_nor_a_second_time_changes_the_picks() -> None:
    points_ND, _ = crowds(0)
    ids, order = names(points_ND), Random(0).sample(range(400), 400)
    once = [ids[i] for i in picks(points_ND, 60)]
    assert once == [ids[i] for i in picks(points_ND, 60)]
    assert once == [ids[order[i]] for i in picks(points_ND[order], 60, ids=[ids[i] for i in order])]


def test_what_is_known_counts_wherever_it_stands() -> None:
    known_MD = np.repeat(at(0), 2 * BLOCK, axis=0)
    known_MD[-1] = at(90)
    assert picks(at(88, 45), 1, known_MD=known_MD) == [1]


@pytest.mark.parametrize("seed", range(5))
def test_as_many_picks_as_crowds_meet_every_crowd_and_draws_do_not(seed: int) -> None:
    points_ND, crowd_N = crowds(seed)
    drawn = [len(set(crowd_N[Random(turn).sample(range(400), 12)].tolist())) for turn in range(50)]
    assert len(set(crowd_N[picks(points_ND, 12)].tolist())) == 12
    assert max(drawn) < 12


@pytest.mark.parametrize("seed", range(5))
def test_no_point_is_more_than_twice_as_far_as_after_the_best_choice(seed: int) -> None:
    points_ND = crowds(seed)[0][:14]
    best = min(width(points_ND, list(chosen)) for chosen in combinations(range(14), 3))
    assert width(points_ND, picks(points_ND, 3)) <= 2 * best + 1e-6


def test_every_group_keeps_its_quota_and_a_small_one_gives_all() -> None:
    points_ND, crowd_N = crowds(1)
    groups = (crowd_N % 3).tolist()
    chosen = farthest_first(points_ND, names(points_ND), groups=groups, quotas=[7, 0, 999], known_MD=points_ND[:0])
    assert Counter(groups[i] for i in chosen) == {0: 7, 2: groups.count(2)}
    assert len(set(chosen)) == len(chosen)


def test_fewer_failures_than_wanted_are_all_picked_and_of_none_none() -> None:
    assert sorted(picks(at(0, 10, 20), 9)) == [0, 1, 2]
    assert picks(at(), 5) == []
    assert picks(at(0, 10), 0) == []
