"""The page before anything is known: its scripts, its style and its parts, as they are installed."""

from __future__ import annotations

from functools import cache
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
PARTS = {**dict.fromkeys(SCRIPTS, "text/javascript"), "page.css": "text/css"}


@cache
def content(name: str) -> str:
    """A part of the page, as it is installed."""
    return resources.files("exportsim.live").joinpath("page", name).read_text(encoding="utf-8")


def shell() -> str:
    """The page before anything is known: its scripts ask for the rest."""
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(content("page.html"))
    return template.render(text=text, language=language.in_use(), scripts=SCRIPTS)
