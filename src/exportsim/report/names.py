"""What a person reads for the names of a scenario: titles, told apart where two are the same, quoted in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from exportsim import language
from exportsim.language import listed, text
from exportsim.report.number_format import visible
from exportsim.scenario.schema import Scenario

MOST_DESTINATIONS = 2  # that are named


def titles(scenario: Scenario, section: str) -> dict[str, str]:
    """The titles of a section's parts by their names; the name where there is none, and with a title that two have."""
    return told_apart({name: part.title or name for name, part in getattr(scenario, section).items()})


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


def shortened(title: str, room: int) -> str:
    """A title in no more than so many characters, cut after a word."""
    if len(title) <= room:
        return title
    cut = title[: max(room - 1, 1)]
    return text("names.cut", start=(cut.rpartition(" ")[0] or cut).rstrip(" ,;:"))


def several(first: Sequence[str], rest: int) -> list[str]:
    """Some titles, and how many others there are."""
    return [*first, *([text("names.others", number=rest)] if rest else [])]


def exporters(scenario: Scenario, authorities: Sequence[str], *, short: bool = False) -> str:
    """Whose exports are meant: those of countries, or of some authorities' licences; and whereto, if to few."""
    offices = scenario.authorities
    countries = list(dict.fromkeys(offices[name].country for name in authorities))
    if not countries:
        return text("names.exports")
    if not {name for name, office in offices.items() if office.country in countries} <= set(authorities):
        shown = titles(scenario, "authorities")
        return text("names.exports_under", authorities=listed([quoted(shown[name]) for name in authorities]))
    origin = listed([language.country(code) for code in countries])
    destinations = list(dict.fromkeys(line.destination for line in scenario.demand.values()))
    if short or len(destinations) > MOST_DESTINATIONS:
        return text("names.exports_from", origin=origin)
    whereto = listed([language.country(code) for code in destinations])
    return text("names.exports_from_to", origin=origin, destination=whereto)
