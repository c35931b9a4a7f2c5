"""What `--student NAME` means: a kind, a checkpoint of the home, or a Hugging Face model and the kind that it makes."""

import json
from pathlib import Path

from reasoner.config.packages import MINILM
from reasoner.errors import UsageError
from reasoner.storage.checkpoint_file import is_checkpoint, read_checkpoint
from reasoner.students.kinds import KINDS

WRITES = ("ForCausalLM", "LMHeadModel")
"""How the names of architectures end that write texts."""


def settings_named(name: str) -> dict[str, str]:
    """Settings by dotted key.

    Args:
        name: a kind (`latent`, `encoder`, `language`), `minilm`, a folder or hub name of a model, or a checkpoint's id.

    Raises:
        UsageError: a folder holds no model.
        ConfigError: a hub name's configuration cannot be had.
    """
    if name in KINDS.names():
        return {"student.kind": name}
    if name == MINILM:
        return {"student.kind": "encoder", "student.model": name}
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _of_folder(folder.resolve())
    if name.startswith((".", "~", "/")) or name.count("/") > 1:
        raise UsageError(f"--student {name!r}: there is no such folder")
    if "/" not in name:
        return {"student.start": name}
    from reasoner.models.pretrained import architectures_of

    return {"student.kind": _kind(architectures_of(name)), "student.model": name}


def _of_folder(folder: Path) -> dict[str, str]:
    if is_checkpoint(folder):
        kind = read_checkpoint(folder).kind
        raise UsageError(
            f"--student {str(folder)!r}: this is a checkpoint ({kind}); a run begins from one of its home, by its id"
        )
    try:
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        architectures = [str(one) for one in told.get("architectures") or []]
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(
            f"--student {str(folder)!r}: expected a Hugging Face model, a folder with config.json and "
            f"model.safetensors; config.json cannot be read ({error})"
        ) from error
    return {"student.kind": _kind(architectures), "student.model": str(folder)}


def _kind(architectures: list[str]) -> str:
    return "language" if any(one.endswith(WRITES) for one in architectures) else "encoder"
