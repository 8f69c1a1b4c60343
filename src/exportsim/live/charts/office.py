"""What waits at an office, and what it closes within its service standard, over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from exportsim.analysis.account import authorities_reached
from exportsim.analysis.counting_tables import months
from exportsim.language import text
from exportsim.live.charts.fans import Fan, bands, fan_of, means, names_at_ends
from exportsim.live.charts.plane import (
    HEIGHT,
    WIDTH,
    Figure,
    Mark,
    Plane,
    figure,
    label,
    line,
    mark,
    table,
    top_of,
)
from exportsim.report.measures import duration
from exportsim.report.number_format import number, percent_number
from exportsim.report.periods import quarter_words
from exportsim.study.monthly_exports import months_together
from exportsim.study.naming import policy_title, title_of
from exportsim.study.office_by_quarter import office_by_quarter, quarter_ends
from exportsim.study.result import Result

LEFT, RIGHT = 52.0, WIDTH - 14.0
UPPER, LOWER = (26.0, 166.0), (214.0, HEIGHT - 26.0)  # from where to where the two drawings go down


class AtOffice(NamedTuple):
    """What is found of an office under a policy."""

    waiting: Fan
    within: list[float]  # of what was closed in each quarter, all futures together; NaN where nothing was


def office_of(result: Result, policy: str) -> str | None:
    """The office that is shown: the first that a policy reaches, or the first with a service standard; None if none."""
    known = result.plan.names.authorities
    reached = authorities_reached(result.plan, [policy])
    with_standard = [name for name in known if result.scenario.authorities[name].service_standard is not None]
    return next(iter([*reached, *with_standard, *known]), None)


def at_office(result: Result, authority: str, policy: str) -> AtOffice:
    """What waits and what is closed in time, under a policy."""
    found = office_by_quarter(result, authority, policy)
    closed, in_time = found.closed.sum(axis=0), found.in_time.sum(axis=0)
    has_standard = result.scenario.authorities[authority].service_standard is not None
    shares = np.divide(in_time, closed, out=np.full(len(closed), np.nan), where=(closed > 0) & has_standard)
    return AtOffice(fan_of(found.waiting.astype(np.float64)), shares.tolist())


def office_figure(
    result: Result, policy: str, authority: str, before: AtOffice | None = None
) -> tuple[Figure, AtOffice]:
    """The figure, and what is found under the policy; ``before`` is what it is compared with."""
    reference = result.scenario.reference
    names = {"reference": reference} | ({"policy": policy} if policy != reference else {})
    found = {name: at_office(result, authority, played) for name, played in names.items()}
    own = found.get("policy", found["reference"])
    period, fans = result.scenario.period, {name: each.waiting for name, each in found.items()}
    then = before if before is not None and len(before.within) == len(own.within) else None
    most = top_of([amount for fan in [*fans.values(), *([then.waiting] if then else [])] for amount in fan.bands[-1]])
    upper = Plane(period.start, period.end + timedelta(days=1), most, LEFT, RIGHT, *UPPER)
    lower = upper._replace(most=100.0, top=LOWER[0], bottom=LOWER[1])
    edges = [upper.x_of_minute(minute) for minute in (0, *quarter_ends(result.plan).tolist())]
    title, titles = title_of(result, "authorities", authority), {}
    for name, played in names.items():
        titles[name] = policy_title(result, played)
    drawn = [label("head", "head-waiting", 0, 14, text("live.office.waiting")), *upper.axes("waiting")]
    drawn += bands(upper, edges, fans, several=result.futures > 1)
    if then is not None and then.waiting.mean != own.waiting.mean:
        drawn.append(mark("path", "before", "before", {"d": upper.step_path(edges, then.waiting.mean)}))
    drawn += [*means(upper, edges, fans), *names_at_ends(upper, edges, fans, titles)]
    standard = result.scenario.authorities[authority].service_standard
    if standard is not None:
        words = text("live.office.within", standard=duration(standard))
        drawn += [label("head", "head-within", 0, LOWER[0] - 10, words), *lower.axes("within")]
        drawn += _shares(lower, edges, found)
    return (
        figure(
            "office", _lead(result, policy, title, own), _caption(title), drawn, partial(_table, result, names, found)
        ),
        own,
    )


def _caption(title: str) -> list[str]:
    return [text("live.office.shown", authority=title), text("figures.permits_and_review.without")]


def _lead(result: Result, policy: str, authority: str, own: AtOffice) -> str:
    """How many applications wait at most."""
    most = max(own.waiting.mean, default=0.0)
    words = {"authority": authority, "policy": policy_title(result, policy)}
    return text("live.office.lead", most=number(most, 0 if most >= 10 else 1), **words)


def _shares(plane: Plane, edges: Sequence[float], found: dict[str, AtOffice]) -> Iterator[Mark]:
    """The shares closed in time, as lines that are broken where nothing is closed."""
    for name, each in found.items():
        pieces = [
            plane.step_path(edges[place : place + 2], [100 * share])
            for place, share in enumerate(each.within)
            if math.isfinite(share)
        ]
        yield mark("path", f"mean {name}", f"within-{name}", {"d": "".join(pieces)})
    yield line("grid", "within-all", plane.left, plane.y(100), plane.right, plane.y(100))


def _table(result: Result, names: dict[str, str], found: dict[str, AtOffice]) -> dict[str, object]:
    """The same numbers."""
    columns = [text("live.exports.when")]
    for played in names.values():
        words = {"policy": policy_title(result, played)}
        columns += [text("live.office.column_waiting", **words), text("live.office.column_within", **words)]
    labels, long = months(result.plan)[0], months_together(result.plan)
    starts: list[date] = list(labels[::long])
    rows = []
    for place, start in enumerate(starts):
        row = [quarter_words(start, whole=long > 1)]
        for each in found.values():
            share = each.within[place]
            said = text("numbers.percent", number=percent_number(share)) if math.isfinite(share) else "–"
            row += [number(each.waiting.mean[place], 1), said]
        rows.append(row)
    return table(text("live.office.numbers"), columns, rows)
