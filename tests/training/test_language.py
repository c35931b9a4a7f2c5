import time
from types import SimpleNamespace

import pytest
from student_maker import small_student

from reasoner.config.settings import ComputeSettings, DataSettings, Settings, TrainSettings
from reasoner.training import language
from reasoner.training.language import rate_of, train_rival

TINY = Settings(
    domains={"math": {"max_number": 20}},
    data=DataSettings(base_difficulties=(1,)),
    train=TrainSettings(batch_size=16),
    compute=ComputeSettings(threads=1),
)


def test_a_language_model_learns_the_form_of_solutions_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    # Seconds of this process, so that a busy machine makes as many updates as an idle one.
    monkeypatch.setattr(language, "time", SimpleNamespace(monotonic=time.process_time))
    heard: list[str] = []
    trained = train_rival(
        small_student(), TINY, seconds=6, threads=1, report=lambda share, note: heard.append(f"{share:.2f} {note}")
    )
    assert trained.loss < 2.9, "untrained: the logarithm of 23 tokens, 3.1"
    assert trained.problems == 16 * trained.updates
    assert heard


def test_the_rate_warms_up_and_falls_to_its_last_share() -> None:
    assert rate_of(0.0, 0) < rate_of(0.0, 30) < rate_of(0.0, 100) == 1.0
    assert abs(rate_of(1.0, 1000) - 0.05) < 1e-9
