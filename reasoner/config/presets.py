"""Presets: YAML files that override some defaults. `configs/` in a checkout, `reasoner/config/presets/` in a wheel."""

from importlib.resources import files
from pathlib import Path

from reasoner.errors import ConfigError
from reasoner.types.printable import shortened

SUFFIXES = (".yaml", ".yml")


def preset_folder() -> Path:
    """Where the presets lie in this installation.

    Raises:
        ConfigError: neither the packaged presets nor a checkout's `configs/` exist.
    """
    package = Path(str(files("reasoner")))
    packaged, checkout = package / "config" / "presets", package.parent / "configs"
    for folder in (packaged, checkout):
        if folder.is_dir():
            return folder
    raise ConfigError(f"no presets found: neither {packaged} nor {checkout} exists. Reinstall the package.")


def preset_names() -> list[str]:
    """Names that `--config` takes, sorted."""
    return sorted(path.stem for path in preset_folder().glob("*.yaml"))


def find_config(config: str) -> Path:
    """The file that `--config` names: a path if it ends in .yaml or holds a separator, a preset otherwise.

    Raises:
        ConfigError: there is no such file; the message lists the presets.
    """
    is_path = config.endswith(SUFFIXES) or Path(config).name != config
    path = Path(config) if is_path else preset_folder() / f"{config}.yaml"
    if path.is_file():
        return path
    if path.exists():
        raise ConfigError(f"--config {config!r}: is no file but a folder or a device. Give the path of a .yaml file.")
    if config == "default":
        raise ConfigError(
            "--config 'default': the defaults need no --config, and are also the preset 'nano'; the arrangement with a "
            "frozen MiniLM is the preset 'minilm'."
        )
    kind = "file" if is_path else "preset"
    presets = ", ".join(preset_names()) or "none"
    raise ConfigError(
        f"--config {shortened(config)}: there is no such {kind}. Presets: {presets}; or give the path of a .yaml file."
    )
