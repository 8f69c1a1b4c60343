"""What is well-formed but makes no sense is noticed, with its figure; and never anything else (P12)."""

from __future__ import annotations

import atexit
import json
import math
import shutil
import tempfile
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import exportsim
from exportsim import testing
from exportsim.compile import compile_plan
from exportsim.digits import short
from exportsim.engine.compiled import Player
from exportsim.errors import ScenarioError
from exportsim.ledger import Ledger
from exportsim.lifecycle import MEANINGS, Fact
from exportsim.scenario import build, digest, explicit, loads, vary, warnings_of
from exportsim.scenario.addresses import CommandLine
from exportsim.scenario.calendars import working_days
from exportsim.scenario.candidates import View
from exportsim.scenario.capacity import Demand
from exportsim.scenario.countries import ASSIGNED, unknown_country
from exportsim.scenario.reader import point_of
from exportsim.scenario.schema import Calendar, Scenario
from shell import Shell
from worlds import changed, one_office

REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)

Written = dict[str, Any]


def world(**changes: Any) -> Written:
    """Two years of a hundred applications of ten working days each; paths with `__` for dots change it.

    2022 and 2023 have 260 working days each, and 365 days: 100 / 365.25 × 365 × 10 / 260 = 3.84 officers.
    """
    stages = {name: [{"stage": name, "officers": 4, "work": "10bd"}] for name in ("desk", "minister")}
    usual = one_office(
        period={"start": "2022-01-01", "end": "2023-12-31"},
        goods={"radios": {}},
        authorities__office={
            "country": "CA", "review": stages["desk"], "case_by_case": {"review": stages["minister"]},
        },
        suppliers__maker__slots=9,
        suppliers__other={"country": "ZA", "slots": 9, "lead_time": "30d"},
        demand={
            "line": {
                "buyer": "army", "destination": "TR", "goods": "radios", "orders": "100/y", "value": "1M",
                "sources": {"maker": {}, "other": {"weight": 1e-9}},
            }
        },
        policies={"as-now": {}},
    )  # fmt: skip
    return changed(usual, **changes)


def noticed(written: Written) -> list[tuple[str, str]]:
    return [(warning.path, warning.message) for warning in warnings_of(build(written))]


def measures(*each: Written) -> Written:
    return {"measures": list(each)}


OFFICERS = "authorities.office.review.desk.officers"
FURTHER = "authorities.office.case_by_case.review.minister.officers"
WORDS = "desk at office: at least 100 applications a year of 10 working days need 3.84 officers, and there are 3 "


def test_a_sensible_world_is_passed_without_a_word() -> None:
    assert noticed(world()) == []


# --------------------------------------------------------------------------------------------------------- capacity


def office(officers: int, **changes: Any) -> Written:
    stages = [{"stage": "desk", "officers": officers, "work": "10bd"}]
    return world(authorities__office__review=stages, **changes)


def test_more_work_than_officers_can_do() -> None:
    assert noticed(office(3)) == [(OFFICERS, WORDS + "(2022 to 2023, policy as-now)")]
    assert noticed(office(0)) == [(OFFICERS, WORDS.replace("are 3", "are none") + "(2022 to 2023, policy as-now)")]


@pytest.mark.parametrize(
    ("acts", "coming"),
    [
        ([{"applications": "exempt"}], None),
        ([{"applications": "exempt", "take_up": 0.2}], "80 applications a year of 10 working days need 3.07"),
        ([{"applications": "exempt", "take_up": "standard"}], None),
        # The most that may use it: what is certain to come is the rest.
        (
            [{"outcomes": [{"chance": 0.5, "applications": "exempt", "take_up": take_up} for take_up in (0.1, 0.2)]}],
            "80",
        ),
        ([{"applications": "exempt", "take_up": 0.2}, {"applications": "open"}], "100"),
    ],
)
def test_who_does_not_use_a_general_licence_applies(acts: list[Written], coming: str | None) -> None:
    dated = [{"on": f"2022-01-0{day}"} | act for day, act in enumerate(acts, start=1)]
    found = [message for path, message in noticed(office(3, policies={"as-now": measures(*dated)})) if path == OFFICERS]
    assert [f"desk at office: at least {coming} " in message for message in found] == [True] * (coming is not None)


def test_one_officer_is_one_and_one_day_is_one() -> None:
    stages = [{"stage": "desk", "officers": 1, "work": "1d"}]
    ((_, message),) = noticed(world(authorities__office__review=stages, demand__line__orders="730.5/y"))
    assert message == (
        "desk at office: at least 730 applications a year of 1 day need 2 officers, and there is 1 "
        "(2022 to 2023, policy as-now)"
    )


def test_just_enough_is_enough() -> None:
    """On the clock: one application a day, of one day, is what one officer does."""
    stages = [{"stage": "desk", "officers": 1, "work": "1d"}]
    assert noticed(world(authorities__office__review=stages, demand__line__orders="1/d")) == []
    assert noticed(world(authorities__office__review=stages, demand__line__orders="1.001/d")) != []


def test_by_year_and_policy_with_the_policys_own_officers() -> None:
    policies = {
        "as-now": {},
        "more": measures({"on": "2023-01-01", "officers": {"desk": 4}}),
        "fewer": measures({"on": "2023-01-01", "officers": {"desk": 2}}),
        "heir": {"extends": "more"},
    }
    assert noticed(office(3, policies=policies)) == [
        (OFFICERS, WORDS.replace("are 3", "are 2.5") + "(2022 to 2023, policy fewer)"),
        (OFFICERS, WORDS + "(2022 to 2023, policy as-now)"),
        (OFFICERS, WORDS + "(2022, policies more, heir)"),
    ]
    later = {"as-now": {}, "less": measures({"on": "2023-07-01", "officers": {"desk": 3}})}
    ((_, message),) = noticed(office(4, policies=later))
    # 2023 has 130 working days before July, and 130 from then on: three and a half officers.
    assert message == WORDS.replace("are 3", "are 3.5") + "(2023, policy less)"


def test_officers_that_may_come_are_counted_as_if_they_did() -> None:
    when = {"when": {"in_review": {"above": 20, "below": 5}, "every": "1mo"}, "officers": {"desk": 9}}
    assert noticed(office(3, policies={"surge": measures(when)})) == []
    chance = {"on": "2022-01-01", "outcomes": [{"chance": 0.5, "officers": {"desk": 9}}, {"chance": 0.5}]}
    assert noticed(office(3, policies={"chance": measures(chance)})) == []


def test_work_is_counted_with_the_factor_that_measures_set() -> None:
    slower = {"on": "2022-01-01", "work": 2, "destinations": ["TR"]}
    ((path, message),) = noticed(world(policies={"p": measures(slower)}))
    assert path == OFFICERS
    assert message.startswith(
        "desk at office: at least 100 applications a year of 20 working days need 7.69 officers, and there are 4"
    )
    assert noticed(world(policies={"p": measures(slower | {"work": {"minister": 2}})})) == []
    assert noticed(world(policies={"p": measures(slower | {"work": 1.04})})) == []
    # What chance may leave as it is, is not certain.
    luck = {"on": "2022-01-01", "outcomes": [{"chance": 0.5, "work": 2}, {"chance": 0.5, "approval": 1}]}
    assert noticed(world(policies={"p": measures(luck)})) == []


def test_a_factor_on_work_that_holds_already_changes_nothing() -> None:
    slower = {"on": "2022-06-01", "work": {"desk": 1.01}}
    written = world(policies={"p": measures(slower, slower | {"on": "2022-07-01"})})
    ((path, message),) = noticed(written)
    assert path == "policies.p.measures.measure-2"
    assert message.startswith("it changes nothing in any future: work 1.01 at desk is what holds on 2022-07-01")
    ranked = world(policies={"p": measures({"on": "2022-06-01", "priority": "normal"})})
    assert [path for path, _ in noticed(ranked)] == ["policies.p.measures.measure-1"]


def test_where_no_application_comes_there_is_no_work() -> None:
    for regime in ("exempt", "deny"):
        spared = measures({"on": "2022-01-01", "applications": regime})
        assert noticed(office(3, policies={"spared": spared})) == []
    held = measures({"on": "2022-01-01", "applications": "hold"})
    assert noticed(office(3, policies={"held": held})) == [(OFFICERS, WORDS + "(2022 to 2023, policy held)")]
    maybe = {"after": "scandal", "applications": "exempt"}
    incident = {"scandal": {"rate": "1/y", "window": "1y", "exposure": "1M"}}
    assert noticed(office(3, incidents=incident, policies={"maybe": measures(maybe)})) == []


def test_sources_share_by_weight_and_only_those_that_can_be_used_take_a_share() -> None:
    two = {"maker": {"weight": 3}, "other": {"weight": 1}}
    ((_, message),) = noticed(office(2, demand__line__sources=two))
    assert "at least 75 applications a year of 10 working days need 2.88 officers, and there are 2 " in message
    assert noticed(office(3, demand__line__sources=two)) == []
    late = {"maker": {}, "other": {"qualification": {"starts": "2023-01-01", "time": "30d"}}}
    ((_, message),) = noticed(office(3, demand__line__sources=late))
    assert message == WORDS + "(2022, policy as-now)"  # from 2023 on the other may have half of the orders


def test_what_a_measure_may_cost_of_trust_is_taken_off() -> None:
    sources = {"maker": {}, "other": {}}
    held = {"on": "2022-01-01", "applications": "hold"}
    trusting = office(1, demand__line__sources=sources, policies={"held": measures(held)})
    ((_, message),) = noticed(trusting)
    assert "at least 50 applications" in message
    trusting["demand"]["line"]["trust"] = {"loss": {"hold": 0.5}}  # 0.5 / 1.5 of the orders are still to come
    ((_, message),) = noticed(trusting)
    assert "at least 33.3 applications" in message
    trusting["demand"]["line"]["trust"] = {"loss": {"hold": 1}}  # nothing is certain to come; but none returns either
    assert [path for path, _ in noticed(trusting)] == ["demand.line.trust.loss.hold"]


def test_case_by_case_review_works_only_where_a_policy_sends_applications_there() -> None:
    further = {"review": [{"stage": "minister", "officers": 3, "work": "10bd"}]}
    assert noticed(world(authorities__office__case_by_case=further)) == []
    sent = {"on": "2023-01-01", "applications": "case_by_case"}
    ((path, message),) = noticed(world(authorities__office__case_by_case=further, policies={"sent": measures(sent)}))
    assert path == FURTHER
    assert message == WORDS.replace("desk", "minister") + "(2023, policy sent)"


def test_no_more_comes_to_a_stage_than_the_one_before_can_do() -> None:
    """One officer at the first does 26 of a hundred a year: the second stage has enough with two."""
    stages = [
        {"stage": "desk", "officers": 1, "work": "10bd"},
        {"stage": "second", "officers": 2, "work": "10bd"},
    ]
    ((path, _),) = noticed(world(authorities__office__review=stages))
    assert path == OFFICERS


def test_other_traffic_is_work_too_and_registers_are_counted(tmp_path: Path) -> None:
    traffic = {"applications": {"2022-01-01": "10/y", "2023-01-01": "100/y"}}
    ((_, message),) = noticed(office(4, authorities__office__traffic=traffic))
    # 110 in 2022 need 4.23, 200 in 2023 need 7.69: 155 in the mean.
    assert "at least 155 applications a year of 10 working days need 5.96 officers, and there are 4 " in message
    rows = ["date,value,kind"] + ["2022-03-05,100,p"] * 27 + ["2023-03-05,100,q"] * 20
    (tmp_path / "r.csv").write_text("\n".join(rows) + "\n")
    orders = {"register": "r.csv", "date": "date", "value": "value"}
    stages = [{"stage": "desk", "officers": 1, "work": "10bd"}]
    written = world(authorities__office__review=stages, demand__line__orders=orders)
    ((warning),) = warnings_of(build(written, folder=tmp_path))
    # 27 of 10 working days, in 260: 1.038 officers; a year of 365.25 days has 27.02.
    assert "at least 27 applications a year of 10 working days need 1.04 officers, and there is 1 (2022, " in str(
        warning
    )


def recorded(folder: Path, open_cases: int, stage: str = "", **policies: Any) -> list[str]:
    """What is said of an office of one officer a stage, to which a hundred came that were decided, and these."""
    rows = [f"2022-03-05,100,2022-09-0{1 + place % 9}," for place in range(100)]
    rows += [f"2022-11-05,100,,{stage}"] * open_cases
    (folder / "r.csv").write_text("\n".join(["date,value,decided,state", *rows]) + "\n")
    orders = {"register": "r.csv", "date": "date", "value": "value", "decided": "decided", "as_of": "2023-01-01"}
    stages = [{"stage": name, "officers": 1, "work": "10bd"} for name in ("desk", "second")]
    written = world(
        authorities__office__review=stages,
        demand__line__orders=orders | ({"stage": "state"} if stage else {}),
        policies=policies or {"as-now": {}},
    )
    return [f"{each.path} {each.message}" for each in warnings_of(build(written, folder=folder))]


def test_what_is_decided_as_recorded_is_no_work_and_what_is_left_open_is_work_of_that_day(tmp_path: Path) -> None:
    """Of 30 that are open in 2023, of 10 working days in 260: 1.15 officers; 26 are what one can do."""
    assert recorded(tmp_path, 26) == []
    (at_desk,) = recorded(tmp_path, 30)
    assert at_desk.startswith(OFFICERS)
    # A year of 365.25 days has 30.02.
    assert "at least 30 applications a year of 10 working days need 1.15 officers, and there is 1 (2023, " in at_desk


def test_what_stands_at_a_later_stage_is_work_there_alone(tmp_path: Path) -> None:
    (at_second,) = recorded(tmp_path, 30, "second")
    assert at_second.startswith(OFFICERS.replace("desk", "second"))
    assert "at least 30 applications a year of 10 working days need 1.15 officers, and there is 1 (2023, " in at_second


def test_what_is_recorded_is_work_from_the_day_on_which_policies_differ(tmp_path: Path) -> None:
    """From April on all hundred are the model's: 100 × 10 / 260 = 3.85 officers in 2022; 30 more come in November."""
    held = {"as-now": {}, "later": measures({"on": "2022-04-01", "approval": 0.5})}
    (at_desk,) = recorded(tmp_path, 30, **held)
    assert "at least 130 applications a year of 10 working days need 5 officers, and there is 1 (2022, " in at_desk
    same = {"as-now": measures({"on": "2022-04-01", "approval": 0.5}), "named": measures({"on": "2022-04-01",
            "approval": 0.5, "name": "the same"})}  # fmt: skip
    (at_desk,) = recorded(tmp_path, 30, **same)
    assert "at least 30 applications a year" in at_desk


def test_a_programme_that_is_spared_makes_no_work() -> None:
    written = office(3, demand__line__programmes={"nato": 0.5})
    written["policies"] = {
        "as-now": measures({"on": "2022-01-01", "applications": "exempt", "programmes": ["nato"]}),
    }
    assert noticed(written) == []
    written["authorities"]["office"]["review"][0]["officers"] = 1
    ((_, message),) = noticed(written)
    assert "at least 50 applications" in message


def test_a_domestic_order_needs_no_permit() -> None:
    assert noticed(office(3, demand__line__destination="CA")) == []


def test_holidays_and_weekends_take_capacity() -> None:
    def worked(calendar: Calendar, days: int) -> int:
        return sum(working_days(calendar, date(2022, 1, 1), days))

    assert worked(Calendar(), 365) == 260
    assert worked(Calendar(), 2) == 0
    assert 0 < 260 - worked(Calendar(holidays="CA"), 365) < 15
    listed = Calendar(weekend=["fri"], holidays=[date(2022, 1, 3), date(2022, 1, 7)])
    assert worked(listed, 14) == 11  # two Fridays, and a Monday
    view = View(build(office(3, authorities__office__calendar={"holidays": ["2022-01-03"]})), {})
    assert view.working_days("office", date(2022, 1, 1), date(2023, 1, 1)) == 259
    assert view.working_days("office", date(2022, 1, 3), date(2022, 1, 4)) == 0


def test_short_rests_of_years_go_with_the_year_beside_them() -> None:
    period = {"start": "2021-12-15", "end": "2023-12-31"}
    ((_, message),) = noticed(office(3, period=period))
    assert "(2021 to 2023, policy as-now)" in message
    soon = {"as-now": measures({"on": "2022-01-01", "officers": {"desk": 9}})}
    assert noticed(office(3, period=period, policies=soon)) == []
    late = {"as-now": measures({"on": "2023-01-01", "officers": {"desk": 3}})}
    assert noticed(office(9, period={"start": "2022-01-01", "end": "2023-01-31"}, policies=late)) == []


def test_many_policies_take_few_lines() -> None:
    policies = {f"p{number}": measures({"on": f"2022-0{number}-01", "officers": {"desk": 2}}) for number in range(1, 9)}
    found = noticed(office(3, policies=policies))
    assert len(found) == 3 and found[-1][1].endswith("; and 5 more like this")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (1.0, "1"), (3.84, "3.84"), (12.345, "12.3"), (99.96, "100"), (1234.5, "1,234"), (0.0123, "0.0123")],
)
def test_figures_have_three_digits_that_count(number: float, text: str) -> None:
    assert short(number) == text


# --------------------------------------------------------------------------------------------------------- validity


def test_a_validity_that_ends_before_a_part_is_built() -> None:
    written = world(authorities__office__validity="20d")
    expected = (
        "a permit is valid for 20 days, and maker takes 30 days or more to build one part: every order has to "
        "renew its permit (line line)"
    )
    assert noticed(written) == [("authorities.office.validity", expected)]
    ledger = exportsim.simulate(build(written | {"reference": "as-now"}), "as-now", future=0)
    delivered, expired = (set(ledger.order[ledger.fact == fact].tolist()) for fact in (Fact.DELIVERED, Fact.EXPIRED))
    assert delivered
    assert delivered <= expired
    assert noticed(world(authorities__office__validity="31d")) == []


def test_an_order_of_several_parts_needs_them_all_in_time() -> None:
    written = world(authorities__office__validity="100d", demand__line__parts=4)
    ((_, message),) = noticed(written)
    assert message == (
        "a permit is valid for 100 days, and maker takes 120 days on average to build an order (4 parts of 30 days, "
        "one after the other): the average order outlives its permit (line line)"
    )
    written["demand"]["line"]["parts"] = 3
    assert noticed(written) == []


def planned(validity: str, *, parts: Any = 4, work: str = "0d", **plan: Any) -> list[str]:
    desk = {"stage": "desk", "officers": 200, "work": work}
    line = {"demand__line__parts": parts, "demand__line__deliveries": plan}
    office = {"country": "CA", "validity": validity, "review": [desk]}
    return [message for _, message in noticed(world(authorities__office=office, **line))]


@pytest.mark.parametrize(
    ("needed", "plan"),
    [
        (120, {"first": "0d"}),
        (180, {"first": "60d"}),  # four parts of 30 days one after the other, from the first call-off on
        (300, {"every": "90d"}),  # the last is called off after 270 days
        (360, {"first": {"uniform": ["50d", "70d"]}, "every": {"triangular": ["80d", "90d", "100d"]}}),
        (120, {"every": "20d"}),  # they are built more slowly than they are called off
        (90, {"first": "60d", "parts": 1}),
        (340, {"first": "60d", "every": "90d", "work": "20d"}),  # so much later comes the permit
        (120, {"first": "15d", "work": "20d"}),
    ],
)
def test_a_validity_that_ends_before_a_delivery_plan_does(needed: int, plan: Written) -> None:
    assert planned(f"{needed}d", **plan) == []
    (message,) = planned(f"{needed - 1}d", **plan)
    assert f"is finished {needed} days after its permit, on average and without any waiting" in message
    assert message.endswith(": the average order outlives its permit (line line)")


def test_a_validity_is_held_against_the_line_whose_plan_is_longest_and_the_sides_of_a_general_licence() -> None:
    written = world(authorities__office__validity="95d", demand__line__parts=3)
    written["authorities"]["office"]["review"][0]["officers"] = 9
    written["demand"]["plan"] = written["demand"]["line"] | {"parts": 2, "deliveries": {"every": "80d"}}
    ((_, message),) = noticed(written)
    assert "is finished 95.96 days" in message  # 80 + 30 days, less ten working days of review
    assert message.endswith("(line plan)")
    licence = {"on": "2022-01-01", "applications": "exempt"}
    for take_up, number in ({"take_up": 0.5}, 1), ({"take_up": 1}, 0), ({}, 0):
        written["policies"] = {"p": measures(licence | take_up)}
        assert len(noticed(written)) == number, take_up


def test_a_validity_in_working_days_is_longer_on_the_clock() -> None:
    """520 of 730 days are worked: 22 working days are 30.9 days, 21 are 29.5."""
    assert noticed(world(authorities__office__validity="22bd")) == []
    ((_, message),) = noticed(world(authorities__office__validity="21bd"))
    assert message.startswith("a permit is valid for 29.48 days")


def test_a_validity_that_a_measure_sets_is_held_against_the_same() -> None:
    shorter = {"on": "2022-06-01", "validity": "20d"}
    later = {"on": "2022-07-01", "validity": "400d"}
    written = world(policies={"p": measures(shorter, later), "q": {"extends": "p"}})
    ((path, message),) = noticed(written)
    assert path == "policies.p.measures.measure-1"
    assert message.startswith("a permit is valid for 20 days, and maker takes 30 days or more to build one part")
    written["demand"]["more"] = written["demand"]["line"] | {"destination": "PL", "sources": {"other": {}}}
    shorter["destinations"] = ["PL"]  # whose source needs no permit
    assert [message for _, message in noticed(written) if "valid" in message] == []


def test_a_mean_that_is_too_long_and_a_mean_that_is_not() -> None:
    lead = {"triangular": ["10d", "20d", "90d"]}  # mean 40 days
    assert noticed(world(authorities__office__validity="40d", suppliers__maker__lead_time=lead)) == []
    ((_, message),) = noticed(world(authorities__office__validity="39d", suppliers__maker__lead_time=lead))
    assert "maker takes 40 days on average to build an order (one part)" in message


def test_a_policy_under_which_no_permit_is_needed_is_not_meant() -> None:
    exempt = measures({"on": "2022-01-01", "applications": "exempt"})
    policies = {"licence": {}, "exempt": exempt}
    ((_, message),) = noticed(world(authorities__office__validity="20d", policies=policies))
    assert message.endswith("(line line; policy licence)")
    assert noticed(world(authorities__office__validity="20d", policies={"exempt": exempt})) == []


# --------------------------------------------------------------------------------------------------------- countries


def test_a_code_that_is_no_country() -> None:
    written = world(demand__line__destination="UK", suppliers__other__country="UK")
    assert noticed(written) == [
        (
            "suppliers.other.country",
            "`UK` is not the code of a country, did you mean `GB`? (what is made up may be `XA` to `XZ`); it stands in "
            "2 places",
        )
    ]
    assert unknown_country("EL") == (
        "`EL` is not the code of a country, did you mean `GR`? (what is made up may be `XA` to `XZ`)"
    )
    assert "expected one of ISO 3166-1" in str(unknown_country("YY"))


def test_codes_of_countries_and_of_what_is_made_up_are_passed() -> None:
    import holidays

    assert len(ASSIGNED) == 249
    known = set(holidays.list_supported_countries(include_aliases=False))
    for code in (known | {"XN", "XS", "XK", "EU", "QM", "ZZ", "AA", "SU"}) - {"UK"}:
        if len(code) == 2:
            assert unknown_country(code) is None, code
    assert unknown_country("QL") and unknown_country("AB")


# --------------------------------------------------------------------------------------------------------- sources


def test_a_source_that_can_never_be_used() -> None:
    path = "demand.line.sources.other.qualification"
    late = {"maker": {}, "other": {"qualification": {"starts": "2023-06-01", "time": {"uniform": ["1y", "2y"]}}}}
    assert noticed(world(demand__line__sources=late)) == [
        (
            path,
            "it starts on 2023-06-01, and takes 365.2 days or more, which is past the end of the period on 2023-12-31; "
            "so other never gets an order of this line",
        )
    ]
    late["other"]["qualification"]["time"] = {"exponential": {"mean": "20y"}}
    assert noticed(world(demand__line__sources=late)) == []
    late["other"]["qualification"] = {"starts": "2023-06-01", "time": "213d"}  # to the last day
    assert noticed(world(demand__line__sources=late)) == []
    late["other"]["qualification"] = {"starts": "2023-06-01", "time": "214d"}
    assert [found for found, _ in noticed(world(demand__line__sources=late))] == [path]


def test_a_disruption_that_never_comes() -> None:
    waiting = {"maker": {}, "other": {"qualification": {"starts": "disruption", "time": "30d"}}}
    ((path, message),) = noticed(world(demand__line__sources=waiting))
    assert path == "demand.line.sources.other.qualification"
    assert message.startswith(
        "it starts at the line's first disruption, and none can come: under no policy does a measure"
    )
    assert noticed(world(demand__line__sources=waiting, authorities__office__approval=0.9)) == []
    for act in ({"applications": "hold"}, {"permits": "suspended"}, {"cancel": "all"}):
        policies = {"as-now": {}, "disrupted": measures({"on": "2022-06-01"} | act)}
        assert noticed(world(demand__line__sources=waiting, policies=policies)) == []
    opened = {"as-now": {}, "exempt": measures({"on": "2022-06-01", "applications": "exempt"})}
    assert len(noticed(world(demand__line__sources=waiting, policies=opened))) == 1
    late = {"as-now": {}, "late": measures({"on": "2023-12-15", "applications": "hold"})}
    ((_, message),) = noticed(world(demand__line__sources=waiting, policies=late))
    assert message.startswith("it starts at a disruption, on 2023-12-15 at the earliest, and takes 30 days or more")


def test_a_line_that_nobody_can_ever_serve() -> None:
    sources = {"other": {"qualification": {"starts": "disruption", "time": "30d"}}}
    found = noticed(world(demand__line__sources=sources, suppliers__maker=None, authorities={}))
    served = "none of its sources can be used before the period ends, so none of its orders is ever served"
    assert ("demand.line.sources", served) in found and len(found) == 2


# --------------------------------------------------------------------------------------------------------- measures


def under(*each: Written, **more: Any) -> list[tuple[str, str]]:
    return noticed(world(policies={"as-now": {}, "act": measures(*each)} | more))


def test_a_hold_that_is_lifted_before_it_starts() -> None:
    found = under({"on": "2023-03-01", "applications": "hold"}, {"on": "2022-03-01", "applications": "open"})
    assert found == [
        (
            "policies.act.measures.measure-2",
            "`applications: open` on 2022-03-01 changes nothing in any future: it comes before `applications: hold` on "
            "2023-03-01 (`policies.act.measures.measure-1`), which nothing lifts until the period ends",
        )
    ]
    found = under({"on": "2023-03-01", "permits": "suspended"}, {"on": "2022-03-01", "permits": "in_force"})
    assert [path for path, _ in found] == ["policies.act.measures.measure-2"] and "nothing lifts" in found[0][1]
    lifted = under(
        {"on": "2023-03-01", "applications": "hold"},
        {"on": "2022-03-01", "applications": "open"},
        {"on": "2023-06-01", "applications": "open"},
    )
    assert [path for path, _ in lifted] == ["policies.act.measures.measure-2"] and "holds on 2022-03-01" in lifted[0][1]
    in_order = under({"on": "2022-03-01", "applications": "hold"}, {"on": "2023-03-01", "applications": "open"})
    assert in_order == []


def test_a_measure_that_sets_what_is_so_already() -> None:
    assert under({"on": "2022-03-01", "officers": {"desk": 4}}) == [
        (
            "policies.act.measures.measure-1",
            "it changes nothing in any future: 4 officers at desk is what holds on 2022-03-01 in its scope "
            "(everything) already",
        )
    ]
    assert [path for path, _ in under({"on": "2022-03-01", "applications": "open"})] == [
        "policies.act.measures.measure-1"
    ]
    ((_, message),) = under({"on": "2022-03-01", "cancel": "suspended"})
    assert "no permit in its scope (everything) is suspended on 2022-03-01" in message
    again = under({"on": "2022-03-01", "applications": "hold"}, {"on": "2022-04-01", "applications": "hold"})
    assert [path for path, _ in again] == ["policies.act.measures.measure-2"]
    both = {"on": "2022-03-01", "applications": "open", "officers": {"desk": 5}}
    assert under(both) == []
    assert under({"on": "2022-03-01", "cancel": "all"}) == []


def test_a_measure_of_which_something_is_uncertain_may_set_what_is_so_already() -> None:
    """It sets something else at other points."""
    policies = {"as-now": {}, "act": measures({"on": "2022-03-01", "officers": {"desk": 4}})}
    path = "policies.act.measures.measure-1.officers.desk"
    assert noticed(world(policies=policies)) != []
    for uncertain in ({path: [3, 5]}, {"posts": {"draw": [3, 5], "sets": [path]}}):
        assert noticed(world(policies=policies, uncertainties=uncertain)) == []


def test_a_measure_whose_scope_no_order_is_in() -> None:
    """The only goods that are ordered for DE need no permit."""
    line = world()["demand"]["line"]
    written = world(policies={"act": measures({"on": "2022-03-01", "destinations": ["DE"], "applications": "hold"})})
    written["demand"]["second"] = line | {"destination": "DE", "sources": {"other": {}}}
    assert noticed(written) == [
        ("policies.act.measures.measure-1", "it changes nothing in any future: no order can be in its scope (DE)")
    ]
    written["demand"]["second"]["sources"]["maker"] = {}
    written["authorities"]["office"]["review"][0]["officers"] = 9
    assert noticed(written) == []


def test_what_may_have_happened_before_is_not_taken_for_certain() -> None:
    scandal = {"scandal": {"rate": "1/y", "window": "1y", "exposure": "1M"}}
    for first in (
        {"after": "scandal", "applications": "hold"},
        {"on": "2022-02-01", "outcomes": [{"chance": 0.5, "applications": "hold"}, {"chance": 0.5}]},
        {
            "when": {"in_force": {"above": 3, "below": 1}, "every": "1mo"},
            "permits": "in_force",
            "then": {"applications": "hold"},
        },
    ):
        policies = {"act": measures(first, {"on": "2022-03-01", "applications": "open"})}
        assert noticed(world(incidents=scandal, policies=policies)) == [], first
    perhaps = {"on": "2022-02-01", "outcomes": [{"chance": 0.5, "applications": "hold"}, {"chance": 0.5}]}
    assert under(perhaps, {"on": "2022-03-01", "applications": "hold"}) == []
    sure = {
        "on": "2022-02-01",
        "outcomes": [{"chance": 0, "applications": "hold"}, {"chance": 1, "permits": "in_force"}],
    }
    assert len(under(sure, {"on": "2022-03-01", "applications": "open"})) == 2


def test_an_inherited_measure_is_idle_only_if_it_is_so_everywhere() -> None:
    opened = {"on": "2022-03-01", "applications": "open"}
    held = {"on": "2022-02-01", "applications": "hold"}
    assert [path for path, _ in under(opened)] == ["policies.act.measures.measure-1"]
    assert under(opened, heir={"extends": "act", "measures": [held]}) == []
    spared = {"extends": "act", "except": {"destinations": ["TR"]}}
    assert under(held, heir=spared) == []


def test_a_scenario_of_more_measures_than_are_looked_at_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportsim.scenario.plausibility.MOST_STEPS", 1)
    ((path, message),) = under(
        {"on": "2022-03-01", "applications": "open"}, {"on": "2022-04-01", "applications": "hold"}
    )
    assert path == "policies" and "come to 4, and 1 are the most" in message  # two policies, and two measures


# --------------------------------------------------------------------------------------------------------- of any world


def lives(ledger: Ledger) -> list[tuple[int, ...]]:
    """What happened to orders, whatever number the measures have that did it."""
    return [
        (*row[:6], 0 if MEANINGS[Fact(row[1])].detail == "measures" else row[6], *row[7:])
        for row in ledger.rows()
        if row[1] != Fact.MEASURE
    ]


@given(testing.mappings(folder=REGISTERS, max_days=90), st.integers(0, 3))
def test_without_the_measures_that_change_nothing_all_is_the_same(written: Written, future: int) -> None:
    named = explicit(build(written, allow_outside=True))
    for policy, each in named["policies"].items():
        for index, measure in enumerate(each["measures"]):
            measure["name"] = f"{policy} {index}"
    for index, measure in enumerate(named.get("history", [])):
        measure["name"] = f"history {index}"
    full = build(named, allow_outside=True)
    idle = [
        warning.path.split(".") for warning in warnings_of(full) if "changes nothing in any future" in warning.message
    ]
    assume(idle)
    gone = {measure for listed, measure, *_ in idle if listed == "history"}
    named["history"] = [each for each in named.get("history", []) if each["name"] not in gone]
    for policy in full.policies:
        gone = {path[3] for path in idle if path[:2] == ["policies", policy]}
        kept = [each for each in named["policies"][policy]["measures"] if each["name"] not in gone]
        named["policies"][policy]["measures"] = kept
    fewer = build(named, allow_outside=True)
    for policy in full.policies:
        before, after = (
            lives(exportsim.simulate(scenario, policy=policy, future=future, engine="compiled"))
            for scenario in (full, fewer)
        )
        assert before == after


@given(testing.scenarios(folder=REGISTERS, max_days=90), st.integers(0, 3))
def test_no_source_is_used_before_it_can_be(scenario: Scenario, future: int) -> None:
    candidates = View(scenario, {}).candidates
    for policy in scenario.policies:
        ledger = exportsim.simulate(scenario, policy=policy, future=future, engine="compiled")
        for minute, fact, line, _, _, supplier, *_ in ledger.rows():
            if fact == Fact.SOURCED:
                name, source = ledger.names.lines[line], ledger.names.suppliers[supplier]
                when = candidates[name].earliest[source]
                assert when is not None
                midnight = datetime.combine(scenario.period.start, datetime.min.time())
                assert when <= midnight + timedelta(minutes=minute)


@given(testing.scenarios(max_days=90))
@settings(max_examples=25, deadline=None)
def test_at_least_as_many_applications_come_as_are_counted(scenario: Scenario) -> None:
    """In the mean of futures, but for six of its standard deviations."""
    view = View(scenario, {})
    demand = Demand(view)
    futures = 30
    start = scenario.period.start
    end = scenario.period.end + timedelta(days=1)
    plan = compile_plan(scenario)
    for place, (policy, course) in enumerate(view.courses.items()):
        player = Player(plan, place)
        days = sorted({start, end, *(day for day in course.days if start < day < end)})
        applied = np.zeros((futures, len(scenario.authorities)))
        for future in range(futures):
            ledger = player.ledger(seed=1, future=future)
            counted = (ledger.fact == Fact.APPLIED) & (ledger.minute >= 0) & (ledger.line >= 0)
            np.add.at(applied[future], ledger.detail[counted], 1)
        for number, authority in enumerate(scenario.authorities):
            pieces = [demand.applications(authority, course, *piece)[0] for piece in pairwise(days)]
            least = sum(orders for piece in pieces for orders in piece.values())
            mean = applied[:, number].mean()
            assert least <= mean + 6 * math.sqrt((least + 1) / futures), (policy, authority)


@pytest.mark.parametrize(
    ("written", "percent", "within"),
    [
        ({"uniform": ["10d", "30d"]}, 100 * (20 / math.sqrt(12)) / 20, "uniform.1"),
        ({"triangular": ["10d", "10d", "40d"]}, 100 * math.sqrt(900 / 18) / 20, "triangular.1"),
        ({"exponential": {"mean": "9d"}}, 100, "exponential.mean"),
        ({"weibull": {"mean": "9d", "shape": 2}}, 100 * math.sqrt(4 / math.pi - 1), "weibull.mean"),
        ({"lognormal": {"mean": "9d", "cv": 0.7}}, 70, "lognormal.mean"),
        ({"lognormal": {"median": "45d", "p90": "90d"}}, 58.2936, "lognormal.median"),
        ({"empirical": ["10d", "30d"]}, 50, ""),
        ({"empirical": {"quantiles": {"0": "10d", "1": "30d"}}}, 100 * (20 / math.sqrt(12)) / 20, ""),
    ],
)
def test_one_number_for_all_in_the_place_of_a_distribution(written: Written, percent: float, within: str) -> None:
    path = "suppliers.maker.lead_time"
    uncertain = {path: {"uniform": ["10d", "40d"]}}
    ((warning),) = warnings_of(build(world(suppliers__maker__lead_time=written, uncertainties=uncertain)))
    assert warning.path == f"uncertainties.{path}" and f"{percent:.3g} % of the mean" in warning.message
    assert f"({next(iter(written))}, standard deviation" in warning.message
    end = f"such as `{path}.{within}`" if within else "vary a number within it"
    assert warning.message.endswith(end)
    if within:  # what is said to do can be done, and silences it
        number = within.rpartition(".")[2]
        low = "10d" if number != "1" else "11d"
        better = {f"{path}.{within}": {"uniform": [low, "29d"]}}
        assert not warnings_of(build(world(suppliers__maker__lead_time=written, uncertainties=better)))


def test_where_a_number_takes_the_place_of_a_number_nothing_is_lost() -> None:
    uncertain = {"suppliers.maker.lead_time": {"uniform": ["10d", "40d"]}}
    for written in ("30d", {"empirical": ["30d"]}):
        assert not warnings_of(build(world(suppliers__maker__lead_time=written, uncertainties=uncertain)))
    by_name = {"authorities.office.review.0.work": ["5d", "10d"]}
    stages = [{"stage": "desk", "officers": 9, "work": {"exponential": {"mean": "9d"}}}]
    ((warning),) = warnings_of(build(world(authorities__office__review=stages, uncertainties=by_name)))
    assert warning.message.endswith("such as `authorities.office.review.desk.work.exponential.mean`")


# --------------------------------------------------------------------------------------------------------- played


def test_most_of_the_value_pending_at_the_end() -> None:
    """Orders of 2022 and 2023 that take three years: nothing is delivered, all is pending."""
    written = world(suppliers__maker__lead_time="3y", demand__line__sources={"maker": {}})
    scenario = build(written)
    result = exportsim.run(scenario, futures=2)
    ((warning),) = result.warnings[len(warnings_of(scenario)) :]
    assert (warning.path, warning.line) == ("period.end", 0)
    assert "on 2023-12-31 more than half of the value ordered is still pending" in warning.message
    assert "under as-now (100 %)" in warning.message
    assert warning in result.noticed
    quick = exportsim.run(build(world()), futures=2)
    assert quick.warnings == quick.noticed == ()


def test_the_share_is_that_of_all_futures_together() -> None:
    from exportsim.analysis.plausibility import noticed as found

    scenario = build(world())
    names = ["pending", "ordered", "open_at_start"]

    def share(*rows: tuple[float, float, float]) -> list[str]:
        return [fault.message for fault in found(scenario, ["as-now"], names, np.array([rows]), {"as-now": 1.0})]

    assert share((50.0, 80.0, 20.0), (50.0, 100.0, 0.0)) == []
    ((message),) = share((50.0, 80.0, 20.0), (51.0, 100.0, 0.0))
    assert "as-now (50.5 %)" in message
    assert share((0.0, 0.0, 0.0)) == []


def test_a_policy_that_changes_nothing_in_any_future() -> None:
    """Nobody waits in front of an officer: four or five make no difference to anybody."""
    policies = {"as-now": {}, "more": measures({"on": "2022-03-01", "officers": {"desk": 100}}), "same": {}}
    stages = [{"stage": "desk", "officers": 99, "work": "1d"}]
    scenario = build(world(authorities__office__review=stages, policies=policies, demand__line__orders="20/y"))
    assert warnings_of(scenario) == []
    result = exportsim.run(scenario, futures=3)
    assert [(fault.path, fault.message) for fault in result.noticed] == [
        ("policies.more", "it changes nothing in any of 3 futures: every order fares as under as-now")
    ]
    held = {"as-now": {}, "held": measures({"on": "2022-03-01", "applications": "hold"})}
    assert not exportsim.run(build(world(policies=held, demand__line__orders="20/y")), futures=3).noticed[1:]


def test_other_traffic_that_fares_otherwise_is_a_change() -> None:
    traffic = {"applications": "300/y"}
    policies = {"as-now": {}, "fewer": measures({"on": "2022-03-01", "officers": {"desk": 5}})}
    stages = [{"stage": "desk", "officers": 9, "work": "5bd"}]
    written = world(authorities__office__review=stages, authorities__office__traffic=traffic, policies=policies)
    written["demand"]["line"]["orders"] = {"2023-12-30": "1/y"}
    result = exportsim.run(build(written), futures=3)
    assert [fault.path for fault in result.noticed if fault.path.startswith("policies")] == []


def test_wherever_it_is_played_the_same_is_noticed(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    scenario = build(world(suppliers__maker__lead_time="3y", authorities__office__validity="1y"))
    here = exportsim.run(scenario, futures=4)
    stored = [exportsim.run(scenario, futures=4, store=tmp_path / "store") for _ in range(2)]
    with ThreadPoolExecutor(2) as executor:
        there = exportsim.run(scenario, futures=4, executor=executor)
    reference = exportsim.run(scenario, futures=4, engine="reference")
    for other in (*stored, there, reference):
        assert other.warnings == here.warnings
        assert other.provenance["warnings"] == here.provenance["warnings"]
    assert [warning["path"] for warning in here.provenance["warnings"]] == ["authorities.office.validity", "period.end"]


def test_warnings_change_neither_digest_nor_result() -> None:
    text = json.dumps(office(3))
    loud, quiet = loads(text), loads(text)
    quiet._origin = quiet.origin._replace(warnings=())
    assert loud == quiet and digest(loud) == digest(quiet)
    assert warnings_of(loud) and not warnings_of(quiet)
    assert np.array_equal(exportsim.run(loud, futures=2).values, exportsim.run(quiet, futures=2).values, equal_nan=True)


# --------------------------------------------------------------------------------------------------------- commands


@pytest.fixture
def shell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_figure: None
) -> Shell:
    monkeypatch.chdir(tmp_path)
    policies = {"as-now": {}, "held": measures({"on": "2022-03-01", "applications": "hold"})}
    odd = office(3, policies=policies) | {"uncertainties": {"suppliers.maker.lead_time": ["20d", "200d"]}}
    Path("odd.yaml").write_text(json.dumps(odd))
    Path("even.yaml").write_text(json.dumps(odd | {"title": "Even"}).replace('"officers": 3', '"officers": 9'))
    Path("late.yaml").write_text(json.dumps(world(suppliers__maker__lead_time="3y", policies={"as-now": {}})))
    Path("record.csv").write_text("outcome,period,value,error,source\nexports,2022,40M,1M,judgement\n")
    return Shell(capsys)


FIT = ("--data", "record.csv", "--fit", "suppliers.maker.slots={uniform: [1, 9]}", "--policy", "as-now")
COMMANDS = {
    "check": ("check", "FILE"),
    "run": ("run", "FILE", "--futures", "2"),
    "report": ("report", "FILE", "--futures", "2", "--out", "x.html"),
    "compare": ("compare", "FILE", "even.yaml", "--futures", "2"),
    "sweep": ("sweep", "FILE", "--over", "suppliers.maker.slots=8,9", "--futures", "2"),
    "sensitivity": (
        "sensitivity",
        "FILE",
        "--policy",
        "as-now",
        "--method",
        "morris",
        "--samples",
        "8",
        "--futures",
        "2",
    ),
    "calibrate": ("calibrate", "FILE", *FIT, "--trials", "24", "--futures", "20"),
    "test": ("test", "FILE", "--futures", "2", "--plays", "0"),
    "predict": ("predict", "FILE", "--policy", "as-now", "--samples", "2", "--futures", "2"),
    "seek": ("seek", "FILE", "--lever", "suppliers.maker.slots=8..9", "--target", "exports>=0", "--futures", "2"),
    "backlog": (
        *["backlog", "FILE", "--order", "2022-02-01", "--line", "line", "--by", "2023-02-01", "--futures", "2"],
    ),
    "trace": ("trace", "FILE", "--policy", "held", "--why", "pending"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_reads_a_scenario_warns_and_is_strict_if_asked(shell: Shell, name: str) -> None:
    words = [word.replace("FILE", "odd.yaml") for word in COMMANDS[name]]
    said = shell(*words, "--strict")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("odd.yaml:1:") and f"{OFFICERS}: desk at office: " in said.err
    assert said.err.endswith("1 fault\n") and "warning" not in said.err
    assert not Path("x.html").exists()
    said = shell(*words)
    assert said.status == 0
    assert f"{OFFICERS}: desk at office: " in said.err and said.err.startswith("warning: odd.yaml:1:")


def test_every_command_that_takes_a_scenario_takes_strict() -> None:
    from exportsim import cli

    reading = {
        name
        for name, command in cli.exportsim.commands.items()
        if any(parameter.name == "max_orders" for parameter in command.params)
    }
    # One goes on until it is interrupted; three play nothing, and say what is odd of nothing.
    assert reading == {*COMMANDS, "serve", "diff", "fmt", "score"}


def test_a_page_is_not_served_of_an_odd_scenario_if_strict(shell: Shell) -> None:
    said = shell("serve", "odd.yaml", "--no-browser", "--strict")
    assert (said.status, said.out) == (2, "")
    assert f"{OFFICERS}: desk at office: " in said.err and said.err.endswith("1 fault\n")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"report"}))
def test_warnings_are_in_json(shell: Shell, name: str) -> None:
    words = [word.replace("FILE", "odd.yaml") for word in COMMANDS[name]]
    said = shell(*words, "--json")
    found = json.loads(said.out)["warnings"]
    listed = found["odd"] if name == "compare" else found
    assert [warning["path"] for warning in listed][:1] == [OFFICERS]
    assert set(listed[0]) == {"file", "line", "column", "path", "message"}
    if name != "check":
        assert shell(*words, "--json", "--strict").status == 2


def test_check_json_says_faults_if_strict(shell: Shell) -> None:
    said = shell("check", "odd.yaml", "--json", "--strict")
    found = json.loads(said.out)
    assert found["valid"] is False and [fault["path"] for fault in found["faults"]] == [OFFICERS]


def test_what_a_play_shows_comes_after_the_answer_and_ends_a_strict_run(shell: Shell) -> None:
    said = shell("run", "late.yaml", "--futures", "2")
    assert said.status == 0 and "means of 2 futures" in said.out
    assert "warning: late.yaml: period.end: on 2023-12-31 more than half" in said.err
    strict = shell("run", "late.yaml", "--futures", "2", "--strict", "--out", "kept")
    assert strict.status == 2 and "means of 2 futures" in strict.out and Path("kept", "summary.csv").exists()
    assert "late.yaml: period.end: on 2023-12-31" in strict.err and strict.err.endswith("1 fault\n")
    assert shell("report", "late.yaml", "--futures", "2", "--strict", "--out", "late.html").status == 2
    assert "period.end" in Path("late.html").read_text(encoding="utf-8")
    assert shell("compare", "late.yaml", "late2.yaml", "--strict").status == 2


def test_quiet_silences_warnings_but_no_faults(shell: Shell) -> None:
    for words in (("run", "late.yaml"), ("report", "late.yaml", "--out", "y.html")):
        assert shell(*words, "--futures", "2", "--quiet") == (0, "", "")
        said = shell(*words, "--futures", "2", "--quiet", "--strict", "--force")
        assert (said.status, said.out) == (2, "") and "period.end" in said.err


def test_folder_and_report_show_them(shell: Shell) -> None:
    shell("run", "odd.yaml", "--futures", "2", "--out", "answer", "--quiet")
    origin = json.loads(Path("answer/provenance.json").read_text(encoding="utf-8"))
    assert OFFICERS in [warning["path"] for warning in origin["warnings"]]
    assert "odd.yaml" not in json.dumps(origin)
    text = Path("answer/README.txt").read_text(encoding="utf-8")
    assert "does it make sense?" in text and OFFICERS in text
    said = shell("report", "answer", "--out", "odd.html")
    assert said.status == 0 and "warning: answer/scenario.yaml:" in said.err
    page = Path("odd.html").read_text(encoding="utf-8")
    assert "Before you use it" in page and f"<code>{OFFICERS}</code>: desk at office: at least 100" in page
    assert page.index('id="answer"') < page.index("Before you use it") < page.index('id="policies"')
    Path("fine.yaml").write_text(json.dumps(world()))
    shell("run", "fine.yaml", "--futures", "2", "--out", "fine", "--quiet")
    assert "sense" not in Path("fine/README.txt").read_text(encoding="utf-8")
    shell("report", "fine.yaml", "--futures", "2", "--out", "fine.html", "--quiet")
    assert 'id="noticed"' not in Path("fine.html").read_text(encoding="utf-8")


def test_faults_of_several_files_are_told_at_once(shell: Shell) -> None:
    Path("bad.yaml").write_text("exportsim: 2\n")
    said = shell("compare", "bad.yaml", "odd.yaml", "--strict")
    assert said.status == 2 and "bad.yaml" in said.err and "odd.yaml" in said.err


def test_in_python_warnings_can_be_had_of_scenario_and_result() -> None:
    scenario = build(office(3))
    result = exportsim.run(scenario, futures=1)
    assert [warning.path for warning in result.warnings] == [OFFICERS, *(each.path for each in result.noticed)]
    with pytest.raises(ScenarioError, match=r"officers: desk at office"):
        raise ScenarioError(result.warnings)


def test_the_page_about_warnings_shows_what_is_said() -> None:
    root = Path(__file__).parents[1]
    page = " ".join((root / "docs" / "warnings.md").read_text(encoding="utf-8").split())
    override = "authorities.ecju.review.review.officers=1"
    scenario = exportsim.load(root / "scenarios" / "quickstart.yaml", overrides=CommandLine([override]))
    ((warning),) = warnings_of(scenario)
    assert f"--set {override} " in page and f"warning: {warning}" in page


def test_a_point_of_a_study_is_the_same_scenario_with_nothing_odd_looked_for() -> None:
    scenario = build(office(9))
    overloaded = {"authorities.office.review.desk.officers": 1}
    varied, point = vary(scenario, overloaded), point_of(scenario, overloaded)
    assert digest(point) == digest(varied) != digest(scenario)
    assert [warning.path for warning in warnings_of(varied)] == ["authorities.office.review.desk.officers"]
    assert warnings_of(point) == []
