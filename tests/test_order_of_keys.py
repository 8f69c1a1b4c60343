"""The order of keys in a file says nothing, but where the order of things is part of the scenario."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import exportsim as xs
from exportsim import testing
from exportsim.compile import compile_plan
from exportsim.scenario import build, explicit
from exportsim.scenario.schema import Scenario

REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)

# Of these the order is part of the scenario: it decides who comes first in a minute, and between equals.
ORDERED = {("demand",), ("suppliers",), ("authorities",), ("incidents",), ("demand", "*", "sources")}


def shuffled(value: Any, random: Random, path: tuple[str, ...] = ()) -> Any:
    """The same scenario, every other mapping of it in another order."""
    if isinstance(value, list):
        return [shuffled(each, random, (*path, "*")) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    kind = (path[0], *("*" if place == 1 else name for place, name in enumerate(path) if place)) if path else ()
    if kind not in ORDERED:
        random.shuffle(names)
    return {name: shuffled(value[name], random, (*path, str(name))) for name in names}


@given(testing.scenarios(folder=REGISTERS), st.integers(0, 2), st.randoms(use_true_random=False))
def test_the_order_of_other_keys_changes_no_bit_of_a_ledger(scenario: Scenario, future: int, random: Random) -> None:
    written = explicit(scenario)
    again = build(shuffled(written, random), allow_outside=True)
    assert again == scenario
    for policy in scenario.policies:
        one, other = (xs.simulate(each, policy=policy, future=future, engine="compiled") for each in (scenario, again))
        assert one.rows() == other.rows()
        assert one.frame().equals(other.frame())


def test_every_kind_of_key_that_is_no_order_is_shuffled() -> None:
    """One scenario with them all, forwards and backwards."""
    written = {
        "exportsim": 1,
        "period": {"start": "2024-01-01", "end": "2024-12-31"},
        "currency": "EUR",
        "sources": {"b": "a book", "a": "another"},
        "goods": {"lamps": {}, "wires": {}},
        "authorities": {
            "o": {"country": "CA", "approval": 0.9, "review": [
                {"stage": "two", "officers": 1, "work": {"empirical": {"quantiles": {0.9: "9d", 0.1: "1d"}}}},
                {"stage": "one", "officers": 1, "work": "1d", "source": "a"}]}},
        "suppliers": {"s": {"country": "CA", "authority": "o", "slots": 2, "lead_time": "9d"},
                      "q": {"country": "ZA", "slots": 1, "lead_time": "3d"}},
        "demand": {
            "l": {"buyer": "b", "destination": "TR", "goods": "wires", "value": 100, "sources": {"s": {}, "q": {}},
                  "orders": {"2024-06-01": "40/y", "2024-01-01": "20/y"}, "programmes": {"z": 0.4, "m": 0.3, "a": 0.2},
                  "trust": {"loss": {"suspend": 0.5, "hold": 0.9}}},
            "k": {"buyer": "b", "destination": "AE", "goods": "lamps", "value": 100, "sources": {"q": {}, "s": {}},
                  "orders": "20/y", "programmes": {"m": 0.5, "b": 0.5}}},
        "policies": {
            "p": {"measures": [{"on": "2024-03-01", "outcomes": [
                {"chance": 0.5, "officers": {"two": 2, "one": 3}}, {"chance": 0.5, "applications": "hold"}]},
                {"on": "2024-05-01", "applications": "hold", "programmes": ["m"]}]},
            "none": {}},
        "reference": "none",
    }  # fmt: skip

    def turned(value: Any, path: tuple[str, ...] = ()) -> Any:
        class Backwards(Random):
            def shuffle(self, x: Any) -> None:
                x.reverse()

        return shuffled(value, Backwards(), path)

    backwards = turned(written)
    assert list(backwards["demand"]) == ["l", "k"]
    assert list(backwards["demand"]["l"]["sources"]) == ["s", "q"]
    assert list(backwards["demand"]["l"]["programmes"]) == ["a", "m", "z"]
    assert list(backwards["policies"]) == ["none", "p"]
    one, other = build(written), build(backwards)
    assert compile_plan(one).names._replace(policies=(), measures=(), goods=()) == compile_plan(other).names._replace(
        policies=(), measures=(), goods=()
    )
    for policy in ("p", "none"):
        for future in range(4):
            ledgers = [xs.simulate(each, policy=policy, future=future) for each in (one, other)]
            assert ledgers[0].rows() == ledgers[1].rows()
            assert ledgers[0].frame().equals(ledgers[1].frame())
