"""The page before anything is known: its scripts, its style and its parts, as they are installed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import resources

from exportsim import language
from exportsim.language import text

#: In the order in which the page reads them: what comes later knows what came before.
SCRIPTS = (
    "base.js",
    "setting.js",
    "measures.js",
    "controls.js",
    "figures.js",
    "orders.js",
    "files.js",
    "connection.js",
    "page.js",
)
#: The same of a page in one file, which is answered by what it holds.
SCRIPTS_OF_FILE = tuple("frozen.js" if name == "connection.js" else name for name in SCRIPTS)
PARTS = {**dict.fromkeys(SCRIPTS, "text/javascript"), "page.css": "text/css"}


@cache
def content(name: str) -> str:
    """A part of the page, as it is installed."""
    return resources.files("exportsim.live").joinpath("page", name).read_text(encoding="utf-8")


def shell() -> str:
    """The page before anything is known: its scripts ask for the rest."""
    return _rendered(scripts=SCRIPTS)


def page_in_one_file(parts: Sequence[str]) -> str:
    """The page with its scripts and its style in it, and parts of what they are to show, as letters and digits.

    What the browser is told of it holds for no other script or style than these, and lets it ask nobody.
    """
    from markupsafe import Markup

    scripts, style = [content(name) for name in SCRIPTS_OF_FILE], content("page.css")
    rules = (
        f"default-src 'none'; script-src {' '.join(map(_source, scripts))}; style-src {_source(style)}; "
        "img-src blob: data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    own = {"rules": rules, "style": Markup(style), "scripts": [*map(Markup, scripts)]}
    return _rendered(frozen=own | {"parts": parts})


def _source(content: str) -> str:
    """A script or a style as a rule of the browser names it: by its digest."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _rendered(**given: object) -> str:
    from jinja2 import Environment

    template = Environment(autoescape=True, keep_trailing_newline=True).from_string(content("page.html"))
    return template.render(text=text, language=language.in_use(), **given)
