"""Many points of one scenario: which values are put where, each judged before any is played, and how they are played.

A value is always one that could be written in a scenario file, so that a point can be played by itself with ``--set``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from exportsim.analysis.outcomes import outcomes
from exportsim.arguments import chosen, whole
from exportsim.chance import quantile
from exportsim.chance import whole as to_whole
from exportsim.compile import compile_plan
from exportsim.compile.distributions import parameters
from exportsim.errors import ExportsimError, Fault, LostError, ScenarioError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.playing.block import Packed, content_of, pack, unpack
from exportsim.playing.cluster_watch import PATIENCE
from exportsim.playing.executor import spread
from exportsim.playing.measurers import Outcomes, OutcomesMeasurer
from exportsim.playing.model import model
from exportsim.playing.play import Design, play, points_lacking
from exportsim.playing.settings import Settings
from exportsim.playing.store import PLAYS, Store
from exportsim.playing.store.parts import Part, PartStore, lacking, register, registered
from exportsim.playing.store.scenario_plays import ScenarioPlays, digests
from exportsim.scenario import Scenario, explicit, replace
from exportsim.scenario.addresses import UnknownPathError, located
from exportsim.scenario.distributions import (
    CountDistribution,
    DurationDistribution,
    Kind,
    MoneyDistribution,
    adapter_of,
    amount,
)
from exportsim.scenario.many_lines import is_through, through
from exportsim.scenario.python_nodes import from_python, tree_of
from exportsim.scenario.quantities import Duration, Money, Rate, show
from exportsim.scenario.reader import point_of
from exportsim.scenario.scaling import in_place, like
from exportsim.scenario.schema_paths import near, takes_whole
from exportsim.scenario.text import Path
from exportsim.scenario.tied_draws import TiedDraw, drawn, paths_of
from exportsim.scenario.uncertainties import in_years
from exportsim.scenario.writer import explicit_form, in_json
from exportsim.study.study import policies_played

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("sobol", "lhs")
MOST_POINTS = 1_000_000
MOST_NAMED = 3  # points in a fault, and values
ENDS = (0.02, 0.98)  # of what is uncertain, as probabilities not to be exceeded
MANY = 31  # uncertainties of which every two can be looked at together

DISTRIBUTIONS: tuple[Any, ...] = (CountDistribution, DurationDistribution, MoneyDistribution)
Point = dict[str, Any]  # by dotted path, the value as in a scenario file
Mistake = tuple[str, str]  # path and message of a fault


def points(
    scenario: Scenario, over: Mapping[str, Iterable[Any]], samples: int | None, method: str, seed: int
) -> list[Point]:
    """The points of a grid, of a sample, or of every point of the grid with every point of the sample."""
    lists = {path: _listed(path, values) for path, values in over.items()}
    uncertain = {path: law for path, law in scenario.uncertainties.items() if path not in lists and samples is not None}
    if samples is not None:
        whole(samples, "samples", least=1, most=MOST_POINTS)
        if not scenario.uncertainties:
            raise ExportsimError("samples: the scenario has no `uncertainties` to take them of")
        if not uncertain:
            raise ExportsimError("samples: every uncertainty of the scenario is given a list of values to go over")
    elif not lists:
        raise ExportsimError("nothing to vary: give paths with their values, or a number of samples")
    _apart(scenario, [*lists, *uncertain])
    number = math.prod(map(len, lists.values())) * (samples or 1)
    if number > MOST_POINTS:
        raise ExportsimError(f"found {number:,} points, expected at most {MOST_POINTS:,}")
    grid = [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
    sampled: list[Point] = [{}]
    if samples is not None:
        sampled = placed(uncertain, unit_points(len(uncertain), samples, method, seed))
    return [fixed | drawn for fixed in grid for drawn in sampled]


def points_table(numbered: Mapping[int, Point]) -> pd.DataFrame:
    """A row per numbered point: ``point``, and a column per path."""
    import pandas as pd

    table = pd.DataFrame({"point": list(numbered)})
    for path in next(iter(numbered.values())):
        column = [cell(point[path]) for point in numbered.values()]
        # One kind a column: numbers where all are, text otherwise.
        table[path] = list(map(str, column)) if any(isinstance(value, str) for value in column) else column
    return table


def cell(value: Any) -> str | int | float:
    """A value of a point as a table holds it: numbers as they are, all else as text."""
    plain = explicit_form(value)
    if isinstance(plain, str | int | float) and not isinstance(plain, bool):
        return plain
    return json.dumps(plain, ensure_ascii=False)


def placed(uncertain: Mapping[str, Any], units: Float) -> list[Point]:
    """Points of uncertainties: of distributions, or lists of values that are equally likely, by path.

    ``units``, of shape (points, paths), has the probabilities with which what is uncertain does not exceed the value.
    """
    makers = [_maker(path, uncertainty) for path, uncertainty in uncertain.items()]
    drawn = ([make(u) for u in column.tolist()] for make, column in zip(makers, units.T, strict=True))
    return [dict(zip(uncertain, values, strict=True)) for values in zip(*drawn, strict=True)]


def unit_points(dimensions: int, number: int, method: str, seed: int) -> Float:
    """Points of the unit cube by ``scipy.stats.qmc``, above 0 and below 1; shape (number, dimensions)."""
    from scipy.stats import qmc

    chosen(method, METHODS, "method")
    source = qmc.Sobol if method == "sobol" else qmc.LatinHypercube
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The balance properties", category=UserWarning)
        units: Float = source(dimensions, rng=np.random.default_rng(seed)).random(number)
    return inside(units)


def inside(units: Float) -> Float:
    """Points of the unit cube, moved off its edges: of 0 and 1 not every distribution has a quantile."""
    return np.clip(units, 2.0**-53, 1 - 2.0**-53)


def corners(dimensions: int, low: float, high: float) -> Float:
    """Points at which any three coordinates have each combination of two values; shape (points, dimensions).

    A Hadamard matrix of Sylvester's with its negative (an orthogonal array of strength 3): two to four times as many
    points as coordinates, of which all are low in one and all are high in another.
    """
    rows = np.arange(1 << dimensions.bit_length())
    odd = np.array([[(int(row) & column).bit_count() % 2 for column in range(1, dimensions + 1)] for row in rows])
    return np.where(np.vstack([odd, 1 - odd]) == 1, low, high)


def check_uncertainties(scenario: Scenario) -> None:
    """See to it that what is uncertain can be played together.

    Looked at are points at which each uncertainty is near one end of what it may be (:data:`ENDS`), so that any two of
    them are at both ends together; of more than :data:`MANY`, a Sobol' sample. All of them may be drawn: where every
    point is valid, nothing is refused.
    """
    uncertain = scenario.uncertainties
    if not uncertain:
        return
    number = len(uncertain)
    units = corners(number, *ENDS) if number <= MANY else unit_points(number, 2 * (MANY + 1), "sobol", 1)
    try:
        judged(scenario, placed(uncertain, units), None)
    except ScenarioError as error:
        by_path: dict[str, Fault] = {}
        for fault in error.faults:
            by_path.setdefault(fault.path, dataclasses.replace(fault, file="uncertainties, drawn together"))
        raise ScenarioError(list(by_path.values())) from None


class Draft(NamedTuple):
    """A point that is to be judged."""

    packed: Packed  # the scenario
    point: Point
    policies: tuple[str, ...]  # that must be there
    tied: Mapping[str, TiedDraw]  # by name, draws that are for several values

    def without_content(self) -> Draft:
        """The same for a process that has had the scenario before."""
        return self._replace(packed=self.packed.without_content())


def judged(
    scenario: Scenario,
    points: Sequence[Point],
    policies: Sequence[str] | None,
    executor: Executor | None = None,
    patience: float = PATIENCE,
) -> list[bytes]:
    """Every point's scenario, packed: a tenth of the room. Patience is with a cluster that does nothing, in seconds.

    What is uncertain in the scenario says which values a draw is for; it is not judged again at every point, and nor
    are expectations and controls of the live page, for which none has a use.
    """
    tied = {name: each for name, each in scenario.uncertainties.items() if isinstance(each, TiedDraw)}
    certain = scenario
    if scenario.uncertainties or scenario.expect or scenario.controls:
        certain = replace(scenario, uncertainties={}, expect=[], controls=[])
    sent, required = Packed.of(pack(certain)), tuple(policies or ())
    drafts = (Draft(sent, point, required, tied) for point in points)
    judgements: Iterable[tuple[int, bytes | list[Mistake]]] = enumerate(map(judge, drafts))
    if executor is not None:
        judgements = spread(executor, judge, drafts, once=True, patience=patience)
    packed: dict[int, bytes] = {}
    mistakes: dict[Mistake, list[int]] = {}
    for number, judgement in judgements:
        if isinstance(judgement, bytes):
            packed[number] = judgement
        else:
            for mistake in judgement:
                mistakes.setdefault(mistake, []).append(number)
    if mistakes:
        raise ScenarioError(
            [
                Fault(_where(numbers, len(points)), 0, 0, path, message + _values(path, points[min(numbers)]))
                for (path, message), numbers in mistakes.items()
            ]
        )
    return [packed[number] for number in range(len(points))]


def judge(draft: Draft) -> bytes | list[Mistake]:
    """A point's scenario, packed; or what is wrong with it."""
    try:
        scenario = _scenario(content_of(draft.packed))
        varied = point_of(scenario, in_place(tree_of(scenario), draft.point, draft.tied))
    except ScenarioError as error:
        return [(fault.path, fault.message) for fault in error.faults]
    known = list(varied.policies)
    missing = [policy for policy in draft.policies if policy not in known]
    return [("policies", f"there is no policy `{policy}`{near(policy, known)}") for policy in missing] or pack(varied)


def _scenario(content: object) -> Scenario:
    assert isinstance(content, Scenario)
    return content


class PartPlayed(Exception):  # noqa: N818 - no mistake: a study's answer needs all points, and has not been looked for
    """Raised in the place of a study's answer where one part of its points was to be played, and was."""

    def __init__(self, run: PointRun, settings: Settings, part: Part) -> None:
        super().__init__()
        self.points, self.policies, self.scenario, self.settings = run.points, run.policies, run.scenario, settings
        self.part = part
        self.finished: list[int] = []
        """Of its points, those that the store has."""
        self.here: set[int] = set()
        """Of those, the ones that were played."""
        self.ended: KeyboardInterrupt | LostError | None = None


class PointRun:
    """Points about to be played: all of them have been checked. ``units`` has the unit of each outcome."""

    def __init__(
        self, scenario: Scenario, points: Sequence[Point], *, policies: Sequence[str] | None, settings: Settings
    ) -> None:
        self.points, self.policies, self.scenario = points, policies_played(scenario, policies), scenario
        self._settings, self._store = settings, settings.open_store()
        self._reference, self._plan = scenario.reference, compile_plan(scenario)
        self.units = {outcome.name: outcome.unit for outcome in outcomes(self._plan)}
        self._packed = judged(scenario, points, policies, settings.executor, settings.patience)

    def play(self, settings: Settings | None = None) -> Iterator[tuple[int, Float]]:
        """Play all points: the number of each that is complete, and its values (policies, futures, outcomes).

        Settings, if given, are those it was made with but for the number of futures and the progress.

        Raises
        ------
        PartPlayed
            After the points of a part, if the store is that of one.
        """
        settings, part = settings or self._settings, None
        if isinstance(self._store, PartStore):
            part = PartPlayed(self, settings, self._store.part)
            register(self._store, self._digest(settings), part.part.of)
        elif self._store is not None:
            self._say_what_lacks(self._store, settings)
        numbers = range(len(self.points)) if part is None else part.part.points(len(self.points))
        played_here: set[int] = set() if part is None else part.here

        @lru_cache(maxsize=1)  # the blocks of a point are asked for one after the other
        def stored(place: int) -> ScenarioPlays:
            return self._stored(numbers[place], lambda: played_here.add(numbers[place]))

        design = self._design([self._packed[number] for number in numbers])
        try:
            for played in play(design, settings, None if self._store is None else stored) if numbers else ():
                if part is not None:
                    part.finished.append(numbers[played.point])
                yield numbers[played.point], played.part.values
        except (KeyboardInterrupt, LostError) as ended:
            if part is None or not part.finished:
                raise
            part.ended = ended
        if part is not None:
            part.finished.sort()
            raise part

    def _design(self, packed: Sequence[bytes]) -> Design[Outcomes]:
        measurer = OutcomesMeasurer(monthly=False)
        return Design(self._plan, self.policies, self._reference, measurer, points=packed)

    def _stored(self, number: int, kept: Callable[[], None] | None = None) -> ScenarioPlays:
        """What the store has of a point."""
        assert self._store is not None
        scenario, folder = _scenario(unpack(self._packed[number])), self._store.folder / PLAYS
        announce = self._settings.announce
        return ScenarioPlays(folder, scenario, monthly=False, varied=self.points[number], warn=announce, kept=kept)

    def _digest(self, settings: Settings) -> str:
        """What is played, whoever plays which part of it."""
        world = digests(self.scenario)
        asked = [model(), world, self.points, self.policies, self._reference, settings.futures, settings.seed]
        return hashlib.sha256(in_json(asked).encode()).hexdigest()[:32]

    def _say_what_lacks(self, store: Store, settings: Settings) -> None:
        """Of a study that was played in parts, say which of them are not finished."""
        parts = registered(store, self._digest(settings))
        if not parts or settings.announce is None:
            return
        points = points_lacking(self._design(self._packed), settings, lru_cache(maxsize=1)(self._stored))
        for of in parts:
            names, asked = ",".join(map(str, lacking(points, of))), len(self.points)
            key = "part_of_study.lacking" if points else "part_of_study.complete"
            settings.announce(text(key, of=of, names=names, points=len(points), asked=asked))


def _where(numbers: Iterable[int], of: int) -> str:
    """The points of a fault, by their numbers."""
    numbers = sorted(set(numbers))
    if len(numbers) == of:
        return "every point" if of > 1 else "point 0"
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return f"point{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:MOST_NAMED]))}{more}"


def _values(path: str, point: Point) -> str:
    """The values of a point that may have led to a fault together, where there are several."""
    beside = [other for other in point if other.split(".")[:2] == path.split(".")[:2]]
    if path in point or len(beside) < 2:
        return ""
    *first, last = [
        *(f"{other} is {show(point[other])}" for other in beside[:MOST_NAMED]),
        *([f"{len(beside) - MOST_NAMED} more"] if len(beside) > MOST_NAMED else []),
    ]
    return f", where {', '.join(first)} and {last}"


def _listed(path: str, values: Iterable[Any]) -> list[Any]:
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ExportsimError(f"{path}: found {values!r}, expected a list of values")
    listed = list(values)
    if not listed:
        raise ExportsimError(f"{path}: found no value, expected at least one")
    for number, value in enumerate(listed):
        if value in listed[:number]:
            raise ExportsimError(f"{path}: found {value!r} twice, expected values that differ")
    return listed


def _apart(scenario: Scenario, paths: Sequence[str]) -> None:
    """No path may lead into what another puts in place, by whatever names: their order would decide."""
    tree, many = from_python(explicit(scenario)), scenario.origin.made
    uncertain = scenario.uncertainties
    places: dict[Path, str] = {}
    twice: list[tuple[Path, str]] = []
    for path in (path for name in paths for path in paths_of(name, uncertain.get(name))):
        with suppress(UnknownPathError):  # it is said of every point
            for line in through(path, many, tree) if is_through(path, many, tree) else [path]:
                if places.setdefault(place := located(tree, line), path) != path:
                    twice.append((place, path))
    for place, path in [*twice, *places.items()]:
        above = (places.get(place[:depth], path) for depth in range(1, len(place) + 1))
        inside = next((other for other in above if other != path), None)
        if inside is not None:
            raise ExportsimError(f"{path}: lies within {inside}, which is varied too; vary one of them")


class Law(NamedTuple):
    """A distribution by its quantiles, in minutes, cents, so many a year or plain numbers."""

    kind: int
    a: float
    b: float
    c: float
    x: Float
    y: Float
    least: Duration | Money | Rate | float  # the least quantity written in it, in whose unit others are written

    def at(self, share: float) -> float:
        """The number that is not exceeded with this probability."""
        return float(quantile(*self[:6], share))


def law_of(distribution: object, kinds: Sequence[Any] = DISTRIBUTIONS) -> Law:
    """The law of a distribution as written, by the first kind of quantity that fits all of its quantities."""
    yearly = in_years(distribution)
    are_rates = yearly != distribution
    typed = typed_distribution(yearly, DISTRIBUTIONS[:1] if are_rates else kinds)
    kind, a, b, c, points_ = parameters(typed)
    x, y = np.array([x for x, _ in points_]), np.array([y for _, y in points_])
    least: Duration | Money | Rate | float = min(typed.quantities(), key=amount)
    return Law(kind, a, b, c, x, y, Rate(Decimal(str(least)), "y") if are_rates else least)


def typed_distribution(distribution: object, kinds: Sequence[Any] = DISTRIBUTIONS) -> Kind[Any]:
    """A distribution as written, by the first kind of quantity that fits all of its quantities."""
    problem: ValidationError | None = None
    for kind_of_quantity in kinds:
        try:
            typed: Kind[Any] = adapter_of(kind_of_quantity).validate_python(distribution)
        except ValidationError as error:
            problem = problem or error
            continue
        return typed
    assert problem is not None
    raise problem


def _maker(path: str, uncertainty: Any) -> Callable[[float], Any]:
    """What makes a value of a number between 0 and 1."""
    draw = drawn(uncertainty)
    if isinstance(draw, list):
        return lambda u: draw[min(int(u * len(draw)), len(draw) - 1)]
    law = law_of(draw)
    least, scales = law.least, isinstance(uncertainty, TiedDraw) and bool(uncertainty.scales)
    if not isinstance(least, float):
        return lambda u: str(like(least, law.at(u)))
    if not scales and takes_whole(Scenario, paths_of(path, uncertainty)[0].split(".")):
        return lambda u: to_whole(law.at(u))
    return law.at
