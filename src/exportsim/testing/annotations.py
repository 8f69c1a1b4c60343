"""Strategies for what is written beside what is played: titles, sources, doubts and expectations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import cycle, islice
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exportsim.outcomes import DAYS, MONEY, NUMBER, OUTCOMES, SHARE, row, told_by
from exportsim.scenario import Scenario
from exportsim.scenario.expectation import AGAINST_A_POLICY
from exportsim.scenario.fields import Part
from exportsim.scenario.schema_paths import models_at
from exportsim.testing.quantities import made_once
from exportsim.testing.registers import Written, one_line_of

SOURCES = {"report": "Annual report on exports of controlled goods", "ruling": "A ruling, in translation"}
STATEMENTS = 31_999  # the greatest number of a statement
AMOUNTS: dict[str, tuple[object, object]] = {
    MONEY: (100, 2000),
    DAYS: ("1d", "30d"),
    SHARE: (0.1, 0.9),
    NUMBER: (1, 20),
}


class Marks(NamedTuple):
    """What is to be written beside a scenario; drawn first, as what is drawn last is often the simplest there is."""

    sources: int
    """0 for none, else the form with which citing begins."""
    doubts: list[int]
    statements: list[int]
    reference: int
    objective: int
    """0 for none, else how many outcomes it weighs."""


@made_once
def marks() -> SearchStrategy[Marks]:
    """What may be written beside a scenario, as numbers that :func:`annotated` reads."""
    return st.builds(
        Marks,
        st.sampled_from([0, 0, 0, 1, 2, 3, 4]),
        st.one_of(st.just([]), st.lists(st.integers(0, 30), max_size=2, unique=True)),
        st.one_of(st.just([]), st.lists(st.integers(0, STATEMENTS), min_size=1, max_size=4)),
        st.integers(0, 3),
        st.integers(0, 3),
    )


def annotated(scenario: Written, marks: Marks) -> Written:
    """A scenario as it is, or with words, uncertainties, controls and expectations beside what is played."""
    doubts, policies = list(_doubts(scenario)), list(scenario["policies"])
    if marks.doubts:
        scenario = scenario | {"uncertainties": _apart(doubts[number % len(doubts)] for number in marks.doubts)}
    if marks.objective:
        scenario = scenario | {"objective": _weighed(scenario, marks.objective)}
    if marks.statements:
        scenario = scenario | {"expect": [_statement(scenario, number) for number in marks.statements]}
        if marks.statements[0] % 2:
            scenario = scenario | {"controls": _controls(scenario, marks.statements[0])}
    if marks.reference:
        scenario = scenario | {"reference": policies[marks.reference % len(policies)]}
    return described(scenario, marks.sources) if marks.sources else scenario


def described(scenario: Written, first: int) -> Written:
    """A scenario with titles and notes, every part of which says where its numbers come from, each in the next form."""
    forms = islice(cycle(("report", "judgement", ["report", "ruling"], None)), first, None)

    def cited(value: Any, *path: str | int) -> Any:
        if isinstance(value, list):
            return [cited(item, *path, number) for number, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        part, fields = {key: cited(below, *path, key) for key, below in value.items()}, _fields_of_part(path)
        if not fields:
            return part
        part |= {name: text for name, text in (("title", "A title"), ("control", "6-1")) if name in fields}
        field, form = next(iter(part), None), next(forms)
        return part | {"source": form or ({field: "ruling"} if field else "ruling"), "notes": "by hand"}

    world: Written = cited(scenario)
    return world | {"title": "A world", "description": "Made up.", "sources": SOURCES}


@lru_cache(maxsize=4096)
def _fields_of_part(path: tuple[str | int, ...]) -> frozenset[str]:
    """The fields of the part of a scenario that stands at a path; none if none does."""
    parts = (model for model in models_at(Scenario, path) if issubclass(model, Part))
    return frozenset(field for model in parts for field in model.model_fields)


def _doubts(scenario: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in scenario["suppliers"]:
        yield f"suppliers.{name}.slots", [1, 2]
        yield f"suppliers.{name}.lead_time", {"uniform": ["1d", "5d"]}
        yield f"suppliers.{name}.ramp_up", ["0d", "4d"]
        yield f"suppliers.{name}.price", [0.5, 1.25]
    for name in scenario["authorities"]:
        yield f"authorities.{name}.approval", {"triangular": [0.25, 0.5, 1]}
    suppliers = [f"suppliers.{name}" for name in scenario["suppliers"]]
    yield "how fast all of them are", {"draw": [0.5, 2], "scales": [f"{path}.lead_time" for path in suppliers]}
    yield "how late all of them open", {"draw": ["0d", "4d"], "sets": [f"{path}.ramp_up" for path in suppliers]}
    for name, line in scenario["demand"].items():
        if isinstance(line["orders"], dict) and "by" in line["orders"]:
            yield f"demand.{name}.patience.review", ["5d", "never"]
    yield "what all of them cost", {"draw": {"uniform": [0.5, 1.5]}, "sets": [f"{path}.price" for path in suppliers]}


def _apart(doubts: Iterable[tuple[str, Any]]) -> Written:
    """Doubts by name, but for those of a value that another is of already."""
    taken, kept = set[str](), dict[str, Any]()
    for name, doubt in dict(doubts).items():
        paths = {*doubt.get("sets", ()), *doubt.get("scales", ())} if isinstance(doubt, dict) else set[str]()
        paths = paths or {name}
        if taken.isdisjoint(paths):
            taken |= paths
            kept[name] = doubt
    return kept


def _controls(scenario: Mapping[str, Any], number: int) -> list[Written]:
    """Three values, of those that there are, which a live page shows."""
    supplier, office = next(iter(scenario["suppliers"])), next(iter(scenario["authorities"]))
    known: list[Written] = [
        {"path": f"suppliers.{supplier}.slots", "range": [1, 4], "step": 1, "title": "Lines of assembly"},
        {"path": f"suppliers.{supplier}.price", "range": [0.5, 1.5], "step": 0.25, "about": "assumption"},
        {"path": f"suppliers.{supplier}.ramp_up", "range": ["0d", "8d"], "step": "1d", "unit": "days"},
        {"path": f"authorities.{office}.approval", "choices": [0.25, 1.0], "about": "policy", "group": "The office"},
        {"path": f"authorities.{office}.service_standard", "choices": ["1d", "5d"], "help": "As it is published."},
        {"path": f"suppliers.{supplier}.lead_time", "choices": ["1d", "3d"]},
    ]
    if number % 4 == 1:
        known[0] = {"path": f"suppliers.{supplier}.slots", "choices": [1, 2]}
    return list(islice(cycle(known), number % len(known), number % len(known) + 3))


def uncertainties(scenario: Mapping[str, Any]) -> SearchStrategy[Written]:
    """What is uncertain in a scenario: one or two of its values, as a list or a distribution, by dotted path."""
    return st.lists(st.sampled_from([*_doubts(scenario)]), min_size=1, max_size=2).map(_apart)


def expectations(scenario: Written) -> SearchStrategy[Written]:
    """One statement on an outcome: against a policy, an amount, or the scenario with other values.

    Examples
    --------
    >>> testing.expectations(world).example()
    {'policy': 'historical', 'outcome': 'exports', 'below': 'unrestricted'}
    """
    return st.integers(0, STATEMENTS).map(lambda number: _statement(scenario, number))


def _weighed(scenario: Written, number: int) -> Written:
    """An objective over so many outcomes: money of both signs, times, and shares."""
    supplier = next(iter(scenario["suppliers"]))
    weights = {f"delivered/{supplier}": -0.25, "delay": "-0.5k", "within_standard": "2M", "exports": 1}
    return {"weights": dict(islice(weights.items(), number)) | {"exports": 1}}


def _statement(scenario: Written, number: int) -> Written:
    """The statement of a number: which outcome, how it is judged, and (a bit each) which parts of it are meant."""
    parts, rest = divmod(number, 1000)
    name, line = list(scenario["demand"].items())[parts % len(scenario["demand"])]
    supplier = next(iter(line["sources"]))
    names = [outcome.name for outcome in OUTCOMES] + (["objective"] if "objective" in scenario else [])
    shares = [outcome.name for outcome in OUTCOMES if outcome.unit == SHARE]
    known = [*names, *told_by(), *shares * 3]  # what has parts, and what is a share, more often
    of = {"suppliers": [supplier], "authorities": scenario["authorities"], "destinations": [line["destination"]]}
    what = row(known[rest % len(known)]).names(of)[0]
    policies = list(scenario["policies"])
    least, most = AMOUNTS[row(what).unit]
    changed = {"set": {f"suppliers.{supplier}.slots": 3}}
    relations: list[Written] = [
        *({key: policies[0]} for key in AGAINST_A_POLICY),
        *({"at_least": least}, {"at_most": most}, {"between": [least, most]}) * 3,  # each of three kinds of amount
        *(changed | {key: side} for key in ("is", "not") for side in ("above", "below")),
    ]
    year = int(scenario["period"]["start"][:4])
    parts_of = {kind: line[kind] for kind in ("destination", "goods")}
    parts_of |= {"line": one_line_of(name, line), "supplier": supplier, "year": year}
    meant = {key: value for key, value in parts_of.items() if key in row(what).by}
    chosen = {key: value for bit, (key, value) in enumerate(meant.items()) if parts >> bit & 1}
    return {"policy": policies[-1], "outcome": what} | relations[rest // len(known) % len(relations)] | chosen
