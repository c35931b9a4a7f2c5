"""`reasoner memory audit | mend`: what a memory should not hold, and how it goes."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from reasoner.cli import options

if TYPE_CHECKING:
    from memory.audit import Audit, Finding
    from reasoner.cli.voice import Voice

app = typer.Typer(add_completion=False)

SHOWN = 3
"""Groups of ids that are shown of many; `--json` has them all."""

MEANING = {
    "duplicates": "the same in other writing",
    "alike": "same solution and numbers, nearly the same words or latents",
    "contradictions": "one question, several answers",
    "unverified": "no accepted verdict speaks for it",
    "refuted": "its domain finds it wrong today",
    "crowded": "more solutions of a question than are kept",
    "orphans": "no run has learnt it",
    "leaked": "asks what a run reports or decides by; no run trains on it",
    "strays": "latents of nothing",
    "stale": "no latent in the space that is searched",
}


class FaultName(StrEnum):
    """Faults that `mend` can mend."""

    DUPLICATES = "duplicates"
    ALIKE = "alike"
    CONTRADICTIONS = "contradictions"
    UNVERIFIED = "unverified"
    REFUTED = "refuted"
    CROWDED = "crowded"
    ORPHANS = "orphans"
    LEAKED = "leaked"
    STRAYS = "strays"


@app.command("audit", epilog="Example: [bold]reasoner memory audit[/bold]; [bold]reasoner memory audit --json[/bold]")
def audit(
    require_clean: Annotated[bool, typer.Option("--require-clean", help="Exit with 1 if anything is found.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look for duplicates, contradictions, what nobody verified, orphans and what is stale, with what mends each."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    found = bootstrap.audit_memory(options.home_of(home))
    voice.record("audit", {**found.model_dump(mode="json"), "clean": found.clean})
    _show(voice, found)
    if require_clean and not found.clean:
        raise typer.Exit(1)


@app.command(
    "mend",
    epilog="Example: [bold]reasoner memory mend contradictions --dry-run[/bold]",
)
def mend(
    fault: Annotated[FaultName, typer.Argument(help="What the audit found.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and do nothing.")] = False,
    home: options.Home = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Mend one kind of fault. Of what is the same the first learnt stays and counts the others; of contradictions what
    the domain refutes goes, or all if nobody can say. Each is a version: `reasoner memory revert` undoes it."""
    from reasoner import bootstrap
    from reasoner.cli.voice import Voice

    voice = Voice(as_json=json, quiet=quiet)
    finding = bootstrap.mend_memory(options.home_of(home), fault.value, dry_run=dry_run)
    voice.record("mend", {**finding.model_dump(mode="json"), "dry_run": dry_run})
    does = "would be" if dry_run else "were"
    voice.show(f"{fault.value}: {finding.count} {does} mended{_some(finding)}")


def _show(voice: "Voice", found: "Audit") -> None:
    from reasoner.cli.voice import plain_table

    table = plain_table("fault", "items", "what it is", "such as", "mended by", right=("items",))
    for finding in found.findings:
        table.add_row(
            finding.fault,
            str(finding.count),
            MEANING[finding.fault],
            _some(finding).removeprefix(": "),
            finding.command,
        )
    voice.show(f"version {found.version}, {found.examples} examples, space {found.space or '-'}")
    voice.show(table)
    for by, counts in found.shares.items():
        total = max(1, sum(counts.values()))
        voice.show(
            f"by {by}: " + (", ".join(f"{name or '-'} {n} ({n / total:.0%})" for name, n in counts.items()) or "-")
        )


def _some(finding: "Finding") -> str:
    shown = ["=".join(group[:2]) + ("=..." if len(group) > 2 else "") for group in finding.groups[:SHOWN]]
    return f": {', '.join(shown)}" + (", ..." if len(finding.groups) > SHOWN else "") if shown else ""
