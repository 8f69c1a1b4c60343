"""What is fitted: numbers of the scenario, each named by its path, with the distribution that it is thought to have.

A parameter is moved by the share of its prior below it, a number between 0 and 1. In these shares every prior is the
uniform one, so that the posterior is the likelihood, and whatever the kinds of priors there is one way to fit them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.plan import CONSTANT, VALUES, Float
from exportsim.scenario import Scenario, explicit, replace
from exportsim.scenario.addresses import located
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, Rate, show
from exportsim.scenario.schema_paths import near, takes_millionths, takes_whole
from exportsim.scenario.uncertainties import misplaced
from exportsim.scenario.writer import explicit_form
from exportsim.study.points import Law, corners, judged, law_of

MOST = 8  # parameters: more than a response surface of some hundred points can tell
DIGITS = 6  # significant, of a value put in place
EDGE = 1e-6  # the least share of a prior: some have no end

Fit = Mapping[str, Any] | Iterable[str]


@dataclass(frozen=True, eq=False)
class Parameter:
    """One number to fit: its ``unit`` (``mo``, ``/y``, ``M``; empty for a plain number), and what is there ``now``."""

    path: str
    prior: Mapping[str, Any]
    unit: str
    is_whole: bool
    now: str | None
    _law: Law
    _step: float  # of the unit, in what the law counts in
    _in_millionths: bool

    def asked(self) -> tuple[str, Any, str | None]:
        """What :func:`parameter_of` makes it of, to be saved."""
        return self.path, explicit_form(dict(self.prior)), self.now

    def number(self, share: float) -> float:
        """The number that the prior does not exceed with this probability, in the unit."""
        number = self._law.at(min(max(share, EDGE), 1 - EDGE)) / self._step
        return float(round(number)) if self.is_whole else round(number, 6) if self._in_millionths else number

    def written(self, share: float) -> str | int | float:
        """The same as it stands in a scenario file."""
        number = self.number(share)
        plain = f"{number:.{DIGITS}g}"
        if "e" in plain:
            plain = f"{float(plain):.12f}".rstrip("0").rstrip(".") if abs(number) < 1 else f"{float(plain):.0f}"
        if self.unit:
            return f"{plain}{self.unit}"
        return int(number) if self.is_whole else float(plain)


def fitted_parameters(scenario: Scenario, fit: Fit) -> list[Parameter]:
    """The parameters of a fit."""
    wanted = dict(fit) if isinstance(fit, Mapping) else dict.fromkeys([fit] if isinstance(fit, str) else fit)
    if not 1 <= len(wanted) <= MOST:
        raise ExportsimError(f"fit: found {len(wanted)} parameters, expected 1 to {MOST}")
    certain = replace(scenario, uncertainties={}) if scenario.uncertainties else scenario
    tree = explicit(certain)
    fitted: list[Parameter] = []
    wrong: list[tuple[str, str]] = []
    for path, prior in wanted.items():
        try:
            given = scenario.uncertainties.get(path) if prior is None else prior
            if given is None:
                _check_known(certain, path)
            fitted.append(_parameter(tree, path, given))
        except ScenarioError as error:
            wrong += [(path, fault.message) for fault in error.faults]
        except ExportsimError as error:
            wrong.append((path, str(error)))
    for path in wanted:
        around = next((other for other in wanted if path.startswith(f"{other}.")), None)
        if around is not None:
            wrong.append((path, f"lies within {around}, which is fitted too; fit one of them"))
    if wrong := wrong or list(_impossible(certain, fitted)):
        raise ScenarioError([Fault("fit", 0, 0, path, message) for path, message in dict.fromkeys(wrong)])
    return fitted


def point(fitted: Sequence[Parameter], shares: Float) -> dict[str, Any]:
    """The values of some shares of the priors, by path."""
    pairs = zip(fitted, shares.tolist(), strict=True)
    return {parameter.path: parameter.written(share) for parameter, share in pairs}


def _check_known(scenario: Scenario, path: str) -> None:
    """See that there is something at a path, whatever may stand there."""
    message, is_unknown = misplaced(scenario, {path: ["?"]}).get(path, ("", False))
    if is_unknown:
        raise ExportsimError(message)


def _parameter(tree: Mapping[str, Any], path: str, prior: object) -> Parameter:
    if prior is None:
        raise ExportsimError("no range is given, and the scenario has none in `uncertainties`: give a distribution")
    if not isinstance(prior, Mapping):
        raise ExportsimError(f"found {show(prior)}, expected a distribution such as `{{uniform: [a, b]}}`")
    return parameter_of(path, prior, _standing(tree, path))


def parameter_of(path: str, prior: Mapping[str, Any], now: object) -> Parameter:
    """The parameter at a path with a distribution, where ``now`` stands."""
    law, rate = _law(dict(prior))
    if law.kind in (CONSTANT, VALUES):
        raise ExportsimError("found a list of values, expected a distribution that any value between can come of")
    unit, step = "/y" if rate else "", 1.0
    if isinstance(law.least, Duration):
        unit, step = law.least.unit, float(MINUTES[law.least.unit])
    elif isinstance(law.least, Money):
        unit, step = law.least.multiple, 100 * float(MULTIPLES[law.least.multiple])
    is_whole = not unit and step == 1.0 and takes_whole(Scenario, path.split("."))
    now_written = None if now is None else str(now)
    return Parameter(path, prior, unit, is_whole, now_written, law, step, takes_millionths(Scenario, path.split(".")))


def _impossible(scenario: Scenario, fitted: Sequence[Parameter]) -> Iterable[tuple[str, str]]:
    """Paths of values that could not stand in a scenario, each by itself or all together, and why.

    Together they are looked at at the ends of their priors, at each combination of any three of them: what holds there
    of numbers of which one must not be above another, or which must not add up to more than so much, holds between.
    """
    ends = {parameter.path: [parameter.written(0.0), parameter.written(1.0)] for parameter in fitted}
    if alone := misplaced(scenario, ends):
        return [(path, message) for path, (message, _) in alone.items()]
    try:
        judged(scenario, [point(fitted, shares) for shares in corners(len(fitted), 0.0, 1.0)], None)
    except ScenarioError as error:
        first = {fault.path: fault.message for fault in reversed(error.faults)}
        return reversed(first.items())
    return ()


def _standing(tree: Any, path: str) -> Any:
    """What stands at a path, None if nothing does.

    Among dated rates a date that is not there is a slip: it would be one more change of the rate.
    """
    for step in located(from_python(tree), path):
        if isinstance(tree, list):
            tree = tree[step] if isinstance(step, int) else None
        elif isinstance(tree, Mapping):
            dates = [key for key in tree if re.fullmatch(r"\d{4}-\d\d-\d\d", key)]
            if step not in tree and dates and len(dates) == len(tree):
                close = get_close_matches(str(step), dates, 1)
                raise ExportsimError(f"there is no date {show(step)}{near(str(step), close or dates)}")
            tree = tree.get(step)
        else:
            return None
    return tree


def _law(prior: dict[str, Any]) -> tuple[Law, bool]:
    """The law of a distribution, and whether it is of yearly rates."""
    if len(prior) != 1 or next(iter(prior)) not in KINDS:
        kinds = ", ".join(f"`{kind}`" for kind in KINDS)
        raise ExportsimError(f"found {show(next(iter(prior), 'nothing'))}, expected one of {kinds}")
    try:
        law = law_of(prior)
    except ValidationError as error:
        wrong = error.errors()[0]
        if wrong["type"] == "missing":
            found = ", ".join(map(str, prior.values()))
            raise ExportsimError(f"found {show(found)}, expected another value in `{next(iter(prior))}`") from None
        raise ExportsimError(f"{wrong['msg']}; all quantities of a distribution have one unit") from None
    return law, isinstance(law.least, Rate)
