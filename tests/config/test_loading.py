"""Configuration: which source wins, and what a wrong key or value says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.errors import ConfigError

BOMB = b"a: &a {x: 1}\n" + b"".join(b"%c: &%c [%s]\n" % (c, c, b"*%c, " % (c - 1) * 9) for c in b"bcdefg")
"""Half a kilobyte that means half a million values."""


def load(
    *overrides: str,
    config: str | None = None,
    env: Mapping[str, str] | None = None,
    dotenv: Path | None = None,
    extra: Mapping[str, object] | None = None,
) -> Settings:
    return load_settings(config, overrides, env or {}, dotenv, extra=extra or {})


def refusal(*overrides: str, config: str | None = None, env: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(*overrides, config=config, env=env)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def test_without_any_source_the_defaults_hold() -> None:
    assert load() == Settings()


def test_a_bare_loop_is_the_nano_loop() -> None:
    assert load(config="nano") == load()


def test_each_source_beats_the_ones_before_it(preset: Path, tmp_path: Path) -> None:
    preset.write_text("seed: 1\ntrain: {base_updates: 901, finetune_updates: 901}\nteacher: {model: one}\nname: one\n")
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "REASONER_TRAIN__BASE_UPDATES=902\nREASONER_TEACHER__MODEL=two\nREASONER_NAME=two\nREASONER_SEED=2\n"
    )
    env = {"REASONER_TEACHER__MODEL": "three", "REASONER_NAME": "three", "REASONER_SEED": "3"}
    settings = load("name=four", "seed=4", config=str(preset), env=env, dotenv=dotenv, extra={"seed": 5})
    assert settings.train.finetune_updates == 901
    assert settings.train.base_updates == 902
    assert settings.teacher.model == "three"
    assert settings.name == "four"
    assert settings.seed == 5


def test_an_option_that_was_not_given_changes_nothing() -> None:
    assert load("seed=4", extra={"seed": None}).seed == 4


@pytest.mark.parametrize("name", ["nano", "configs/nano.yaml"])
def test_a_preset_is_found_by_name_and_by_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    assert load(config=name).name == "nano"


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "configs").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_preset_loads_and_carries_its_own_name(path: Path) -> None:
    assert load(config=str(path)).name == path.stem


def test_values_are_read_as_yaml_scalars_and_lists() -> None:
    settings = load("data.difficulties=[2, 3]", "teacher.cache=off", "limits.max_usd=null", "train.learning_rate=1e-3")
    assert settings.data.difficulties == (2, 3)
    assert settings.teacher.cache is False
    assert settings.limits.max_usd is None
    assert settings.train.learning_rate == 0.001


@pytest.mark.parametrize("text", ["0012345678901234", "1e10", "none", "a: b", "[x", "http://127.0.0.1:80/v1"])
def test_text_settings_keep_their_text_as_it_is(text: str) -> None:
    assert load(f"student.start={text}").student.start == text


def test_null_empties_an_optional_text() -> None:
    assert load("teacher.api_base=null").teacher.api_base is None


def test_default_is_no_preset_and_says_which_ones_were_meant() -> None:
    with pytest.raises(ConfigError, match=r"the preset 'nano'.*the preset 'minilm'"):
        load_settings("default", [], {}, None)


def test_an_unknown_key_names_itself_its_origin_and_the_nearest_setting(preset: Path) -> None:
    preset.write_text("seed: 1\ntrain:\n  batch_size: 8\n  base_updtes: 5\n")
    message = refusal(config=str(preset))
    assert "train.base_updtes" in message
    assert f"{preset}, line 4" in message
    assert "train.base_updates" in message


def test_an_unknown_variable_and_argument_name_their_origin() -> None:
    message = refusal("modell=x", env={"REASONER_TEACHER__APIKEY": "x"})
    assert "environment variable REASONER_TEACHER__APIKEY" in message
    assert "teacher.api_key" in message
    assert "argument 'modell=x'" in message
    assert "student.model" in message


def test_variables_that_are_not_settings_are_left_alone() -> None:
    assert load(env={"REASONER_HOME": "x", "REASONER_DEBUG": "1", "OTHER": "x"}) == Settings()


def test_an_impossible_value_names_key_origin_value_and_what_is_allowed() -> None:
    message = refusal("train.finetune_updates=-3", "student.digits=sideways", env={"REASONER_DATA__GATE_SIZE": "many"})
    given = "train.finetune_updates (argument 'train.finetune_updates=-3'): got -3"
    assert f"{given}; it should be greater than or equal to 1." in message
    assert "'least_first' or 'most_first'" in message
    assert "data.gate_size (environment variable REASONER_DATA__GATE_SIZE): got 'many'" in message


def test_an_impossible_item_of_a_list_is_told_by_the_key_of_the_list() -> None:
    assert refusal("data.difficulties=[1, x]").startswith("data.difficulties (argument")


def test_values_that_contradict_one_another_are_refused() -> None:
    assert "student.width (default)" in refusal("student.heads=5")
    assert "student.max_steps" in refusal("student.max_steps=3")
    assert "data.difficulties" in refusal("data.difficulties=[1, 1]")


def test_a_group_cannot_be_set_as_one_value() -> None:
    assert "teacher.model" in refusal("teacher=gpt")


def test_an_argument_without_equals_is_refused() -> None:
    assert "'seed'" in refusal("seed")
    assert "KEY=VALUE" in refusal("seed")


def test_broken_yaml_names_the_line(preset: Path) -> None:
    preset.write_text("seed: 1\ntrain: [1,\nname: x\n")
    assert f"{preset}, line 4" in refusal(config=str(preset))


def test_a_key_given_twice_in_a_file_is_refused(preset: Path) -> None:
    preset.write_text("seed: 1\nseed: 2\n")
    assert "given twice" in refusal(config=str(preset))


def test_a_file_that_holds_no_groups_is_refused(preset: Path) -> None:
    preset.write_text("- 1\n")
    assert "expected groups" in refusal(config=str(preset))


def test_an_empty_file_is_the_defaults(preset: Path) -> None:
    preset.write_text("# nothing\n")
    assert load(config=str(preset)) == Settings()


@pytest.mark.parametrize("config", ["nanoo", "nowhere/nano.yaml"])
def test_a_missing_preset_lists_those_there_are(config: str) -> None:
    message = refusal(config=config)
    assert config in message
    assert "nano" in message
    assert "tiny" in message


def test_a_wrong_api_key_is_never_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        load(extra={"teacher.api_key": ["secret"]})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["loss.pass_weight=0.5"], r"loss\.pass_weight"),
        (["loss.pass_weight=0.5", "student.predictor_passes=2", "student.predictor=mlp"], r"loss\.pass_weight"),
        (["student.anchor=true", "student.step_encoder=minilm"], r"student\.anchor"),
    ],
)
def test_what_has_nothing_to_work_on_is_said(words: list[str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load_settings("nano", words, {}, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: caf\xe9\n", "not UTF-8"),
        ("seed: 1\n".encode("utf-16"), "UTF-16"),
        (b'name: "a\x01b"\n', "unacceptable character"),
        (b'name: "a\\ud83d"\n', "control character"),
        (b"seed: 2001-99-99\n", "integer"),
        (b"seed: true\n", "true or false"),
        (b"seed: 1:30\n", "integer"),
        (b"seed: !!binary aa\n", "tags"),
        (b"train: &a\n  x: *a\n", "aliases"),
        (BOMB, "aliases"),
        (b"data: " + b"[" * 900, "nested"),
        (b"[a]: 1\n", "name of a setting"),
        (b"seed: " + b"1" * 5000, "digits"),
        (b"gate: {alpha: .nan}\n", "finite"),
        (b"limits: {max_usd: .inf}\n", "finite"),
        (b"x" * (1024**2 + 1), "larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_no_configuration_is_is_refused_in_words(content: bytes, said: str, preset: Path) -> None:
    preset.write_bytes(content)
    message = refusal(config=str(preset))
    assert said in message
    assert str(preset) in message
    assert len(message) < 1000


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    assert "folder" in refusal(config=str(tmp_path))


def test_numbers_are_read_as_people_mean_them(preset: Path) -> None:
    preset.write_text("seed: 010\ntrain: {learning_rate: 1e-3}\nteacher: {model: 2026-01-01}\n")
    settings = load("train.base_updates=1_000", config=str(preset))
    assert (settings.seed, settings.train.learning_rate, settings.train.base_updates) == (10, 0.001, 1000)
    assert settings.teacher.model == "2026-01-01"


@pytest.mark.parametrize(
    "text",
    [
        "train.base_updates=1e400",
        "train.base_updates=" + "9" * 5000,
        "train.batch_size=999999999",
        "seed=99999999999999999999999",
        "student.width=4000000",
        "teacher.model=",
        "teacher.api_key=true\x00",
        "data.difficulties=[1, true]",
    ],
    ids=lambda text: text[:30],
)
def test_a_value_beyond_any_sense_is_refused_shortly(text: str) -> None:
    message = refusal(text)
    assert text.partition("=")[0] in message
    assert len(message) < 600


@pytest.mark.parametrize(
    "text",
    [
        "teacher.apikey=hush-7",
        "teacher.api_kye=hush-7",
        "my.password=hush-7",
        "seed=http://u:hush-7@h/",
        "x=?api_key=hush-7",
    ],
)
def test_a_secret_in_a_wrong_argument_is_not_echoed(text: str) -> None:
    assert "hush-7" not in refusal(text)


def test_a_dotenv_that_is_not_utf8_is_refused_in_words(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b'REASONER_NAME="caf\xe9"\n')
    with pytest.raises(ConfigError, match="UTF-8"):
        load(dotenv=dotenv)


def test_a_variable_of_bytes_that_are_no_text_is_refused() -> None:
    assert "UTF-8" in refusal(env={"REASONER_TEACHER__MODEL": "caf\udce9"})
