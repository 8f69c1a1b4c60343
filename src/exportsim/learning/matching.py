"""Of ends alone, the work with which the draft that is played takes the times of its log.

How full the office was depends on a few hundredths of its work, which ends alone do not tell. So the draft is played,
in the same futures, with all work that is guessed a little longer or shorter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from exportsim.learning.draft import OFFICE
from exportsim.learning.fits import Fit
from exportsim.learning.intervals import Estimate
from exportsim.learning.playback import NEAR, played
from exportsim.learning.stages import StageFound, scaled
from exportsim.plan import Float
from exportsim.playing.settings import Settings
from exportsim.scenario import Scenario, vary

STEPS = 5  # lengths of the work that are tried
FIRST_STEP = 0.02  # of the work
LEAST, MOST = 0.8, 1.25  # times the work that was found, at most


class Try(NamedTuple):
    """Work so many times as long, and how far the median and the 90th percentile are off with it, in logarithms."""

    times: float
    off: Float

    @property
    def far(self) -> float:
        """How far the one that is farther off is."""
        return float(np.abs(self.off).max())


def matched(
    scenario: Scenario, stages: Sequence[StageFound], settings: Settings, last: date, recorded: Float, usual: Float
) -> list[StageFound]:
    """The stages with the work by which the draft takes the times of its log best; as they are if it is within 5 %.

    ``usual`` are the draft's times as the stages are. The steps are those of Gauss and Newton, with the slope between
    the last two.
    """
    guessed = [stage for stage in stages if stage.alone]
    if not guessed or np.isnan([*recorded, *usual]).any() or not min(*recorded, *usual) > 0:
        return list(stages)
    now = best = Try(1.0, np.log(usual / recorded))
    if best.far <= math.log1p(NEAR):
        return list(stages)
    step = math.copysign(FIRST_STEP, -float(best.off.sum()))
    for _ in range(STEPS):
        times = min(max(now.times * math.exp(step), LEAST), MOST)
        if times == now.times:
            break
        found = played(vary(scenario, _work(guessed, times)), settings, last).mean
        then = Try(times, np.log(found / recorded))
        slope = (then.off - now.off) / math.log(then.times / now.times)
        step = float(-(slope @ then.off) / (slope @ slope)) if slope.any() else 0.0
        now, best = then, min(best, then, key=_far)
    return [
        replace(stage, work=_longer(stage.work, best.times), matched=best.times) if stage.alone else stage
        for stage in stages
    ]


def _far(each: Try) -> float:
    return each.far


def _work(stages: Sequence[StageFound], times: float) -> Mapping[str, Any]:
    """What the draft has to be changed to."""
    return {f"authorities.{OFFICE}.review.{stage.name}.work": scaled(stage.work.value, times) for stage in stages}


def _longer(found: Fit, times: float) -> Fit:
    """All work so many times as long."""

    def of(each: Estimate) -> Estimate:
        return Estimate(each.value * times, each.low * times, each.high * times, each.n)

    figures = {name: of(each) for name, each in found.figures.items()}
    return Fit(found.kind, scaled(found.value, times), figures, of(found.mean))
