"""What is wrong or odd, as a page says it to somebody who has no file open: in words, with days as in its sentences.

What is odd is said where a file is checked, too, and in the words of the file: addresses, keys with their values, names
and dates. What of these can be told on a page by what it is called there, is.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from exportsim import language
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.language import country, text
from exportsim.live.acts import CHOICES
from exportsim.live.measures import REMOVED
from exportsim.live.setting import Setting
from exportsim.names import quoted, titles, words
from exportsim.report.measures import AXES, done
from exportsim.report.number_format import capital
from exportsim.scenario import Scenario
from exportsim.scenario.addresses import located, override
from exportsim.scenario.policies import listed_at
from exportsim.scenario.python_nodes import tree_of
from exportsim.scenario.schema import Measure
from exportsim.scenario.text import Node, Path
from exportsim.scenario.workload import scope_text, what
from exportsim.study.naming import path_with_titles

SECTIONS = ("authorities", "suppliers", "goods", "policies", "incidents", "demand")
#: What a key of a measure is called where it is changed.
FIELDS = {
    "on": "live.page.add_date",
    **{key: f"live.acts.{key}" for key in CHOICES},
    **{axis: f"live.reach.{axis}" for axis in AXES},
}
OF_STAGES = ("officers", "work")
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
AS_WRITTEN = re.compile(r"`([^`]+)`")
CELL = re.compile(r"[\w.-]+(?: × [\w.-]+)+")


def said_faults(error: ExportsimError, setting: Setting) -> list[str]:
    """What is wrong with a setting, each fault by itself, by what its scenario's page calls what was set."""
    if not isinstance(error, ScenarioError):
        return [str(error)]
    names = Names(setting.scenario)
    return [
        str(fault) if fault.line else names.said(fault, _in_file(fault, names.tree, setting)) for fault in error.faults
    ]


def said_of_scenario(fault: Fault, scenario: Scenario) -> str:
    """What is odd about a scenario."""
    return Names(scenario).warning(fault)


def _in_file(fault: Fault, tree: Node, setting: Setting) -> Path:
    """Where in the file's tree a fault is of a setting, in which places are counted without what is taken away."""
    source, _, path = fault.file.partition(" ")
    if path and source in ("override", "--set"):  # what was set, which is of the file's tree
        return located(tree, path)
    away = [located(tree, path) for path, value in setting.overrides if value.strip() in REMOVED]
    left, _ = override(tree, {".".join(map(str, place)): None for place in away})
    found: Path = ()
    for step in located(left, fault.path):
        if isinstance(step, int):
            step = [number for number in range(step + len(away) + 1) if (*found, number) not in away][step]
        found = (*found, step)
    return found


class Names:
    """What is called how on a page of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.tree = scenario, tree_of(scenario)
        self._titles = {section: titles(scenario, section) for section in SECTIONS}
        self._chosen = {located(self.tree, each.path): each.title for each in scenario.controls if each.title}

    def warning(self, fault: Fault) -> str:
        """What is odd about the scenario."""
        return self.said(fault, located(self.tree, fault.path) if fault.path else ())

    def said(self, fault: Fault, place: Path) -> str:
        """What is wrong or odd; of a measure, what it does: by its path it might be taken for one left out."""
        for address, policy, measure in self.measures:
            own = located(self.tree, address)
            if place[: len(own)] == own:
                message = self.in_words(fault, place, measure)
                if field := _field(*map(str, place[len(own) : len(own) + 2])):
                    message = text("live.warning_of", what=field, message=message)
                does = capital(done(self.scenario, measure))
                return text("live.warning", policy=self.policy(policy), measure=does, message=message)
        message = self.in_words(fault, place, None)
        match place:
            case ("policies", str(policy), "measures", str(), *_) if policy in self.scenario.policies:
                return text("live.warning_of", what=text("live.added_to", policy=self.policy(policy)), message=message)
            case ():
                return message
        called = words(str(place[1])) if place[0] == "uncertainties" and len(place) > 1 else self.path(fault.path)
        return text("live.warning_of", what=self._chosen.get(place) or capital(called), message=message)

    @cached_property
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

    def in_words(self, fault: Fault, place: Path, measure: Measure | None) -> str:
        """What is said of a place; ``measure`` is that which it is in, said before it with what it reaches."""
        message, key = fault.message, str(place[-1]) if place else ""
        if measure is not None:
            message = message.replace(f" ({scope_text(measure)})", "")
            message = message.replace(what(measure), quoted(done(self.scenario, measure)))
        message = AS_WRITTEN.sub(lambda found: self._called(found[1], key), message)
        message = CELL.sub(lambda found: self._cell(found[0]), message)
        section, _, rest = fault.path.partition(".")
        own = rest.partition(".")[0]
        for name, title in self._titles["policies"].items():
            message = _replaced(message, rf"(?<=[ (]){re.escape(name)}(?=[,)]| \(|$)", quoted(title))
        if section == "authorities" and own in self._titles[section]:
            message = _replaced(message, rf"(?<![\w-]){re.escape(own)}(?![\w-])", self._titles[section][own])
        return DAY.sub(lambda found: _day(found[0]), message)

    def _called(self, written: str, at: str) -> str:
        """What a page calls what a file writes so: a measure, what one does, a part by its name, or else the words.

        ``at`` is the key at which something is wrong or odd, of which values are named alone.
        """
        for address, policy, measure in self.measures:
            if written == address:
                return text(
                    "live.measure_of", measure=capital(done(self.scenario, measure)), policy=self.policy(policy)
                )
        key, _, value = written.partition(": ") if ": " in written or written in FIELDS else (at, "", written)
        if value in CHOICES.get(key, {}):
            return quoted(text(f"measures.all.{CHOICES[key][value]}", scope="", value="", stage=""))
        if (field := _field(key)) and not value:
            return quoted(field)
        if "." in written and written.split(".")[0] in SECTIONS:
            return quoted(self.path(written))
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


def _field(key: str = "", stage: str = "") -> str:
    """What a key of a measure is called where it is changed; nothing of one that is not changed by itself."""
    if stage and key in OF_STAGES:
        return text(f"live.acts.{key}_at", stage=words(stage))
    return text(FIELDS[key]) if key in FIELDS else ""


def _replaced(message: str, pattern: str, words: str) -> str:
    return re.sub(pattern, lambda _: words, message)


def _day(written: str) -> str:
    try:
        return language.day(date.fromisoformat(written))
    except ValueError:
        return written
