"""What a person reads for the names of a scenario: titles, told apart where two are the same, quoted in a sentence."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from exportsim.language import text

if TYPE_CHECKING:
    from exportsim.scenario.schema import Scenario

#: Kinds of characters that steer a terminal, or that nothing is written with.
STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """Text from a scenario with everything that could steer a terminal made visible.

    Control characters, line and paragraph separators, and marks that turn the direction of writing are shown as
    escapes (``\\x1b``).
    """
    return "".join(
        character.encode("unicode_escape", "backslashreplace").decode()
        if unicodedata.category(character) in STEERING
        else character
        for character in text
    )


def words(name: str) -> str:
    """A name that has no title, in a sentence."""
    return name.replace("_", " ")


def titles(scenario: Scenario, section: str) -> dict[str, str]:
    """The titles of a section's parts by their names; the name in words where there is none."""
    return told_apart({name: part.title or words(name) for name, part in getattr(scenario, section).items()})


def title_of(scenario: Scenario, section: str, name: str) -> str:
    """What one of the goods, authorities, suppliers, incidents or policies is called."""
    return titles(scenario, section)[name]


def told_apart(titles: Mapping[str, str]) -> dict[str, str]:
    """What is shown of titles by their names: a title that another has too with its name, unless it is the name."""
    shown = {name: visible(title) for name, title in titles.items()}
    number = Counter(shown.values())
    return {
        name: title if number[title] == 1 or title == name else text("names.apart", title=title, name=name)
        for name, title in shown.items()
    }


def quoted(title: str) -> str:
    """A title in a sentence, told apart from the words around it."""
    return text("names.quoted", title=title)
