"""What kinds beside the latent one tell their jobs, and how a base is named after all that decides it."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from reasoner.config.settings import Settings
from reasoner.types.job import JobSpec


def told_settings(settings: Settings, *, own: str) -> dict[str, Any]:
    """Settings that decide what a student of a kind learns: its own section, the task, and how rows are drawn.

    Args:
        settings: of the run.
        own: name of the kind, and of its section.
    """
    told = settings.model_dump(mode="json", include={"seed", own, "task", "domains", "data"})
    for name in ("gate_size", "sealed_size", "practice_size"):
        told["data"].pop(name)
    return {**told, "student": {"kind": own, "model": settings.student.model}}


def base_job(payload: Mapping[str, Any], *, uncounted: Mapping[str, Collection[str]] = {}) -> JobSpec:
    """The job of a base; its key, which names the checkpoint, stands for the payload and for the task's rules.

    Args:
        payload: with `settings`.
        uncounted: by section, settings that change no weight of a base.
    """
    from reasoner.domains.registry import domain_mark

    told = {
        section: {k: v for k, v in held.items() if k not in uncounted[section]} if section in uncounted else held
        for section, held in payload["settings"].items()
    }
    marked = {**payload, "domain": domain_mark(payload["settings"]["task"]["name"])}
    digest = hashlib.sha256(json.dumps({**marked, "settings": told}, sort_keys=True).encode()).hexdigest()
    name = f"base-{digest[:12]}"
    return JobSpec(key=name, kind="base", payload={**marked, "checkpoint": name})
