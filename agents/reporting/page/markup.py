"""Makes markup in which every text is escaped: what a teacher wrote must never become a tag or a script.

The only place that knows Jinja2 and MarkupSafe. `element` makes one element, `render` fills the page's template, and
`island` makes JSON that may stand within `<script type="application/json">`.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent
STYLE, SCRIPT, TEMPLATE = "page.css", "page.js", "page.html.jinja"

_FOR_JSON = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


def element(name: str, *children: object, **attributes: object) -> Markup:
    """One element. `cls` is the class, `_` in other names a hyphen; attributes that are None are left out."""
    written = "".join(
        f' {"class" if key == "cls" else key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(escape(child) for child in children)
    # Only foreign (SVG) elements may close themselves; the others of ours always have content.
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def together(parts: "list[Markup] | tuple[Markup, ...]") -> Markup:
    """Elements one after the other."""
    return Markup("").join(parts)


def island(value: object) -> Markup:
    """JSON without any character that HTML gives a meaning."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_FOR_JSON))


def render(**values: Any) -> str:
    """The page; its style and script are named by hash in its own content policy, so that no other can run."""
    style, script = _text(STYLE), _text(SCRIPT)
    return _template().render(
        style=Markup(style), script=Markup(script), style_hash=_hash(style), script_hash=_hash(script), **values
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
