"""What is wrong or odd, as a page says it to somebody who has no file open: in words, with days as in its sentences.

What is odd is said where a file is checked, too, and in the words of the file: addresses, keys with their values, names
and dates. What of these can be told on a page by what it is called there, is.
"""

from __future__ import annotations

import re
from datetime import date

from exportsim import language
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.language import country, text
from exportsim.live.acts import CHOICES
from exportsim.names import quoted, titles, words
from exportsim.report.measures import done
from exportsim.report.number_format import capital
from exportsim.scenario import Scenario
from exportsim.scenario.policies import listed_at
from exportsim.scenario.schema import Measure
from exportsim.scenario.workload import scope_text, what
from exportsim.study.naming import path_with_titles

SECTIONS = ("authorities", "suppliers", "goods", "policies", "incidents", "demand")
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
AS_WRITTEN = re.compile(r"`([^`]+)`")
CELL = re.compile(r"[\w.-]+(?: × [\w.-]+)+")


def said(fault: Fault) -> str:
    """A fault: where it stands in the file or, of what was set, at which path."""
    return str(fault) if fault.line or not fault.path else f"{fault.path}: {fault.message}"


def said_faults(error: ExportsimError) -> list[str]:
    """What is wrong, each fault by itself."""
    return [said(fault) for fault in error.faults] if isinstance(error, ScenarioError) else [str(error)]


def said_of_scenario(fault: Fault, scenario: Scenario) -> str:
    """What is odd about a scenario; of a measure, what it does: by its path it might be taken for one left out."""
    names, found = Names(scenario), None
    for address, policy, measure in names.measures:
        if fault.path == address or fault.path.startswith(f"{address}."):
            found = policy, measure
    message = names.in_words(fault, None if found is None else found[1])
    if found is not None:
        does = capital(done(scenario, found[1]))
        return text("live.warning", policy=names.policy(found[0]), measure=does, message=message)
    return text("live.warning_of", what=capital(names.path(fault.path)), message=message) if fault.path else message


class Names:
    """What is called how on a page of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._titles = {section: titles(scenario, section) for section in SECTIONS if section != "demand"}
        self._titles["demand"] = {name: words(name) for name in scenario.demand}

    @property
    def measures(self) -> list[tuple[str, str | None, Measure]]:
        """All measures with their addresses and their policies; None for the history."""
        listed = [(name, policy.measures) for name, policy in self.scenario.policies.items()]
        found: list[tuple[str, str | None, Measure]] = []
        for name, measures in (*listed, (None, self.scenario.history)):
            addresses = listed_at(self.scenario, name)
            found += [(address, name, measure) for address, measure in zip(addresses, measures, strict=True)]
        return found

    def policy(self, name: str | None) -> str:
        """Whose a measure is."""
        return text("live.group.history") if name is None else self._titles["policies"][name]

    def path(self, path: str) -> str:
        """What stands at a path."""
        return path_with_titles(path, lambda section, name: self._titles.get(section, {}).get(name, words(name)))

    def in_words(self, fault: Fault, measure: Measure | None) -> str:
        """What a warning says; ``measure`` is that which it is about, said before it with what it reaches."""
        message = fault.message
        if measure is not None:
            message = message.replace(f" ({scope_text(measure)})", "")
            message = message.replace(what(measure), quoted(done(self.scenario, measure)))
        message = AS_WRITTEN.sub(lambda found: self._called(found[1]), message)
        message = CELL.sub(lambda found: self._cell(found[0]), message)
        section, _, rest = fault.path.partition(".")
        own = rest.partition(".")[0]
        for name, title in self._titles["policies"].items():
            message = _replaced(message, rf"(?<=[ (]){re.escape(name)}(?=[,)]| \(|$)", quoted(title))
        if section == "authorities" and own in self._titles[section]:
            message = _replaced(message, rf"(?<![\w-]){re.escape(own)}(?![\w-])", self._titles[section][own])
        return DAY.sub(lambda found: _day(found[0]), message)

    def _called(self, written: str) -> str:
        """What a page calls what a file writes so: a measure, what one does, a part by its name, or else the words."""
        for address, policy, measure in self.measures:
            if written == address:
                return text(
                    "live.measure_of", measure=capital(done(self.scenario, measure)), policy=self.policy(policy)
                )
        key, _, value = written.partition(": ")
        if value in CHOICES.get(key, {}):
            return quoted(text(f"measures.all.{CHOICES[key][value]}", scope="", value="", stage=""))
        if key in CHOICES and not value:
            return quoted(text(f"live.acts.{key}"))
        known = [self._titles[section][written] for section in SECTIONS if written in self._titles[section]]
        return quoted(known[0] if known else words(written))

    def _cell(self, written: str) -> str:
        """An authority, a destination, goods and a programme, of which each is called by its title."""
        parts = []
        for part in written.split(" × "):
            known = [self._titles[section][part] for section in SECTIONS if part in self._titles[section]]
            is_country = any(line.destination == part for line in self.scenario.demand.values())
            parts.append(known[0] if known else country(part) if is_country else words(part))
        return " × ".join(parts)


def _replaced(message: str, pattern: str, words: str) -> str:
    return re.sub(pattern, lambda _: words, message)


def _day(written: str) -> str:
    try:
        return language.day(date.fromisoformat(written))
    except ValueError:
        return written
