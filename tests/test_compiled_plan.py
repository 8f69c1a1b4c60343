"""What both engines read is what the scenario says: every number of a plan is found another way, and a wrong one seen.

No comparison of engines sees a wrong plan, as both play it. So each entry of each array is changed here in turn, and
the invariants must say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exportsim import invariants, load
from exportsim.compile import compile_plan
from registers import line, text_of

SHIPPED = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))
SOME = 2  # entries of an array that are changed in turn, besides its last

SCENARIO = load(Path(__file__).parent / "scenarios" / "everything.yaml")
PLAN = compile_plan(SCENARIO)


def leaves(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a plan that is not made of named parts."""
    for name in part._fields:
        value = getattr(part, name)
        if hasattr(value, "_fields"):
            yield from leaves(value, (*path, name))
        elif isinstance(value, tuple) and value and hasattr(value[0], "_fields"):
            for index, each in enumerate(value):
                yield from leaves(each, (*path, name, index))
        else:
            yield (*path, name)


def at(part: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        part = part[step] if isinstance(step, int) else getattr(part, step)
    return part


def put(part: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same plan with another value at a path."""
    step, *rest = path
    below = value if not rest else put(at(part, (step,)), tuple(rest), value)
    if isinstance(step, int):
        return (*part[:step], below, *part[step + 1 :])
    return part._replace(**{step: below})


def changed(value: Any) -> Iterator[tuple[str, Any]]:
    """A value with one entry changed, each in turn, and which."""
    if isinstance(value, np.ndarray):
        places = list(np.ndindex(value.shape))
        for place in dict.fromkeys([*places[:: -(-len(places) // SOME) or 1], *places[-1:]]):
            for altered in others(value[place].item()):
                array = value.copy()
                array[place] = altered
                yield f"{list(place)} {value[place]} -> {altered}", array
        if value.size:
            yield "without its last entry", value[:-1]
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            for what, altered in changed(one):
                yield f"[{place}]{what}", (*value[:place], altered, *value[place + 1 :])
        yield "with one entry more", (*value, value[-1] if value else "more")
    else:
        for altered in others(value):
            yield f" {value} -> {altered}", altered


def others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, Fraction):
        return [value + Fraction(1, 100), -value]
    if isinstance(value, float):
        little = 1e-6 * (1 + abs(value))
        return [value + little, value - little, float("nan")]
    if isinstance(value, datetime):
        return [value + timedelta(days=1), value - timedelta(minutes=1)]
    assert isinstance(value, str)
    return [value + "x", value[:-1]]


LEAVES = list(leaves(PLAN))
KNOWN = set(invariants.plan_violations(PLAN, SCENARIO))


def test_a_plan_is_what_its_scenario_says() -> None:
    assert invariants.plan_violations(PLAN, SCENARIO) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_plans_of_shipped_scenarios_are_what_they_say(path: Path) -> None:
    shipped = load(path)
    invariants.check_plan(compile_plan(shipped), shipped)


def test_every_part_of_a_plan_has_something_in_it_to_be_changed() -> None:
    """But the first policy, which has no measures: so that no change below is of nothing."""
    empty = [path for path in LEAVES if not list(changed(at(PLAN, path))) and path[:2] != ("policies", 0)]
    assert empty == []


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_changed_entry_is_found(path: tuple[Any, ...]) -> None:
    unseen = [
        what
        for what, value in changed(at(PLAN, path))
        if not set(invariants.plan_violations(put(PLAN, path, value), SCENARIO)) - KNOWN
    ]
    assert unseen == []


def test_the_records_of_a_run_are_those_of_the_file() -> None:
    """As read by eye: of the first line, wires within the run by date and row; of the second, all within the run."""
    streams, names = PLAN.streams, PLAN.names.programmes
    first = dict(zip(PLAN.names.lines, streams.record_first.tolist(), strict=True))
    wires = slice(first["z"], first["w"])
    days = [
        (PLAN.origin + timedelta(minutes=minute)).strftime("%m-%dT%H:%M") for minute in streams.record_minute.tolist()
    ]
    assert days[wires] == ["11-22T00:00", "04-04T09:30", "05-05T00:00", "05-05T00:00", "12-31T23:59"]
    assert streams.record_cents[wires].tolist() == [500, 1001, 10000, 50, 300]
    assert [names[at] for at in streams.record_programme[wires]] == ["own", "none", "nato", "exceptional", "none"]
    assert streams.record_cents[first["w"] :].tolist() == [-1] * 6
    assert streams.record_programme[first["w"] :].tolist() == [-1] * 6


def test_licences_are_in_the_order_of_their_orders_and_each_is_seen(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("no,date,amount\nA9,2021-03-01,1\nB1,2021-02-01,2\nC5,2021-02-01,3\n")
    (tmp_path / "s.yaml").write_text(text_of(line(orders="id: no"), line("other")))
    scenario = load(tmp_path / "s.yaml")
    plan = compile_plan(scenario)
    assert plan.names.licences == (("B1", "C5", "A9"), ())
    assert invariants.plan_violations(plan, scenario) == []
    for wrong in ((("A9", "B1", "C5"), ()), (("B1", "C5"), ()), ()):
        changed = plan._replace(names=plan.names._replace(licences=wrong))
        assert any("names.licences" in each for each in invariants.plan_violations(changed, scenario))


def test_a_wrong_plan_is_refused_with_its_places() -> None:
    slots = PLAN.suppliers.slots.copy()
    slots[1] = 4
    with pytest.raises(invariants.BrokenInvariant, match=r"suppliers.slots\[1\]: found 4, expected 3 \[suppliers are"):
        invariants.check_plan(PLAN._replace(suppliers=PLAN.suppliers._replace(slots=slots)), SCENARIO)
