"""Reading ends soon: a scenario of twice the size costs twice as much to read, in whatever respect it is larger.

Calls are counted, of Python's functions and of those in C: unlike seconds they come out the same each time.
"""

from __future__ import annotations

from contextlib import suppress
from cProfile import Profile
from typing import Any

import pytest

from exportsim.errors import ScenarioError
from exportsim.scenario import loads
from growing import GROWING

SIZE = 50
GROWTH = 2.4  # of what is added by a doubling: 2 where the cost is in proportion, 4 where it goes with the square


def calls(text: str) -> int:
    """How many calls it takes to read a text."""
    counting = Profile()
    with suppress(ScenarioError), counting:
        loads(text)
    return sum(function.callcount for function in counting.getstats())


def growth(kind: str, size: int = SIZE) -> float:
    """How much more a doubling adds than the doubling before it."""
    make = GROWING[kind]
    loads(GROWING["goods"](1))  # what is done once is done
    with suppress(ScenarioError):
        loads(make(size))
    first, second, third = (calls(make(number)) for number in (size, 2 * size, 4 * size))
    return (third - second) / max(second - first, 100)


@pytest.mark.long
@pytest.mark.parametrize("kind", GROWING)
def test_reading_costs_in_proportion(kind: str) -> None:
    assert growth(kind) < GROWTH


def test_the_count_sees_a_square(monkeypatch: pytest.MonkeyPatch) -> None:
    from exportsim.scenario import plausibility

    original = plausibility.calendar_oddities

    def squared(view: Any) -> Any:
        for _ in view.scenario.goods:
            for name in view.scenario.goods:
                len(name * 2)
                len(name * 3)
        return original(view)

    monkeypatch.setattr(plausibility, "calendar_oddities", squared)
    assert growth("goods") > GROWTH


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        ("a chain of policies", 60, "extends a chain of policies that is 51 long, expected at most 50"),
        ("a circle of policies", 60, "the policy extends itself: p0 → p1 → p2 → "),
        ("measures without a name", 2001, "found 2,001 measures with those of what it extends, expected at most 2,000"),
    ],
)
def test_what_would_take_long_is_refused(kind: str, number: int, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(GROWING[kind](number))
    assert len(caught.value.faults) == 1 and told in str(caught.value)


def test_a_near_name_is_found_among_many() -> None:
    text = GROWING["goods"](3000).replace("goods: lamps", "goods: lampz")
    with pytest.raises(ScenarioError, match=r"there are no goods `lampz`, did you mean `lamps`\?"):
        loads(text)


@pytest.mark.parametrize("number", [49, 50])
def test_a_chain_within_the_bound_is_read(number: int) -> None:
    assert len(loads(GROWING["a chain of policies"](number - 1)).policies) == number
