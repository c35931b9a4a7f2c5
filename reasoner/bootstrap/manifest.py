"""What a run was made with: versions, hashes, seeds. Written once, quoted in every report."""

import hashlib
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import reasoner
from reasoner.config.resolved import config_hash
from reasoner.config.settings import GENERATED, Settings
from reasoner.data.open_rows import open_rows
from reasoner.data.splits import SPLIT_VERSION
from reasoner.domains.registry import domain_mark, get_domain
from reasoner.types.domain import Domain

PACKAGES = ("torch", "tokenizers", "langgraph", "litellm", "faiss-cpu", "sqlalchemy", "numpy")


def manifest(settings: Settings, *, run: str) -> dict[str, Any]:
    """Plain JSON, without what a trial chooses."""
    domain: Domain = get_domain(settings.task.name)
    return {
        "run": run,
        "reasoner": reasoner.__version__,
        "git": git_revision(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: _version(name) for name in PACKAGES},
        "config_hash": config_hash(settings),
        "seed": settings.seed,
        "domain": f"{domain.info.name} {domain.info.version}",
        "checker_hash": domain_mark(settings.task.name),
        "splits": SPLIT_VERSION,
        "data_hash": _data_hash(settings.task.rows),
        "retention_hash": _retention_hash(settings.gate.retention),
    }


def git_revision() -> str:
    """Commit of the checkout this package lies in, with `+` if it was changed; empty outside of one."""
    root = Path(reasoner.__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    described = _git(root, "rev-parse", "--short=12", "HEAD")
    return described + ("+" if described and _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _retention_hash(entries: Sequence[str]) -> str:
    """Of the files of all suites, in their order; empty where there are none."""
    from reasoner.bootstrap.benchmarks import digest_of
    from reasoner.evaluation.retention import rows_of

    sums = [digest_of(rows_of(entry)) for entry in entries]
    return hashlib.sha256(" ".join(sums).encode()).hexdigest() if sums else ""


def _data_hash(rows: str) -> str:
    return "" if rows == GENERATED else open_rows(Path(rows)).sha256
