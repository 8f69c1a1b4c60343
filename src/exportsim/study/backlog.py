"""When what is open today will be decided, and whether an order that is placed on a day comes in time.

The applications that a register leaves open where its records end are followed through futures, each to the minute in
which it is decided or withdrawn. An order that is asked about is played beside all others, as the only one of a line
that is like its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np
from pydantic_core import PydanticCustomError

from exportsim import files
from exportsim.analysis.ledger_rows import Plays
from exportsim.arguments import chosen
from exportsim.compile import compile_plan, left_open
from exportsim.errors import ExportsimError
from exportsim.lifecycle import Fact
from exportsim.names import free_name, quoted
from exportsim.outcomes import DAYS
from exportsim.packed_rows import columns
from exportsim.plan import NEVER, Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, compile_ahead, play
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.playing.store.scenario_plays import refuse
from exportsim.scenario import Scenario, ScenarioOrPath, build, checked
from exportsim.scenario.demand import Register
from exportsim.scenario.quantities import MINUTES_A_DAY, Money
from exportsim.scenario.register import licences_of, order_name
from exportsim.scenario.writer import explicit
from exportsim.study.prediction.decisions import needed
from exportsim.study.prediction.forecast import range_columns
from exportsim.study.prediction.kept import CASE, SHARE_OF, add, likely_text, made_by
from exportsim.study.prediction.scoring import quantiles, ranges_of
from exportsim.study.saved_parts import parts_of
from exportsim.study.study import Recorder, TableStudy, policies_played

if TYPE_CHECKING:
    import pandas as pd

SHARES = (0.5, 0.9, 1.0)
"""Of the open applications of a group, those of which it is asked when they are decided."""
RANGES = (0.5, 0.8, 0.95)
IN_TEN = 0.9  # of futures: when an order is decided, and delivered, in so many
DECISIONS = (Fact.APPROVED, Fact.DENIED)
ENDS = (*DECISIONS, Fact.WITHDRAWN)


class Case(NamedTuple):
    """An application that is open where records end."""

    line: str
    name: str
    """Its line with its licence's number, or its place among the line's orders."""


class Asked(NamedTuple):
    """An order that is asked about."""

    line: str
    on: date
    by: date | None
    value: str | None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Backlog(TableStudy):
    """When what is open is decided.

    Attributes
    ----------
    table : DataFrame
        A row per policy and case, and per policy, group and share of its cases (``line``, ``case`` and ``share`` say
        which; a group is a line, or all where ``line`` is empty): ``applications``, ``median``, and the ends of the
        ranges within which the day lies in 50, 80 and 95 % of futures (``low_50``, ``high_50``, …). A day is empty
        where it is after the end of the period. ``undecided`` is the share of futures in which it is. An order that
        is asked about has rows whose ``case`` is ``decided``, ``licensed`` and ``delivered``, and whose
        ``in_nine_of_ten`` is the day by which it is so in nine of ten futures; ``in_time`` is the share of futures in
        which it is by the deadline.
    policies : tuple of str
    cases : tuple of Case
        The applications that are open.
    open_on : date or None
        The day on which they are; the last, if their lines' are several. None where none are.
    past : date
        The first day after the period.
    ends : ndarray of int
        By policy, future and case the minute in which it is decided or withdrawn; ``NEVER`` where it is not.
    unnumbered : tuple of str
        The lines of cases whose register has no numbers of licences.
    asked : Asked or None
        The order that is asked about.
    comes : ndarray of int
        By policy and future the minutes in which it is decided first, licensed, and wholly delivered.
    """

    policies: tuple[str, ...]
    cases: tuple[Case, ...]
    open_on: date | None
    origin: datetime
    past: date
    ends: Int
    unnumbered: tuple[str, ...]
    asked: Asked | None
    comes: Int

    def _parts(self) -> Mapping[str, object]:
        asked = None if self.asked is None else [None if each is None else str(each) for each in self.asked]
        open_on = None if self.open_on is None else str(self.open_on)
        days = {"open_on": open_on, "origin": self.origin.isoformat(), "past": str(self.past), "asked": asked}
        return parts_of(self) | days

    @classmethod
    def of_parts(cls, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> Backlog:
        """What was saved."""
        asked, open_on = parts["asked"], parts["open_on"]
        line, on, by, value = asked or [None] * 4
        restored = {
            "policies": tuple(parts["policies"]),
            "cases": tuple(Case(*case) for case in parts["cases"]),
            "open_on": None if open_on is None else date.fromisoformat(open_on),
            "origin": datetime.fromisoformat(parts["origin"]),
            "past": date.fromisoformat(parts["past"]),
            "ends": parts["ends"].astype(np.int64),
            "unnumbered": tuple(parts["unnumbered"]),
            "asked": None
            if asked is None
            else Asked(line, date.fromisoformat(on), None if by is None else date.fromisoformat(by), value),
            "comes": parts["comes"].astype(np.int64),
        }
        return cls(provenance=provenance, **{**parts, **restored})

    def keep(self, path: str | os.PathLike[str]) -> int:
        """Add when what is open is decided to a file of forecasts, to be scored when that is known.

        Days are counted from the day on which it is open; what is undecided at the end of a future counts as decided on
        the day after. There is a forecast for each case, and for each group by when half, nine in ten and all of it
        are decided, under each policy.

        Parameters
        ----------
        path : path-like
            Ends in ``.csv``. What is in it stays, and :func:`exportsim.score` reads it.

        Returns
        -------
        int
            How many forecasts were added.

        Raises
        ------
        ExportsimError
            If it cannot be written, holds something else, nothing is open, or licences have no numbers by which they
            could be found later.
        """
        if self.open_on is None:
            raise ExportsimError("keep: nothing is open: there is no forecast that could come true")
        if self.unnumbered:
            raise ExportsimError(
                f"keep: the register of the line {self.unnumbered[0]} has no `id`, the column with the numbers of "
                "licences, by which they are found when it is known what was decided"
            )
        records = [dict(self._kept(number, policy)) for number, policy in enumerate(self.policies)]
        add([row for rows in records for row in rows.values()], path)
        return sum(map(len, records))

    def _kept(self, policy: int, name: str) -> Iterator[tuple[tuple[str, str], dict[str, object]]]:
        """The rows of a file of forecasts under a policy, by outcome and what they are of."""
        assert self.open_on is not None
        made = made_by(self.provenance, name, 1, self.ends.shape[1])
        shares = {share: outcome for outcome, share in SHARE_OF.items() if outcome != CASE}
        when = {(CASE, case.name): self.ends[policy, :, place] for place, case in enumerate(self.cases)}
        for line, places in self.groups().items():
            when |= {(outcome, line): self.when(policy, places, share) for share, outcome in shares.items()}
        start = (self.open_on - self.origin.date()).days
        for (outcome, of), minutes in when.items():
            days = np.minimum(minutes // MINUTES_A_DAY, (self.past - self.origin.date()).days) - start
            yield (outcome, of), {
                **made, "outcome": outcome, "period": str(self.open_on), "line": of, "unit": DAYS,
                "median": quantiles(days, [0.5])[0], **range_columns(ranges_of(days)),
                "undefined": float((minutes >= NEVER).mean()), "values": likely_text(days),
            }  # fmt: skip

    def day(self, minute: float) -> date | None:
        """The day of a minute, None after the end of the period."""
        return None if minute >= NEVER else (self.origin + timedelta(minutes=int(minute))).date()

    def groups(self) -> dict[str, list[int]]:
        """By line the places of its cases, all of them under no name; of one line there is one group alone."""
        lines: dict[str, list[int]] = {}
        for place, case in enumerate(self.cases):
            lines.setdefault(case.line, []).append(place)
        return {"": list(range(len(self.cases)))} | (lines if len(lines) > 1 else {})

    def when(self, policy: int, places: Sequence[int], share: float) -> Int:
        """By future the minute in which so many of some cases have been decided."""
        ordered = np.sort(self.ends[policy][:, list(places)], axis=1)
        minutes: Int = ordered[:, needed(share, len(places)) - 1]
        return minutes

    def in_time(self, policy: int, what: int) -> float:
        """In what share of futures the order that is asked about comes so far by its deadline."""
        assert self.asked is not None and self.asked.by is not None
        past = (self.asked.by - self.origin.date()).days * 1440 + 1440
        return float((self.comes[policy, :, what] < past).mean())

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame.from_records(list(self._rows()))

    def _rows(self) -> Iterator[dict[str, Any]]:
        for number, policy in enumerate(self.policies):
            for line, places in self.groups().items() if self.cases else ():
                for share in SHARES:
                    known = {"policy": policy, "line": line, "case": "", "share": share, "applications": len(places)}
                    yield known | self._ranges(self.when(number, places, share))
            for place, case in enumerate(self.cases):
                known = {"policy": policy, "line": case.line, "case": case.name, "share": 1.0, "applications": 1}
                yield known | self._ranges(self.ends[number, :, place])
            for what, name in enumerate(COMES if self.asked is not None else ()):
                assert self.asked is not None
                minutes = self.comes[number, :, what]
                known = {"policy": policy, "line": self.asked.line, "case": name, "share": 1.0, "applications": 1}
                in_time = None if self.asked.by is None else self.in_time(number, what)
                more = {"in_nine_of_ten": self.day(at(minutes, IN_TEN)), "in_time": in_time}
                yield known | self._ranges(minutes) | more

    def _ranges(self, minutes: Int) -> dict[str, Any]:
        found: dict[str, Any] = {"median": self.day(at(minutes, 0.5))}
        for width in RANGES:
            for end, share in (("low", (1 - width) / 2), ("high", (1 + width) / 2)):
                found[f"{end}_{round(100 * width)}"] = self.day(at(minutes, share))
        return found | {"undecided": float((minutes >= NEVER).mean())}

    def _in_short(self) -> str:
        return f"{len(self.cases)} open applications"


COMES = ("decided", "licensed", "delivered")


def at(minutes: Int, share: float) -> int:
    """The least minute by which it is so in a share of futures."""
    return int(np.quantile(minutes, share, method="inverted_cdf"))


def backlog(
    scenario: ScenarioOrPath,
    *,
    policies: Sequence[str] | None = None,
    order: date | str | None = None,
    line: str | None = None,
    by: date | str | None = None,
    value: str | None = None,
    **settings: Unpack[SettingsKeywords],
) -> Backlog:
    """Say when what is open today is decided, and whether an order comes in time.

    Parameters
    ----------
    scenario : Scenario or path-like
        Of which a register says what was decided, and when (``decided``); but for an order alone that is not needed.
    policies : sequence of str, optional
        Play only these and the reference.
    order : date or str, optional
        The day on which an order is placed that is asked about: ``"2026-03-01"``.
    line : str, optional
        The demand line that it is of.
    by : date or str, optional
        The day by which it is to be decided, and delivered.
    value : str, optional
        What it is worth, such as ``"2M"``; drawn from the line's ``value`` if left out.
    **settings
        As for :func:`exportsim.run`; there is no room in a store for what is read here.

    Returns
    -------
    Backlog

    Raises
    ------
    ExportsimError
        If nothing is open and no order is asked about, or what is asked cannot be.
    ScenarioError
        If the scenario is not valid.

    Examples
    --------
    >>> found = exportsim.backlog(scenario, order="2021-03-01", line="radar-parts", by="2021-12-01", futures=100)
    >>> found.table[["policy", "case", "in_time", "in_nine_of_ten"]]
    """
    scenario, playing = checked(scenario), settings_of(settings)
    refuse({"backlog": playing.store is not None})
    asked = _asked(scenario, order, line, by, value)
    recorder = Recorder(scenario, playing)
    with files.scratch_folder() as folder:
        played, name = (scenario, "") if asked is None else _with_order(scenario, asked, folder)
        plan = compile_plan(played)
        cases = left_open(plan)
        if not cases and asked is None:
            raise ExportsimError(
                "nothing is open: no register has an application that is undecided where its records end; `decided` "
                "names the column of decisions, `as_of` the day of which it tells"
            )
        own = plan.names.lines.index(name) if asked is not None else -1
        names = policies_played(scenario, policies)
        measurer = EachFuture(partial(_reader, cases=cases, own=own))
        design: Design[list[tuple[Int, Int]]] = Design(plan, names, scenario.reference, measurer)
        compile_ahead(design, playing)
        parts: list[list[tuple[Int, Int]]] = []
        with recorder.until_ended():
            parts = [each.part for each in play(design, replace(playing, announce=None), partly=True)]
    recorder.need(bool(parts))
    read = measurer.joined(parts)
    ends, comes = (np.stack(each, axis=1) for each in zip(*read, strict=True))
    licences = licences_of(scenario)
    lines = plan.names.lines
    until = [int(plan.lines.bound_until[number]) for number, _ in cases]
    question = {} if asked is None else {name: str(what) for name, what in asked._asdict().items() if what is not None}
    return Backlog(
        provenance=recorder.provenance(
            names, interrupted=len(read) < playing.futures, futures=len(read), backlog=question
        ),
        policies=names,
        cases=tuple(Case(lines[number], order_name(licences, lines[number], order)) for number, order in cases),
        open_on=None if not until else (plan.origin + timedelta(minutes=max(until))).date(),
        origin=plan.origin,
        past=(plan.origin + timedelta(minutes=plan.end)).date(),
        ends=ends,
        unnumbered=tuple(dict.fromkeys(lines[number] for number, _ in cases if lines[number] not in licences)),
        asked=asked,
        comes=comes,
    )


def _reader(plan: Plan, cases: Sequence[tuple[int, int]], own: int) -> Callable[[int, Plays], tuple[Int, Int]]:
    """What reads of a future's ledgers when cases end, and how far the only order of a line comes."""
    keys = np.array([line << 32 | number for line, number in cases], dtype=np.int64)
    places = np.argsort(keys)

    def read(_: int, plays: Plays) -> tuple[Int, Int]:
        ends = np.full((len(plays), len(cases)), NEVER, dtype=np.int64)
        comes = np.full((len(plays), len(COMES)), NEVER, dtype=np.int64)
        for policy, rows in enumerate(plays):
            found = columns(rows, *ENDS)
            first = found.attempt == 1
            whose = (found.line.astype(np.int64) << 32 | found.order)[first]
            minutes = np.asarray(found.minute, np.int64)[first]
            if len(keys):
                near = np.minimum(np.searchsorted(keys[places], whose), len(keys) - 1)
                mine = keys[places][near] == whose
                # The first of each is written last.
                ends[policy][places[near[mine]][::-1]] = minutes[mine][::-1]
            if own >= 0:
                comes[policy] = _comes(rows, own)
        return ends, comes

    return read


def _comes(rows: Int, own: int) -> list[int]:
    """When the only order of a line is decided first, licensed first, and wholly delivered."""
    found = columns(rows, Fact.ORDERED, *DECISIONS, Fact.DELIVERED)
    mine = [
        (int(minute), Fact(int(fact)), int(amount))
        for minute, fact, amount in zip(
            found.minute[found.line == own], found.fact[found.line == own], found.amount[found.line == own], strict=True
        )
    ]
    decided = next((minute for minute, fact, _ in mine if fact in DECISIONS), NEVER)
    licensed = next((minute for minute, fact, _ in mine if fact is Fact.APPROVED), NEVER)
    ordered = sum(amount for _, fact, amount in mine if fact is Fact.ORDERED)
    parts = [(minute, amount) for minute, fact, amount in mine if fact is Fact.DELIVERED]
    whole = parts and sum(amount for _, amount in parts) == ordered
    return [decided, licensed, parts[-1][0] if whole else NEVER]


def _asked(
    scenario: Scenario, order: date | str | None, line: str | None, by: date | str | None, value: str | None
) -> Asked | None:
    """The order that is asked about, if there is one, and it can be."""
    if order is None:
        beside = {"line": line, "by": by, "value": value}
        if given := [name for name, what in beside.items() if what is not None]:
            raise ExportsimError(f"found {quoted(given[0])} without `order`, the day on which an order is placed")
        return None
    if line is None:
        raise ExportsimError("found `order` without `line`: which demand line is it of?")
    written = scenario.demand[chosen(line, list(scenario.demand), "demand line")]
    on, deadline = _day(order, "order"), None if by is None else _day(by, "by")
    period = scenario.period
    for name, day in (("order", on), ("by", deadline)):
        if day is not None and not period.start <= day <= period.end:
            raise ExportsimError(f"{name}: found {day}, expected a day of the period, {period.start} to {period.end}")
    if deadline is not None and deadline < on:
        raise ExportsimError(f"by: found {deadline}, which is before the order on {on}")
    if value is not None:
        try:
            Money.parse(value)
        except PydanticCustomError as error:
            expected = (error.context or {})["expected"]
            raise ExportsimError(f"value: found {quoted(value)}, expected {expected}") from None
    elif written.value is None:
        raise ExportsimError(f"line {line} has no `value` to draw from, as its register gives it: say `value`, too")
    return Asked(line, on, deadline, value)


def _day(written: date | str, what: str) -> date:
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ExportsimError(f"{what}: found {quoted(written)}, expected a date such as `2026-03-01`") from None


def _with_order(scenario: Scenario, asked: Asked, folder: Path) -> tuple[Scenario, str]:
    """The scenario with a line more, like the one that is asked about, of which the order is the only one."""
    name = free_name(f"{asked.line}-order", scenario.demand)
    file = folder / "order.csv"
    amount = "" if asked.value is None else f"{Money.parse(asked.value).cents / 100:.2f}"
    files.write(file, f"date,value\n{asked.on},{amount}\n", lasting=False)
    valued = {} if asked.value is None else {"value": "value"}
    orders = Register.model_validate({"register": str(file), "date": "date", **valued})
    written = scenario.demand[asked.line].model_copy(update={"orders": orders, "anticipation": None})
    content = explicit(scenario) | {"expect": [], "demand": {**scenario.demand, name: written}}
    reading = scenario.origin.reading() | {"allow_outside": True}
    return build(content, **reading), name
