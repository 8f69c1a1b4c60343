"""Checking a scenario: whether what it expects holds, and whether it keeps the rules that every scenario must keep.

A statement is about the mean over all futures, of which some are played. It *held* if the interval of that mean (or of
the mean difference, paired future by future) lies wholly where the statement says, *failed* if it lies wholly where it
does not, and is *undecided* otherwise: more futures would tell. The intervals of a file's m statements hold together
with probability ``level`` or more, each being of level 1 − (1 − level) / m (Bonferroni; Dunn 1961), so the verdicts of
a file are all true at once with that probability.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.intervals import FEWEST, LEVEL, Interval, intervals
from exportsim.analysis.outcomes import Grouping, bounds_of, outcomes
from exportsim.arguments import chosen, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.outcomes import BY, SHARE
from exportsim.plan import Float
from exportsim.playing.progress import PartOfProgress
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked, replace, vary
from exportsim.scenario.expectation import AGAINST_AN_AMOUNT
from exportsim.scenario.schema import Expectation
from exportsim.study.model_checks import PLAYS, Check, checks
from exportsim.study.run import run
from exportsim.study.study import Recorder, TableStudy

if TYPE_CHECKING:
    import pandas as pd

HELD, FAILED, UNDECIDED = VERDICTS = ("held", "failed", "undecided")


class Finding(NamedTuple):
    """What became of an expectation."""

    expectation: Expectation
    verdict: str  # one of VERDICTS
    interval: Interval  # of the mean of what is compared with an amount, else of the difference from the other side
    unit: str
    so: int  # futures that are by themselves as the statement says, of the `interval.n` in which it can be told


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ExpectationReport(TableStudy):
    """Whether what a scenario expects holds, and whether it keeps the rules.

    Attributes
    ----------
    table : DataFrame
        A row per expectation: ``expectation``, ``verdict``, ``mean``, ``low``, ``high``, ``n``, ``so`` and ``unit``.
    findings : list of Finding
        One for each expectation, in the order of the file.
    checks : list of Check
        None if they were not asked for.
    level : float
        The probability with which all intervals of the findings hold together.
    """

    findings: Sequence[Finding]
    checks: Sequence[Check]
    level: float

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        columns = ["expectation", "verdict", "mean", "low", "high", "n", "so", "unit"]
        rows = [
            (statement.said(), verdict, *interval[:3], interval.n, so, unit)
            for statement, verdict, interval, unit, so in self.findings
        ]
        return pd.DataFrame.from_records(rows, columns=columns)

    def _in_short(self) -> str:
        return f"{self.failed} failed, {self.undecided} undecided of {len(self.findings)} expectations"

    @property
    def failed(self) -> int:
        """How many expectations and checks failed."""
        return sum(finding.verdict == FAILED for finding in self.findings) + sum(bool(c.broken) for c in self.checks)

    @property
    def undecided(self) -> int:
        """How many expectations could not be told."""
        return sum(finding.verdict == UNDECIDED for finding in self.findings)


def check_expectations(
    scenario: ScenarioOrPath, *, level: float = LEVEL, plays: int = PLAYS, **settings: Unpack[SettingsKeywords]
) -> ExpectationReport:
    """Say whether what a scenario expects holds, and whether it keeps the rules.

    Parameters
    ----------
    scenario : Scenario or path-like
    level : float
        Probability with which all of its verdicts are to be true at once, above 0.5 and below 1.
    plays : int
        In how many futures the rules are checked, under every policy and by both engines; 0 for none.
    **settings
        As for :func:`exportsim.run`, about the expectations. Fewer than 10 futures decide nothing.

    Returns
    -------
    ExpectationReport
        Interrupted (Ctrl-C) after the first worlds, it holds what was found of them.

    Raises
    ------
    ExportsimError
        If a number is out of bounds, or what an expectation sets makes no valid scenario. Nothing has been played.
    """
    playing, plays = settings_of(settings), whole(plays, "plays", most=1000)
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0.5 < level < 1:
        raise ExportsimError(f"level: found {level!r}, expected a number above 0.5 and below 1")
    scenario = checked(scenario)
    worlds = _worlds(scenario)
    recorder = Recorder(scenario, playing)
    rules: list[Check] | None = None
    played: dict[str, dict[Figure, Float]] = {}
    with recorder.until_ended():
        rules = checks(scenario, playing.seed, plays, playing.announce) if plays else []
        for number, (key, (world, wanted)) in enumerate(worlds.items()):
            part = None if playing.progress is None else PartOfProgress(playing.progress, number, len(worlds))
            own: SettingsKeywords = {**settings, "progress": part}
            played[key] = figures(world, wanted, own)
    interrupted = len(played) < len(worlds)
    recorder.need(rules is not None and (bool(rules or played) or not interrupted))
    report = ExpectationReport(
        provenance=recorder.provenance(list(scenario.policies), interrupted=interrupted),
        findings=_findings(scenario, played, level),
        checks=rules or [],
        level=level,
    )
    return recorder.finished(report)


class Figure(NamedTuple):
    """What an expectation speaks of: an outcome, or a part of one, under a policy."""

    policy: str
    outcome: str
    by: tuple[str, ...]  # what it is a part of: "year", "line", …; the whole if there is none
    label: tuple[Any, ...]  # the group that it is among those: 2021, …


def figures(scenario: Scenario, wanted: Sequence[Figure], settings: SettingsKeywords) -> dict[Figure, Float]:
    """Play a scenario: of each figure, the values of all futures in the outcome's unit, NaN where undefined."""
    groupings = {figure.by: Grouping(compile_plan(scenario), figure.by) for figure in wanted if figure.by}
    apart = [name for name in BY if any(name in by for by in groupings)]
    result = run(scenario, policies=list(dict.fromkeys(figure.policy for figure in wanted)), by=apart, **settings)
    if result.interrupted:
        raise KeyboardInterrupt
    policies, columns = result.policies, list(result.units)
    values = {
        figure: result.values[policies.index(figure.policy), :, columns.index(figure.outcome)]
        for figure in wanted
        if not figure.by
    }
    for by, grouping in groupings.items():
        assert result.grouped is not None
        parts = grouping.values(grouping.merged(result.grouped))  # policies, futures, groups, outcomes
        for figure in (figure for figure in wanted if figure.by == by):
            group, column = grouping.labels.index(figure.label), grouping.outcomes.index(figure.outcome)
            values[figure] = np.ascontiguousarray(parts[policies.index(figure.policy), :, group, column])
    return values


def _worlds(scenario: Scenario) -> dict[str, tuple[Scenario, list[Figure]]]:
    """The scenario and what expectations make of it, each with what is wanted of it; all checked to be playable."""
    certain = replace(scenario, uncertainties={}) if scenario.expect else scenario
    worlds: dict[str, tuple[Scenario, list[Figure]]] = {}
    for index, expectation in enumerate(scenario.expect):
        try:
            for key, figure in _sides(expectation):
                if key not in worlds:
                    worlds[key] = (vary(certain, expectation.set) if key and expectation.set else certain), []
                _check_figure(worlds[key][0], figure)
                worlds[key][1].append(figure)
        except ScenarioError as error:
            where = f"expect.{index}.set"
            raise ScenarioError(
                [Fault("", 0, 0, where, f"{fault.path}: {fault.message}") for fault in error.faults]
            ) from None
        except ExportsimError as error:
            raise ExportsimError(f"expect.{index}: {error}") from None
    return worlds


def _check_figure(scenario: Scenario, figure: Figure) -> None:
    """Make sure that a scenario has a figure."""
    plan = compile_plan(scenario)
    chosen(figure.policy, plan.names.policies, "policy")
    chosen(figure.outcome, [outcome.name for outcome in outcomes(plan)], "outcome")
    if figure.by and figure.label not in Grouping(plan, figure.by).labels:
        selected = ", ".join(f"{key} {value}" for key, value in zip(figure.by, figure.label, strict=True))
        raise ExportsimError(f"with what it sets, nothing is of all of these: {selected}")


def _sides(expectation: Expectation) -> Iterator[tuple[str, Figure]]:
    """The world and the figure that a statement is about, and those with which it is compared.

    A world's name is what is set in it; the scenario as it stands is nameless.
    """
    world = json.dumps(expectation.set) if expectation.set else ""
    figure = Figure(
        expectation.policy, expectation.outcome, tuple(expectation.selected), tuple(expectation.selected.values())
    )
    yield world, figure
    if expectation.rival is not None:
        yield world, figure._replace(policy=expectation.rival)
    elif expectation.is_ or expectation.not_:
        yield "", figure


def _findings(scenario: Scenario, played: Mapping[str, Mapping[Figure, Float]], level: float) -> list[Finding]:
    unit_by_outcome = {outcome.name: outcome.unit for outcome in outcomes(compile_plan(scenario))}
    units = [unit_by_outcome[expectation.outcome] for expectation in scenario.expect]
    columns: list[Float] = []
    for expectation in scenario.expect:
        sides = list(_sides(expectation))
        known = all(world in played for world, _ in sides)
        first, *other = (played[world][figure] for world, figure in sides) if known else (np.empty(0),)
        columns.append(first - other[0] if other else first)
    of_columns = intervals(
        columns,
        level=1 - (1 - level) / max(len(columns), 1),
        shares=[unit == SHARE for unit in units],
        bounds=[
            bounds_of(expectation.outcome, unit, difference=expectation.key not in AGAINST_AN_AMOUNT)
            for expectation, unit in zip(scenario.expect, units, strict=True)
        ],
    )
    findings = []
    for expectation, unit, column, interval in zip(scenario.expect, units, columns, of_columns, strict=True):
        so = sum(_is_so(expectation, value, value) is True for value in column)
        verdict = {True: HELD, False: FAILED, None: UNDECIDED}[_is_so(expectation, interval.low, interval.high)]
        findings.append(Finding(expectation, UNDECIDED if interval.n < FEWEST else verdict, interval, unit, so))
    return findings


def _is_so(expectation: Expectation, low: float, high: float) -> bool | None:
    """Whether a figure that lies between low and high is as a statement says, None if that cannot be told."""
    if math.isnan(low) or math.isnan(high):
        return None
    side, denied = expectation.key.removeprefix("not_"), expectation.key.startswith("not")
    side = expectation.is_ or expectation.not_ or side
    if side in ("below", "above"):
        if side == "above":
            low, high = -high, -low
        below = True if high < 0 else False if low >= 0 else None
        if denied:  # not above is all but above, zero included
            return None if below is None else not below
        return below
    least, most = expectation.bounds
    if (least is None or low >= least) and (most is None or high <= most):
        return True
    if (least is not None and high < least) or (most is not None and low > most):
        return False
    return None
