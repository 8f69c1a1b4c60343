"""Filing and restarts: each key matters, as a licensing officer would say; what is noticed and what is told."""

from __future__ import annotations

from typing import Any

import pytest

import exportsim as xs
from exportsim.scenario import build, warnings_of
from worlds import changed, two_sources

World = dict[str, Any]
HOLD = {"on": "2022-04-01", "applications": "hold"}
STOP = {"on": "2022-04-01", "applications": "deny"}
OPEN = {"on": "2023-01-01", "applications": "open"}


def world(*measures: World, filing: World | None = None, **source: Any) -> World:
    """Two years of a hundred orders, and a hold or a denial of all between April 2022 and the end of that year."""
    line = {
        "buyer": "army", "destination": "TR", "goods": "radar", "orders": "100/y", "value": "1M",
        "sources": {"north": {"weight": 9, **source}, "south": {"weight": 1}},
        "patience": {"review": "2y", "unserved": "4mo"},
    } | ({"filing": filing} if filing else {})  # fmt: skip
    return changed(
        two_sources(),
        period={"start": "2022-01-01", "end": "2023-12-31"},
        goods={"radar": {}},
        authorities={"gac": {"country": "CA", "case_by_case": {}, "review": [
            {"stage": "desk", "officers": 9, "work": "10d"},
        ]}},
        suppliers={
            "north": {"country": "CA", "authority": "gac", "slots": 50, "lead_time": "30d"},
            "south": {"country": "ZA", "slots": 50, "lead_time": "30d"},
        },
        demand={"line": line},
        policies={"tested": {"measures": list(measures)}},
        title=None,
    )  # fmt: skip


def outcome(name: str, written: World) -> float:
    return float(xs.run(build(written), futures=4).outcomes[name].mean())


@pytest.mark.parametrize("key", ["hold", "case_by_case"])
def test_what_is_not_filed_goes_to_those_who_need_no_permit(key: str) -> None:
    stop = HOLD | {"applications": key}
    few, most, all_of_them = (
        outcome("elsewhere", world(stop, OPEN, filing={key: share} if share < 1 else None)) for share in (0.2, 0.9, 1)
    )
    assert few > most > all_of_them


def test_who_tries_under_a_denial_of_all_is_denied() -> None:
    def denied(share: float) -> int:
        ledger = xs.simulate(build(world(STOP, OPEN, filing={"deny": share})), "tested")
        return int((ledger.frame()["fact"] == "denied").sum())

    assert denied(0) < denied(0.3) < denied(0.9)


def test_a_longer_lag_delays_what_was_not_filed() -> None:
    short, long = (outcome("delay", world(HOLD, OPEN, filing={"hold": 0.2, "lag": lag})) for lag in ("0d", "2mo"))
    assert short < long


def test_a_later_restart_leaves_more_to_others() -> None:
    none, at_once, late = (
        outcome("elsewhere", world(HOLD, OPEN, **source)) for source in ({}, {"restart": "0d"}, {"restart": "6mo"})
    )
    assert none < at_once < late


def test_who_files_all_the_same_is_not_kept_by_a_restart() -> None:
    kept, trying = (
        outcome("exports", world(HOLD, OPEN, filing=filing, restart="6mo")) for filing in (None, {"hold": 0.8})
    )
    assert kept < trying


def test_a_lag_of_nobody_is_noticed() -> None:
    def noticed(filing: World) -> list[str]:
        return [warning.path for warning in warnings_of(build(world(HOLD, OPEN, filing=filing)))]

    assert noticed({"deny": 0.5, "lag": "1mo"}) == noticed({"hold": 1, "lag": "1mo"}) == ["demand.line.filing.lag"]
    assert noticed({"hold": 0.5, "lag": "1mo"}) == noticed({"case_by_case": 0.5, "lag": "1mo"}) == []


def test_an_unfiled_order_is_told_in_sentences() -> None:
    written = world(HOLD | {"on": "2022-01-01"}, OPEN | {"on": "2022-03-01"}, filing={"hold": 0, "lag": "10d"})
    del written["demand"]["line"]["sources"]["south"], written["suppliers"]["south"]
    told = "\n".join(sentence for _, sentence in _sentences(written))
    assert "did not apply" in told and "after it was not made at first" in told
    told = "\n".join(sentence for _, sentence in _sentences(changed(written, policies__tested__measures=[
        HOLD | {"on": "2022-01-01"}
    ])))  # fmt: skip
    assert "gave up, for nothing had been applied for" in told


def _sentences(written: World) -> Any:
    from exportsim.analysis.trace import life_of
    from exportsim.compile import compile_plan
    from exportsim.report.fact_sentences import sentences
    from exportsim.report.titles import Titles

    scenario = build(written)
    return sentences(Titles(scenario, life_of(compile_plan(scenario), xs.simulate(scenario, "tested"), 0, 1)))
