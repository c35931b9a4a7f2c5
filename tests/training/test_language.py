from student_maker import small_student

from reasoner.config.settings import ComputeSettings, DataSettings, Settings, TrainSettings
from reasoner.training.language import rate_of, train_rival

TINY = Settings(
    data=DataSettings(max_number=20, base_difficulties=(1,)),
    train=TrainSettings(batch_size=16),
    compute=ComputeSettings(threads=1),
)


def test_a_language_model_learns_the_form_of_solutions_in_seconds() -> None:
    heard: list[str] = []
    trained = train_rival(
        small_student(), TINY, seconds=6, threads=1, report=lambda share, note: heard.append(f"{share:.2f} {note}")
    )
    assert (
        trained.loss < 2.9
    )  # untrained: the logarithm of 23 tokens, 3.1; a busy machine makes few updates in its seconds
    assert trained.problems == 16 * trained.updates
    assert heard


def test_the_rate_warms_up_and_falls_to_its_last_share() -> None:
    assert rate_of(0.0, 0) < rate_of(0.0, 30) < rate_of(0.0, 100) == 1.0
    assert abs(rate_of(1.0, 1000) - 0.05) < 1e-9
