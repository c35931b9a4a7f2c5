"""What lies beside rows and says under which licence they stand: a dataset's card, or a licence text."""

from pathlib import Path


def card_license(path: Path) -> str:
    """The licence of a dataset's card, `README.md` with a YAML head, beside the rows."""
    card = (path if path.is_dir() else path.parent) / "README.md"
    try:
        head = card.read_text(encoding="utf-8")[:10_000].split("---")
    except (OSError, UnicodeDecodeError):
        return ""
    lines = head[1].splitlines() if len(head) > 2 and not head[0].strip() else []
    return next((line.partition(":")[2].strip()[:80] for line in lines if line.startswith("license:")), "")


def licence_notice(path: Path) -> str:
    """The first line of a file `LICENSE` beside the rows."""
    beside = (path if path.is_dir() else path.parent) / "LICENSE"
    try:
        lines = beside.read_text(encoding="utf-8")[:10_000].splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return next((line.strip()[:80] for line in lines if line.strip()), "")
