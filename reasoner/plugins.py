"""Parts that people add by name: built in, an installed package's entry point, or `path/to/file.py:Name`.

A file's code runs in this process, like that of any installed package, but only if a person has named the file: on the
command line, in a settings file, or in the environment variable `REASONER_TASK_FILES`. A name that comes from a home's
database, a checkpoint or a backup runs nothing.
"""

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from reasoner.errors import ConfigError

TASK_FILES = "REASONER_TASK_FILES"
"""Files whose code may run, separated as in PATH. What a person names is noted here, so that child processes know."""

_FILE = ".py:"


class Registry:
    """The parts of one kind.

    Args:
        what: the word for one in messages, such as `task`.
        group: of entry points, such as `reasoner.domains`.
        built_in: `module:Name` by name; nothing is imported before it is asked for.
    """

    def __init__(self, what: str, *, group: str, built_in: Mapping[str, str]) -> None:
        self._what = what
        self._group = group
        self._built_in = built_in

    def names(self) -> tuple[str, ...]:
        """What is built in, then what installed packages add."""
        return (*self._built_in, *(name for name in self._added if name not in self._built_in))

    def get(self, name: str) -> Any:
        """The part of that name, as its module holds it.

        Raises:
            ConfigError: there is none, or it cannot be imported; says what exists and what to do.
        """
        if is_file(name):
            require_trusted(path_of(name))
            return self._from_file(name)
        if name in self._built_in:
            module, _, attribute = self._built_in[name].partition(":")
            return getattr(importlib.import_module(module), attribute)
        if name in self._added:
            return self._from_package(self._added[name])
        near = get_close_matches(name, self.names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"no {self._what} {name!r:.200}: expected one of {', '.join(self.names())}, or path/to/file.py:Name{hint}"
        )

    def fingerprint(self, name: str) -> str:
        """What tells two versions of a part that somebody added apart; empty for what is built in."""
        if is_file(name):
            path = path_of(name)
            return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else ""
        if name in self._built_in or name not in self._added:
            return ""
        dist = self._added[name].dist
        return f"{dist.name} {dist.version}" if dist else ""

    @cached_property
    def _added(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self._group)}

    def _from_package(self, point: EntryPoint) -> Any:
        try:
            return point.load()
        except Exception as error:
            raise ConfigError(
                f"the {self._what} {point.name!r} of the installed package {point.dist.name if point.dist else '?'} "
                f"cannot be imported: {_told(error)}; mend or remove that package"
            ) from error

    def _from_file(self, name: str) -> Any:
        path, attribute = path_of(name), name.rpartition(":")[2]
        if not path.is_file():
            raise ConfigError(f"no {self._what} {name!r:.200}: there is no file {str(path)!r}")
        module = _import_file(path, self._what)
        if not hasattr(module, attribute):
            defined = [n for n, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
            raise ConfigError(
                f"no {self._what} {attribute!r} in {str(path)!r}, which defines {', '.join(defined) or 'nothing'}"
            )
        return getattr(module, attribute)


def is_file(name: str) -> bool:
    """Whether a name is `path/to/file.py:Name`."""
    return _FILE in name


def trust(path: Path) -> None:
    """Notes that a person has named a file whose code may run, here and in child processes."""
    known = os.environ.get(TASK_FILES, "").split(os.pathsep)
    own = str(path.expanduser().resolve())
    if own not in known:
        os.environ[TASK_FILES] = os.pathsep.join([*filter(None, known), own])


def require_trusted(path: Path) -> None:
    """Holds that a person has named a file before its code runs.

    Raises:
        ConfigError: nobody has; says how to name it.
    """
    own = str(path.expanduser().resolve())
    if own not in [str(Path(one).resolve()) for one in os.environ.get(TASK_FILES, "").split(os.pathsep) if one]:
        raise ConfigError(
            f"the code of {str(path)!r:.300} is not run: the file is named by stored data and by nobody else. If it is "
            f"yours, name it: --task {path}:NAME, or {TASK_FILES}={own} in the environment"
        )


def path_of(name: str) -> Path:
    """The file that `path/to/file.py:Name` names."""
    return Path(name.rpartition(":")[0]).expanduser()


def _import_file(path: Path, what: str) -> ModuleType:
    """The module of a file as it is now, imported once."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    called = f"reasoner_file_{content[:16]}_{path.stem}"
    if called in sys.modules:
        return sys.modules[called]
    spec = importlib.util.spec_from_file_location(called, path)
    assert spec is not None, f"no loader for {path}"
    assert spec.loader is not None, f"no loader for {path}"
    module = importlib.util.module_from_spec(spec)
    sys.modules[called] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[called]
        raise ConfigError(f"{str(path)!r} cannot be used for a {what}: {_told(error)}; mend the file") from error
    return module


def _told(error: Exception) -> str:
    """The error with the line of the file where it arose."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" (line {trace.tb_lineno} of {trace.tb_frame.f_code.co_filename})" if trace is not None else ""
    return f"{type(error).__name__}: {error}{where}"
