"""Strategies for what is written beside what is played: titles, sources, doubts and expectations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from exportsim.scenario.statements import (
    AGAINST_A_POLICY,
    KINDS,
    OF_NO_SUPPLIER,
    OF_NO_YEAR,
    PARTED,
    kind_of,
)
from exportsim.testing.worlds import Written

SOURCES = {"report": "Annual report on exports of controlled goods", "ruling": "A ruling, in translation"}
AMOUNTS: dict[str, tuple[Any, Any]] = {"money": (100, "2k"), "days": ("1d", "30d"), "share": (0.1, 0.9)}


@st.composite
def annotated(draw: DrawFn, scenario: Written) -> Written:
    """A scenario as it is, or with words, uncertainties or expectations beside what is played.

    Parameters
    ----------
    scenario : mapping
        A whole scenario as a file would hold it.
    """
    if draw(st.integers(0, 3)) == 3:
        scenario = described(scenario, draw(st.sampled_from(["report", "judgement", ["report", "ruling"], {}])))
    if draw(st.integers(0, 3)) == 3:
        scenario = scenario | {"uncertainties": draw(uncertainties(scenario))}
    if draw(st.integers(0, 3)) == 3:
        scenario = scenario | {"expect": draw(st.lists(expectations(scenario), min_size=1, max_size=2))}
    if draw(st.integers(0, 3)) == 3:
        scenario = scenario | {"reference": draw(st.sampled_from(list(scenario["policies"])))}
    return scenario


def described(scenario: Written, source: Any) -> Written:
    """A scenario with titles and notes, every part of which says where its numbers come from.

    Parameters
    ----------
    scenario : mapping
    source : str, list of str or mapping
        What every part says; a mapping stands for one from the part's first field.
    """

    def told(part: Mapping[str, Any], **more: Any) -> Written:
        part = {**part, **more}
        field = next(iter(part), None)
        cited = source if source or field is None else {field: "ruling"}
        return {**part, "source": cited or "report", "notes": "by hand"}

    def stages(review: list[Written]) -> list[Written]:
        return [told(stage) for stage in review]

    def authority(part: Written) -> Written:
        part = dict(part, review=stages(part["review"]))
        if further := part.get("case_by_case"):
            part["case_by_case"] = told(further | {"review": stages(further.get("review", []))})
        if traffic := part.get("traffic"):
            part["traffic"] = told(traffic)
        return told(part, title="An office")

    def source_of_line(part: Written) -> Written:
        further = {"qualification": told(part["qualification"])} if "qualification" in part else {}
        return told(part | further)

    def line(part: Written) -> Written:
        more: Written = {name: told(part[name]) for name in ("patience", "trust") if name in part}
        more["sources"] = {name: source_of_line(use) for name, use in part["sources"].items()}
        return told(part | more, title="A line")

    def policy(part: Written) -> Written:
        return told(part, title="A policy", measures=[told(measure) for measure in part["measures"]])

    return scenario | {
        "title": "A world",
        "description": "Made up.",
        "sources": SOURCES,
        "goods": {name: told(part, title="Goods", control="6-1") for name, part in scenario["goods"].items()},
        "authorities": {name: authority(part) for name, part in scenario["authorities"].items()},
        "suppliers": {name: told(part, title="A maker") for name, part in scenario["suppliers"].items()},
        "demand": {name: line(part) for name, part in scenario["demand"].items()},
        "incidents": {name: told(part, title="A case") for name, part in scenario.get("incidents", {}).items()},
        "policies": {name: policy(part) for name, part in scenario["policies"].items()},
        "expect": [told(statement) for statement in scenario.get("expect", [])],
    }


def uncertainties(scenario: Mapping[str, Any]) -> SearchStrategy[Written]:
    """What is uncertain in a scenario: one or two of its values, as a list or a distribution, by dotted path."""
    return st.lists(st.sampled_from([*_doubts(scenario)]), min_size=1, max_size=2).map(dict)


def _doubts(scenario: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in scenario["suppliers"]:
        yield f"suppliers.{name}.slots", [1, 2]
        yield f"suppliers.{name}.lead_time", {"uniform": ["1d", "5d"]}
    for name in scenario["authorities"]:
        yield f"authorities.{name}.approval", {"triangular": [0.25, 0.5, 1]}


@st.composite
def expectations(draw: DrawFn, scenario: Mapping[str, Any]) -> Written:
    """One statement on an outcome: against a policy, an amount, or the scenario with other values.

    Examples
    --------
    >>> testing.expectations(mapping).example()
    {'policy': 'historical', 'outcome': 'exports', 'below': 'unrestricted'}
    """
    supplier = draw(st.sampled_from(sorted(scenario["suppliers"])))
    outcome = draw(st.sampled_from([name.replace("SUPPLIER", supplier) for name in KINDS]))
    policies = list(scenario["policies"])
    statement: Written = {"policy": policies[-1], "outcome": outcome}
    least, most = AMOUNTS[kind_of(outcome)]
    statement |= draw(
        st.one_of(
            st.sampled_from(list(AGAINST_A_POLICY)).map(lambda key: {key: policies[0]}),
            st.sampled_from([{"at_least": least}, {"at_most": most}, {"between": [least, most]}]),
            st.builds(
                lambda key, side: {"set": {f"suppliers.{supplier}.slots": 3}, key: side},
                st.sampled_from(["is", "not"]),
                st.sampled_from(["above", "below"]),
            ),
        )
    )
    if outcome in PARTED:
        statement |= draw(_parts(scenario, outcome))
    return statement


def _parts(scenario: Mapping[str, Any], outcome: str) -> SearchStrategy[Written]:
    """The part of an outcome that is meant."""

    def of_line(name: str) -> SearchStrategy[Written]:
        line = scenario["demand"][name]
        parts = {"line": name, "destination": line["destination"], "goods": line["goods"]}
        if outcome not in OF_NO_YEAR:
            parts["year"] = int(scenario["period"]["start"][:4])
        if outcome not in OF_NO_SUPPLIER:
            parts["supplier"] = next(iter(line["sources"]))
        return st.fixed_dictionaries({}, optional={key: st.just(value) for key, value in parts.items()})

    return st.sampled_from(list(scenario["demand"])).flatmap(of_line)
