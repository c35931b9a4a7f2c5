"""The resolved configuration: its text, its hash, and the frozen list of keys."""

from pathlib import Path

import yaml

from reasoner.config.keys import dotted_keys
from reasoner.config.loading import load_settings
from reasoner.config.resolved import config_hash, dump_yaml
from reasoner.config.settings import Settings

KEYS = Path(__file__).with_name("keys.txt")


def changed(*overrides: str) -> Settings:
    return load_settings(None, overrides, {}, None)


def test_the_list_of_keys_is_frozen() -> None:
    command = f"python -c 'from reasoner.config.keys import dotted_keys; print(*dotted_keys(), sep=\"\\n\")' > {KEYS}"
    assert KEYS.read_text().split() == list(dotted_keys()), (
        f"keys changed: tell it in CHANGELOG.md, then run: {command}"
    )


def test_the_hash_is_the_same_for_the_same_settings() -> None:
    assert config_hash(changed("seed=3")) == config_hash(changed("seed=3"))
    assert len(config_hash(Settings())) == 12


def test_the_hash_follows_what_changes_results() -> None:
    assert (
        len({config_hash(changed(text)) for text in ("seed=0", "seed=1", "teacher.model=x/y", "gate.alpha=0.01")}) == 4
    )


def test_the_hash_ignores_limits_machine_and_transport() -> None:
    overrides = [
        "limits.max_usd=1",
        "compute.threads=2",
        "teacher.api_key=s",
        "teacher.concurrency=1",
        "teacher.timeout=1",
        "trace.on=false",
    ]
    assert config_hash(changed(*overrides, "teacher.retries=0")) == config_hash(Settings())


def test_the_dump_is_yaml_that_loads_to_the_same_settings(tmp_path: Path) -> None:
    settings = changed("data.difficulties=[2,3]", "teacher.api_base=http://x:1/v1", "limits.max_usd=0.5")
    path = tmp_path / "config.resolved.yaml"
    path.write_text(dump_yaml(settings))
    assert load_settings(str(path), [], {}, None) == settings


def test_the_dump_never_shows_the_api_key() -> None:
    text = dump_yaml(changed("teacher.api_key=secret"))
    assert "secret" not in text
    assert yaml.safe_load(text)["teacher"]["api_key"] == "(redacted)"


def test_the_dump_shows_no_password_of_an_address() -> None:
    settings = changed("teacher.api_base=http://me:hush-7@127.0.0.1:1/v1?api_key=hush-8")
    assert "hush-" not in dump_yaml(settings)
    assert "127.0.0.1:1" in dump_yaml(settings)
