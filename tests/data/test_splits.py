import hashlib
from collections import Counter

from reasoner.data.splits import split_of


def test_structures_fall_into_splits_by_seventy_fifteen_and_fifteen_percent() -> None:
    n = 20_000
    counts = Counter(split_of(hashlib.sha256(str(i).encode()).hexdigest()[:16]) for i in range(n))
    for split, share in {"practice": 0.70, "gate": 0.15, "sealed": 0.15}.items():
        assert abs(counts[split] / n - share) < 0.015


def test_the_division_never_changes() -> None:
    structures = [f"{i:016x}" for i in range(12)]
    assert [split_of(s) for s in structures] == [
        "gate",
        "practice",
        "practice",
        "practice",
        "practice",
        "practice",
        "sealed",
        "practice",
        "gate",
        "practice",
        "practice",
        "practice",
    ]
