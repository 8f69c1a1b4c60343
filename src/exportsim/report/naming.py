"""What studies and figures call things: policies, suppliers and others by titles, fates and varied paths in words."""

from __future__ import annotations

from collections.abc import Mapping

from exportsim.language import country, text
from exportsim.names import told_apart
from exportsim.outcomes import SECTION, in_words, row
from exportsim.report.number_format import number, places
from exportsim.study.parameter_axes import WORDS, Axis
from exportsim.study.study import Study

NAMED = ("suppliers", "authorities", "goods", "policies", "incidents", "demand")  # sections whose keys are names
#: Keys whose next step is a name: of a supplier, an authority's stage, a policy's measure.
BEFORE_NAMES = {"sources": "suppliers", "review": "", "measures": ""}
SHAPES = {"uniform", "triangular", "exponential", "weibull", "lognormal", "empirical", "quantiles"}
PLACES = {"uniform": ("low", "high"), "triangular": ("low", "mode", "high")}  # by the list's numbers
PARAMETERS = {"mean", "median", "p90", "cv", "shape", "low", "mode", "high"}


def title_of(study: Study, section: str, name: str) -> str:
    """A policy, a supplier or another thing of the scenario by its title, with its name where another has the same."""
    titles: Mapping[str, str] = study.provenance.get("titles", {}).get(section, {})
    return told_apart({name: name, **titles})[name]


def policy_title(study: Study, policy: str) -> str:
    """A policy by its title."""
    return title_of(study, "policies", policy)


def outcome_words(study: Study, outcome: str) -> str:
    """An outcome in words: ``delivered: ASELSAN``."""
    _, slash, of = outcome.partition("/")
    if not slash:
        return in_words(outcome)
    section = SECTION[row(outcome).name.partition("/")[2]]
    return in_words(outcome, country(of) if section == SECTION["DESTINATION"] else title_of(study, section, of))


def fate_words(study: Study, fate: str) -> str:
    """A fate of an order, or a bar that leads to one, in words."""
    kind, slash, rest = fate.partition("/")
    match kind:
        case "delivered":
            return title_of(study, "suppliers", rest)
        case "taken_over":
            return text("figures.fates_in_words.taken_over", supplier=title_of(study, "suppliers", rest))
        case "gained":
            return text("figures.fates_in_words.gained", fate=fate_words(study, rest))
        case "lost" | "kept" if slash:
            return text(f"figures.fates_in_words.{kind}_{rest}")
    return text(f"figures.fates_in_words.{kind}")


def path_words(study: Study, path: str) -> str:
    """A varied path in words, with what it is a part of: ``mean of patience: suspension, tb2-sensors``."""
    section, *steps = path.split(".")
    keys, names = [], []
    if section in NAMED and steps:
        names.append(title_of(study, section, steps.pop(0)))
    else:
        keys.append(section.replace("_", " "))
    while steps:
        step = steps.pop(0)
        if step in BEFORE_NAMES and len(steps) > 1:
            if step == "review":
                keys.append(step)
            names.insert(0, title_of(study, BEFORE_NAMES[step], steps.pop(0)))
        elif step in PLACES and steps in [[str(place)] for place in range(len(PLACES[step]))]:
            keys.append(PLACES[step][int(steps.pop())])
        elif step not in SHAPES:
            keys.append(step.replace("_", " "))
    if len(keys) > 1 and keys[-1] in PARAMETERS:
        first, *others = keys[:-1]
        what, of = text("figures.parameter_of", parameter=keys[-1], of=first), [*others, *names]
    else:
        what, of = text("lists.comma").join(keys), names
    if not what or not of:
        return what or text("lists.comma").join(of)
    return text("figures.path", what=what, of=text("lists.comma").join(of))


def axis_words(study: Study, axis: Axis) -> str:
    """The label of an axis along which a path varies, with its unit."""
    words = path_words(study, axis.path)
    return text("figures.with_unit", what=words, unit=WORDS[axis.unit]) if axis.unit else words


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent, without decimals unless it is very small or all but everything."""
    value = 100 * share
    return number(value, 1 if 0 < abs(value) < 0.95 or 99.05 < abs(value) < 100 else 0)


def digits(value: float) -> str:
    """A number in three digits, or to the nearest whole one."""
    return number(value, max(0, places(abs(value), 3)))


def capital(sentence: str) -> str:
    """A sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
