"""Checks on ``expect``: everything that a statement speaks of is there, and can be told in the way that it asks."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from exportsim.outcomes import OBJECTIVE, SECTION, names, row, told_by
from exportsim.scenario.addresses import UnknownPathError, put, swept
from exportsim.scenario.expectation import AGAINST_A_POLICY, amount
from exportsim.scenario.many_lines import is_through, through
from exportsim.scenario.messages import Complaint, complaints
from exportsim.scenario.objective import objective_faults
from exportsim.scenario.partial_scenario import Draft
from exportsim.scenario.python_nodes import from_python
from exportsim.scenario.quantities import show
from exportsim.scenario.references import unknown
from exportsim.scenario.schema import Expectation, Scenario
from exportsim.scenario.schema_paths import near
from exportsim.scenario.text import Path, plain
from exportsim.scenario.writer import explicit


def statements(draft: Draft) -> Iterator[Complaint]:
    """What is wrong with expectations beside the rest of the scenario, which may be partly invalid itself."""
    for index, expectation in draft.expectations.items():
        path: Path = ("expect", index)
        yield from _names(draft, expectation, path)
        if (weighed := outcome_names(draft)) is None:
            continue
        known = [*weighed, *([OBJECTIVE.name] if draft.has_objective else [])]
        if expectation.outcome == OBJECTIVE.name and not draft.has_objective:
            yield Complaint((*path, "outcome"), "there is no `objective` in the scenario, whose value this would be")
            continue
        if expectation.outcome not in known:
            message = f"there is no outcome {show(expectation.outcome)}{near(expectation.outcome, known)}"
            yield Complaint((*path, "outcome"), message)
            continue
        yield from _parts(draft, expectation, path)
        yield from _amounts(expectation, path)


def objective(draft: Draft) -> Iterator[Complaint]:
    """What is wrong with the weights of an objective."""
    if draft.objective is not None and (known := outcome_names(draft)) is not None:
        yield from objective_faults(draft.objective, known)


def outcome_names(draft: Draft) -> list[str] | None:
    """The outcomes of a scenario but its objective; None if names that they have cannot be read."""
    sections = {section: found for section in SECTION.values() if (found := draft.names[section]) is not None}
    return names(sections) if len(sections) == len(SECTION) else None


def changes(draft: Draft) -> Iterator[Complaint]:
    """What is wrong with the values that expectations put in place of the scenario's, if that is valid.

    Each change is judged by the types alone, as uncertainties are; what must hold between parts is found when it is
    played.
    """
    if draft.scenario is None or not any(expectation.set for expectation in draft.expectations.values()):
        return
    tree = from_python(explicit(draft.scenario.model_copy(update={"uncertainties": {}, "expect": []})))
    for index, expectation in draft.expectations.items():
        changed = tree
        for path, value in (expectation.set or {}).items():
            where: Path = ("expect", index, "set", path)
            try:
                for each in through(path, draft.many, tree) if is_through(path, draft.many, tree) else [path]:
                    changed = put(changed, each, from_python(value))
                Scenario.model_validate(plain(swept(changed)))
            except UnknownPathError as problem:
                yield Complaint(where, str(problem), key=True)
                break
            except ValidationError as error:
                first = next(complaints(error, changed, Scenario))
                yield Complaint(where, first.message, len(first.path) <= len(path.split(".")) and first.key)
                break


def _names(draft: Draft, expectation: Expectation, path: Path) -> Iterator[Complaint]:
    for key in ("policy", *AGAINST_A_POLICY):
        name = getattr(expectation, key)
        if name is not None:
            yield from unknown("policy", name, draft.names["policies"], (*path, key))
            if key != "policy" and name == expectation.policy and name in (draft.names["policies"] or ()):
                yield Complaint((*path, key), f"compares the policy {show(name)} with itself")


def _parts(draft: Draft, expectation: Expectation, path: Path) -> Iterator[Complaint]:
    """A statement on a part of an outcome: there must be such a part, and the outcome must be the sum of such."""
    selected, outcome = expectation.selected, expectation.outcome
    for key in selected:
        if outcome not in (known := told_by(key)):
            message = f"{show(outcome)} is not told by {key}; these are: " + ", ".join(f"`{name}`" for name in known)
            yield Complaint((*path, key), message, key=True)
            return
    if (year := expectation.year) is not None and draft.period is not None:
        first, last = draft.period.start.year, draft.period.end.year
        if not first <= year <= last:
            nearest = min(max(year, first), last)
            message = f"found `{year}`, expected a year of the period, {first} to {last}, did you mean `{nearest}`?"
            yield Complaint((*path, "year"), message)
    names_of = {
        "line": draft.names["demand"],
        "destination": draft.names["destinations"],
        "goods": draft.names["goods"],
        "supplier": draft.names["suppliers"],
    }
    words = {"line": "demand line", "destination": "demand line with the destination"}
    wrong = [
        complaint
        for key, names in names_of.items()
        if (name := getattr(expectation, key)) is not None
        for complaint in unknown(words.get(key, key), name, names, (*path, key))
    ]
    yield from wrong
    met = any(
        expectation.line in (None, name)
        and expectation.destination in (None, line.destination)
        and expectation.goods in (None, line.goods)
        and (expectation.supplier is None or expectation.supplier in line.sources)
        for name, line in draft.demand.items()
    )
    if not wrong and draft.scenario is not None and not met:
        listed = ", ".join(f"{key} `{name}`" for key, name in selected.items() if key != "year")
        yield Complaint(path, f"no demand line has an order of all of these: {listed}")


def _amounts(expectation: Expectation, path: Path) -> Iterator[Complaint]:
    bounds: list[float] = []
    for index, written in enumerate(expectation.amounts):
        if written is None:
            continue
        where: Path = ("between", index) if expectation.between else (expectation.key,)
        try:
            bounds.append(amount(written, row(expectation.outcome)))
        except PydanticCustomError as problem:
            yield Complaint((*path, *where), problem.message())
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        least, most = expectation.amounts
        yield Complaint((*path, "between"), f"the least ({least}) must not be greater than the most ({most})")
