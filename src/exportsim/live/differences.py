"""What a setting changes where the page has no control, in sentences: a link may set whatever ``--set`` can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from exportsim import language
from exportsim.digits import in_currency
from exportsim.language import text
from exportsim.live.controls import Control, Controls
from exportsim.live.setting import Overrides, Setting
from exportsim.report.measures import duration
from exportsim.report.number_format import capital, digits, value_text
from exportsim.scenario import Scenario
from exportsim.scenario.addresses import located
from exportsim.scenario.quantities import MINUTES, Duration, Money, in_unit, suffix_of
from exportsim.scenario.schema_paths import types_at
from exportsim.scenario.text import Node, Path, below, parse, plain
from exportsim.scenario.writer import line_of
from exportsim.study.parameter_axes import unit_words

MULTIPLE = {"k": "thousand", "M": "million", "bn": "billion"}


class Differences:
    """Says what is other than in the file.

    Parameters
    ----------
    finder : Controls
    controls : tuple of Control
        That the page has.
    measures : iterable of str
        Where the file has its measures, of which the page itself says what is changed.
    """

    def __init__(self, finder: Controls, controls: tuple[Control, ...], measures: list[str]) -> None:
        self._finder, self._controls = finder, controls
        self._places = {located(finder.tree, control.path): control for control in controls}
        self._paths = {control.path for control in controls}
        self._measures = measures

    def as_page_has(self, overrides: Overrides) -> Overrides:
        """The same with the paths of the page's controls, which may be written in several ways: by name, or number."""
        found: dict[str, str] = {}
        for path, value in overrides:
            control = None if path in self._paths else self._places.get(located(self._finder.tree, path))
            found[path if control is None else control.path] = value
        return tuple(found.items())

    def said(self, overrides: Overrides) -> Mapping[str, str]:
        """By path, what is changed there, of the paths that the page has no control for."""
        return {path: self._sentence(path, value) for path, value in overrides if not self._is_on_page(path)}

    def elsewhere(self, setting: Setting) -> dict[str, dict[str, str]]:
        """By path, the values of controls that something else than the control itself sets: a draw, or a whole.

        Of each its ``value`` as the control has it, the path that it is set by (``by``), and what that is called.
        """
        own = {path for path, _ in setting.overrides}
        whole = {path: {path: value} for path, value in setting.overrides if path not in {*self._paths, *setting.drawn}}
        values = {
            path: {each: line_of(found) for each, found in drawn.items()} for path, drawn in setting.drawn.items()
        }
        found: dict[str, dict[str, str]] = {}
        for by, (path, written) in ((by, pair) for by, pairs in (values | whole).items() for pair in pairs.items()):
            place = located(self._finder.tree, path)
            node, _ = parse(written if written.strip() else "null", "--set")
            for inner, control in self._places.items():
                if inner[: len(place)] == place and control.path not in own:
                    value = _within(node, inner[len(place) :])
                    if value is not None:
                        said = {"value": _as_control_has_it(control, value), "by": by, "called": self._called(by)}
                        found[control.path] = said
        return found

    def _called(self, path: str) -> str:
        """What something that can be set is called, as on its control if it has one."""
        known = {each.path.removesuffix(".on") if each.kind == "date" else each.path: each for each in self._controls}
        return known[path].title if path in known else capital(self._finder.title(path))

    def _is_on_page(self, path: str) -> bool:
        return path in self._paths or any(path == each or path.startswith(f"{each}.") for each in self._measures)

    def _sentence(self, path: str, value: str) -> str:
        node, _ = parse(value if value.strip() else "null", "--set")
        title, written = capital(self._finder.title(path)), plain(node)
        if written is None:
            return text("live.page.differs_away", title=title)
        was = self._finder.written(path)
        if was is None:
            return text("live.differs_new", title=title, value=self._words(path, written))
        words = {"value": self._words(path, written), "was": self._words(path, was)}
        return text("live.page.differs", title=title, **words)

    def _words(self, path: str, written: Any) -> str:
        """A value of a scenario as a person says it."""
        if isinstance(written, dict | list):
            return value_text(written)
        if isinstance(written, str) and len(written) == len("2020-01-01"):
            try:
                return language.day(date.fromisoformat(written))
            except ValueError:
                pass
        suffix = suffix_of(written)
        if suffix in MINUTES:
            return duration(Duration.parse(written))
        number = in_unit(written, suffix)
        if number is None:
            return str(written)
        if Money in types_at(Scenario, path.split(".")):
            shown = digits(number)
            amount = text(f"numbers.of_{MULTIPLE[suffix]}", number=shown) if suffix else shown
            return in_currency(self._finder.scenario.currency, amount)
        return f"{digits(number)} {unit_words(suffix) if suffix else ''}".strip()


def _within(node: Node | None, steps: Path) -> Any:
    """What stands somewhere within a value; nothing if nothing does."""
    for step in steps:
        node = None if node is None else below(node, step)
    return None if node is None else plain(node)


def _as_control_has_it(control: Control, written: Any) -> str:
    """A value in the unit of a control's slider, as ``--set`` takes it; a distribution in words."""
    if isinstance(written, dict | list):
        return value_text(written)
    number = in_unit(written, control.suffix) if control.kind == "number" else None
    return line_of(written) if number is None else control.text(number)
