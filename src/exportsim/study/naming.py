"""What studies call things: policies, suppliers and others by titles, outcomes, fates and varied paths in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from exportsim.language import text
from exportsim.names import outcome_with_titles, told_apart, words
from exportsim.scenario.distributions import KINDS
from exportsim.scenario.remembered import Remembered
from exportsim.study.parameter_axes import Axis, unit_words
from exportsim.study.study import Study

NAMED = ("suppliers", "authorities", "goods", "policies", "incidents", "demand")  # sections whose keys are names
#: By section the key whose next step is a name, and of what: a supplier, an authority's stage, a policy's measure.
BEFORE_NAMES = {"demand": ("sources", "suppliers"), "authorities": ("review", ""), "policies": ("measures", "")}
SHAPES = {*KINDS, "quantiles"}  # `quantiles` is how an empirical one may be written
PLACES = {"uniform": ("low", "high"), "triangular": ("low", "mode", "high")}  # by the list's numbers
PARAMETERS = {"mean", "median", "p90", "cv", "shape", "low", "mode", "high"}


def title_of(study: Study, section: str, name: str) -> str:
    """A policy, a supplier or another thing of the scenario by its title, with its name where another has the same."""
    titles: Mapping[str, str] = study.provenance.get("titles", {}).get(section, {})
    return _shown(titles)[name] if name in titles else told_apart({name: words(name), **titles})[name]


_shown: Remembered[Mapping[str, str], dict[str, str]] = Remembered(told_apart, most=64)


def policy_title(study: Study, policy: str) -> str:
    """A policy by its title."""
    return title_of(study, "policies", policy)


def outcome_words(study: Study, outcome: str) -> str:
    """An outcome in words: ``delivered: ASELSAN``."""
    return outcome_with_titles(outcome, lambda section, name: title_of(study, section, name))


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
    return path_with_titles(path, lambda section, name: title_of(study, section, name))


def path_with_titles(path: str, title: Callable[[str, str], str]) -> str:
    """The same, with the title of what it is a part of, by section and name."""
    section, *steps = path.split(".")
    keys, names = [], []
    before_name, of_section = BEFORE_NAMES.get(section, ("", ""))
    if section in NAMED and steps:
        names.append(title(section, steps.pop(0)))
    else:
        keys.append(words(section))
    while steps:
        step = steps.pop(0)
        if step == before_name and len(steps) > 1:
            names.insert(0, title(of_section, steps.pop(0)))
        elif step in PLACES and steps in [[str(place)] for place in range(len(PLACES[step]))]:
            keys.append(PLACES[step][int(steps.pop())])
        elif step not in SHAPES:
            keys.append(words(step))
    if len(keys) > 1 and keys[-1] in PARAMETERS:
        first, *others = keys[:-1]
        what, of = text("figures.parameter_of", parameter=keys[-1], of=first), [*others, *names]
    else:
        what, of = text("lists.comma").join(keys), names
    if not what or not of:
        return what or text("lists.comma").join(of)
    return text("figures.path", what=what, of=text("lists.comma").join(of))


def paths_in_words(study: Study, paths: Iterable[str]) -> dict[str, str]:
    """Varied paths in words, told apart by the paths themselves where two would be called the same."""
    return told_apart({path: path_words(study, path) for path in paths})


def axis_words(study: Study, axis: Axis) -> str:
    """The label of an axis along which a path varies, with its unit."""
    what = path_words(study, axis.path)
    return text("figures.with_unit", what=what, unit=unit_words(axis.unit)) if axis.unit else what
