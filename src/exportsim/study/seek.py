"""The inverse question: the least value of a lever with which an outcome is as wanted, in a share of all futures.

All values are tried in the same futures, so that from one value to the next only the lever differs. A few of them are
played first. Where none of these lets fewer futures meet the target than one before it, by more than chance, the least
is found by halving; else values all over are played, and those that a curve through them points to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np
from pydantic_core import PydanticCustomError

from exportsim.analysis.hysteresis import futures_share
from exportsim.analysis.intervals import Interval
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.outcomes import row
from exportsim.plan import Float
from exportsim.playing.progress import Stage
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.scenario import replace as changed
from exportsim.scenario.expectation import amount
from exportsim.scenario.schema import Expectation
from exportsim.scenario.text import resolve
from exportsim.study.levers import Lever, levers_of
from exportsim.study.point_faults import LEVERS
from exportsim.study.points import PointRun, cell
from exportsim.study.saved_parts import parts_of
from exportsim.study.study import Recorder, TableStudy

if TYPE_CHECKING:
    import pandas as pd

SIGNS = {">=": "at_least", "<=": "at_most"}
FUTURES, PROBABILITY = 200, 0.9
FIRST = 9  # values of a lever that are played before the search; of the other lever, rows of the frontier
ALL = 65  # values that are all played where the target is not met the more the further
SPREAD = 33  # of more, so many all over
GUESSES = 16  # and at most so many that a curve points to
CHANCE = 0.01  # with which a lever is taken not to help steadily that does
ROUNDING = 1e-9
FOUND, ALWAYS, NEVER = "found", "always", "never"
NO_PARTS = (
    "a search has no parts, for each value that it tries follows from what came of those before; give it more cores or "
    "a cluster, or play a sweep over all values in parts"
)
#: Columns of answers, after the second lever's; None stays None in them.
ANSWER = (
    "case", "least", "low", "high", "before", "falls_from", "falls_to",
    "met", "met_before", "met_first", "met_last", "met_from", "met_to", "steady",
)  # fmt: skip


class Play(NamedTuple):
    """What came of one value of each lever."""

    met: np.ndarray[tuple[int], np.dtype[np.bool_]]  # by future
    values: Float  # of the outcome, NaN where it is undefined

    @property
    def futures(self) -> int:
        """In how many futures the target is met."""
        return int(self.met.sum())


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Seek(TableStudy):
    """The least value of a lever with which a target is met.

    Attributes
    ----------
    table : DataFrame
        A row per value played: a column per lever; ``met``, in how many futures the target is met; ``share`` of all,
        with ``low`` and ``high``, its 95 % interval (Wilson's); ``undefined``, in how many the outcome is undefined,
        which do not meet it; and of the others ``mean``, ``q10`` and ``q90`` of the outcome, in its unit.
    answers : DataFrame
        A row, or with two levers one for each value of the second: its value under its path; ``case``: ``found``,
        ``always`` (with the first value, too) or ``never`` (with none that was played); ``least``, the value sought;
        ``low`` and ``high``, the least value for which chance leaves it open that the target is met, and the least
        for which it leaves no doubt (None: none to the end); ``met``, in how many futures with it, and ``before``, the
        value played before it; ``met_before``, ``met_first`` and ``met_last``, the same with that and at both ends;
        ``steady``, whether more of the lever never made it less likely; where it did, ``falls_from`` and ``falls_to``,
        between which values, and ``met_from`` and ``met_to``.
    levers : tuple of Lever
    target : Expectation
    probability : float
    futures : int
    unit : str
        Of the outcome.
    scenario : Scenario
    """

    table: pd.DataFrame = field()
    answers: pd.DataFrame
    levers: tuple[Lever, ...]
    target: Expectation
    probability: float
    futures: int
    unit: str
    scenario: Scenario

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @property
    def needed(self) -> int:
        """In how many of its futures the target must be met."""
        return needed(self.probability, self.futures)

    def _in_short(self) -> str:
        least = ", ".join(str(value) for value in self.answers["least"]) or f"{len(self.table)} values played"
        return f"{self.target.outcome}, {self.levers[0].path}: {least}"


def seek(
    scenario: ScenarioOrPath,
    levers: Mapping[str, Any],
    *,
    target: str,
    probability: float = PROBABILITY,
    policy: str | None = None,
    **settings: Unpack[SettingsKeywords],
) -> Seek:
    """Find the least value of a lever with which an outcome is as wanted, in a share of all futures.

    Parameters
    ----------
    scenario : Scenario or path-like
    levers : mapping of str to str, pair or sequence
        By dotted path what may stand there: two ends, ``"40..80"``, ``"30d..90d"`` or ``(40, 80)``, with all values
        between them in steps of the last decimal written; or a list of values. The first is the cheapest: of
        ``"90d..30d"`` the longest time is sought. With a second lever, the least of the first is found for up to nine
        values of the second.
    target : str
        An outcome, ``>=`` or ``<=``, and an amount as in ``expect``: ``"within_standard>=0.7"``, ``"delay<=90d"``.
    probability : float
        In which share of futures, above 0 and at most 1.
    policy : str, optional
        Under which; the scenario's reference by default.
    **settings
        As for :func:`exportsim.run`; 200 futures by default.

    Returns
    -------
    Seek
        Interrupted (Ctrl-C), it holds the values that were finished; its ``answers`` are those found by then, of two
        levers some of the second's values, of one none. With a store, the same search goes on from there.

    Raises
    ------
    ExportsimError
        If there is no such path, policy or outcome, or a value cannot stand where it is to; nothing has been played.
    KeyboardInterrupt
        If it is interrupted before the first value was finished.
    """
    playing, scenario = settings_of(settings, futures=FUTURES), checked(scenario)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 < probability <= 1:
        raise ExportsimError(f"probability: found {probability!r}, expected a number above 0 and at most 1")
    pulled = levers_of(levers)
    name = scenario.reference if policy is None else chosen(policy, tuple(scenario.policies), "policy")
    plays = _Plays(scenario, pulled, _target_of(target, name), playing)
    recorder = Recorder(scenario, playing)
    found: list[dict[str, Any]] = []
    others = _spaced(len(pulled[1].values), FIRST) if len(pulled) > 1 else [-1]
    with recorder.until_ended():
        plays.check_ends()
        for other in others:
            found.append(_Search(plays, other, needs_of(probability, playing.futures)).answer())
    recorder.need(bool(plays.known))
    question = {
        "levers": {lever.path: [cell(lever.values[0]), cell(lever.values[-1])] for lever in pulled},
        "target": target, "probability": probability, "policy": name, "points": len(plays.known), "asked": len(others),
        "answers": len(found),
    }  # fmt: skip
    import pandas as pd

    return recorder.finished(
        Seek(
            provenance=recorder.provenance([name], interrupted=len(found) < len(others), seek=question),
            table=plays.table(),
            answers=pd.DataFrame(found, columns=[*(lever.path for lever in pulled[1:]), *ANSWER], dtype=object),
            levers=pulled,
            target=plays.target,
            probability=float(probability),
            futures=playing.futures,
            unit=plays.unit,
            scenario=scenario,
        )
    )


def _target_of(written: str, policy: str) -> Expectation:
    """A target as an expectation, whose outcome is still to be looked for."""
    for sign, key in SIGNS.items():
        outcome, found, bound = str(written).partition(sign)
        if found and outcome.strip() and bound.strip():
            return Expectation.model_validate({
                "policy": policy, "outcome": outcome.strip(), key: resolve(bound.strip()), "source": "judgement",
            })  # fmt: skip
    raise ExportsimError(f"target: found {written!r}, expected such as `within_standard>=0.7` or `delay<=90d`")


def needed(probability: float, futures: int) -> int:
    """In how many futures a target must be met to be met in a share of them."""
    return max(1, math.ceil(probability * futures - ROUNDING))


def needs_of(probability: float, futures: int) -> tuple[int, int, int]:
    """In how many it must be met not to be refuted, to be met, and to be met beyond doubt; past all if none will do."""
    counts = range(futures + 1)
    may = next(count for count in counts if share_of(count, futures).high >= probability - ROUNDING)
    sure = next((count for count in counts if share_of(count, futures).low >= probability), futures + 1)
    return may, needed(probability, futures), sure


def share_of(count: int, futures: int) -> Interval:
    """The share of futures in which something is so, with its interval."""
    return futures_share(Interval(count / futures, math.nan, math.nan, math.nan, futures, ""))


def _spaced(number: int, most: int) -> list[int]:
    """So many places at most, from the first to the last, as far from each other as may be."""
    return sorted(
        {round(place * (number - 1) / (most - 1)) for place in range(most)} if number > most else range(number)
    )


class _Plays:
    """What was played of the values of levers, each once."""

    def __init__(self, scenario: Scenario, levers: Sequence[Lever], target: Expectation, settings: Settings) -> None:
        self._scenario = changed(scenario, reference=target.policy)
        self._levers, self._settings, self.target = levers, settings, target
        self.known: dict[tuple[int, ...], Play] = {}
        run = self._run([tuple(0 for _ in levers), tuple(-1 for _ in levers)])
        chosen(target.outcome, tuple(run.units), "outcome")
        self.unit, self._column = run.units[target.outcome], list(run.units).index(target.outcome)
        written = target.at_most if target.at_least is None else target.at_least
        assert written is not None
        try:
            self._bound = amount(written, row(target.outcome))
        except PydanticCustomError as problem:
            raise ExportsimError(f"target: {problem.message()}") from None

    def _run(self, places: Sequence[tuple[int, ...]]) -> PointRun:
        points = [
            {lever.path: lever.values[place] for lever, place in zip(self._levers, point, strict=True)}
            for point in places
        ]
        settings, before = self._settings, len(self.known) * self._settings.futures
        if settings.progress is not None:
            settings = replace(settings, progress=Stage(settings.progress, before=before))
        given = dict.fromkeys((lever.path for lever in self._levers), LEVERS)
        return PointRun(self._scenario, points, policies=[self.target.policy], settings=settings, given=given)

    def check_ends(self) -> None:
        """See that all combinations of ends can be played, before any is."""
        ends = [[0, len(lever.values) - 1] for lever in self._levers]
        self._run(
            [(first, *other) for first in ends[0] for other in ([[each] for each in ends[1]] if ends[1:] else [[]])]
        )

    def at(self, places: Sequence[tuple[int, ...]]) -> list[Play]:
        """What comes of some values; those that are not known are played."""
        lacking = [place for place in dict.fromkeys(places) if place not in self.known]
        if lacking:
            for number, values in self._run(lacking).play():
                column = values[0, :, self._column]
                with np.errstate(invalid="ignore"):
                    met = column >= self._bound if self.target.at_least is not None else column <= self._bound
                self.known[lacking[number]] = Play(met, column.copy())
            if any(place not in self.known for place in lacking):
                raise KeyboardInterrupt
        return [self.known[place] for place in places]

    def length(self) -> int:
        """How many values the lever has that is sought."""
        return len(self._levers[0].values)

    def value(self, lever: int, place: int) -> Any:
        """A value as a table holds it."""
        return cell(self._levers[lever].values[place])

    def path(self, lever: int) -> str:
        """Where a lever is."""
        return self._levers[lever].path

    def table(self) -> pd.DataFrame:
        """A row for each, in the order of the levers' values."""
        import pandas as pd

        rows = []
        for place, play in sorted(self.known.items(), key=lambda item: item[0][::-1]):
            known = play.values[~np.isnan(play.values)]
            q10, q90 = np.quantile(known, [0.1, 0.9]) if len(known) else (math.nan, math.nan)
            share = share_of(play.futures, len(play.met))
            row_of = {lever.path: cell(lever.values[at]) for lever, at in zip(self._levers, place, strict=True)}
            rows.append({
                **row_of, "met": play.futures, "share": share.mean, "low": share.low, "high": share.high,
                "undefined": len(play.values) - len(known), "mean": known.mean() if len(known) else math.nan,
                "q10": q10, "q90": q90,
            })  # fmt: skip
        return pd.DataFrame.from_records(rows)


class _Search:
    """Looks for the least value of the first lever, the second being as it is."""

    def __init__(self, plays: _Plays, other: int, needs: tuple[int, int, int]) -> None:
        self._plays, self._other, self._needs = plays, other, needs
        self._length = plays.length()

    def answer(self) -> dict[str, Any]:
        """A row of :attr:`Seek.answers`."""
        first = _spaced(self._length, FIRST)
        self._at(first)
        fall = self._fall(first)
        if fall is None:
            find: Callable[[int], int | None] = self._halved
        else:
            self._all_over()
            find = self._first_met
        low, least, high = map(find, self._needs)
        case = NEVER if least is None else ALWAYS if least == 0 else FOUND
        before = None if not least else max(place for place in self._known() if place < least)
        places = {"least": least, "low": low, "high": high, "before": before}
        falls = dict(zip(("falls_from", "falls_to"), fall or (None, None), strict=True))
        counts = {"met": least, "met_before": before, "met_first": 0, "met_last": self._length - 1}
        counts |= dict(zip(("met_from", "met_to"), falls.values(), strict=True))
        return {
            **({} if self._other < 0 else {self._plays.path(1): self._plays.value(1, self._other)}),
            "case": case,
            **{
                name: None if place is None else self._plays.value(0, place) for name, place in (places | falls).items()
            },
            **{name: None if place is None else self._count(place) for name, place in counts.items()},
            "steady": fall is None,
        }

    def _place(self, place: int) -> tuple[int, ...]:
        return (place,) if self._other < 0 else (place, self._other)

    def _at(self, places: Sequence[int]) -> list[Play]:
        return self._plays.at([self._place(place) for place in places])

    def _count(self, place: int) -> int:
        return self._at([place])[0].futures

    def _known(self) -> list[int]:
        return sorted(place[0] for place in self._plays.known if place == self._place(place[0]))

    def _fall(self, places: Sequence[int]) -> tuple[int, int] | None:
        """Two values of which the further lets fewer futures meet the target, by more than chance: a sign test."""
        from scipy.stats import binom

        plays = self._at(places)
        pairs = [(one, two) for two in range(len(places)) for one in range(two)]
        worst, at = CHANCE / len(pairs), None
        for one, two in pairs:
            lost = int((plays[one].met & ~plays[two].met).sum())
            won = int((~plays[one].met & plays[two].met).sum())
            chance = float(binom.sf(lost - 1, lost + won, 0.5)) if lost > won else 1.0
            if chance < worst:
                worst, at = chance, (places[one], places[two])
        return at

    def _halved(self, need: int) -> int | None:
        """The least value, if the further a value the more futures meet the target; none if the last has too few."""
        known = self._known()
        high = next((place for place in known if self._count(place) >= need), None)
        if high is None:
            return None
        low = max((place for place in known if place < high), default=-1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._count(middle) >= need else (middle, high)
        return high

    def _all_over(self) -> None:
        """Play values all over: all of them, or those where a curve through them first meets the target."""
        self._at(_spaced(self._length, ALL if self._length <= ALL else SPREAD))
        if self._length > ALL:
            for need in self._needs:
                for guess in self._guesses(need):
                    self._at([guess])

    def _guesses(self, need: int) -> Iterator[int]:
        """Where a smoothing spline through what is known first meets the target, until that is known itself."""
        from scipy.interpolate import make_smoothing_spline

        for _ in range(GUESSES):
            known = self._known()
            counts = np.array([self._count(place) for place in known], dtype=np.float64)
            curve = make_smoothing_spline(np.array(known, dtype=np.float64), counts)(np.arange(self._length))
            curve[known] = counts
            places = np.flatnonzero(curve >= need)
            if not len(places) or int(places[0]) in known:
                return
            yield int(places[0])

    def _first_met(self, need: int) -> int | None:
        """The first value played with which so many futures meet the target."""
        return next((place for place in self._known() if self._count(place) >= need), None)
