"""Policies share one play until the minute in which their measures first differ, and no minute longer."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim import Scenario, load, testing
from exportsim.analysis.counter import Counter, Journal, heirs_of
from exportsim.analysis.figures import FIGURES
from exportsim.analysis.ledger_rows import Plays, Stretch
from exportsim.analysis.outcomes import groups_by
from exportsim.analysis.series import blank, taken
from exportsim.compile import compile_plan
from exportsim.divergence import measures
from exportsim.engine.compiled import Player, Players, rows
from exportsim.engine.compiled.sharing import Step, steps_of
from exportsim.packed_rows import columns
from exportsim.plan import FROM_THE_START, NEVER, Plan, Policy
from exportsim.scenario import build
from worlds import one_office

DAY = 1440
HOLD = {"applications": "hold", "destinations": ["TR"]}


def on(day: str, **act: Any) -> dict[str, Any]:
    return {"on": day} | (act or HOLD)


def world(policies: dict[str, Any], **changes: Any) -> Plan:
    written = {name: policy if isinstance(policy, dict) else {"measures": policy} for name, policy in policies.items()}
    incidents = {
        "war": {"on": "2020-05-01", "window": "1y", "exposure": "1M"},
        "raids": {"rate": "2/y", "window": "1y", "exposure": "1M"},
    }
    busy = {"demand__x__orders": "200/y", "suppliers__maker__slots": 9, "incidents": incidents}
    return compile_plan(build(one_office(**{**busy, **changes, "policies": written, "reference": next(iter(written))})))


def minute(day: str) -> int:
    return (date.fromisoformat(day) - date(2020, 1, 1)).days * DAY


def partings(plan: Plan) -> list[tuple[int, int, int, int]]:
    return [*map(tuple, steps_of(plan, range(len(plan.policies))))]  # type: ignore[arg-type]


def parting(one: list[Any], other: list[Any], **changes: Any) -> int:
    """The minute in which two policies part."""
    return steps_of(world({"one": one, "other": other}, **changes), [0, 1])[0].past


def test_what_parts_from_others_goes_on_with_what_they_have_played() -> None:
    plan = world({
        "free": [],
        "late": [on("2020-08-01")],
        "early": [on("2020-03-01")],
        "early-and-lifted": [on("2020-03-01"), on("2020-06-01", applications="open")],
    })  # fmt: skip
    march, june, august = minute("2020-03-01"), minute("2020-06-01"), minute("2020-08-01")
    assert steps_of(plan, range(4)) == [
        Step(0, -1, FROM_THE_START, march),
        Step(2, 0, march, june),
        Step(3, 2, june, NEVER),
        Step(2, 2, june, NEVER),
        Step(0, 0, march, august),
        Step(1, 0, august, NEVER),
        Step(0, 0, august, NEVER),
    ]


def test_policies_that_do_the_same_are_played_once() -> None:
    plan = world({"one": [on("2020-03-01")], "other": [on("2020-03-01")]})
    steps = steps_of(plan, [0, 1])
    assert steps[0] == Step(0, -1, FROM_THE_START, NEVER)
    assert {(step.first, step.past) for step in steps[1:]} == {(NEVER, NEVER)}
    players = Players(plan, [0, 1])
    one, other = players.play(seed=1, future=0)
    assert len(one) > 500 and (one == other).all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"on": "2020-03-02"}, "2020-03-01"),
        ({"applications": "deny"}, "2020-03-01"),
        ({"permits": "suspended"}, "2020-03-01"),
        ({"cancel": "all"}, "2020-03-01"),
        ({"officers": {"desk": 3}}, "2020-03-01"),
        ({"approval": 0.5}, "2020-03-01"),
        ({"validity": "1y"}, "2020-03-01"),
        ({"work": {"desk": 2}}, "2020-03-01"),
        ({"priority": "first"}, "2020-03-01"),
        ({"applications": "exempt", "take_up": 0.5}, "2020-03-01"),
        ({"except": {"programmes": ["navy"]}}, "2020-03-01"),
        ({"name": "another"}, None),  # with another name, but it draws nothing
    ],
)
def test_every_part_of_a_measure_parts_policies(change: dict[str, Any], expected: str | None) -> None:
    measure = on("2020-03-01", **HOLD, name="hold")
    found = parting([measure], [measure | change], demand__x__programmes={"navy": 0.5})
    assert found == (NEVER if expected is None else minute(expected))


def outcomes(chance: float) -> list[Any]:
    return [{"chance": chance, "applications": "hold"}, {"chance": 1 - chance, "applications": "deny"}]


@pytest.mark.parametrize("field", Policy._fields)
def test_every_number_that_a_plan_has_of_a_measure_parts_policies(field: str) -> None:
    after = {"after": "war", "delay": {"uniform": ["1d", "9d"]}, "destinations": ["TR"], "outcomes": outcomes(0.5)}
    plan = world({"one": [after | {"name": "a"}]}, demand__x__patience={"review": "90d"})
    assert len(plan.policies[0].trigger) == 1
    column = getattr(plan.policies[0], field)
    changed = column.copy()
    changed.flat[0] = not column.flat[0] if column.dtype == bool else column.flat[0] + 1
    if field in ("branch_first", "branch_count", "delay"):
        changed.flat[0] = column.flat[0] - 1  # there are as many branches, and distributions
    other = plan._replace(policies=(plan.policies[0]._replace(**{field: changed}),))
    assert measures(plan, 0) != measures(other, 0)


def test_outcomes_that_are_drawn_at_another_address_part_policies() -> None:
    drawn = {"on": "2020-03-01", "destinations": ["TR"], "outcomes": outcomes(0.5)}
    assert parting([drawn | {"name": "a"}], [drawn | {"name": "a"}]) == NEVER
    assert parting([drawn | {"name": "a"}], [drawn | {"name": "b"}]) == minute("2020-03-01")
    likelier = drawn | {"outcomes": outcomes(0.25)}
    assert parting([drawn | {"name": "a"}], [likelier | {"name": "a"}]) == minute("2020-03-01")


def test_what_follows_evidence_parts_policies_when_that_may_first_be_found() -> None:
    after = HOLD | {"after": "war", "delay": "30d"}
    assert parting([], [after]) == minute("2020-05-01")
    assert parting([], [after | {"after": "raids"}]) == 0
    drawn = after | {"delay": {"uniform": ["1d", "30d"]}}
    assert parting([drawn | {"name": "a"}], [drawn | {"name": "b"}]) == minute("2020-05-01")
    assert parting([drawn | {"name": "a"}], [drawn | {"name": "a"}]) == NEVER


def test_a_threshold_parts_policies_from_the_start_of_the_period_on() -> None:
    when = {"when": {"in_force": {"above": 2, "below": 1}, "every": "1d"}, "permits": "suspended"}
    when |= {"then": {"permits": "in_force"}}
    assert parting([], [when]) == 0
    assert parting([when], [when, on("2020-08-01")]) == minute("2020-08-01")
    assert parting([when], [when | {"then": {"applications": "open"}}]) == 0
    less = {"in_force": {"above": 2, "below": 0}, "every": "1d"}
    assert parting([when], [when | {"when": less}]) == 0


def test_the_place_of_a_measure_in_its_policy_counts() -> None:
    """Acts of one day are taken in this order, and the ledger tells them by it."""
    one, other = on("2020-08-01"), on("2020-03-01", applications="open")
    assert parting([one, other], [other, one]) == minute("2020-03-01")


RICH = {
    "authorities__office__traffic": {"applications": "50/y"},
    "authorities__office__approval": 0.8,
    "suppliers__mill": {"country": "TR", "slots": 4, "lead_time": "20d", "ramp_up": "30d"},
    "demand__x__sources__mill": {"qualification": {"time": "60d", "starts": "disruption"}},
    "demand__x__trust": {"loss": {"hold": 0.5}},
}


def rich(measures: list[Any]) -> Plan:
    """A world with something in every table, under two policies that do the same."""
    return world({"one": measures, "other": measures}, **RICH)


def all_measures() -> list[Any]:
    when = {"when": {"in_force": {"above": 2, "below": 1}, "every": "10d"}, "permits": "suspended"}
    slower = on("2020-03-02", work=1.5, priority="first")
    return [on("2020-03-01"), slower, on("2020-06-01", applications="open"), when | {"then": {"permits": "in_force"}}]


def test_what_is_gone_on_with_lacks_no_table() -> None:
    plan = rich(all_measures())
    players = Players(plan, [0, 1])
    players.play(seed=1, future=0)
    played, copied = players._states
    assert (played.header[rows.SINGLE :] == copied.header[rows.SINGLE :]).all()
    names = {rows.LEDGER: "ledger_rows", rows.HEAP: "events", rows.ORDERS: "ranks", rows.EXCLUDED: "ranks"}
    lengths = {table: int(played.single[name][0]) for table, name in names.items()}
    lengths[rows.PLACES] = 2 * lengths[rows.ORDERS]
    tables = {table for table in range(rows.TABLES) if played.header[table] != 0}
    for table in tables - {rows.AGENDA}:  # between two events nobody waits there
        length = lengths[table] if table in lengths else len(played.view(table))
        assert (played.view(table)[:length] == copied.view(table)[:length]).all()
        at_first = players._start.view(table)
        if table in lengths and table != rows.HEAP:
            assert length > 20
        elif table not in (rows.HEAP, rows.PULLS):
            assert (played.view(table) != at_first).any(), f"nothing ever changes in table {table}"


def shares(plan: Plan) -> float:
    """How much of the plays of all policies is not played, as it is shared, by rows."""
    players = Players(plan, range(len(plan.policies)))
    ledgers = players.play(seed=1, future=0)
    played = sum(past - first for first, past in players.shared())
    return 1 - played / sum(map(len, ledgers))


def test_the_rows_of_the_steps_make_up_the_ledgers() -> None:
    plan = world({"free": [], "late": [on("2020-08-01")], "early": [on("2020-03-01")]}, **RICH)
    players = Players(plan, range(3))
    ledgers = players.play(seed=1, future=0)
    minutes = [columns(ledger).minute for ledger in ledgers]
    rows_so_far = {-1: 0}
    for step, (first, past) in zip(players.steps, players.shared(), strict=True):
        assert rows_so_far[step.other] == first <= past
        if step.other >= 0:
            assert (ledgers[step.other][:first] == ledgers[step.player][:first]).all()
        if first > 0:
            assert minutes[step.player][first - 1] < step.first
        assert past == first or step.first <= minutes[step.player][first]
        rows_so_far[step.player] = past
    assert [rows_so_far[player] for player in range(3)] == [*map(len, ledgers)]
    assert shares(plan) > 0.25


def test_canada_turkiye_shares_nearly_a_third() -> None:
    """Seven policies, of which five do the same as others until 2020."""
    assert shares(compile_plan(load("scenarios/canada-turkiye.yaml"))) > 0.3


@given(testing.scenarios(crowded=True), st.sampled_from([0, 1, 2**32 - 1]), st.integers(1, 20))
def test_what_is_shared_is_what_each_policy_plays_alone(scenario: Scenario, future: int, again: int) -> None:
    plan = compile_plan(scenario)
    players = Players(plan, range(len(plan.policies)))
    alone = [Player(plan, policy) for policy in range(len(plan.policies))]
    for each in (future, again, future):
        ledgers = players.play(seed=3, future=each)
        for player, ledger in zip(alone, ledgers, strict=True):
            assert np.array_equal(player.play(seed=3, future=each), ledger)


def test_room_that_was_freed_after_a_play_is_there_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = compile_plan(load("scenarios/quickstart.yaml"))
    futures, plainly = (0, 1, 0), Players(plan, range(len(plan.policies)))
    expected = [[ledger.copy() for ledger in plainly.play(seed=3, future=future)] for future in futures]
    assert all(len(state.view(rows.ORDERS)) for state in plainly._states)
    monkeypatch.setattr("exportsim.engine.compiled.MOST_KEPT", 0)
    players = Players(plan, range(len(plan.policies)))
    for future, ledgers in zip(futures, expected, strict=True):
        for found, ledger in zip(players.play(seed=3, future=future), ledgers, strict=True):
            assert np.array_equal(found, ledger)
        assert not any(len(state.view(rows.ORDERS)) for state in players._states)


def test_whose_ledgers_a_stretch_is_a_part_of() -> None:
    """The second goes on from the first, the third from the second; then the first goes on, and the fourth is alone."""
    places = [(0, -1), (1, 0), (2, 1), (1, 1), (0, 0), (3, -1)]
    stretches = [Stretch(play, other, 0, 0) for play, other in places]
    assert [sorted(heirs) for heirs in heirs_of(stretches)] == [[0, 1, 2], [1, 2], [2], [1], [0], [3]]


def counted(plan: Plan, futures: list[Plays], by: tuple[str, ...], *, at_once: bool = False) -> list[Any]:
    """All that is counted of plays: figures, those of groups, untouched orders, and series, added up at once or not."""
    groups = groups_by(plan, by) if by else None
    counter = Counter(plan, groups)
    policies, found = len(plan.policies), list[Any]()
    journals, tables = [Journal() for _ in range(policies)], [blank(counter.terms) for _ in range(policies)]
    for plays in futures:
        figures = counter.figures(policies)
        sums = None if groups is None else np.zeros((policies, len(groups.labels), len(FIGURES)), dtype=np.int64)
        if at_once:
            counter.count_plays(plays, figures, sums, tables=tables)
        else:
            counter.count_plays(plays, figures, sums, journals)
        found += [
            figures.tolist(),
            None if sums is None else sums.tolist(),
            counter.untouched(counter.lives(policies - 1), policies),
        ]
    for journal, table in zip(journals, tables, strict=True):
        journal.post(table)
        found.append([column.tolist() for column in taken(table, counter.terms)])
    return found


def played(plan: Plan, futures: list[int]) -> list[Plays]:
    """Plays with what they have in common, in memory of their own."""
    policies, found = [*range(len(plan.policies))], []
    players = Players(plan, policies)
    for future in futures:
        ledgers = [rows.copy() for rows in players.play(seed=3, future=future)]
        steps = zip(players.steps, players.shared(), strict=True)
        found.append(Plays(ledgers, [Stretch(step.player, step.other, *of_step) for step, of_step in steps]))
    return found


def assert_counted_alike(plan: Plan, by: tuple[str, ...]) -> None:
    together = played(plan, [0, 1, 0])
    alone = counted(plan, [Plays(ledgers) for ledgers in together], by)
    assert counted(plan, together, by) == alone
    for piece in (3, 1000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("exportsim.analysis.counter.PIECE", piece)
            assert counted(plan, together, by, at_once=True) == alone


@given(testing.scenarios(crowded=True), st.sampled_from([(), ("year", "line", "supplier")]))
def test_what_is_shared_is_counted_as_in_plays_alone(scenario: Scenario, by: tuple[str, ...]) -> None:
    assert_counted_alike(compile_plan(scenario), by)


@pytest.mark.parametrize("by", [(), ("year", "line", "supplier")])
def test_what_canada_turkiye_shares_is_counted_as_in_plays_alone(by: tuple[str, ...]) -> None:
    assert_counted_alike(compile_plan(load("scenarios/canada-turkiye.yaml")), by)


def test_what_parts_in_the_middle_of_everything_is_counted_on_from_there() -> None:
    """Applications of orders and others are under review, and much is open, when the policies part in June."""
    june, september = on("2020-06-03"), on("2020-09-03", applications="open")
    plan = world({"free": [], "late": [june], "later": [june, september]}, **RICH)
    assert_counted_alike(plan, ())
