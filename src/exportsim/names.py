"""What a person reads for the names of a scenario: titles, told apart where two are the same, quoted in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from exportsim.language import country, text
from exportsim.outcomes import SECTION, in_words, row

if TYPE_CHECKING:
    from exportsim.scenario.schema import Scenario

#: Kinds of characters that steer a terminal, or that nothing is written with.
STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """Text from a scenario with everything that could steer a terminal made visible.

    Control characters, line and paragraph separators, and marks that turn the direction of writing are shown as
    escapes (``\\x1b``).
    """
    if text.isprintable():  # which none of them is
        return text
    return "".join(
        character.encode("unicode_escape", "backslashreplace").decode()
        if unicodedata.category(character) in STEERING
        else character
        for character in text
    )


def words(name: str) -> str:
    """A name that has no title, in a sentence."""
    return name.replace("_", " ")


def plain_name(words: str) -> str:
    """The name that a scenario may give to what has some words: small letters and digits with hyphens; or none."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def free_name(name: str, taken: Collection[str]) -> str:
    """A name, with a number where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[:56]}-{number}"
    return free


def titles(scenario: Scenario, section: str) -> dict[str, str]:
    """The titles of a section's parts by their names; the name in words where there is none."""
    return told_apart({name: part.title or words(name) for name, part in getattr(scenario, section).items()})


def title_of(scenario: Scenario, section: str, name: str) -> str:
    """What one of the goods, authorities, suppliers, incidents or policies is called."""
    return titles(scenario, section)[name]


def outcome_title(scenario: Scenario, outcome: str) -> str:
    """An outcome in words: ``delivered: ASELSAN``."""
    return outcome_with_titles(outcome, lambda section, name: title_of(scenario, section, name))


def outcome_with_titles(outcome: str, title: Callable[[str, str], str]) -> str:
    """An outcome in words, with the title of what it is of, by section and name."""
    _, slash, of = outcome.partition("/")
    if not slash:
        return in_words(outcome)
    section = SECTION[row(outcome).name.partition("/")[2]]
    return in_words(outcome, country(of) if section == SECTION["DESTINATION"] else title(section, of))


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
