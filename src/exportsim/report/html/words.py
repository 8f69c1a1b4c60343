"""Sentences of the catalogue as HTML: whatever is filled in is escaped, but for what is HTML already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from exportsim.language import template, text
from exportsim.report.number_format import number, visible

_CHARACTER = re.compile(r"[^0-9A-Za-z]")


def worded(key: str, /, **values: object) -> Markup:
    """A sentence of the catalogue; of ``number`` there may be one for each, and it is written as the language does."""
    sentence = template(key, values.get("number"))
    return Markup(escape(sentence)).format_map({name: shown(value) for name, value in values.items()})


def shown(value: object) -> object:
    """Text as it is put on the page: without what steers the reader's eye or the reading machine."""
    if type(value) is int:
        return count(value)
    if type(value) is not str:  # Markup has been made of shown text
        return value
    return "\n".join(visible(line) for line in value.split("\n"))


def count(value: int) -> str:
    """A whole number, as the language writes it."""
    return number(value, 0)


def breakable(said: str) -> Markup:
    """An estimate in a cell: where there is little room, its interval may stand on a line of its own."""
    between = template("numbers.interval").partition("{mean}")[2].partition("{low}")[0]
    mean, found, ends = said.partition(between)
    parts = [mean, between.strip() + ends] if found else [said]
    return Markup(" ").join(Markup('<span class="whole">{}</span>').format(shown(part)) for part in parts if part)


def commas(items: Iterable[str]) -> str:
    """``a, b, c``."""
    return text("lists.comma").join(items)


def semicolons(items: Iterable[str]) -> str:
    """``a; b; c``."""
    return text("lists.semicolon").join(items)


def link(to: str, said: str) -> Markup:
    """A link within the page."""
    return Markup('<a href="{}">{}</a>').format(to, said)


def strong(name: str) -> Markup:
    """A name that the scenario gives, told apart from the words around it."""
    return Markup("<b>{}</b>").format(shown(name))


def marked(said: str) -> Markup:
    """The mark of judgement."""
    return Markup('<span class="judged">{}</span>').format(said)


def typed(said: str) -> Markup:
    """What is typed or named in a shell."""
    return Markup("<code>{}</code>").format(said)


def css_text(text: str) -> Markup:
    """Text as a string of CSS, of which it can leave neither the string nor the style."""
    return Markup('"{}"').format(Markup(_CHARACTER.sub(lambda found: f"\\{ord(found[0]):06x}", visible(text))))


def css_numbers(text: str) -> Markup:
    """The number of a printed page among all, as the content of a CSS box: ``page 3 of 9``."""
    parts = re.split(r"(\{page\}|\{pages\})", text)
    counters = {"{page}": Markup("counter(page)"), "{pages}": Markup("counter(pages)")}
    return Markup(" ").join(counters.get(part) or css_text(part) for part in parts if part)
