"""What is secret is blotted out, by its text, its name or its form; what is not stays, and JSON stays JSON."""

import json

import pytest

from reasoner.config.secrets import REDACTED, Redactor, redactor_of, redactor_of_process
from reasoner.config.settings import TeacherSettings


@pytest.mark.parametrize(
    "text",
    [
        "api_key=hush",
        "password: hush",
        '{"api_key": "hush"}',
        r'{"m": "{\"password\": \"hush\"}"}',
        "http://me:hush@h/x",
        "redis://:hush@h",
        "https://h/a?key=hush&b=1",
        "https://h/a?b=1&access_token=hush",
        "sk-hushhush",
        "Bearer hushhush1",
    ],
)
def test_what_is_called_or_looks_like_a_secret_goes(text: str) -> None:
    cleaned = Redactor().clean(text)
    assert "hush" not in cleaned
    assert REDACTED in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "train.token_dropout=0.1",
        '{"max_tokens": 4000, "token": 12, "api_key": null}',
        "sk-learn",
        "secret none",
        "http://127.0.0.1:4318/v1",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert Redactor().clean(text) == text


def test_a_short_key_goes_as_a_word_of_its_own_and_digits_leave_json_whole() -> None:
    line = json.dumps({"cycle": 123456, "said": "123456 and abc, not abcd"})
    cleaned = Redactor(["abc", "123456"]).clean(line)
    assert json.loads(cleaned) == {"cycle": 123456, "said": f"{REDACTED} and {REDACTED}, not abcd"}


def test_a_key_of_any_length_is_known_and_a_word_for_none_is_not() -> None:
    clean = redactor_of(TeacherSettings(api_key="xy"), {"A_TOKEN": "hush", "B_KEY": "true"}).clean
    assert clean("xy hush true") == f"{REDACTED} {REDACTED} true"


def test_what_the_command_line_and_the_environment_call_secret_is_known() -> None:
    clean = redactor_of_process(["my.password=hush-1"], {"X_URL": "postgresql://me:hush-2@h/d"}).clean
    assert "hush" not in clean("hush-1 and hush-2")


def test_a_short_key_that_is_a_name_of_json_leaves_the_name() -> None:
    assert json.loads(Redactor(["model"]).clean('{"model": "model"}')) == {"model": REDACTED}
