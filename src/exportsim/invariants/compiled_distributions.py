"""Distributions, held against what was written: each is asked whether it has the bounds, mean or percentile meant."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from statistics import NormalDist
from typing import Any, NamedTuple

from exportsim.invariants.compiled import Compiled, Faults, PlanRule, cents, close, minutes, same, stages_of, tiles
from exportsim.plan import CONSTANT, EXPONENTIAL, LOGNORMAL, QUANTILES, TRIANGULAR, UNIFORM, VALUES, WEIBULL
from exportsim.scenario.distributions import (
    Empirical,
    Exponential,
    Lognormal,
    Quantiles,
    Triangular,
    Uniform,
    Weibull,
)
from exportsim.scenario.quantities import Duration, Money

SMALL = 1e-8  # relative: logarithms and gamma functions are rounded to twelve digits


class Reference(NamedTuple):
    """A place of the plan that names a distribution, and the distribution that was written there."""

    path: str
    row: int
    written: Any
    """None or ``never`` where there is none."""
    authority: int = -1
    """On whose calendar business days run."""


class Row(NamedTuple):
    """One distribution of the plan."""

    path: str
    kind: int
    parameters: tuple[float, ...]
    x: list[float]
    y: list[float]


def references(compiled: Compiled) -> Iterator[Reference]:
    """Every place of the plan that names a distribution."""
    plan = compiled.plan
    for index, (_, line) in enumerate(compiled.lines):
        plan_of_line = line.deliveries
        parts = line.parts if plan_of_line.shares is None else float(len(plan_of_line.shares))
        written: dict[str, Any] = {"value": line.value, "parts": parts}
        written |= {"deliveries_first": plan_of_line.first, "deliveries_every": plan_of_line.every}
        written |= {f"patience_{what}": getattr(line.patience, what) for what in ("review", "suspension", "unserved")}
        for name, one in written.items():
            yield from _reference(f"lines.{name}", getattr(plan.lines, name), index, one)
    qualifications = [source.qualification for _, line in compiled.lines for source in line.sources.values()]
    for index, qualification in enumerate(qualifications):
        time = None if qualification is None else qualification.time
        yield from _reference("sources.time", plan.sources.time, index, time)
    for index, (_, supplier) in enumerate(compiled.suppliers):
        yield from _reference("suppliers.lead_time", plan.suppliers.lead_time, index, supplier.lead_time)
    index = 0
    for number, (_, authority) in enumerate(compiled.authorities):
        for stage in stages_of(authority):
            yield from _reference("stages.work", plan.stages.work, index, stage.work, number)
            answer = None if stage.returns is None else stage.returns.answer
            yield from _reference("stages.answer", plan.stages.answer, index, answer)
            index += 1
    for policy, measures in enumerate(compiled.measures()):
        for index, placed in enumerate(measures):
            lag = placed.measure.delay if placed.measure.after is not None else None
            yield from _reference(f"policies[{policy}].delay", plan.policies[policy].delay, index, lag)


def _reference(path: str, rows: Any, index: int, written: Any, authority: int = -1) -> Iterator[Reference]:
    if index < len(rows):
        yield Reference(f"{path}[{index}]", int(rows[index]), written, authority)


def distributions_are_those_written(compiled: Compiled) -> Faults:
    """Every place where a distribution was written names a row that is that distribution, and every row is named."""
    table = compiled.plan.distributions
    named = set()
    for reference in references(compiled):
        path, row, written, authority = reference
        if written is None or written == "never":
            yield from same(path, row, -1)
            continue
        if not 0 <= row < len(table.kind):
            yield path, f"found {row}, expected a distribution"
            continue
        named.add(row)
        points = slice(int(table.first[row]), int(table.first[row] + table.points[row]))
        found = Row(
            f"{path}: distributions[{row}]",
            int(table.kind[row]),
            (float(table.a[row]), float(table.b[row]), float(table.c[row])),
            table.x[points].tolist(),
            table.y[points].tolist(),
        )
        yield from _alike(found, written)
        yield from same(
            f"distributions.calendar[{row}]", int(table.calendar[row]), authority if _works(written) else -1
        )
    for row in sorted(set(range(len(table.kind))) - named):
        yield f"distributions[{row}]", "no part of the plan names it"


def points_fill_their_tables(compiled: Compiled) -> Faults:
    """The points of the distributions lie one after the other and fill both of their tables."""
    table = compiled.plan.distributions
    first, count = table.first.tolist(), table.points.tolist()
    yield from tiles("distributions.x", first, count, len(table.x))
    yield from tiles("distributions.y", first, count, len(table.y))


def _quantities(written: Any) -> list[Any]:
    if isinstance(written, Duration | Money | float | int):
        return [written]
    return list(written.quantities())


def _works(written: Any) -> bool:
    """Whether it was written in business days."""
    return any(isinstance(quantity, Duration) and quantity.unit == "bd" for quantity in _quantities(written))


def _number(quantity: Any) -> float:
    if isinstance(quantity, Duration):
        return float(minutes(quantity))
    return float(cents(quantity)) if isinstance(quantity, Money) else float(quantity)


def _alike(row: Row, written: Any) -> Faults:
    """Whether a row is what was written."""
    if isinstance(written, Lognormal | Weibull):
        yield from _skewed(row, written)
        return
    kind, points = CONSTANT, Counter[tuple[float, float]]()
    parameters: tuple[float, ...] = (0.0, 0.0, 0.0)
    if isinstance(written, Uniform):
        kind, parameters = UNIFORM, (*map(_number, written.uniform), 0.0)
    elif isinstance(written, Triangular):
        kind, parameters = TRIANGULAR, (*map(_number, written.triangular),)
    elif isinstance(written, Exponential):
        kind, parameters = EXPONENTIAL, (_number(written.exponential.mean), 0.0, 0.0)
    elif isinstance(written, Empirical):
        listed = written.empirical
        kind = QUANTILES if isinstance(listed, Quantiles) else VALUES
        if isinstance(listed, Quantiles):
            points.update((chance, _number(quantity)) for chance, quantity in listed.quantiles.items())
        else:
            points.update((0.0, _number(quantity)) for quantity in listed)
    else:
        parameters = (_number(written), 0.0, 0.0)
    yield from same(f"{row.path}.kind", row.kind, kind)
    yield from same(f"{row.path}, its parameters", row.parameters, parameters)
    if Counter(zip(row.x, row.y, strict=False)) != points:
        yield f"{row.path}, its points", f"found {row.x}, {row.y}, expected {sorted(points.elements())}"
    if any(later < earlier for column in (row.x, row.y) for earlier, later in pairwise(column)):
        yield f"{row.path}, its points", f"found {row.x}, {row.y}, expected them rising"


def _skewed(row: Row, written: Lognormal[Any] | Weibull[Any]) -> Faults:
    """Whether a lognormal or Weibull distribution has the median, percentile, mean and spread that were written."""
    a, b, c = row.parameters
    yield from same(f"{row.path}, its third parameter and points", (c, row.x, row.y), (0.0, [], []))
    if isinstance(written, Weibull):
        yield from same(f"{row.path}.kind", row.kind, WEIBULL)
        if not 0 < b <= 100:  # before a gamma function of nonsense overflows
            yield f"{row.path}.b", f"found {b!r}, expected 1/{written.weibull.shape}"
            return
        yield from _nearly(f"{row.path}.b, as a shape", 1 / b, written.weibull.shape)
        yield from _nearly(f"{row.path}, its mean", a * math.gamma(1 + b), _number(written.weibull.mean))
        return
    form = written.lognormal
    yield from same(f"{row.path}.kind", row.kind, LOGNORMAL)
    if not (abs(a) < 100 and 0 < b < 100):
        yield row.path, f"found {a!r} and {b!r}, expected a mean and a standard deviation of logarithms"
    elif form.median is not None:
        ninth = NormalDist(a, b).inv_cdf(0.9)
        yield from _nearly(f"{row.path}, its median", math.exp(a), _number(form.median))
        yield from _nearly(f"{row.path}, its 90th percentile", math.exp(ninth), _number(form.p90))
    else:
        assert form.cv is not None
        yield from _nearly(f"{row.path}, its mean", math.exp(a + b * b / 2), _number(form.mean))
        yield from _nearly(f"{row.path}, its cv", math.sqrt(math.expm1(b * b)), form.cv)


def _nearly(path: str, found: float, expected: float) -> Faults:
    yield from close(path, found, expected, SMALL * abs(expected))


RULES: tuple[PlanRule, ...] = (distributions_are_those_written, points_fill_their_tables)
