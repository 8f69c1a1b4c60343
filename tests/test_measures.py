"""Measures in words: each kind by a sentence written by hand, and whatever a policy may hold without a name in code."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from exportsim import Scenario, testing
from exportsim.report.measures import measure_sentences
from exportsim.scenario import build

WORLD: dict[str, Any] = {
    "exportsim": 1,
    "period": {"start": "2020-01-01", "end": "2021-12-31"},
    "currency": "GBP",
    "goods": {"radar": {"title": "Radar sets"}, "night_sights": {}},
    "authorities": {
        "ecju": {
            "title": "Export Control Joint Unit",
            "country": "GB",
            "review": [{"stage": "first_look", "officers": 3, "work": "1d"}],
            "case_by_case": {"review": [{"stage": "advice", "officers": 1, "work": "1d"}]},
        },
        "bafa": {
            "country": "DE",
            "review": [{"stage": "first_look", "officers": 1, "work": "1d"}],
            "case_by_case": {"review": []},
        },
    },
    "suppliers": {
        "maker": {"country": "GB", "authority": "ecju", "slots": 1, "lead_time": "30d"},
        "other": {"country": "DE", "authority": "bafa", "slots": 1, "lead_time": "30d"},
    },
    "demand": {
        f"{destination}-{goods}": {
            "buyer": "navy",
            "destination": destination,
            "goods": goods,
            "orders": "5/y",
            "value": "1M",
            "programmes": {"joint": 0.2, "deep_sea": 0.2},
            "sources": {"maker": {}, "other": {}},
        }
        for destination in ("TR", "NL", "XZ")
        for goods in ("radar", "night_sights")
    },
    "incidents": {"raid": {"title": "A raid", "rate": "1/y", "window": "1y", "exposure": "1M"}},
}
ON = {"on": "2021-04-12"}


def world(**policies: dict[str, Any]) -> Scenario:
    return build(WORLD | {"policies": {"free": {}} | policies})


def said(*measures: dict[str, Any]) -> list[str]:
    return measure_sentences(world(tested={"measures": list(measures)}), "tested")


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "exempt": (ON | {"applications": "exempt"}, "From 12 April 2021, no order needs a permit."),
    "open": (ON | {"applications": "open"}, "From 12 April 2021, all applications are decided as usual."),
    "case by case": (
        ON | {"applications": "case_by_case", "destinations": ["TR"]},
        "From 12 April 2021, applications for Türkiye are decided case by case.",
    ),
    "hold": (
        ON | {"applications": "hold", "goods": ["radar"]},
        "From 12 April 2021, applications for Radar sets are held undecided.",
    ),
    "deny": (
        ON | {"applications": "deny", "goods": ["night_sights"], "destinations": ["NL"]},
        "From 12 April 2021, applications for night sights to the Netherlands are denied.",
    ),
    "exempt in a scope": (
        ON | {"applications": "exempt", "destinations": ["NL", "XZ"]},
        "From 12 April 2021, orders for the Netherlands and XZ need no permit.",
    ),
    "suspend": (ON | {"permits": "suspended"}, "From 12 April 2021, all permits are suspended."),
    "reinstate": (
        ON | {"permits": "in_force", "authorities": ["ecju"]},
        "From 12 April 2021, permits at Export Control Joint Unit are in force.",
    ),
    "cancel what is suspended": (
        ON | {"cancel": "suspended", "destinations": ["TR"]},
        "On 12 April 2021, suspended permits for Türkiye are cancelled.",
    ),
    "cancel all": (
        ON | {"cancel": "all", "programmes": ["joint"]},
        "On 12 April 2021, all permits under the programme joint are cancelled.",
    ),
    "programmes": (
        ON | {"permits": "suspended", "programmes": ["joint", "deep_sea"]},
        "From 12 April 2021, permits under the programmes joint and deep sea are suspended.",
    ),
    "no programme": (
        ON | {"permits": "suspended", "programmes": ["none"]},
        "From 12 April 2021, permits without a programme are suspended.",
    ),
    "one programme or none": (
        ON | {"permits": "suspended", "programmes": ["none", "joint"]},
        "From 12 April 2021, permits under the programme joint or without one are suspended.",
    ),
    "every axis": (
        ON
        | {"applications": "deny", "authorities": ["ecju"], "goods": ["radar"], "destinations": ["TR"]}
        | {"programmes": ["joint"]},
        "From 12 April 2021, applications at Export Control Joint Unit for Radar sets to Türkiye under the programme "
        "joint are denied.",
    ),
    "officers of several authorities": (
        ON | {"officers": {"first_look": 5}},
        "From 12 April 2021, 5 officers each work at the stage first look of Export Control Joint Unit and bafa.",
    ),
    "officers of one": (
        ON | {"officers": {"first_look": 1, "advice": 0}, "authorities": ["ecju"]},
        "From 12 April 2021, 1 officer works at the stage first look of Export Control Joint Unit and no officer works "
        "at the stage advice of Export Control Joint Unit.",
    ),
    "several things": (
        ON | {"applications": "hold", "permits": "suspended", "cancel": "all", "destinations": ["TR"]},
        "On 12 April 2021, applications for Türkiye are held undecided, permits for Türkiye are suspended and all "
        "permits for Türkiye are cancelled.",
    ),
    "but for some": (
        ON
        | {"applications": "hold"}
        | {"except": [{"destinations": ["TR"]}, {"programmes": ["joint"], "goods": ["radar"]}]},
        "From 12 April 2021, applications (except those for Türkiye, and except those for Radar sets under the "
        "programme joint) are held undecided.",
    ),
    "some, but for some of them": (
        ON
        | {"applications": "hold", "destinations": ["TR"]}
        | {"except": {"destinations": ["TR"], "programmes": ["joint"]}},
        "From 12 April 2021, applications for Türkiye (except those under the programme joint) are held undecided.",
    ),
    "what is left of those named": (
        ON | {"applications": "hold", "destinations": ["TR", "NL"], "except": {"destinations": ["NL"]}},
        "From 12 April 2021, applications for Türkiye are held undecided.",
    ),
    "but for what it does not reach": (
        ON | {"applications": "hold", "destinations": ["TR"], "except": {"destinations": ["NL"]}},
        "From 12 April 2021, applications for Türkiye are held undecided.",
    ),
    "but for all of it": (
        ON | {"applications": "hold", "destinations": ["TR"], "except": {"destinations": ["TR", "NL"]}},
        "From 12 April 2021, nothing is done.",
    ),
    "what is approved": (
        ON | {"approval": 0.25, "destinations": ["TR"]},
        "From 12 April 2021, 25 % of applications for Türkiye are approved.",
    ),
    "denied, but for some": (
        ON | {"applications": "deny", "approval": 0.1, "goods": ["radar"]},
        "From 12 April 2021, applications for Radar sets are denied but for 10 % of those that are reviewed.",
    ),
    "a general licence": (
        ON | {"applications": "exempt", "take_up": 0.7},
        "From 12 April 2021, 70 % of all orders use a general licence and need no permit, the others apply as usual.",
    ),
    "a general licence for all": (
        ON | {"applications": "exempt", "take_up": "standard", "destinations": ["TR"]},
        "From 12 April 2021, orders for Türkiye need no permit.",
    ),
    "slower": (
        ON | {"work": 1.5, "destinations": ["TR"]},
        "From 12 April 2021, work on applications for Türkiye takes 1.5 times as long.",
    ),
    "slower at one stage": (
        ON | {"work": {"advice": 2, "first_look": "standard"}},
        "From 12 April 2021, work on all applications at the stage advice takes 2 times as long and work on all "
        "applications at the stage first look takes as long as usual.",
    ),
    "as fast as usual": (
        ON | {"work": "standard"},
        "From 12 April 2021, work on all applications takes as long as usual.",
    ),
    "who is taken up first": (
        ON | {"priority": "first", "destinations": ["TR"]},
        "From 12 April 2021, applications for Türkiye are taken up first.",
    ),
    "who is taken up last": (ON | {"priority": "last"}, "From 12 April 2021, all applications are taken up last."),
    "who is taken up in turn": (
        ON | {"priority": "standard", "goods": ["radar"]},
        "From 12 April 2021, applications for Radar sets are taken up in their turn.",
    ),
    "how long permits are valid": (
        ON | {"validity": "18mo", "goods": ["radar"]},
        "From 12 April 2021, permits issued for Radar sets are valid for 18 months.",
    ),
    "valid without end": (ON | {"validity": "never"}, "From 12 April 2021, all permits issued are valid without end."),
    "as usual": (
        ON | {"approval": "standard", "validity": "standard"},
        "From 12 April 2021, all applications are approved as often as usual and all permits issued are valid for as "
        "long as usual.",
    ),
    "after an incident": (
        {"after": "raid", "permits": "suspended"},
        "As soon as evidence of diversion is found (A raid), all permits are suspended.",
    ),
    "a time after it": (
        {"after": "raid", "delay": "10bd", "permits": "suspended"} | {"delay": "3w"},
        "3 weeks after evidence of diversion is found (A raid), all permits are suspended.",
    ),
    "uniform": (
        {"after": "raid", "delay": {"uniform": ["1d", "1.5mo"]}, "permits": "suspended"},
        "Between 1 day and 1.5 months after evidence of diversion is found (A raid), all permits are suspended.",
    ),
    "triangular": (
        {"after": "raid", "delay": {"triangular": ["4mo", "6mo", "1y"]}, "permits": "suspended"},
        "Between 4 months and 1 year, most likely 6 months, after evidence of diversion is found (A raid), all permits "
        "are suspended.",
    ),
    "lognormal": (
        {"after": "raid", "delay": {"lognormal": {"median": "45d", "p90": "90d"}}, "permits": "suspended"},
        "About 45 days after evidence of diversion is found (A raid), in 9 cases of 10 within 90 days, all permits are "
        "suspended.",
    ),
    "by its mean": (
        {"after": "raid", "delay": {"exponential": {"mean": "203d"}}, "permits": "suspended"},
        "About 203 days after evidence of diversion is found (A raid), all permits are suspended.",
    ),
    "one of a few": (
        {"after": "raid", "delay": {"empirical": ["1d", "8h", "30min"]}, "permits": "suspended"},
        "After evidence of diversion is found (A raid), with the same chance after 1 day, 8 hours and 30 minutes, all "
        "permits are suspended.",
    ),
    "one of many, by their mean": (
        {"after": "raid", "delay": {"empirical": ["1d", "2d", "3d", "4d", "5d"]}, "permits": "suspended"},
        "About 3 days after evidence of diversion is found (A raid), all permits are suspended.",
    ),
    "outcomes": (
        ON
        | {"destinations": ["TR"]}
        | {
            "outcomes": [
                {"chance": 0.4, "cancel": "suspended"},
                {"chance": 0.475, "permits": "in_force"},
                {"chance": 0.125},
            ]
        },
        "On 12 April 2021, with probability 40 %, suspended permits for Türkiye are cancelled; with probability "
        "47.5 %, permits for Türkiye are in force; with probability 12.5 %, nothing is done.",
    ),
    "a threshold, and what is done below it": (
        {
            "when": {"in_review": {"above": 1500, "below": 800}, "every": "1mo"},
            "applications": "exempt",
            "then": {"applications": "open"},
            "destinations": ["TR"],
        },
        "When a check, made at intervals of 1 month, finds more than 1,500 applications for Türkiye in review, orders "
        "for Türkiye need no permit; once one finds fewer than 800, applications for Türkiye are decided as usual.",
    ),
    "a threshold that may be passed again": (
        {"when": {"held": {"above": 1, "below": 1}, "every": "2w"}, "officers": {"advice": 4}, "authorities": ["ecju"]},
        "When a check, made at intervals of 2 weeks, finds more than 1 application at Export Control Joint Unit held "
        "undecided, 4 officers work at the stage advice of Export Control Joint Unit; this may come again once one has "
        "found none.",
    ),
    "a threshold that is passed once": (
        {"when": {"in_force": {"above": 20, "below": 0}, "every": "30d"}, "applications": "hold"},
        "The first time that a check, made at intervals of 30 days, finds more than 20 permits in force, all "
        "applications are held undecided.",
    ),
    "a threshold in money": (
        {
            "when": {"delivered": {"above": "2.5M", "below": "500k"}, "every": "1w", "window": "1y"},
            "permits": "suspended",
            "goods": ["radar"],
        },
        "When a check, made at intervals of 1 week, finds more than GBP 2.5M delivered under licence for Radar sets "
        "within 1 year, permits for Radar sets are suspended; this may come again once one has found less than GBP "
        "500k.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_measure_in_words(kind: str) -> None:
    measure, sentence = KINDS[kind]
    assert said(measure) == [sentence]


def test_measures_come_by_their_dates_and_those_without_one_after() -> None:
    later, raid, sooner = (
        {"on": "2021-02-01", "applications": "hold"},
        {"after": "raid", "applications": "hold"},
        {"on": "2020-02-01", "applications": "open"},
    )
    assert [sentence[:20] for sentence in said(later, raid, sooner)] == [
        "From 1 February 2020", "From 1 February 2021", "As soon as evidence ",
    ]  # fmt: skip


def test_a_policy_does_what_it_extends_but_for_its_exceptions() -> None:
    scenario = world(
        base={"measures": [{"on": "2020-05-01", "applications": "deny", "destinations": ["TR", "NL"]}]},
        mild={"extends": "base", "except": {"destinations": ["NL"]}, "measures": [ON | {"permits": "suspended"}]},
    )
    assert measure_sentences(scenario, "mild") == [
        "From 1 May 2020, applications for Türkiye are denied.",
        "From 12 April 2021, all permits are suspended.",
    ]
    assert measure_sentences(scenario, "free") == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(testing.scenarios(max_days=60))
@pytest.mark.long
def test_no_measure_is_said_in_code(scenario: Scenario) -> None:
    for policy in scenario.policies:
        for sentence in measure_sentences(scenario, policy):
            assert not re.search(r"[_{}\[\]]|  |\bNone\b| [.,;)]|\( ", sentence), sentence
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence.endswith(".") and not sentence.endswith("..")
