"""YAML as settings need it: words, numbers, true or false, lists and groups; nothing else is read into it.

A date is a text, `12:30` is a text, `010` is ten. A file is refused, in words, when it is not UTF-8 text, is nested or
repeated by aliases beyond any sense, holds tags, or is larger than any configuration.
"""

import re
from pathlib import Path

import yaml

from reasoner.errors import ConfigError
from reasoner.types.printable import shortened

LARGEST = 1024**2
"""Bytes of a file."""
DEEPEST = 16
MOST_NODES = 10_000
MOST_DIGITS = 40

_INT = re.compile(r"[-+]?[0-9][0-9_]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


class PlainLoader(yaml.SafeLoader):
    """Reads numbers as people mean them, and no dates."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in rules if tag.rpartition(":")[2] not in ("timestamp", "int", "float")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(rf"^(?:{_INT.pattern})$"), list("-+0123456789"))
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(rf"^(?:{_FLOAT.pattern})$"), list("-+.0123456789")
)


def _integer(_: PlainLoader, node: yaml.ScalarNode) -> int:
    text = node.value.replace("_", "")
    if len(text) > MOST_DIGITS:
        raise yaml.constructor.ConstructorError(None, None, f"a number of {len(text)} digits", node.start_mark)
    return int(text, 0 if text[:2] in ("0x", "0o", "0b") else 10)


PlainLoader.add_constructor("tag:yaml.org,2002:int", _integer)


def read_text(path: Path) -> str:
    """The text of a settings file.

    Raises:
        ConfigError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as handle:
            content = handle.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{shortened(str(path))}: cannot be read: {error.strerror}. Give a file that can.") from error
    if len(content) > LARGEST:
        raise ConfigError(f"{path}: larger than {LARGEST} bytes, which is no file of settings. Check the path.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ConfigError(f"{path}: the text is UTF-16; expected UTF-8. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}, line {line}: not UTF-8 text (byte 0x{content[error.start]:02x}). Save it as UTF-8."
        ) from error


def compose(text: str) -> tuple[PlainLoader, yaml.Node | None]:
    """The document as a tree of nodes that is safe to walk, and the loader that makes values of them.

    Raises:
        yaml.YAMLError: no YAML, or YAML that no configuration is.
    """
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=PlainLoader), start=1):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST_NODES:
            too = f"nested more than {DEEPEST} deep" if depth > DEEPEST else f"more than {MOST_NODES} values"
            raise yaml.MarkedYAMLError(problem=too, problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(
                problem=f"tags such as {event.tag} have no meaning here", problem_mark=event.start_mark
            )
    loader = PlainLoader(text)
    root = loader.get_single_node()
    if root is not None:
        _walk(root, 0, [MOST_NODES])
    return loader, root


def value_of(text: str) -> object:
    """The value that a single text stands for.

    Raises:
        yaml.YAMLError: it stands for none.
    """
    loader, root = compose(text)
    try:
        return None if root is None else made(loader, root)
    finally:
        loader.dispose()


def made(loader: PlainLoader, node: yaml.Node) -> object:
    """The value of a node.

    Raises:
        yaml.YAMLError: it has none, such as a list as a key.
    """
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise yaml.MarkedYAMLError(problem=f"no value: {error}", problem_mark=node.start_mark) from error


def _walk(node: yaml.Node, depth: int, left: list[int]) -> None:
    """Counts what aliases repeat as often as it is repeated; one that holds itself is deeper than anything."""
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0:
        raise yaml.MarkedYAMLError(
            problem="its aliases repeat too much, or hold themselves", problem_mark=node.start_mark
        )
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _walk(key, depth + 1, left)
            _walk(value, depth + 1, left)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _walk(item, depth + 1, left)
