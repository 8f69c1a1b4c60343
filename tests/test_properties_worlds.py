"""The minimally different world: whoever comes into the file, the luck of everybody else is the same (P2)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import exportsim
from exportsim import testing
from exportsim.ledger import Ledger
from exportsim.lifecycle import MEANINGS, Fact
from exportsim.scenario import build

Written = dict[str, Any]
Told = tuple[object, ...]
mappings = testing.mappings(max_policies=1)
futures = st.integers(0, 3)


def told(ledger: Ledger) -> list[Told]:
    """The rows with names for indices, so that ledgers of different worlds can be compared."""
    names = ledger.names
    rows: list[Told] = []
    for minute, fact, line, order, attempt, supplier, detail, amount in ledger.rows():
        what = MEANINGS[Fact(fact)].detail
        listed = names.measures[ledger.policy] if what == "measures" else getattr(names, what, None)
        named = detail if listed is None or detail < 0 else listed[detail]
        who = names.lines[line] if line >= 0 else ""
        maker = names.suppliers[supplier] if supplier >= 0 else ""
        rows.append((minute, Fact(fact).word, who, order, attempt, maker, named, amount))
    return rows


def last_policy(mapping: Written) -> str:
    return str(list(mapping["policies"])[-1])


def play(mapping: Written, policy: str, future: int) -> list[Told]:
    scenario = build(mapping, allow_outside=True)
    return told(exportsim.simulate(scenario, policy=policy, future=future, engine="compiled"))


def first(newcomer: Written, others: Written) -> Written:
    """A newcomer before the others, where the order of the file could hurt most."""
    return {**newcomer, **others}


@given(mappings, futures)
def test_another_line_changes_no_luck_and_nothing_at_all_if_it_shares_nothing(mapping: Written, future: int) -> None:
    one = next(iter(mapping["demand"].values()))
    newcomer = {
        "buyer": "someone",
        "destination": one["destination"],
        "goods": one["goods"],
        "orders": "100/y",
        "value": {"lognormal": {"mean": 500, "cv": 1.0}},
        "parts": 2,
        "sources": {"newcomer": {}},
    }
    other = mapping | {
        "suppliers": first({"newcomer": {"country": "ZA", "slots": 1, "lead_time": "3d"}}, mapping["suppliers"]),
        "demand": first({"newcomer": newcomer}, mapping["demand"]),
    }
    policy = last_policy(mapping)
    assert [row for row in play(other, policy, future) if row[2] != "newcomer"] == play(mapping, policy, future)


@given(mappings, futures)
def test_another_line_at_the_same_suppliers_leaves_every_order_as_it_was(mapping: Written, future: int) -> None:
    name, one = next(iter(mapping["demand"].items()))
    other = mapping | {"demand": first({"newcomer": one}, mapping["demand"])}
    policy = last_policy(mapping)
    orders = [row for row in play(other, policy, future) if row[1] == "ordered" and row[2] != "newcomer"]
    assert orders == [row for row in play(mapping, policy, future) if row[1] == "ordered"], name


@given(mappings, futures)
def test_another_authority_and_a_supplier_that_nobody_uses_change_nothing(mapping: Written, future: int) -> None:
    stage = [{"stage": name, "officers": 1, "work": {"exponential": {"mean": "3d"}}} for name in ("intake", "decision")]
    elsewhere = {
        "country": "CA",
        "review": stage,
        "case_by_case": {"review": [{"stage": "minister", "officers": 1, "work": "1d"}]},
    }
    other = mapping | {
        "authorities": first({"elsewhere": elsewhere}, mapping["authorities"]),
        "suppliers": first(
            {"nobody": {"country": "CA", "authority": "elsewhere", "slots": 1, "lead_time": "3d"}}, mapping["suppliers"]
        ),
    }
    policy = last_policy(mapping)
    assert play(other, policy, future) == play(mapping, policy, future)


@given(mappings, futures)
def test_a_stage_of_another_authority_changes_no_luck(mapping: Written, future: int) -> None:
    changed = dict(mapping["authorities"])
    name = next(iter(changed))
    changed[name] = changed[name] | {
        "review": [{"stage": "another", "officers": 1, "work": "2d"}, *changed[name]["review"]]
    }
    licensed = {maker for maker, written in mapping["suppliers"].items() if written.get("authority") == name}
    makers = {line: set(written["sources"]) for line, written in mapping["demand"].items()}
    # Lines that share no supplier, however remotely, with those that the authority can reach.
    reached = set(licensed)
    while any(reached & used and used - reached for used in makers.values()):
        reached |= {maker for used in makers.values() if reached & used for maker in used}
    apart = {line for line, used in makers.items() if not used & reached}
    before, after = (play(world, "unrestricted", future) for world in (mapping, mapping | {"authorities": changed}))
    assert [row for row in after if row[1] == "ordered"] == [row for row in before if row[1] == "ordered"]
    offices = {
        authority
        for authority in changed
        if any(w.get("authority") == authority for w in mapping["suppliers"].values())
    }
    if offices <= {name}:  # otherwise lines meet in the queues of other authorities
        assert [row for row in after if row[2] in apart] == [row for row in before if row[2] in apart]


@given(mappings, st.data(), futures)
def test_another_policy_changes_nothing_in_the_others(mapping: Written, data: st.DataObject, future: int) -> None:
    newcomer = data.draw(testing.policies(mapping))
    other = mapping | {"policies": first({"newcomer": newcomer}, mapping["policies"])}
    for policy in mapping["policies"]:
        assert play(other, policy, future) == play(mapping, policy, future)


@given(mappings, futures)
def test_a_source_that_never_qualifies_changes_nothing(mapping: Written, future: int) -> None:
    never = {"qualification": {"starts": mapping["period"]["end"], "time": "10y"}}
    other = mapping | {
        "suppliers": first({"newcomer": {"country": "ZA", "slots": 1, "lead_time": "3d"}}, mapping["suppliers"]),
        "demand": {
            name: line | {"sources": first({"newcomer": never}, line["sources"])}
            for name, line in mapping["demand"].items()
        },
    }
    policy = last_policy(mapping)
    before, after = play(mapping, policy, future), play(other, policy, future)
    # An order that has lost every source it could use now waits for the one it cannot use.
    lost = min((row[0] for row in before if row[1] == "lost" and row[6] == "excluded"), default=1 << 60)
    assert [row for row in after if row[0] < lost] == [row for row in before if row[0] < lost]
