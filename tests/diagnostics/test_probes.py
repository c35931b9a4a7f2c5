import pytest
import torch

from reasoner.diagnostics.probes import Parsed, digits_of, parse, probe


def equations(n: int, seed: int) -> Parsed:
    drawn = torch.randint(1, 40, (n, 3), generator=torch.Generator().manual_seed(seed))
    return Parsed(torch.arange(n), drawn[:, 0] % 4, drawn)


def planted(labels: Parsed, *, noise: float) -> torch.Tensor:
    """Features that hold operator, digits and values behind a random turn, and noise."""
    digits = torch.nn.functional.one_hot(digits_of(labels.numbers_N3, 2), 11).flatten(1).float()
    operator = torch.nn.functional.one_hot(labels.operator_N, 4).float()
    told = torch.cat([digits, operator, labels.numbers_N3 / 40], dim=1)
    turn = torch.randn(told.shape[1], 96, generator=torch.Generator().manual_seed(1))
    return told @ turn + noise * torch.randn(len(told), 96, generator=torch.Generator().manual_seed(len(told)))


def test_planted_information_is_recovered_exactly() -> None:
    train, test = equations(900, 0), equations(200, 2)
    scores = probe(planted(train, noise=0.05), train, planted(test, noise=0.05), test)
    assert scores.operator == scores.n == 200
    assert all(right > 190 for right in scores.exact.values())
    assert all(r2 > 0.95 for r2 in scores.r2.values())


def test_shuffled_labels_teach_a_probe_nothing() -> None:
    train, test = equations(900, 0), equations(200, 2)
    features = planted(train, noise=0.05)
    scores = probe(features, train.shuffled(0), planted(test, noise=0.05), test)
    assert scores.operator < 90
    assert all(right < 20 for right in scores.exact.values())
    assert all(r2 < 0.1 for r2 in scores.r2.values())


def test_features_without_information_give_nothing() -> None:
    train, test = equations(600, 0), equations(200, 2)
    noise = [torch.randn(n, 32, generator=torch.Generator().manual_seed(n)) for n in (600, 200)]
    scores = probe(noise[0], train, noise[1], test)
    assert scores.operator < 90
    assert all(r2 < 0.1 for r2 in scores.r2.values())


def test_only_plain_equations_are_parsed_and_their_places_are_kept() -> None:
    parsed = parse(["3+4=7", "", "3+4+5=12", "12/4=3"])
    assert parsed.index_N.tolist() == [0, 3]
    assert parsed.operator_N.tolist() == [0, 3]
    assert parsed.numbers_N3.tolist() == [[3, 4, 7], [12, 4, 3]]


@pytest.mark.parametrize(("number", "digits"), [(7, [8, 0, 0]), (30, [1, 4, 0]), (105, [6, 1, 2]), (0, [1, 0, 0])])
def test_a_number_is_its_digits_least_first_and_nothing_after_them(number: int, digits: list[int]) -> None:
    assert digits_of(torch.tensor([[number] * 3]), 3)[0, 0].tolist() == digits
