import pytest
import torch

from reasoner.diagnostics.collapse import Health, effective_rank, require
from reasoner.errors import CollapseError

HEALTHY = Health(std=0.9, rank_share=0.3, round_trip=1.0)


def test_the_effective_rank_of_an_isotropic_cloud_is_near_its_dimension() -> None:
    torch.manual_seed(0)
    assert effective_rank(torch.randn(4000, 16)) == pytest.approx(16, rel=0.02)


def test_the_effective_rank_of_a_line_is_one() -> None:
    torch.manual_seed(0)
    assert effective_rank(torch.randn(100, 1) * torch.randn(1, 16)) == pytest.approx(1, abs=0.01)


def test_the_contract_lies_between_a_healthy_space_and_one_that_forgets_steps() -> None:
    require(HEALTHY, min_round_trip=HEALTHY.round_trip)
    forgetful = Health(HEALTHY.std, HEALTHY.rank_share, HEALTHY.round_trip - 0.01)
    with pytest.raises(CollapseError, match="round trip"):
        require(forgetful, min_round_trip=HEALTHY.round_trip)


@pytest.mark.parametrize(
    ("health", "named"),
    [
        (Health(0.01, 0.3, 1.0), "std"),
        (Health(0.9, 0.01, 1.0), "effective rank"),
        (Health(0.9, 0.3, 0.5), "round trip"),
        (Health(float("nan"), 0.3, 1.0), "std"),
    ],
)
def test_each_way_to_collapse_is_refused_by_name(health: Health, named: str) -> None:
    with pytest.raises(CollapseError, match=named):
        require(health, min_round_trip=0.95)
