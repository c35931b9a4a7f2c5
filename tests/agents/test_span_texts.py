"""What leaves the machine in spans: without secrets, and not too long."""

import pytest

from agents.telemetry.redaction import LONGEST, safe
from reasoner.config.secrets import REDACTED


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key sk-abcdefghijklmnop1234567890 used", "abcdefghijklmnop"),
        ("Authorization: Bearer abc.def-ghi_jkl123", "abc.def"),
        ("ghp_0123456789abcdefghij0123456789abcdef", "0123456789"),
        ('{"api_key": "tell-nobody-this"}', "tell-nobody"),
        ("postgresql://me:hidden-word@host/db", "hidden-word"),
        ("token=eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", "SflKxwRJ"),
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str, secret: str) -> None:
    assert secret not in safe(text)
    assert REDACTED in safe(text)


def test_ordinary_words_and_equations_stay() -> None:
    text = "Mia has 12 pens. 12*3=36, 12+36=48; skill-by-skill-with-many-hyphens stays"
    assert safe(text) == text


def test_a_long_text_is_cut_and_a_secret_at_the_cut_stays_hidden() -> None:
    text = "x" * (LONGEST - 10) + " sk-abcdefghijklmnop1234567890"
    assert len(safe(text)) <= LONGEST
    assert "sk-abc" not in safe(text)
