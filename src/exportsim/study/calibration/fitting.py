"""The recipe of a calibration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

import numpy as np

from exportsim.arguments import whole
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.scenario import ScenarioOrPath, checked, replace
from exportsim.study.calibration.likelihood import ObservedValues, synthetic
from exportsim.study.calibration.observations import Observations, read_observations
from exportsim.study.calibration.parameters import Fit, Parameter, fitted_parameters, point
from exportsim.study.calibration.posterior import posterior_points
from exportsim.study.calibration.result import Calibration, Prediction
from exportsim.study.calibration.surface import Surface, needed
from exportsim.study.calibration.trials import Trials
from exportsim.study.points import judged, unit_points
from exportsim.study.study import Recorder, one_policy

if TYPE_CHECKING:
    import pandas as pd

TRIALS = 256
LEAST_TRIALS = 24  # for each parameter
MOST_TRIALS = 2000  # a Gaussian process of more takes longer than the plays
ROUNDS = 4
SEARCH = 1024  # points of the posterior in a round
POINTS = 4096  # and at the end
DRAWN = 32  # of these, played for predictions
WIDER = 0.5  # the power of the likelihood that trials are drawn from, so that they surround what they are to find


def calibrate(
    scenario: ScenarioOrPath,
    data: str | os.PathLike[str] | pd.DataFrame,
    fit: Fit,
    *,
    policy: str | None = None,
    trials: int = TRIALS,
    **settings: Unpack[SettingsKeywords],
) -> Calibration:
    """Fit numbers of a scenario to a record of what happened.

    Parameters
    ----------
    scenario : Scenario or path-like
    data : path-like or DataFrame
        The record, see :func:`exportsim.study.calibration.observations.read_observations`.
    fit : mapping, or iterable of str
        Dotted paths, each with its prior distribution as in ``uncertainties`` (rates too:
        ``{"demand.radar.orders": {"uniform": ["5/y", "20/y"]}}``), or paths of the scenario's ``uncertainties``.
    policy : str, optional
        Under which the record came to be. May be left out where there is but one.
    trials : int
        How many values are tried; 256 by default, at least 24 for each parameter.
    **settings
        As for :func:`exportsim.run`; ``futures``, the same ones at every trial, are at least 20, and three for each
        observation, and ``seed`` is that of where trials are made, too.

    Returns
    -------
    Calibration
        Interrupted (Ctrl-C) after twelve trials for each parameter, it rests on those made so far.

    Raises
    ------
    ExportsimError
        If the record, a path, a prior or a number is not what it must be.
    """
    needed()
    scenario = checked(scenario)
    policy = one_policy(scenario, policy, "under which the record came to be")
    record = read_observations(data, scenario)
    fitted = fitted_parameters(scenario, fit)
    playing = settings_of(settings)
    whole(playing.futures, "futures", least=max(20, 3 * len(record.rows)), most=100_000)
    trials = whole(trials, "trials", least=LEAST_TRIALS * len(fitted), most=MOST_TRIALS)
    recorder, seed = Recorder(scenario, playing), playing.seed
    made = Trials(scenario, policy, record.rows, fitted, playing, most=trials + DRAWN + 1)
    first = unit_points(len(fitted), trials // 2, "sobol", seed)
    judged(replace(scenario, uncertainties={}), [point(fitted, shares) for shares in first], [policy])
    with recorder.until_ended():
        _search(made, first, trials, seed)
    recorder.need(len(made.known) >= LEAST_TRIALS // 2 * len(fitted))
    shares, known = made.tried()
    surface = Surface(shares, known)
    posterior = posterior_points(surface, len(fitted), POINTS, seed)
    top = surface.highest(np.vstack([posterior, shares]))
    prediction, left_out = _predicted(made, fitted, record, top, posterior, seed)
    question = {
        "data": record.name,
        "data_digest": record.digest,
        "fit": {parameter.path: parameter.prior for parameter in fitted},
        "trials": len(known),
        "asked": trials,
        "undefined": int(np.isnan(known).sum()),
        "left_out": left_out,
        "surface_error": round(surface.error, 4),
    }
    calibration = Calibration(
        provenance=recorder.provenance([policy], interrupted=recorder.ended is not None, calibration=question),
        scenario=scenario,
        policy=policy,
        observations=record,
        parameters=tuple(fitted),
        top=top,
        posterior=posterior,
        prediction=prediction,
        shares=shares,
        known=known,
    )
    return recorder.finished(calibration)


def _search(made: Trials, first: Float, trials: int, seed: int) -> None:
    """Make the trials.

    An optimiser finds a top and leaves too little around it to tell how far from it the record still allows. So half
    of the trials are spread over the priors, and the others are drawn from what the surface through those before says
    of the posterior, its top among them: the same trials find the best values and what lies around them. The optimiser
    that is left is SciPy's L-BFGS-B, on that surface.
    """
    made.try_all(first)
    for number in range(ROUNDS):
        left = (trials - len(made.known)) // (ROUNDS - number)
        surface = Surface(*made.tried())
        points = posterior_points(surface, first.shape[1], SEARCH, seed + number + 1, power=WIDER)
        made.try_all(np.vstack([surface.highest(points), points[:: SEARCH // (left - 1)][: left - 1]]))


def _predicted(
    made: Trials, fitted: list[Parameter], record: Observations, top: Float, posterior: Float, seed: int
) -> tuple[Prediction, dict[str, int]]:
    """What the fitted scenario says of the record: at its best values, and at values from the posterior.

    And how many futures are left out of it because some observed figure is undefined in them: ``best`` of those at the
    best values, and ``replicas`` of the ``drawn`` from the posterior.
    """
    measured = ObservedValues.of(record.rows)
    errors, observed = measured.errors, measured.values / measured.errors
    chance = np.random.default_rng([seed, len(posterior)])
    highest = [1.0 if observation.unit == SHARE else np.inf for observation in record.rows]  # that can be recorded
    at_best = made.simulated(top)
    best = synthetic(at_best, measured)
    if best is None:
        raise ExportsimError(f"the observed figures are undefined at the best values, {point(fitted, top)}")
    replicas, above = [np.empty((0, len(observed)))], 0
    for shares in posterior[chance.choice(len(posterior), DRAWN, replace=False)]:
        simulated = made.simulated(shares)
        distribution = synthetic(simulated, measured)
        if distribution is not None:
            defined = simulated[~np.isnan(simulated).any(axis=1)] / errors
            replica = defined + chance.standard_normal(defined.shape)
            # Gelman, Meng and Stern (1996): the discrepancy of replicas and of the record, each from the same values.
            above += int((distribution.squares(replica) >= distribution.squares(observed)).sum())
            replicas.append(np.clip(replica * errors, 0.0, highest))
    together, futures = np.vstack(replicas), len(at_best)
    prediction = Prediction(
        mean=best.mean * errors,
        deviation=np.sqrt((best.factor**2).sum(axis=1)) * errors,
        square=float(best.squares(observed)),
        replicas=together,
        chance=above / len(together) if len(together) else float("nan"),
    )
    drawn = futures * DRAWN
    return prediction, {"best": futures - best.futures, "replicas": drawn - len(together), "drawn": drawn}
