"""Whether cases of some destinations or goods are worked on otherwise, and how."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from exportsim.learning.intervals import OUTSIDE, UNLIKE, Estimate
from exportsim.learning.log import NONE
from exportsim.names import plain_name
from exportsim.plan import Float, Int

if TYPE_CHECKING:
    from exportsim.learning.demand import LineFound

ENOUGH = 20  # visits: a group with fewer is not told from the others


class Grouping(NamedTuple):
    """Groups of cases that a scenario can tell apart.

    Attributes
    ----------
    names : sequence of str
    scopes : sequence of mapping
        Of each group, its ``destinations`` and ``goods`` as a scenario has them.
    of_line : ndarray
        The group of each line of demand.
    """

    names: Sequence[str]
    scopes: Sequence[Mapping[str, list[str]]]
    of_line: Int

    def of(self, line: Int) -> Int:
        """The groups of cases of some lines; NONE for those of no line."""
        found: Int = np.where(line >= 0, self.of_line[line], NONE)
        return found


class Factor(NamedTuple):
    """How many times as long work takes for a group."""

    name: str
    scope: Mapping[str, list[str]]
    times: Estimate


def groupings_of(lines: Sequence[LineFound]) -> list[Grouping]:
    """The groups by destination, by goods, and by both."""
    found = []
    for roles in (("destinations",), ("goods",), ("destinations", "goods")):
        keys = [tuple(line.destination if role == "destinations" else line.goods for role in roles) for line in lines]
        distinct = list(dict.fromkeys(keys))
        names = [lines[keys.index(key)].name if len(roles) == 2 else plain_name(key[0]) for key in distinct]
        scopes = [{role: [word] for role, word in zip(roles, key, strict=True)} for key in distinct]
        found.append(Grouping(names, scopes, np.array([distinct.index(key) for key in keys], dtype=np.int64)))
    return found


def parted(groupings: Sequence[Grouping], unlike: Callable[[Grouping], float]) -> Grouping | None:
    """The groups that differ: by destination or by goods if one of them does, by both if both do; None if neither.

    ``groupings`` are those three, and ``unlike`` says how likely groups differ as much by chance.
    """
    differ = [each for each in groupings[:2] if unlike(each) < UNLIKE]
    return groupings[2] if len(differ) == 2 else next(iter(differ), None)


def unlike_shares(yes: Int, of: Int) -> float:
    """The chance that shares of groups differ as much as they do if they are alike: Pearson's test."""
    there = of > 0
    if there.sum() < 2 or not 0 < yes.sum() < of.sum():
        return 1.0
    from scipy.stats import chi2_contingency

    return float(chi2_contingency(np.array([yes[there], (of - yes)[there]]), correction=False)[1])


def unlike_times(times: Float, group: Int, groups: int) -> float:
    """The chance that times of groups lie as far apart as they do if they are alike: Kruskal and Wallis (1952)."""
    counts = np.bincount(group[group >= 0], minlength=groups)
    of_groups = [times[group == each] for each in np.flatnonzero(counts >= ENOUGH)]
    if len(of_groups) < 2 or len(np.unique(np.concatenate(of_groups))) < 2:
        return 1.0
    from scipy.stats import kruskal

    return float(kruskal(*of_groups)[1])


def factors(times: Float, line: Int, groupings: Sequence[Grouping]) -> tuple[tuple[Factor, ...], Float]:
    """How many times as long work takes for groups that differ, and the times as if it took as long for all.

    ``line`` says of each time to which line of demand it belongs. What groups are measured by is the work for cases of
    no line, if they are enough, or else for the largest group.
    """
    found = parted(groupings, lambda each: unlike_times(times, each.of(line), len(each.names)))
    if found is None:
        return (), times
    group = found.of(line)
    counts = np.bincount(group[group >= 0], minlength=len(found.names))
    base = NONE if (group == NONE).sum() >= ENOUGH else int(counts.argmax())
    usual, used, told = times[group == base], times.copy(), []
    for place in np.flatnonzero(counts >= ENOUGH).tolist():
        its = times[group == place]
        if place == base or not its.mean() > 0 < usual.mean():
            continue
        value = float(its.mean() / usual.mean())
        spread = math.hypot(*(float(each.std(ddof=1) / each.mean()) / math.sqrt(len(each)) for each in (usual, its)))
        wide = math.exp(-float(ndtri(OUTSIDE)) * spread)
        told.append(
            Factor(found.names[place], found.scopes[place], Estimate(value, value / wide, value * wide, len(its)))
        )
        used[group == place] /= value
    return tuple(told), used
