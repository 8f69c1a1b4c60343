"""From a scenario to a plan: units, indices, masks, calendars, addresses; nothing random; time and money whole."""

import math
import random
import typing
from datetime import date, datetime

import numpy as np
import pytest

import exportsim.chance
import exportsim.compile.world as world
from exportsim.chance import PURPOSES, address
from exportsim.compile import act_branch, act_text, compile_plan, scope_mask, traffic_mask
from exportsim.engine import simulate
from exportsim.errors import ScenarioError
from exportsim.plan import (
    APPLICATIONS,
    AT_DISRUPTION,
    CANCELS,
    CONSTANT,
    EXPONENTIAL,
    FIGURES,
    FROM_THE_START,
    LOGNORMAL,
    LOSSES,
    PERMITS,
    QUANTILES,
    TRIANGULAR,
    TRIGGER_AFTER,
    TRIGGER_ON,
    TRIGGER_WHEN,
    UNIFORM,
    VALUES,
    WEIBULL,
    Float,
    Int,
    Plan,
)
from exportsim.scenario import build
from exportsim.scenario.schema import FIGURES as WRITTEN_FIGURES
from exportsim.scenario.schema import Act, Loss, Scope

DAY = 1440
MEASURES = [
    {"on": "2024-02-01", "name": "stop", "applications": "hold", "destinations": ["TR"]},
    {"after": "war", "name": "verdict", "delay": "8d",
     "outcomes": [{"chance": 0.6, "cancel": "suspended"}, {"chance": 0.4, "permits": "in_force"}]},
    {"when": {"in_review": {"above": 60, "below": 30}, "every": "1mo"}, "name": "rush", "authorities": ["office"],
     "officers": {"desk": 9}, "then": {"officers": {"desk": 4}}},
    {"when": {"delivered": {"above": "5M", "below": "1M"}, "every": "1w", "window": "1y"}, "name": "brake",
     "permits": "suspended"},
]  # fmt: skip


def _mapping():
    return {
        "exportsim": 1,
        "period": {"start": "2024-01-01", "end": "2025-12-31", "warm_up": "1y"},
        "currency": "CAD",
        "goods": {"lamps": {}, "wires": {}},
        "authorities": {
            "office": {
                "country": "CA",
                "calendar": {"holidays": "CA"},
                "service_standard": "40bd",
                "validity": "5y",
                "approval": 0.995,
                "review": [
                    {"stage": "desk", "officers": 4, "work": "2bd"},
                    {"stage": "board", "officers": 2, "work": {"lognormal": {"median": "15bd", "p90": "40bd"}}},
                ],
                "case_by_case": {
                    "approval": 0.5,
                    "review": [{"stage": "minister", "officers": 1, "work": {"triangular": ["10d", "20d", "60d"]}}],
                },
            },
            "bureau": {
                "country": "PL",
                "calendar": {"weekend": ["fri"], "holidays": ["2024-01-02"]},
                "validity": "10bd",
                "review": [{"stage": "desk", "officers": 3, "work": {"exponential": {"mean": "8h"}}}],
                "traffic": {"applications": {"2024-07-01": "1/d"}},
            },
        },
        "suppliers": {
            "maker": {"country": "CA", "authority": "office", "slots": 8, "lead_time": {"uniform": ["30d", "90d"]}},
            "mill": {"country": "PL", "authority": "bureau", "slots": 3, "lead_time": "90d", "price": 0.95},
            "shop": {"country": "TR", "slots": 6, "ramp_up": "18mo", "lead_time": "75d"},
        },
        "demand": {
            "x": {
                "buyer": "b",
                "destination": "TR",
                "goods": "lamps",
                "orders": {"2023-06-01": "8/y", "2024-06-01": "20/y"},
                "value": {"lognormal": {"mean": "5M", "cv": 1.0}},
                "parts": 4,
                "programmes": {"nato": 0.05, "exceptional": 0.1},
                "sources": {
                    "maker": {"weight": 10},
                    "shop": {"qualification": {"starts": "disruption", "time": "300d", "success": 0.8}},
                    "mill": {"qualification": {"starts": "2024-03-01", "time": "1d"}},
                },
                "patience": {"review": {"weibull": {"mean": "1y", "shape": 2}}, "suspension": "180d"},
                "trust": {"loss": {"hold": 0.1, "cancel": 0.8}, "half_life": "3y"},
            },
            "y": {
                "buyer": "b",
                "destination": "CA",
                "goods": "wires",
                "orders": "12/y",
                "value": {"empirical": ["3k", "1k", "2k"]},
                "parts": {"empirical": {"quantiles": {0.1: 1, 0.9: 5}}},
                "sources": {"maker": {}, "mill": {}},
            },
            "z": {
                "buyer": "b",
                "destination": "TR",
                "goods": "wires",
                "orders": "6/y",
                "value": 1200,
                "programmes": {"exceptional": 1},
                "sources": {"mill": {}},
            },
        },
        "incidents": {
            "war": {"on": "2024-09-27", "destinations": ["TR"], "goods": ["lamps"], "window": "5y", "exposure": "30M"},
            "raid": {"rate": "2/y", "window": "30d", "exposure": "99.95"},
        },
        "policies": {"none": {"measures": []}, "all": {"measures": MEASURES}},
    }  # fmt: skip


SCENARIO = build(_mapping())
PLAN = compile_plan(SCENARIO)


def _distribution(plan, row):
    table = plan.distributions
    points = slice(table.first[row], table.first[row] + table.points[row])
    return (
        table.kind[row], table.a[row], table.b[row], table.c[row], table.x[points].tolist(), table.y[points].tolist(),
    )  # fmt: skip


# ------------------------------------------------------------------ whole numbers, nothing random


def _arrays(part, path="plan"):
    """Every array of a plan with its path and what it was declared as."""
    for name, declared in typing.get_type_hints(type(part)).items():
        value = getattr(part, name)
        if isinstance(value, np.ndarray):
            yield f"{path}.{name}", declared, value
        elif hasattr(value, "_fields"):
            yield from _arrays(value, f"{path}.{name}")
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if hasattr(each, "_fields"):
                    yield from _arrays(each, f"{path}.{name}[{index}]")


ARRAYS = {path: (declared, value) for path, declared, value in _arrays(PLAN)}


@pytest.mark.parametrize("path", ARRAYS)
def test_an_array_has_the_type_that_it_is_declared_with(path):
    declared, value = ARRAYS[path]
    kinds = {Int: np.int64, Float: np.float64}
    assert value.dtype == kinds.get(declared, np.bool_)


@pytest.mark.parametrize(
    "path",
    [
        "lines.half_life", "sources.starts", "suppliers.ramp_up", "suppliers.price", "authorities.validity",
        "authorities.standard", "calendars.working", "calendars.before", "calendars.day", "incidents.minute",
        "incidents.window", "incidents.exposure", "streams.start", "streams.hazard", "streams.record_minute",
        "streams.record_cents", "policies[1].minute", "policies[1].above", "policies[1].below", "policies[1].every",
        "policies[1].window",
    ],
)  # fmt: skip
def test_whatever_is_time_or_money_is_whole(path):
    assert ARRAYS[f"plan.{path}"][0] == Int


def test_the_times_of_the_run_are_whole():
    assert [type(PLAN.start), type(PLAN.end), type(PLAN.calendars.origin)] == [int, int, int]


def test_a_ledger_is_whole_throughout():
    ledger = simulate(PLAN, 1, seed=1, future=0)
    for column in ("minute", "fact", "line", "order", "attempt", "supplier", "detail", "amount"):
        assert getattr(ledger, column).dtype == np.int64


def test_a_scenario_compiles_to_the_same_bits_every_time():
    random.seed(1)
    np.random.seed(1)
    again = {path: value for path, _, value in _arrays(compile_plan(build(_mapping())))}
    assert again.keys() == ARRAYS.keys()
    assert all(again[path].tobytes() == value.tobytes() for path, (_, value) in ARRAYS.items())


def test_compiling_asks_no_chance(monkeypatch):
    def refuse(*_):
        raise AssertionError("chance was asked")

    for name in ("uniform", "philox", "draw", "gap"):
        monkeypatch.setattr(exportsim.chance, name, refuse)
    before = random.getstate(), np.random.get_state()[1].tobytes()
    compile_plan(build(_mapping()))
    assert (random.getstate(), np.random.get_state()[1].tobytes()) == before


# ------------------------------------------------------------------ names, time, money


def test_names_stand_in_the_order_of_the_file_but_programmes_in_that_of_the_alphabet():
    names = PLAN.names
    assert names.lines == ("x", "y", "z")
    assert names.suppliers == ("maker", "mill", "shop")
    assert names.authorities == ("office", "bureau")
    assert names.stages == ("office/desk", "office/board", "office/minister", "bureau/desk")
    assert names.programmes == ("none", "exceptional", "nato")
    assert names.incidents == ("war", "raid")
    assert names.goods == ("lamps", "wires")
    assert names.destinations == ("TR", "CA")
    assert names.policies == ("none", "all")


def test_words_of_the_file_are_numbered_alike_in_the_plan():
    def words(kind, field):
        return typing.get_args(typing.get_args(kind.model_fields[field].annotation)[0])

    assert words(Act, "applications") == APPLICATIONS
    assert words(Act, "permits") == PERMITS
    assert words(Act, "cancel") == CANCELS
    assert tuple(Loss.model_fields) == LOSSES
    assert WRITTEN_FIGURES == FIGURES


def test_time_counts_from_the_start_of_the_period():
    assert PLAN.origin == datetime(2024, 1, 1)
    assert PLAN.start == -366 * DAY  # a year is 365.25 days; the run starts on the midnight before
    assert PLAN.end == (date(2026, 1, 1) - date(2024, 1, 1)).days * DAY


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("90d", 90 * DAY), ("8h", 480), ("1min", 1), ("2w", 14 * DAY), ("1mo", 43_830), ("5y", 2_629_800),
        ("10bd", 10 * DAY), ("0.4min", 0), ("0.5min", 1), ("1.5min", 2), ("2.5min", 3), ("0.1d", 144),
    ],
)  # fmt: skip
def test_durations_become_whole_minutes(written, minutes):
    mapping = _mapping()
    mapping["authorities"]["office"]["review"][0]["work"] = written
    plan = compile_plan(build(mapping))
    assert _distribution(plan, plan.stages.work[0]) == (CONSTANT, minutes, 0, 0, [], [])
    assert plan.distributions.calendar[plan.stages.work[0]] == (0 if written.endswith("bd") else -1)


@pytest.mark.parametrize(
    ("written", "cents"),
    [("5M", 500_000_000), ("250k", 25_000_000), (1200, 120_000), (99.95, 9995), ("0.0040", 0), ("0.0050", 1),
     ("1.2bn", 120_000_000_000)],
)  # fmt: skip
def test_money_becomes_whole_cents(written, cents):
    mapping = _mapping()
    mapping["demand"]["z"]["value"] = written
    plan = compile_plan(build(mapping))
    assert _distribution(plan, plan.lines.value[2]) == (CONSTANT, cents, 0, 0, [], [])


def test_exposures_windows_and_prices_become_whole_numbers():
    assert PLAN.incidents.exposure.tolist() == [3_000_000_000, 9995]
    assert PLAN.incidents.window.tolist() == [2_629_800, 30 * DAY]
    assert PLAN.suppliers.price.tolist() == [1_000_000, 950_000, 1_000_000]
    assert PLAN.suppliers.ramp_up.tolist() == [0, 0, 18 * 43_830]


@pytest.mark.parametrize(
    ("row", "kind", "a", "b", "c"),
    [
        (lambda plan: plan.suppliers.lead_time[0], UNIFORM, 30 * DAY, 90 * DAY, 0),
        (lambda plan: plan.stages.work[2], TRIANGULAR, 10 * DAY, 20 * DAY, 60 * DAY),
        (lambda plan: plan.stages.work[3], EXPONENTIAL, 480, 0, 0),
        (lambda plan: plan.stages.work[1], LOGNORMAL, math.log(15 * DAY), math.log(40 / 15) / 1.28155157, 0),
        (lambda plan: plan.lines.value[0], LOGNORMAL, math.log(5e8) - math.log(2) / 2, math.sqrt(math.log(2)), 0),
        (lambda plan: plan.lines.patience_review[0], WEIBULL, 525_960 / (math.sqrt(math.pi) / 2), 0.5, 0),
    ],
)
def test_distributions_become_rows_of_parameters(row, kind, a, b, c):
    found = _distribution(PLAN, row(PLAN))
    assert found[0] == kind
    assert found[1:4] == pytest.approx((a, b, c), rel=1e-8)


def test_lists_and_quantiles_become_points_that_rise():
    assert _distribution(PLAN, PLAN.lines.value[1]) == (VALUES, 0, 0, 0, [0, 0, 0], [100_000, 200_000, 300_000])
    assert _distribution(PLAN, PLAN.lines.parts[1]) == (QUANTILES, 0, 0, 0, [0.1, 0.9], [1, 5])


def test_parameters_that_need_a_library_are_rounded_to_twelve_digits():
    for row, kind in enumerate(PLAN.distributions.kind):
        if kind in (LOGNORMAL, WEIBULL):
            for value in (PLAN.distributions.a[row], PLAN.distributions.b[row]):
                assert float(f"{value:.11e}") == value


def test_what_never_ends_is_minus_one():
    assert PLAN.lines.patience_unserved.tolist() == [-1, -1, -1]
    assert PLAN.lines.patience_suspension[1] == -1
    assert PLAN.lines.half_life.tolist() == [3 * 525_960, -1, -1]
    assert PLAN.authorities.standard.tolist() == [40 * DAY, -1]


# ------------------------------------------------------------------ sources, cells, calendars


def test_a_source_is_licensed_by_its_suppliers_authority_unless_at_home():
    assert PLAN.sources.line.tolist() == [0, 0, 0, 1, 1, 2]
    assert [PLAN.names.suppliers[supplier] for supplier in PLAN.sources.supplier] == [
        "maker", "shop", "mill", "maker", "mill", "mill",
    ]  # fmt: skip
    assert PLAN.sources.authority.tolist() == [0, -1, 1, -1, 1, 1]  # maker sells to y at home
    assert PLAN.sources.starts.tolist() == [
        FROM_THE_START, AT_DISRUPTION, 60 * DAY, FROM_THE_START, FROM_THE_START, FROM_THE_START,
    ]  # fmt: skip


def test_slots_are_there_from_the_start_unless_a_ramp_up_leads_to_them():
    assert PLAN.suppliers.open.tolist() == [1, 1, 0]


def test_there_is_a_cell_for_every_authority_place_and_programme():
    assert PLAN.cell.shape == (2, 3, 3)
    assert sorted(PLAN.cell.ravel()) == list(range(18))
    for authority, place, programme in np.ndindex(PLAN.cell.shape):
        cell = PLAN.cell[authority, place, programme]
        assert PLAN.cell_authority[cell] == authority
        assert PLAN.cell_place[cell] == place
        assert PLAN.cell_programme[cell] == programme


def test_a_line_is_in_the_cells_of_its_place_and_of_its_possible_programmes():
    def programmes(line):
        assert set(PLAN.cell_place[PLAN.line_cell[line]]) == {PLAN.lines.place[line]}
        return {PLAN.names.programmes[programme] for programme in PLAN.cell_programme[PLAN.line_cell[line]]}

    assert programmes(0) == {"none", "nato", "exceptional"}
    assert programmes(1) == {"none"}
    assert programmes(2) == {"exceptional"}


def _days(authority):
    first = np.datetime64("2024-01-01") + PLAN.calendars.origin // DAY
    return {str(first + day): bool(works) for day, works in enumerate(PLAN.calendars.working[authority])}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2023-01-03", True), ("2024-01-01", False), ("2024-01-02", True), ("2024-03-29", False),
        ("2024-06-28", True), ("2024-06-29", False), ("2024-06-30", False), ("2024-07-01", False),
        ("2024-12-25", False), ("2025-07-01", False), ("2025-12-25", False), ("2025-12-31", True),
    ],
)  # fmt: skip
def test_a_country_has_its_weekends_and_holidays(day, works):
    assert _days(0)[day] is works


@pytest.mark.parametrize(
    ("day", "works"),
    [("2024-01-01", True), ("2024-01-02", False), ("2024-01-05", False), ("2024-01-06", True), ("2025-01-02", True)],
)
def test_an_authority_may_have_a_calendar_of_its_own(day, works):
    assert _days(1)[day] is works


def test_a_subdivision_has_holidays_that_the_country_has_not():
    mapping = _mapping()
    mapping["authorities"]["office"]["calendar"] = {"holidays": "CA-ON"}
    plan = compile_plan(build(mapping))
    family_day = (date(2024, 2, 19) - date(2024, 1, 1)).days - plan.calendars.origin // DAY
    assert (plan.calendars.working[0, family_day], PLAN.calendars.working[0, family_day]) == (0, 1)


def test_the_tables_of_a_calendar_say_the_same():
    days = (PLAN.end - PLAN.start) // DAY
    assert PLAN.calendars.origin == PLAN.start
    for working, before, nth in zip(PLAN.calendars.working, PLAN.calendars.before, PLAN.calendars.day, strict=True):
        assert len(working) == days
        assert before.tolist() == [working[:day].sum() for day in range(days + 1)]
        assert nth[: working.sum()].tolist() == [day for day in range(days) if working[day]]
        assert set(nth[working.sum() :]) == {days}


# ------------------------------------------------------------------ arrivals


def test_a_dated_rate_becomes_pieces_with_the_hazard_before_them():
    streams = PLAN.streams
    pieces = slice(streams.first[0], streams.first[0] + streams.pieces[0])
    june = [(date(year, 6, 1) - date(2024, 1, 1)).days * DAY for year in (2023, 2024)]
    assert streams.start[pieces].tolist() == [PLAN.start, *june]
    assert streams.rate[pieces] == pytest.approx([0, 8 * 2**32 / 525_960, 20 * 2**32 / 525_960])
    expected = 8 * (june[1] - june[0]) / 525_960
    assert streams.hazard[pieces] / 2**32 == pytest.approx([0, 0, expected], abs=1e-9)


def test_other_applications_are_streams_after_the_lines():
    assert len(PLAN.streams.digest) == 3 + 2
    assert PLAN.streams.digest[4] == address("authority/bureau")


def test_a_register_becomes_minutes_cents_and_programmes_in_order(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "day,eur,kind\n2024-05-02,12.3440,\n2024-05-01T12:30,3,nato\n2022-12-30,1,\n2022-12-31,2,exceptional\n"
        "2025-12-31T23:59,5,\n2026-01-01,6,\n",
        encoding="utf-8",
    )
    mapping = _mapping()
    mapping["demand"]["x"]["orders"] = {"register": "orders.csv", "date": "day", "value": "eur", "programme": "kind"}
    streams = compile_plan(build(mapping, folder=tmp_path)).streams
    may = (date(2024, 5, 1) - date(2024, 1, 1)).days * DAY
    assert streams.record_first.tolist() == [0, -1, -1]
    assert streams.record_count.tolist() == [4, 0, 0]
    assert streams.record_minute.tolist() == [-366 * DAY, may + 750, may + DAY, PLAN.end - 1]
    assert streams.record_cents.tolist() == [200, 300, 1234, 500]
    assert streams.record_programme.tolist() == [1, 2, 0, 0]


# ------------------------------------------------------------------ addresses


def test_every_stream_has_an_address_made_from_its_name():
    assert PLAN.streams.digest.tolist() == [address(f"line/{name}") for name in PLAN.names.lines] + [
        address(f"authority/{name}") for name in PLAN.names.authorities
    ]
    assert PLAN.sources.digest[1] == address("source/x/shop")
    assert PLAN.incidents.digest.tolist() == [address("incident/war"), address("incident/raid")]
    assert PLAN.policies[1].digest.tolist() == [
        address(f"measure/{name}") for name in ("stop", "verdict", "rush", "brake")
    ]
    assert PLAN.stages.purpose.tolist() == [address(f"work/{name}") for name in ("desk", "board", "minister", "desk")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("line/x", "line/y"),
        ("line/x", "authority/bureau"),
        ("source/x/maker", "source/y/maker"),
        ("incident/war", "supplier/maker"),
        ("measure/stop", "line/z"),
        ("measure/stop", "measure/rush"),
    ],
)
def test_names_with_the_same_digest_are_refused(monkeypatch, one, other):
    monkeypatch.setattr(world, "address", lambda name: 7 if name in (one, other) else address(name))
    with pytest.raises(ScenarioError, match="have the same digest: rename one of them") as error:
        compile_plan(SCENARIO)
    assert f"`{one}`" in str(error.value) and f"`{other}`" in str(error.value)


@pytest.mark.parametrize("other", ["work/board", "value"])
def test_purposes_with_the_same_digest_are_refused(monkeypatch, other):
    digest = PURPOSES.get(other, 7)
    monkeypatch.setattr(world, "address", lambda name: digest if name in ("work/minister", other) else address(name))
    with pytest.raises(ScenarioError, match=f"stage `minister` has the same digest as `{other}`: rename it"):
        compile_plan(SCENARIO)


def test_stages_of_two_authorities_may_have_the_same_name():
    assert PLAN.stages.purpose[0] == PLAN.stages.purpose[3]


# ------------------------------------------------------------------ measures


def _cells(mask):
    names, lines = PLAN.names, PLAN.lines
    place = {
        int(lines.place[line]): (names.destinations[lines.destination[line]], names.goods[lines.goods[line]])
        for line in range(len(names.lines))
    }
    return {
        (
            names.authorities[PLAN.cell_authority[cell]],
            *place[int(PLAN.cell_place[cell])],
            names.programmes[PLAN.cell_programme[cell]],
        )
        for cell in np.flatnonzero(mask)
    }


ALL = {  # in which an order can be: the office licenses nobody for its own country, nor a source of wires
    *(
        (authority, "TR", "lamps", name)
        for authority in ("office", "bureau")
        for name in ("none", "nato", "exceptional")
    ),
    ("bureau", "CA", "wires", "none"),
    ("bureau", "TR", "wires", "exceptional"),
}


@pytest.mark.parametrize(
    ("scope", "exceptions", "reached"),
    [
        ({}, [], lambda *_: True),
        ({"authorities": ["office"]}, [], lambda a, d, g, p: a == "office"),
        ({"destinations": ["TR"]}, [], lambda a, d, g, p: d == "TR"),
        ({"goods": ["wires"]}, [], lambda a, d, g, p: g == "wires"),
        ({"programmes": ["none", "nato"]}, [], lambda a, d, g, p: p in ("none", "nato")),
        ({"destinations": ["TR"], "goods": ["wires"]}, [], lambda a, d, g, p: (d, g) == ("TR", "wires")),
        ({"destinations": ["CA"], "goods": ["lamps"]}, [], lambda *_: False),
        ({}, [{"programmes": ["nato"]}], lambda a, d, g, p: p != "nato"),
        ({}, [{"destinations": ["TR"], "programmes": ["nato"]}], lambda a, d, g, p: not (d == "TR" and p == "nato")),
        ({}, [{"destinations": ["TR"]}, {"programmes": ["nato"]}], lambda a, d, g, p: d != "TR" and p != "nato"),
        ({"authorities": ["bureau"]}, [{"goods": ["wires"]}], lambda a, d, g, p: a == "bureau" and g != "wires"),
        ({}, [{}], lambda *_: False),
    ],
)
def test_a_scope_is_what_all_its_lists_name_less_every_exception(scope, exceptions, reached):
    mask = scope_mask(PLAN, Scope(**scope), [Scope(**exception) for exception in exceptions])
    assert mask.dtype == np.bool_
    assert _cells(mask) == {cell for cell in ALL if reached(*cell)}


@pytest.mark.parametrize(
    ("scope", "exceptions", "counted"),
    [
        ({}, [], [True, True]),
        ({"authorities": ["bureau"]}, [], [False, True]),
        ({"destinations": ["TR"]}, [], [False, False]),
        ({"authorities": ["office"], "programmes": ["nato"]}, [], [False, False]),
        ({}, [{"authorities": ["office"]}], [False, True]),
        ({}, [{"authorities": ["office"], "goods": ["wires"]}], [True, True]),
        ({}, [{}], [False, False]),
    ],
)
def test_other_traffic_counts_in_a_scope_that_names_authorities_only(scope, exceptions, counted):
    assert traffic_mask(PLAN, Scope(**scope), [Scope(**exception) for exception in exceptions]) == counted


def test_measures_become_triggers_branches_and_figures():
    policy = PLAN.policies[1]
    assert policy.trigger.tolist() == [TRIGGER_ON, TRIGGER_AFTER, TRIGGER_WHEN, TRIGGER_WHEN]
    assert policy.minute.tolist() == [31 * DAY, -1, -1, -1]
    assert policy.incident.tolist() == [-1, 0, -1, -1]
    assert policy.branch_first.tolist() == [0, 1, 3, 5]
    assert policy.branch_count.tolist() == [1, 2, 1, 1]
    assert policy.then.tolist() == [-1, -1, 4, 6]
    assert policy.chance.tolist() == [1, 0.6, 1, 1, 1, 1, 1]
    assert policy.figure.tolist() == [-1, -1, FIGURES.index("in_review"), FIGURES.index("delivered")]
    assert policy.above.tolist() == [0, 0, 60, 500_000_000]
    assert policy.below.tolist() == [0, 0, 30, 100_000_000]
    assert policy.every.tolist() == [0, 0, 43_830, 7 * DAY]
    assert policy.window.tolist() == [0, 0, 0, 525_960]
    assert PLAN.distributions.a[policy.delay[1]] == 8 * DAY
    assert PLAN.names.measures == (
        (),
        (
            "stop", "verdict: cancel suspended", "verdict: permits in_force", "rush",
            "rush: then 4 officers at desk", "brake", "brake: then nothing",
        ),
    )  # fmt: skip


def test_officers_are_those_of_the_stages_at_the_authorities_in_scope():
    policy = PLAN.policies[1]
    assert policy.officers[3].tolist() == [9, -1, -1, -1]
    assert policy.officers[4].tolist() == [4, -1, -1, -1]
    everywhere = act_branch(PLAN, Act(officers={"desk": 7, "minister": 0}), [True] * len(PLAN.names.authorities))
    assert everywhere.pop("officers") == [7, -1, 0, 7] and everywhere.pop("work") == [-1] * 4
    assert everywhere.pop("validity_works") == 0 and set(everywhere.values()) == {-1}


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ({"applications": "hold"}, "applications hold"),
        ({"cancel": "suspended", "applications": "open"}, "applications open, cancel suspended"),
        ({"permits": "suspended", "officers": {"desk": 3}}, "permits suspended, 3 officers at desk"),
        ({"approval": 0, "validity": "never"}, "approval 0, validity never"),
        ({"approval": "standard", "validity": "18mo"}, "approval standard, validity 18mo"),
        ({"applications": "exempt", "take_up": 0.25}, "applications exempt, take_up 0.25"),
        ({"work": 1.5, "priority": "last"}, "priority last, work 1.5"),
        ({"work": {"desk": 2, "board": "standard"}}, "work standard at board, work 2 at desk"),
        ({}, "nothing"),
    ],
)
def test_an_act_is_told_in_a_few_words(act, text):
    assert act_text(Act(**act)) == text


def test_a_plan_is_a_plan_without_authorities_or_measures():
    mapping = _mapping() | {"authorities": {}, "incidents": {}, "policies": {"none": {"measures": []}}}
    mapping["suppliers"] = {name: row | {"authority": None} for name, row in mapping["suppliers"].items()}
    plan = compile_plan(build(mapping))
    assert isinstance(plan, Plan)
    assert plan.cell.shape == (0, 3, 3)
    assert len(simulate(plan, 0, seed=1, future=0)) > 10
