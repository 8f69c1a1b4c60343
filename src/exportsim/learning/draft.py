"""The draft: what was found as a scenario, each number with a comment that says how it was found and how surely."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from exportsim.digits import number as digits
from exportsim.digits import short
from exportsim.language import text
from exportsim.learning.calendar import OfficeDays
from exportsim.learning.changes import Change
from exportsim.learning.decisions import Approval
from exportsim.learning.demand import Demand, amount
from exportsim.learning.fits import Fit, Written
from exportsim.learning.groups import Factor
from exportsim.learning.intervals import Estimate
from exportsim.learning.log import Log
from exportsim.learning.stages import StageFound, span
from exportsim.names import free_name, visible
from exportsim.scenario.quantities import Rate
from exportsim.scenario.writer import INDENT, WIDTH, line_of

OFFICE, MAKER, POLICY = "office", "exporters", "as-now"
SLOTS, NOTHING = 1_000_000, "0d"
Path = tuple[str | int, ...]


class Number(NamedTuple):
    """A number of the draft: where it stands, how it was found, within what it lies, and of how many."""

    path: str
    figure: str
    value: str
    low: str
    high: str
    n: int
    how: str


@dataclass
class Draft:
    """A scenario as a mapping, with what is said of its places, and its numbers."""

    tree: dict[str, Any] = field(default_factory=dict)
    comments: dict[Path, list[str]] = field(default_factory=dict)
    numbers: list[Number] = field(default_factory=list)

    def say(self, path: Path, *sentences: str) -> None:
        """Write sentences above a place."""
        self.comments.setdefault(path, []).extend(sentences)

    def found(self, path: Path, figures: Iterable[tuple[str, str, str, str]], n: int, how: str) -> None:
        """Note numbers of a place, each with its name, its value and its ends, and say the same above it."""
        dotted = ".".join(map(str, path))
        said = []
        for figure, value, low, high in figures:
            self.numbers.append(Number(_addressed(self.tree, path) or dotted, figure, value, low, high, n, how))
            name = text(f"learn.figures.{figure}")
            said.append(text("learn.comment.figure", figure=name, low=low, high=high))
        self.say(
            path, text("learn.comment.number", figures=text("lists.semicolon").join(said), n=digits(n, 0), how=how)
        )

    def yaml(self) -> str:
        """The scenario as a file, comments above what they are of."""
        return "\n".join(self._block(self.tree, (), "")) + "\n"

    def _block(self, mapping: Mapping[str, Any], path: Path, indent: str) -> Iterator[str]:
        for key, value in mapping.items():
            here = (*path, key)
            yield from self._said(here, indent)
            start = f"{indent}{line_of(key)}:"
            below = any(place[: len(here)] == here and len(place) > len(here) for place in self.comments)
            flow = line_of(value)
            if not isinstance(value, dict | list) or not value or (not below and len(start) + len(flow) < WIDTH):
                yield f"{start} {flow}"
            elif isinstance(value, dict):
                yield start
                yield from self._block(value, here, indent + INDENT)
            else:
                yield start
                yield from self._listed(value, here, indent + INDENT)

    def _listed(self, items: Sequence[Any], path: Path, indent: str) -> Iterator[str]:
        for place, item in enumerate(items):
            here = (*path, place)
            yield from self._said(here, indent)
            if isinstance(item, dict):
                lines = list(self._block(item, here, indent + INDENT))
                yield f"{indent}- {lines[0].lstrip()}"
                yield from lines[1:]
            else:
                yield f"{indent}- {line_of(item)}"

    def _said(self, path: Path, indent: str) -> Iterator[str]:
        for sentence in self.comments.get(path, ()):
            yield from textwrap.wrap(
                visible(sentence), WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   "
            )


def _addressed(tree: Mapping[str, Any], path: Path) -> str:
    """A path as `--set` knows it: stages and measures by their names."""
    steps, at = [], tree
    for step in path:
        at = at[step] if isinstance(step, int) else at.get(step, {})  # type: ignore[index]
        named = isinstance(step, int) and isinstance(at, dict)
        steps.append(str(at.get("stage") or at.get("name") or step) if named else str(step))
    return ".".join(steps)


def drafted(
    log: Log,
    days: OfficeDays,
    stages: Sequence[StageFound],
    demand: Demand,
    approval: Approval | None,
    patience: Estimate | None,
    *,
    home: str,
    currency: str,
    last: date,
    digest: str,
) -> Draft:
    """The draft of what was found in a log."""
    draft = Draft()
    tree = draft.tree
    name = log.file.replace("\\", "/").rpartition("/")[2]
    events = digits(len(log.case), 0)
    tree |= {
        "exportsim": 1,
        "title": text("learn.draft.title", file=name),
        "description": text("learn.draft.description", events=events, cases=digits(len(log.cases), 0), file=name),
        "period": {"start": demand.first.isoformat(), "end": last.isoformat()},
        "currency": currency,
        "sources": {"log": f"{name}, SHA-256 {digest}"},
        "goods": {line.goods: {"title": line.words[1]} if line.words[1] else {} for line in demand.lines},
        "authorities": {OFFICE: _office(days, stages, home)},
        "suppliers": {MAKER: {"country": home, "authority": OFFICE, "slots": SLOTS, "lead_time": NOTHING}},
        "demand": {},
    }
    draft.say(("exportsim",), text("learn.draft.head"))
    draft.say(("period",), text("learn.draft.period"))
    draft.say(("suppliers",), text("learn.draft.supplier"))
    office: Path = ("authorities", OFFICE)
    _say_office(draft, office, days, stages)
    if approval is not None:
        tree["authorities"][OFFICE]["approval"] = _rounded(approval.everywhere.value)
        _say_share(draft, (*office, "approval"), approval.everywhere, text("learn.how.approval"))
    else:
        draft.say((*office, "review"), text("learn.draft.no_outcome"))
    if demand.others is not None:
        tree["authorities"][OFFICE]["traffic"] = {"applications": _rates(demand.others)}
        _say_rates(draft, (*office, "traffic"), demand.others, text("learn.how.traffic"))
    _lines(draft, demand, patience)
    if approval is not None:
        for group, each in sorted(approval.groups.items()):
            line = demand.lines[group]
            act = {"approval": _rounded(each.value), "destinations": [line.destination], "goods": [line.goods]}
            place = _measure(draft, demand.first, f"approval-{line.name}", act)
            _say_share(draft, place, each, text("learn.how.approval_of", line=line.name))
    for stage in stages:
        for factor in stage.factors:
            act = {"work": {stage.name: _rounded(factor.times.value)}, **factor.scope}
            place = _measure(draft, demand.first, factor_name(stage, factor), act)
            figure = ("times", short(factor.times.value), short(factor.times.low), short(factor.times.high))
            draft.found(place, [figure], factor.times.n, text("learn.how.factor", stage=stage.name))
        for change in stage.officers.changes:
            _say_change(draft, stage, change)
    tree["policies"] = {POLICY: {}}
    return draft


def _measure(draft: Draft, on: date, name: str, act: Mapping[str, Any]) -> Path:
    """Put a measure of a day into the history, and say where it stands."""
    history = draft.tree.setdefault("history", [])
    free = free_name(name[:60], [each["name"] for each in history])
    history.append({"on": on.isoformat(), "name": free, **act})
    return ("history", len(history) - 1)


def _say_change(draft: Draft, stage: StageFound, change: Change) -> None:
    """Another number of officers from a day on."""
    on, low, high = (date.fromordinal(each) for each in change[:3])
    act = {"authorities": [OFFICE], "officers": {stage.name: change.number}}
    place = _measure(draft, on, change_name(stage, change), act)
    number = str(change.number)
    most = number if change.waited else text("learn.comment.any")
    figures = [("officers", number, number, most), ("date", on.isoformat(), low.isoformat(), high.isoformat())]
    how = text(f"learn.how.officers.{'change' if change.waited else 'more'}", stage=stage.name)
    draft.found(place, figures, change.n, how)


def factor_name(stage: StageFound, factor: Factor) -> str:
    """What the measure is called by which work at a stage takes another time for a group."""
    return f"work-{stage.name[:26]}-{factor.name}"[:60]


def change_name(stage: StageFound, change: Change) -> str:
    """What the measure is called that changes the officers of a stage."""
    return f"officers-{date.fromordinal(change.day)}-{stage.name}"[:60]


def _office(days: OfficeDays, stages: Sequence[StageFound], home: str) -> dict[str, Any]:
    calendar: dict[str, Any] = {"weekend": days.calendar.weekend}
    holidays = days.calendar.holidays
    if holidays is not None:
        calendar["holidays"] = holidays if isinstance(holidays, str) else [str(day) for day in holidays]
    review = []
    for stage in stages:
        written: dict[str, Any] = {"stage": stage.name}
        if stage.sits is None:
            written |= {"officers": stage.officers.number, "work": stage.work.value}
        else:
            written["sits"] = {"every": f"{stage.sits.weeks}w", "from": stage.sits.first.isoformat()}
            written["sits"] |= {} if stage.sits.most is None else {"most": stage.sits.most}
        written["source"] = "log"
        if stage.only is not None:
            written["only"] = dict(stage.only)
        if stage.share.low < 1 and stage.share.value < 1:
            written["share"] = _rounded(stage.share.value)
        if stage.returns is not None:
            written["returns"] = {
                "chance": _rounded(stage.returns.chance.value),
                "answer": stage.returns.answer.value,
                "most": stage.returns.most,
            }
        review.append(written)
    return {"country": home, "calendar": calendar, "review": review}


def _say_office(draft: Draft, office: Path, days: OfficeDays, stages: Sequence[StageFound]) -> None:
    weekend = days.calendar.weekend
    key = "learn.how.calendar" if weekend else "learn.how.every_day"
    draft.say(
        (*office, "calendar"),
        text(
            key,
            ends=digits(days.ends, 0),
            on_weekend=digits(days.on_weekend, 0),
            first=days.hours[0],
            last=days.hours[1],
        ),
    )
    for place, stage in enumerate(stages):
        here: Path = (*office, "review", place)
        if stage.activity != stage.name:
            draft.say(
                here, text("learn.draft.stage", activity=stage.activity) if stage.activity else text("learn.draft.rest")
            )
        if stage.sits is None:
            _say_desks(draft, here, stage)
        else:
            said = {"days": digits(stage.sits.days, 0), "weeks": stage.sits.weeks, "number": stage.sits.weeks}
            _say_share(draft, (*here, "sits"), stage.sits.foreseen, text("learn.how.sits", **said))
        if stage.share.value < 1:
            _say_share(
                draft,
                (*here, "share"),
                stage.share,
                text("learn.how.share" if stage.only is None else "learn.how.share_of"),
            )
        if stage.past is not None:
            _say_share(draft, (*here, "only"), stage.past, text("learn.how.past"))
        if stage.returns is not None:
            returns: Path = (*here, "returns")
            _say_share(draft, (*returns, "chance"), stage.returns.chance, text("learn.how.returns"))
            _say_fit(
                draft,
                (*returns, "answer"),
                stage.returns.answer,
                partial(span, working=False),
                text("learn.how.answer"),
            )
            draft.say((*returns, "most"), text("learn.how.most"))


def _say_desks(draft: Draft, here: Path, stage: StageFound) -> None:
    """The officers of a stage, and how long their work takes."""
    found = stage.officers
    high = text("learn.comment.any") if math.isinf(found.high) else digits(found.high, 0)
    how = text(f"learn.how.officers.{found.how}", share=digits(100 * found.explained, 0))
    draft.found((*here, "officers"), [("officers", str(found.number), str(found.low), high)], found.n, how)
    _say_fit(draft, (*here, "work"), stage.work, partial(span, working=stage.working), _how_work(stage))


def _how_work(stage: StageFound) -> str:
    if stage.officers.how == "apart":
        return text("learn.how.work.apart")
    if stage.timed:
        return text("learn.how.work.recorded")
    how = text("learn.how.work.ends")
    return how if stage.matched == 1 else text("learn.how.work.matched", how=how, times=digits(stage.matched, 3))


def _lines(draft: Draft, demand: Demand, patience: Estimate | None) -> None:
    for line in demand.lines:
        here: Path = ("demand", line.name)
        written: dict[str, Any] = {
            "buyer": "buyers",
            "destination": line.destination,
            "goods": line.goods,
            "orders": _rates(line.rates),
            "value": 1 if line.value is None else line.value.value,
            "sources": {MAKER: {}},
            "source": "log",
        }
        if patience is not None:
            written["patience"] = {"review": {"exponential": {"mean": span(patience.value, working=False)}}}
        draft.tree["demand"][line.name] = written
        if line.words[0] and line.words[0] != line.destination:
            draft.say((*here, "destination"), text("learn.draft.destination", word=line.words[0]))
        _say_rates(draft, (*here, "orders"), line.rates, text("learn.how.rate"))
        if line.value is None:
            draft.say((*here, "value"), text("learn.draft.no_value"))
        else:
            _say_fit(draft, (*here, "value"), line.value, amount, text("learn.how.value"))
        if patience is not None:
            written_span = partial(span, working=False)
            figure = ("mean", written_span(patience.value), written_span(patience.low), written_span(patience.high))
            draft.found((*here, "patience"), [figure], patience.n, text("learn.how.patience"))


def _rates(rates: Mapping[date, Estimate]) -> str | dict[str, str]:
    if len(rates) == 1:
        return _rate(next(iter(rates.values())).value)
    return {day.isoformat(): _rate(each.value) for day, each in rates.items()}


def _rate(value: float) -> str:
    return str(Rate(Decimal(f"{value:.4g}"), "y"))


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")


def _say_share(draft: Draft, path: Path, share: Estimate, how: str) -> None:
    figure = ("share", short(share.value), short(share.low), short(share.high))
    draft.found(path, [figure], share.n, how)


def _say_rates(draft: Draft, path: Path, rates: Mapping[date, Estimate], how: str) -> None:
    for day, each in rates.items():
        said = how if len(rates) == 1 else text("learn.how.since", how=how, day=day.isoformat())
        draft.found(path, [("rate", _rate(each.value), _rate(each.low), _rate(each.high))], each.n, said)


def _say_fit(draft: Draft, path: Path, found: Fit, written: Written, how: str) -> None:
    any_more = text("learn.comment.any")
    figures = [
        (
            name,
            str(written(each.value)),
            str(written(each.low)),
            str(written(each.high)) if each.high < math.inf else any_more,
        )
        for name, each in found.figures.items()
    ]
    draft.found(path, figures, found.mean.n, text(f"learn.how.kind.{found.kind}", how=how))
