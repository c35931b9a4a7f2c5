"""The student against a token-level language model of its size, given the same problems for the same seconds.

    .venv/bin/python benchmarks/language_model.py train.base_updates=1500 --config nano --seeds 0 1 2

For each seed: a student is trained from scratch on every difficulty of `data.difficulties`, then a language model with
as many trainable weights (within 5%), on the same stream of problems, with the same optimizer, threads and wall
time. Both answer the same sealed problems, greedily. Seeds whose students are trained are not trained again, and each
seed's result is kept as JSON, so the same command continues. Give both a quiet machine: time is what they share.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from reasoner import bootstrap
from reasoner.config.loading import load_settings
from reasoner.config.settings import Settings
from reasoner.data.sources import open_source
from reasoner.domains.registry import get_domain
from reasoner.evaluation.rivalry import baseline_section
from reasoner.evaluation.statistics import paired_gain
from reasoner.students.latent.asked_for import as_latent
from reasoner.training.language import train_rival
from reasoner.training.work import threads_in_all


def settings_of(config: str, overrides: list[str], seed: int) -> Settings:
    """The preset with its overrides, trained on all that it is examined on."""
    settings = load_settings(config, [*overrides, f"seed={seed}"], {}, None)
    data = settings.data.model_copy(update={"base_difficulties": settings.data.difficulties})
    return settings.model_copy(update={"data": data})


def compare(settings: Settings, home: Path, name: str) -> dict[str, Any]:
    """One seed to its end, or its kept result."""
    from memory.store.jobs import JobStore

    checkpoint = bootstrap.train(
        settings, home=home, out=None, progress=lambda p: print(f"{name} student: {p.note}", file=sys.stderr)
    )
    kept = home / "language_model" / f"{checkpoint.id}.json"
    if kept.is_file():
        return json.loads(kept.read_text())
    place = bootstrap.open_home(home)
    job = JobStore(place.database()).by_key(checkpoint.id)
    assert job is not None, f"{checkpoint.id} has no job"
    student, seconds = as_latent(place.student(checkpoint.id), "a rival"), job.result["train_seconds"]
    trained = train_rival(
        student,
        settings,
        seconds=seconds,
        threads=threads_in_all(job.spec.payload),
        report=lambda share, note: print(f"{name} language model: {share:.0%}, {note}", file=sys.stderr),
    )
    problems = open_source(settings).sealed()
    domain = get_domain(settings.task.name)
    section = baseline_section(student, trained, domain, problems, parameters=student.parameters)
    body = section.model_dump(mode="json")
    # The section has seconds of its own: those of the examination.
    result = {**body, "checkpoint": checkpoint.id, "seconds": seconds, "updates": job.result["updates"]}
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=2))
    return result


def named(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(finding for finding in result["findings"] if finding["name"] == name)


def told(finding: dict[str, Any], *, signed: bool = False) -> str:
    low, high = finding["ci95"]
    form = "{:+.1f}" if signed else "{:.1f}"
    return f"{form.format(100 * finding['value'])} [{form.format(100 * low)}, {form.format(100 * high)}]"


def row(seed: int, result: dict[str, Any]) -> str:
    """One seed as a line of a Markdown table."""
    gain = named(result, "student minus language model")
    updates = f"{result['updates']} / {named(result, 'updates of the language model')['value']:.0f}"
    ours, theirs = (told(named(result, name)) for name in ("student, talk", "language model"))
    return (
        f"| {seed} | {ours} | {theirs} | {told(gain, signed=True)} | {gain['note']} | "
        f"{result['seconds']:.0f} | {updates} | `{result['checkpoint']}` |"
    )


def pooled(results: list[dict[str, Any]]) -> str:
    """The mean over seeds, with the interval of all items together and the range of the seeds."""
    gains = [named(result, "student minus language model") for result in results]
    wins, losses = (sum(int(g["note"].split(", ")[i].split()[0]) for g in gains) for i in (0, 1))
    gain, (low, high) = paired_gain(wins, losses, sum(g["n"] for g in gains))
    ours, theirs = (
        statistics.mean(named(r, name)["value"] for r in results) for name in ("student, talk", "language model")
    )
    seeds = ", ".join(f"{100 * g['value']:+.1f}" for g in gains)
    return (
        f"mean of {len(results)} seeds: student {ours:.1%}, language model {theirs:.1%}; difference {100 * gain:+.1f} "
        f"[{100 * low:+.1f}, {100 * high:+.1f}] over all items (items of one seed share their models; by seed {seeds})"
    )


def main() -> None:
    """Runs every seed and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--home", type=Path, default=Path(".reasoner-rival"))
    parser.add_argument("--config", default="nano")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_intermixed_args()
    results: dict[int, dict[str, Any]] = {}
    for seed in given.seeds:
        settings = settings_of(given.config, given.overrides, seed)
        results[seed] = compare(settings, given.home.absolute(), f"seed {seed}")
    first = next(iter(results.values()))
    weights = named(first, "weights of the language model")
    print(f"trainable weights: student {weights['against']:,.0f}, language model {weights['value']:,.0f}")
    print("| seed | student, talk | language model | difference | items | seconds | updates | checkpoint |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(row(seed, result) for seed, result in results.items()))
    print(pooled(list(results.values())))


if __name__ == "__main__":
    main()
