"""What can be changed of a scenario on the live page: dates of measures, what is uncertain, and what decides most.

These are what the scenario chooses (``controls:``), the dates of all measures, the values of ``uncertainties`` with
their range as the slider's, and officers, trust, filing, their work and when lines order again. What nobody chose is
there as far as it is few enough to be looked through: of a kind none if they are more than :data:`MOST_OF_A_KIND`, and
no further kind once they are :data:`MOST_UNCHOSEN` together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from exportsim.digits import unit_in_words
from exportsim.language import text
from exportsim.live.charts.plane import round_step
from exportsim.live.setting import draws_for_several, path_of_draw
from exportsim.names import title_of, words
from exportsim.report.measures import done, measure_sentence
from exportsim.report.number_format import capital, value_text
from exportsim.scenario import Scenario, explicit
from exportsim.scenario.addresses import located, node_at, shown
from exportsim.scenario.distributions import amount
from exportsim.scenario.policies import listed_at
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, in_unit, suffix_of
from exportsim.scenario.schema import Measure, PageControl, stages_at
from exportsim.scenario.schema_paths import takes_whole, types_at
from exportsim.scenario.text import Node, plain
from exportsim.scenario.tied_draws import TiedDraw
from exportsim.scenario.uncertainties import in_years, number_within
from exportsim.scenario.writer import line_of
from exportsim.study.naming import path_with_titles
from exportsim.study.parameter_axes import plain as in_digits
from exportsim.study.parameter_axes import unit_words
from exportsim.study.points import DISTRIBUTIONS, law_of, typed_distribution

Kind = Literal["date", "number", "choice"]
About = Literal["policy", "assumption"]

MOST_OF_A_KIND = 24  # controls that nobody chose, of officers or trust: more are for the scenario to choose from
MOST_UNCHOSEN = 60  # of all kinds together
MOST_UNCERTAIN = 100  # values that the scenario says are uncertain
STEPS = 100  # of a slider, about
OUTER = (0.05, 0.95)  # of what has no least and no most: between which the slider goes
NEARLY = 0.95  # of what it must be less than, a number is at most
TIMES = 4  # that a time or a number may be longer or shorter, where no range is known


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing that can be changed.

    Attributes
    ----------
    id : str
        The same for the same path of a scenario.
    path : str
        As ``--set`` knows it.
    value : str
        What the file has there, as ``--set`` takes it; a distribution in words, of which the control puts one number in
        the place.
    number : float or None
        The same as a number of the slider; None if it is none.
    suffix : str
        What follows a number of the slider for ``--set``: ``mo``, ``M``, ``/y``.
    least, most : str, float or None
        Dates as text, numbers as numbers.
    choices : tuple of str
        As ``--set`` takes them.
    about : str
        ``policy`` for what somebody decides, ``assumption`` for what is not known.
    policy : str or None
        Of which it is; None if it is the same under all.
    chosen : bool
        Whether it is shown with the first; not what a scenario that chooses its controls leaves out.
    """

    id: str
    path: str
    title: str
    kind: Kind
    value: str
    about: About
    group: str
    unit: str = ""
    suffix: str = ""
    number: float | None = None
    least: str | float | None = None
    most: str | float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    policy: str | None = None
    chosen: bool = True

    def text(self, number: float) -> str:
        """A number of the slider as ``--set`` takes it."""
        return f"{in_digits(number)}{self.suffix}"

    def json(self) -> dict[str, Any]:
        """Itself as plain values."""
        return asdict(self)


class Span(NamedTuple):
    """From where to where a slider goes, in a unit."""

    least: float
    most: float
    suffix: str = ""
    is_whole: bool = False
    is_money: bool = False


class Room(NamedTuple):
    """Between what a number of a distribution must lie, as written; nothing if it need not."""

    least: object = None
    most: object = None


def controls_of(scenario: Scenario) -> tuple[Control, ...]:
    """What can be changed of a scenario, in the order in which it is shown."""
    return Controls(scenario).found()


class Controls:
    """Finds what can be changed of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.tree: Node = from_python(explicit(scenario))
        self.several = draws_for_several(scenario)

    def found(self) -> tuple[Control, ...]:
        """Each control once: what the scenario chooses, the dates of measures, what is uncertain, and the rest."""
        by_place: dict[tuple[str | int, ...], Control] = {}
        uncertain = [*self.uncertain()]
        for control in (*self.chosen(), *self.dates(), *(uncertain if len(uncertain) <= MOST_UNCERTAIN else [])):
            by_place.setdefault(located(self.tree, control.path), control)
        room, tied = MOST_UNCHOSEN, [located(self.tree, path) for draw in self.several.values() for path in draw.paths]
        for kind in (self.officers(), self.trust(), self.filing(), self.work(), self.restart()):
            fresh = {located(self.tree, control.path): control for control in kind}
            fresh = {
                place: control
                for place, control in fresh.items()
                if place not in by_place and not any(place[: len(other)] == other for other in tied)
            }
            if len(fresh) <= min(MOST_OF_A_KIND, room):
                by_place |= fresh
                room -= len(fresh)
        first = len(self.scenario.controls)
        if not first:
            return tuple(by_place.values())
        return tuple(
            control if place < first or control.kind == "date" else replace(control, chosen=False)
            for place, control in enumerate(by_place.values())
        )

    def chosen(self) -> Iterator[Control]:
        """Those that the scenario chooses, with what it does not say of them as it would be without its choice."""
        if not self.scenario.controls:
            return
        kinds = (
            *(self.dates(), self.uncertain(), self.officers(), self.trust(), self.filing(), self.work()),
            self.restart(),
        )
        known: dict[tuple[str | int, ...], Control] = {}
        for control in (control for kind in kinds for control in kind):
            known.setdefault(located(self.tree, control.path), control)
        for written in self.scenario.controls:
            yield self.as_written(written, known.get(located(self.tree, written.path)))

    def as_written(self, written: PageControl, known: Control | None) -> Control:
        """A control as the scenario has it."""
        decided = written.path.startswith("policies.")
        about: About = written.about or (known.about if known else "policy" if decided else "assumption")
        group = written.group or (known.group if known else text("live.group.others"))
        control = known
        if written.choices is not None:
            control = self.choice(written.path, [line_of(value) for value in written.choices], group, about)
        elif written.range is not None and known is not None and known.kind == "date":
            least, most = map(str, written.range)
            control = replace(known, least=least, most=most)
        elif written.range is not None:
            control = self.number(written.path, self.span_written(written), group, about)
        elif known is None:
            (control,) = self.around(written.path, group)
        assert control is not None
        step = None if written.step is None else in_unit(written.step, control.suffix)
        return replace(
            control,
            group=group,
            about=about,
            title=written.title or control.title,
            unit=written.unit or control.unit,
            help=written.help or control.help,
            step=step or control.step,
        )

    def span_written(self, written: PageControl) -> Span:
        """The range that the scenario gives a control, in the unit of its least."""
        least, most = written.range or (0, 0)
        suffix = suffix_of(least) or suffix_of(most)
        ends = [in_unit(end, suffix) or 0.0 for end in (least, most)]
        steps = written.path.split(".")
        return Span(ends[0], ends[1], suffix, takes_whole(Scenario, steps), Money in types_at(Scenario, steps))

    def dates(self) -> Iterator[Control]:
        """The date of each measure that has one: of each policy its own, then of the history."""
        for policy in (*self.scenario.policies, None):
            listed = self.scenario.history if policy is None else self.scenario.policies[policy].measures
            for address, measure in zip(listed_at(self.scenario, policy), listed, strict=True):
                if measure.on is not None:
                    yield self.date(address, measure, measure.on, policy)

    def date(self, address: str, measure: Measure, on: date, policy: str | None) -> Control:
        """The control of a measure's date."""
        period, path = self.scenario.period, f"{address}.on"
        group = text("live.group.history") if policy is None else title_of(self.scenario, "policies", policy)
        return Control(
            id=id_of(path),
            path=path,
            title=capital(done(self.scenario, measure)),
            kind="date",
            value=on.isoformat(),
            about="assumption" if policy is None else "policy",
            group=group,
            least=min(period.start, on).isoformat(),
            most=period.end.isoformat(),
            help=measure_sentence(self.scenario, measure),
            policy=policy,
        )

    def uncertain(self) -> Iterator[Control]:
        """What the scenario says is uncertain, within its range."""
        group = text("live.group.uncertain")
        for name, uncertainty in self.scenario.uncertainties.items():
            if isinstance(uncertainty, TiedDraw):
                yield self.tied(name, uncertainty, group)
            elif isinstance(uncertainty, list):
                yield self.choice(name, [line_of(value) for value in uncertainty], group)
            else:
                yield self.number(name, _span_of(name, uncertainty), group)

    def tied(self, name: str, tied: TiedDraw, group: str) -> Control:
        """What one draw sets or scales, all at once."""
        path = path_of_draw(name)
        if isinstance(tied.draw, list):
            control = self.choice(path, [line_of(value) for value in tied.draw], group)
        else:
            control = self.number(path, _span_of("" if tied.scales else tied.sets[0], tied.draw), group)
        values = text("lists.semicolon").join(map(self.title, tied.paths))
        help = text("live.tied.scales" if tied.scales else "live.tied.sets", values=values)
        return replace(control, title=capital(words(name)), help=help)

    def officers(self) -> Iterator[Control]:
        """How many officers each stage has."""
        group = text("live.group.officers")
        for name, authority in self.scenario.authorities.items():
            for path, stage in stages_at(authority, ("authorities", name)):
                if stage.officers is not None:
                    span = Span(0 if stage.officers == 0 else 1, max(2 * stage.officers, 5), "", is_whole=True)
                    yield self.number(self.shown((*path, "officers")), span, group)

    def work(self) -> Iterator[Control]:
        """How long the work of each stage takes: the number in it that its mean follows."""
        group = text("live.group.work")
        for name, authority in self.scenario.authorities.items():
            for path, stage in stages_at(authority, ("authorities", name)):
                if stage.work is not None:
                    yield from self.around(self.shown((*path, "work")), group)

    def trust(self) -> Iterator[Control]:
        """What measures cost in trust, and how soon it comes back."""
        group = text("live.group.trust")
        for name, line in self.scenario.demand.items():
            for act, loss in line.trust.loss:
                if loss:
                    yield self.number(f"demand.{name}.trust.loss.{act}", Span(0, 1), group)
            if line.trust.half_life != "never":
                yield from self.around(f"demand.{name}.trust.half_life", group)

    def filing(self) -> Iterator[Control]:
        """How likely orders are applied for while a measure holds."""
        group = text("live.group.filing")
        for name, line in self.scenario.demand.items():
            for regime in ("hold", "case_by_case", "deny"):
                if getattr(line.filing, regime) is not None:
                    yield self.number(f"demand.{name}.filing.{regime}", Span(0, 1), group)

    def restart(self) -> Iterator[Control]:
        """How long after a measure lines order again from a source."""
        group = text("live.group.restart")
        for name, line in self.scenario.demand.items():
            for source, known in line.sources.items():
                if known.restart is not None:
                    yield from self.around(f"demand.{name}.sources.{source}.restart", group)

    def shown(self, path: tuple[str | int, ...]) -> str:
        """A path as ``--set`` is given it: stages by their names."""
        return shown(self.tree, path)

    def written(self, path: str) -> Any:
        """What the file has at a path; of a draw that sets several values that of all, or all that differ."""
        if (tied := self.several.get(path)) is not None:
            found = [1] if tied.scales else [self.written(each) for each in tied.sets]
            apart = [value for place, value in enumerate(found) if value not in found[:place]]
            return apart[0] if len(apart) == 1 else apart
        node = node_at(self.tree, path)
        return None if node is None else plain(node)

    def around(self, path: str, group: str) -> Iterator[Control]:
        """The control of a quantity of which no range is known; of a distribution, of what its mean follows."""
        written, room = self.written(path), Room()
        if isinstance(written, dict):
            within = number_within(written)
            if not within:
                return
            path, room = f"{path}.{within}", _room_of(written, within)
        suffix = suffix_of(self.written(path))
        value = in_unit(self.written(path), suffix)
        if value:
            is_whole = takes_whole(Scenario, path.split("."))
            least, most = (in_unit(end, suffix) for end in room)
            least = max(_two_digits(value / TIMES), 0.0 if least is None else least)
            most = min(_two_digits(value * TIMES), math.inf if most is None else _two_digits(NEARLY * most))
            yield self.number(path, Span(least, most, suffix, is_whole, suffix in MULTIPLES), group)

    def number(self, path: str, span: Span, group: str, about: About = "assumption") -> Control:
        """The control of a number."""
        written, step = self.written(path), step_of(span)
        value = in_unit(written, span.suffix)
        ends = [span.least, span.most, *([] if value is None else [value])]
        return Control(
            id=id_of(path),
            path=path,
            title=capital(self.title(path)),
            kind="number",
            value=value_text(written) if isinstance(written, dict | list) else line_of(written),
            about=about,
            group=group,
            unit=self.unit(span),
            suffix=span.suffix,
            number=value,
            least=min(ends),
            most=max(ends),
            step=step,
        )

    def choice(self, path: str, choices: list[str], group: str, about: About = "assumption") -> Control:
        """The control of one of several values."""
        written = self.written(path)
        own = value_text(written) if isinstance(written, dict | list) else line_of(written)
        return Control(
            id=id_of(path),
            path=path,
            title=capital(self.title(path)),
            kind="choice",
            value=own,
            about=about,
            group=group,
            choices=tuple(dict.fromkeys([*([] if isinstance(written, dict | list) else [own]), *choices])),
        )

    def title(self, path: str) -> str:
        """A path in words."""
        return path_with_titles(path, self.called)

    def called(self, section: str, name: str) -> str:
        """What one of a section is called; a stage and a measure, which stand in none, by the name in words."""
        return title_of(self.scenario, section, name) if section else words(name)

    def unit(self, span: Span) -> str:
        """The unit of a slider in words."""
        words = unit_words(span.suffix) if span.suffix else ""
        return unit_in_words(self.scenario.currency, words) if span.is_money else words


def id_of(path: str) -> str:
    """What a path is called where points and blanks cannot stand."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", path)


def step_of(span: Span) -> float:
    """A round step of a slider."""
    wide = (span.most - span.least) / STEPS
    if span.is_whole:
        return max(1.0, float(round_step(wide)))
    step = round_step(wide)
    # Three digits after a point may be taken for thousands, and are refused in times.
    return 0.01 if 0.001 <= step < 0.01 and wide * STEPS >= 0.1 else step


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _span_of(path: str, uncertainty: dict[str, Any]) -> Span:
    """The range of a distribution, in the unit of the least quantity in it; ``path`` is nothing for what scales."""
    yearly = in_years(uncertainty)
    are_rates = yearly != uncertainty
    typed = typed_distribution(yearly, DISTRIBUTIONS[:1] if are_rates else DISTRIBUTIONS)
    quantities = sorted(typed.quantities(), key=amount)
    first = quantities[0]
    suffix = first.unit if isinstance(first, Duration) else first.multiple if isinstance(first, Money) else ""
    if typed.bounded:
        ends = [float(amount(quantity)) for quantity in (quantities[0], quantities[-1])]
    else:
        law = law_of(uncertainty)
        ends = [float(f"{law.at(share):.3g}") for share in OUTER]
    by = 1.0
    if isinstance(first, Duration):
        by = float(MINUTES[suffix])
    elif isinstance(first, Money):
        by = float(MULTIPLES[suffix] * 100)
    is_number = not isinstance(first, Duration | Money) and not are_rates
    is_whole = is_number and path != "" and takes_whole(Scenario, path.split("."))
    return Span(ends[0] / by, ends[1] / by, "/y" if are_rates else suffix, is_whole, isinstance(first, Money))


def _room_of(distribution: dict[str, Any], within: str) -> Room:
    """Between what a number within a distribution must lie for its others to be what they are."""
    match within:
        case "triangular.1":
            return Room(distribution["triangular"][0], distribution["triangular"][2])
        case "uniform.1":
            return Room(distribution["uniform"][0])
        case "lognormal.median":
            return Room(None, distribution["lognormal"]["p90"])
    return Room()
