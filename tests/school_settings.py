"""What a small Llama learns in school and then in the loop: three modules of formal mathematics, the easiest level."""

from reasoner.config.settings import Settings

MODULES = ("numbers__place_value", "numbers__round_number", "comparison__pair")


def school_settings(seed: int) -> Settings:
    """Of a loop that goes on with them."""
    return Settings.model_validate(
        {
            "seed": seed,
            "task": {"name": "formal_math"},
            "data": {"difficulties": [1], "base_difficulties": [1], "practice_size": 100, "gate_size": 200},
            "domains": {"formal_math": {"modules": list(MODULES)}},
        }
    )
