"""How sentences and findings name things: titles cut to fit, some of many, and whose exports are meant."""

from __future__ import annotations

from collections.abc import Sequence

from exportsim import language
from exportsim.language import listed, text
from exportsim.names import quoted, titles
from exportsim.scenario.schema import Scenario

MOST_DESTINATIONS = 2  # that are named


def cut_to_fit(title: str, room: int) -> str:
    """A title in no more than so many characters, cut after a word."""
    if len(title) <= room:
        return title
    cut = title[: max(room - 1, 1)]
    return text("names.cut", start=(cut.rpartition(" ")[0] or cut).rstrip(" ,;:"))


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
