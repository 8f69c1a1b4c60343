"""One order's life: what is told of it, where it parts from its life under another policy, and what parted them."""

from __future__ import annotations

import copy
import html
import json
import textwrap
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len
from ruamel.yaml import YAML

import exportsim
from exportsim import ExportsimError, Fact, Scenario, cli, language
from exportsim.analysis.divergence import Channel
from exportsim.analysis.trace import Happening
from exportsim.report.fact_sentences import sentence
from exportsim.report.json import as_json
from exportsim.report.number_format import money
from exportsim.report.orders_by_fate import describe, find
from exportsim.report.text import page as page_of
from exportsim.report.titles import Titles, days
from exportsim.report.trace import Trace
from worlds import one_office

# One office with one officer, one maker with one slot who needs its permit, and somebody elsewhere who does not.
WORLD = one_office(
    title="A small world",
    period__start="2024-01-01", period__end="2024-12-31",
    goods__lamps__title="Lamps",
    authorities__office={
        "title": "The Office", "country": "CA", "calendar": {"weekend": []},
        "review": [{"stage": "desk", "officers": 1, "work": "2d"}],
        "case_by_case": {"review": [{"stage": "minister", "officers": 1, "work": "5d"}]},
    },
    suppliers__maker__title="Maker Ltd", suppliers__maker__lead_time="10d",
    suppliers__elsewhere={"country": "ZA", "slots": 1, "lead_time": "30d"},
    demand__x={
        "buyer": "navy", "destination": "TR", "goods": "lamps", "parts": 2,
        "sources": {"maker": {"weight": 1e9}, "elsewhere": {"weight": 1e-9}},
    },
    policies={"free": {}},
)  # fmt: skip


def read(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(textwrap.dedent(text))


def merged(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return below | {key: merged(below.get(key), value) for key, value in above.items()}


class Worlds:
    """Builds small worlds with the orders of a register: ``2024-01-01 1000.00 programme`` a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, policies: str, more: str = "{}", *, orders: str = "2024-01-01 1000.00", line: str = "x"
    ) -> Scenario:
        return exportsim.build(self.mapping(policies, more, orders=orders), folder=self.folder)

    def mapping(self, policies: str, more: str = "{}", *, orders: str = "2024-01-01 1000.00") -> dict[str, Any]:
        world = merged(copy.deepcopy(WORLD), read(more))
        world["policies"] |= read(policies)
        rows = [[*record.split(), ""][:3] for record in orders.strip().splitlines()]
        text = "\n".join(["date,value,programme", *(",".join(row) for row in rows)])
        (self.folder / "orders.csv").write_text(text + "\n", encoding="utf-8")
        register = {"register": "orders.csv", "date": "date", "value": "value", "programme": "programme"}
        world["demand"]["x"]["orders"] = register
        return world


@pytest.fixture
def worlds(tmp_path: Path) -> Worlds:
    return Worlds(tmp_path)


def told(scenario: Scenario, policy: str, reference: str | None = None, order: str = "x/1") -> Trace:
    return exportsim.trace(scenario, policy, order, reference=reference, engine="reference")


def expected(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


SUSPENDED = """
suspended:
  title: Stopped, and let go
  measures:
    - {on: 2024-01-05, permits: suspended, destinations: [TR]}
    - {name: let-go, on: 2024-02-05, permits: in_force, destinations: [TR]}
"""


# ------------------------------------------------------------------ what is told


def test_a_life_to_the_character(worlds: Worlds) -> None:
    assert str(told(worlds(SUSPENDED), "suspended")) == expected("""
        x/1: Lamps for navy
        Future 0, seed 1

        Under suspended: Stopped, and let go
         1 Jan 2024  navy (Türkiye) ordered Lamps for EUR 1k in 2 parts.
                     Maker Ltd was chosen (2 parts, EUR 1k).
                     The Office received the application.
                     An officer took it up at desk.
         3 Jan 2024  The officer at desk finished after 2 days of review.
                     The Office issued the permit, 2 days after the application.
         5 Jan 2024  The permit was suspended by the measure of 5 January 2024 (EUR 1k
                     undelivered).
        13 Jan 2024  Part 1 of 2 was finished by Maker Ltd and waited.
        23 Jan 2024  Part 2 of 2 was finished by Maker Ltd and waited.
         5 Feb 2024  The permit was in force again by measure 'let-go' of 5 February
                     2024, 31 days after its suspension.
                     Part 1 of 2 was delivered, 23 days after it was finished (EUR 500).
                     Part 2 of 2 was delivered, 13 days after it was finished (EUR 500).
        In the end: EUR 1k delivered by Maker Ltd.
    """)


def test_two_lives_one_after_the_other_to_the_character(worlds: Worlds) -> None:
    assert (
        str(told(worlds(SUSPENDED), "suspended", "free")).split("Under suspended")[0]
        == expected("""
        x/1: Lamps for navy
        Future 0, seed 1

        The two lives part on 5 January 2024, by the measure of 5 January 2024 under
          “Stopped, and let go” (permits for Türkiye are suspended).
        It decided whether the order's permit was in force.
    """)
        + "\n\n"
    )
    assert str(told(worlds(SUSPENDED), "suspended", "free")).partition("\nUnder free")[2] == "\n" + expected("""
        As under “Stopped, and let go” until they part.
        ── 5 January 2024: here they part ──
        13 Jan 2024  Part 1 of 2 was finished and delivered (EUR 500).
        23 Jan 2024  Part 2 of 2 was finished and delivered (EUR 500).
        In the end: EUR 1k delivered by Maker Ltd.
    """)


def test_two_lives_beside_each_other_to_the_character(worlds: Worlds) -> None:
    page = told(worlds(SUSPENDED), "suspended", "free").page(width=100).text()
    assert page.partition("was in force.\n\n")[2].rstrip() == expected("""
                     Under suspended: Stopped, and let go       | Under free
         1 Jan 2024  navy (Türkiye) ordered Lamps for EUR 1k    | navy (Türkiye) ordered Lamps for EUR 1k
                     in 2 parts.                                | in 2 parts.
                     Maker Ltd was chosen (2 parts, EUR 1k).    | Maker Ltd was chosen (2 parts, EUR 1k).
                     The Office received the application.       | The Office received the application.
                     An officer took it up at desk.             | An officer took it up at desk.
         3 Jan 2024  The officer at desk finished after 2       | The officer at desk finished after 2
                     days of review.                            | days of review.
                     The Office issued the permit, 2 days       | The Office issued the permit, 2 days
                     after the application.                     | after the application.
        ── 5 January 2024: here they part ──
         5 Jan 2024  The permit was suspended by the measure    |
                     of 5 January 2024 (EUR 1k undelivered).    |
        13 Jan 2024  Part 1 of 2 was finished by Maker Ltd      | Part 1 of 2 was finished and delivered
                     and waited.                                | (EUR 500).
        23 Jan 2024  Part 2 of 2 was finished by Maker Ltd      | Part 2 of 2 was finished and delivered
                     and waited.                                | (EUR 500).
         5 Feb 2024  The permit was in force again by measure   |
                     'let-go' of 5 February 2024, 31 days       |
                     after its suspension.                      |
                     Part 1 of 2 was delivered, 23 days after   |
                     it was finished (EUR 500).                 |
                     Part 2 of 2 was delivered, 13 days after   |
                     it was finished (EUR 500).                 |
                     In the end: EUR 1k delivered by Maker Ltd. | In the end: EUR 1k delivered by Maker Ltd.
    """)


@pytest.mark.parametrize("width", [40, 80, 99, 100, 160, 300])
def test_no_line_is_wider_than_the_page(worlds: Worlds, width: int) -> None:
    page = told(worlds(SUSPENDED), "suspended", "free").page(width=width)
    lines = page.text().splitlines()
    assert max(map(cell_len, lines)) <= (80 if width < 100 else min(width, 160))
    assert any(" | " in line for line in lines) == (width >= 100)


def test_every_fact_has_a_sentence(worlds: Worlds) -> None:
    world = worlds(SUSPENDED, "incidents: {war: {on: 2024-02-01, window: 1y, exposure: 1}}")
    life = told(world, "suspended").lives[0]
    titles, act = Titles(world, life), life.acts[0]
    for fact in Fact:
        said = sentence(titles, Happening(0, act.minute, fact, True, 1, 0, 0, 100, 2 * 1440, act))
        assert said.endswith(".") and " " in said and "  " not in said, fact


def says(trace: Trace) -> str:
    return " ".join(trace.frame()["sentence"])


def test_held_is_told_with_the_measure_that_holds_and_withdrawn_with_the_wait(worlds: Worlds) -> None:
    held = worlds(
        "held: {measures: [{name: Notice 992, on: 2024-01-30, applications: hold}]}",
        "demand: {x: {patience: {review: 60d}}}",
        orders="2024-02-01 1000.00",
    )
    text = says(told(held, "held"))
    assert (
        "The application was held undecided, 2 days after it was made: applications for Türkiye were held, by measure "
        "'Notice 992' of 30 January 2024." in text
    )
    assert "navy withdrew the application, 60 days after it was made (EUR 1k open)." in text
    assert "elsewhere was chosen (2 parts, EUR 1k; attempt 2)." in text


def test_denied_by_a_measure_is_not_denied_on_the_merits(worlds: Worlds) -> None:
    denied = worlds("closed: {measures: [{on: 2024-01-02, applications: deny}]}")
    assert "denied the application, 2 days after it was received: applications for Türkiye were denied, by the" in says(
        told(denied, "closed")
    )
    never = worlds("{}", "authorities: {office: {approval: 0}}")
    assert "denied the application on its merits, 2 days after it was received." in says(told(never, "free"))


def test_case_by_case_an_exemption_and_a_programme(worlds: Worlds) -> None:
    world = worlds(
        """
        cases: {measures: [{on: 2024-01-02, applications: case_by_case, programmes: [nato]}]}
        exempt: {measures: [{on: 2024-01-01, applications: exempt}]}
        """,
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="2024-01-01 1000.00 nato",
    )
    cases = says(told(world, "cases"))
    assert "ordered Lamps for EUR 1k in 2 parts under the programme nato." in cases
    assert (
        "Passed on to case-by-case review: applications for Türkiye under the programme nato were decided case by "
        "case, by the measure of 2 January 2024." in cases
    )
    assert (
        "The permit was there at once, without an application: orders for Türkiye under the programme nato needed "
        "no permit, by the measure of 1 January 2024." in says(told(world, "exempt"))
    )


def test_cancelled_stranded_expired_unserved_and_lost(worlds: Worlds) -> None:
    world = worlds.mapping(
        """
        cancelled: {measures: [{on: 2024-01-05, permits: suspended}, {on: 2024-01-15, cancel: suspended}]}
        closed: {measures: [{on: 2024-01-01, applications: deny}]}
        """
    )
    del world["demand"]["x"]["sources"]["elsewhere"]
    text = says(told(exportsim.build(world, folder=worlds.folder), "cancelled"))
    assert "The permit was cancelled by the measure of 15 January 2024 (EUR 1k undelivered)." in text
    assert "Part 1 of 2, finished, could not be delivered any more (EUR 500)." in text
    assert "EUR 1k was lost: no supplier was left." in text
    world["demand"]["x"]["patience"] = {"unserved": "30d"}
    unserved = says(told(exportsim.build(world, folder=worlds.folder), "closed"))
    assert "No supplier could be used; the order waited (EUR 1k open)." in unserved
    assert "EUR 1k was lost: navy found no supplier and gave up, 30 days after it could not be placed." in unserved
    world["authorities"]["office"]["validity"] = "15d"
    expired = says(told(exportsim.build(world, folder=worlds.folder), "free"))
    assert "The permit expired, 15 days after its issue (EUR 500 undelivered)." in expired
    assert "received the application for a new permit; production went on." in expired


def test_around_the_order_stand_measures_incidents_and_qualifications_that_concern_it(worlds: Worlds) -> None:
    world = worlds(
        """
        busy:
          measures:
            - {on: 2024-01-02, officers: {desk: 3}}
            - {on: 2024-01-02, applications: hold, destinations: [TR]}
            - {name: queue, when: {held: {above: 0, below: 0}, every: 10d}, officers: {desk: 4}}
        """,
        """
        incidents: {war: {title: A war, on: 2024-01-20, window: 1y, exposure: 1}}
        demand:
          x:
            patience: {review: 60d}
            sources: {elsewhere: {qualification: {starts: disruption, time: 4d}}}
        """,
    )
    text = says(told(world, "busy"))
    assert "A measure acted: 3 officers work at the stage desk of The Office." in text
    assert (
        "Measure 'queue' acted at 1 application held undecided: 4 officers work at the stage desk of The Office."
        in text
    )
    assert "elsewhere qualified: it can be chosen from now on." in text
    assert "Incident: A war." in text


def test_parts_are_as_many_as_are_delivered(worlds: Worlds) -> None:
    world = worlds("{}", "demand: {x: {parts: {uniform: [1, 9]}}}", orders="2024-01-01 1000.00\n" * 9)
    for number in range(1, 10):
        life = told(world, "free", order=f"x/{number}").lives[0]
        delivered = [fact.detail for fact in life.own if fact.fact is Fact.DELIVERED]
        assert delivered == list(range(1, life.parts + 1))[: len(delivered)]
        assert life.account().pending or len(delivered) == life.parts


def test_amounts_in_three_digits_and_waits_in_days() -> None:
    told = [money(cents, "CAD") for cents in (0, 1, 12345, 99_950, 123_456_00, 5_234_567_00, 1_000_000_000_00)]
    assert told == ["CAD 0", "CAD 0.01", "CAD 123.45", "CAD 1k", "CAD 123k", "CAD 5.23M", "CAD 1B"]
    assert [days(minutes) for minutes in (720, 1440, 2160, 1_440_000)] == ["1 day", "1 day", "2 days", "1,000 days"]


# ------------------------------------------------------------------ what parted two lives

PARTED = {
    "suspension": ("[{on: 2024-01-05, permits: suspended}]", "{}", Channel.PERMITS, "2024-01-05"),
    "suspended when issued": (
        "[{on: 2024-01-02, permits: suspended}]", "{}", Channel.PERMITS, "2024-01-02",
    ),
    "cancellation": (
        "[{on: 2024-01-05, cancel: all}]", "{}", Channel.CANCELLATION, "2024-01-05",
    ),
    "hold": ("[{on: 2024-01-02, applications: hold}]", "{}", Channel.APPLICATIONS, "2024-01-02"),
    "deny": ("[{on: 2024-01-02, applications: deny}]", "{}", Channel.APPLICATIONS, "2024-01-02"),
    "case by case": (
        "[{on: 2024-01-01, applications: hold}, {on: 2024-01-02, applications: case_by_case}]",
        "{}", Channel.APPLICATIONS, "2024-01-02",
    ),
    "exempt": ("[{on: 2024-01-01, applications: exempt}]", "{}", Channel.APPLICATIONS, "2024-01-01"),
    "closed": (
        "[{on: 2024-01-01, applications: deny}]", "{}", Channel.CLOSED, "2024-01-01",
    ),
    "an approval": ("[{on: 2024-01-01, approval: 0}]", "{}", Channel.APPLICATIONS, "2024-01-01"),
    "a validity": ("[{on: 2024-01-01, validity: 5d}]", "{}", Channel.PERMITS, "2024-01-01"),
    "slower work": ("[{on: 2024-01-01, work: 2}]", "{}", Channel.WORK, "2024-01-01"),
    "an officer more": (
        "[{on: 2024-01-01, officers: {desk: 2}}]", "{}", Channel.OFFICERS, "2024-01-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PARTED)
def test_what_touches_the_order_parts_its_lives(worlds: Worlds, case: str) -> None:
    measures, more, channel, name = PARTED[case]
    orders = "2024-01-01 1000.00\n2024-01-01 1000.00" if case == "an officer more" else "2024-01-01 1000.00"
    world = worlds(f"tested: {{measures: {measures}}}", more, orders=orders)
    order = "x/2" if case == "an officer more" else "x/1"
    for policy, reference, side in (("tested", "free", 0), ("free", "tested", 1)):
        trace = told(world, policy, reference, order)
        parting = trace.parting
        assert parting is not None and parting.act is not None
        assert (parting.channel, parting.side) == (channel, side)
        assert trace.lives[side].plan.names.measures[parting.act.policy][parting.act.branch] == name
        assert ("No measure parted them directly" in str(trace)) == (channel is Channel.OFFICERS)
        day = int(name[-2:])
        assert f"the measure of {day} January 2024 under “tested”" in " ".join(str(trace).split())


def test_of_a_suspension_in_common_the_reinstatement_is_what_parts(worlds: Worlds) -> None:
    both = "{on: 2024-01-01, permits: suspended}"
    world = worlds(
        f"""
        stays: {{measures: [{both}]}}
        back: {{measures: [{both}, {{name: back, on: 2024-01-02, permits: in_force}}]}}
        """
    )
    parting = told(world, "stays", "back").parting
    assert parting is not None and parting.act is not None
    assert (parting.channel, parting.side, parting.act.minute) == (Channel.PERMITS, 1, 1440)


def test_a_carve_out_parts_by_the_measure_that_it_is_spared(worlds: Worlds) -> None:
    world = worlds(
        """
        stop: {measures: [{name: stop, on: 2024-01-05, permits: suspended}]}
        carved: {extends: stop, except: {programmes: [nato]}}
        """,
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="2024-01-01 1000.00 nato\n2024-03-01 1000.00",
    )
    text = " ".join(str(told(world, "carved", "stop")).split())
    assert "The two lives part on 5 January 2024, by measure 'stop' of 5 January 2024 under “stop”" in text
    assert told(world, "carved", "stop", "x/2").parting is None
    assert "The order's life is the same under “carved” and under “stop”." in str(told(world, "carved", "stop", "x/2"))


def test_who_is_taken_up_last_is_told_of_the_measure_that_says_so(worlds: Worlds) -> None:
    world = worlds(
        "later: {measures: [{name: nato last, on: 2024-01-01, priority: last, programmes: [nato]}]}",
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders="2024-01-01 1000.00\n2024-01-01 1000.00 nato\n2024-01-01 1000.00",
    )
    trace = told(world, "later", "free", "x/2")
    assert trace.parting is not None and trace.parting.channel is Channel.PRIORITY
    assert "It decided whether the order's application is taken up before others." in " ".join(str(trace).split())
    assert told(world, "later", "free", "x/1").parting is None


QUEUE = "2024-01-01 1000.00 nato\n2024-01-01 1000.00"


def test_through_the_queue_lives_part_after_a_measure_that_did_not_touch_the_order(worlds: Worlds) -> None:
    world = worlds(
        "free-nato: {measures: [{name: open door, on: 2024-01-01, applications: exempt, programmes: [nato]}]}",
        "demand: {x: {programmes: {nato: 0.5}}}",
        orders=QUEUE,
    )
    trace = told(world, "free-nato", "free", "x/2")
    assert trace.parting is not None
    assert (trace.parting.channel, trace.parting.reached) == (Channel.QUEUE, True)
    text = " ".join(str(trace).split())
    assert "part on 1 January 2024, after measure 'open door' of 1 January 2024 under “free-nato”" in text
    assert (
        "No measure parted them directly: until then the order itself was treated alike. The difference came " in text
    )
    assert (
        "through the queue before the officers; the measure is the last by then that touched their authority under one "
        "policy only." in text
    )


def test_what_both_policies_do_or_what_changes_nothing_is_not_what_parted(worlds: Worlds) -> None:
    both = "{name: both, on: 2024-01-15, permits: suspended, programmes: [other]}"
    door = "{name: open door, on: 2024-01-05, applications: exempt, programmes: [nato]}"
    idle = "{name: idle, on: 2024-01-20, applications: exempt, programmes: [nato]}"
    world = worlds(
        f"""
        opened: {{measures: [{door}, {both}, {idle}]}}
        closed: {{measures: [{both}]}}
        """,
        "demand: {x: {programmes: {nato: 0.5, other: 0.1}}}",
        orders=QUEUE.replace("2024-01-01", "2024-02-01"),
    )
    parting = told(world, "opened", "closed", "x/2").parting
    assert parting is not None and parting.act is not None
    assert (parting.channel, parting.act.minute) == (Channel.QUEUE, 4 * 1440)


def test_of_two_acts_of_one_minute_that_of_the_policy_asked_for_is_named(worlds: Worlds) -> None:
    world = worlds(
        """
        hold: {measures: [{name: halt, on: 2024-01-02, applications: hold}]}
        deny: {measures: [{name: no, on: 2024-01-02, applications: deny}]}
        """
    )
    assert "by measure 'halt' of 2 January 2024 under “hold”" in " ".join(str(told(world, "hold", "deny")).split())
    assert "by measure 'no' of 2 January 2024 under “deny”" in " ".join(str(told(world, "deny", "hold")).split())


def test_through_slots_lives_part_at_a_supplier_that_needs_no_permit(worlds: Worlds) -> None:
    """The first order, denied, takes the other supplier's only slot before the second."""
    world = worlds(
        "closed: {measures: [{on: 2024-01-02, applications: deny, programmes: [nato]}]}",
        "demand: {x: {programmes: {nato: 0.5}, sources: {maker: {weight: 1}, elsewhere: {weight: 1}}}}",
        orders="2024-01-01 1000.00 nato\n" + "2024-01-04 1000.00\n" * 8,
    )
    found = {
        number: trace.parting
        for number in range(2, 10)
        if (trace := told(world, "closed", "free", f"x/{number}")).parting is not None
    }
    slots = [parting for parting in found.values() if parting is not None and parting.channel is Channel.SLOTS]
    assert slots and all(parting.act is not None and parting.act.minute == 1440 for parting in slots)


def test_through_a_qualification_or_trust_lives_part_after_what_cost_it(worlds: Worlds) -> None:
    measures = """
        - {name: first, on: 2024-01-05, permits: suspended}
        - {name: undone, on: 2024-01-06, permits: in_force}
        - {name: second, on: 2024-01-08, applications: hold}
        - {name: over, on: 2024-01-09, applications: open}
    """
    policies = f"strict:\n  measures:{textwrap.indent(textwrap.dedent(measures), '    ')}"
    orders = "2024-02-01 1000.00"
    later = """
    demand:
      x:
        sources:
          maker: {weight: 0.000000001}
          elsewhere: {weight: 1000000000, qualification: {starts: disruption, time: 3d}}
    """
    qualified = told(worlds(policies, later, orders=orders), "strict", "free").parting
    assert qualified is not None and qualified.act is not None
    assert (qualified.channel, qualified.act.minute) == (Channel.QUALIFICATION, 4 * 1440)
    trusted = "demand: {x: {trust: {loss: {suspend: 1, hold: 0.5}}}}"
    less = told(worlds(policies, trusted, orders=orders), "strict", "free").parting
    assert less is not None and less.act is not None
    assert (less.channel, less.act.minute) == (Channel.TRUST, 7 * 1440)


def test_every_channel_is_told() -> None:
    for channel in Channel:
        assert language.has(f"trace.did.{channel}")
        assert language.has(f"trace.far.{channel}") != channel.direct


# ------------------------------------------------------------------ as data


def test_the_frame_has_a_row_for_each_fact_with_waits_measures_and_sentences(worlds: Worlds) -> None:
    frame = told(worlds(SUSPENDED), "suspended", "free").frame()
    ours = frame[frame["policy"] == "suspended"]
    assert list(ours["fact"]) == [
        "ordered", "sourced", "applied", "review_started", "review_ended", "approved", "measure", "suspended",
        "finished", "finished", "measure", "reinstated", "delivered", "delivered",
    ]  # fmt: skip
    assert ours.set_index("fact")["waited_days"]["delivered"].tolist() == [23.0, 13.0]
    assert ours.set_index("fact")["measure"]["reinstated"] == "let-go"
    assert ours["parted"].tolist() == [False] * 6 + [True] * 8
    assert ours.set_index("fact")["sentence"]["measure"].tolist() == ["", ""]  # the next sentence names them
    assert set(frame["policy"]) == {"suspended", "free"}


def test_it_is_its_text_wherever_it_is_looked_at(worlds: Worlds) -> None:
    trace = told(worlds(SUSPENDED), "suspended", "free")
    assert repr(trace) == str(trace)
    assert trace._repr_html_() == f"<pre>{html.escape(str(trace))}</pre>"


def test_both_engines_tell_the_same_life(worlds: Worlds) -> None:
    world = worlds(SUSPENDED)
    assert str(exportsim.trace(world, "suspended", "x/1", reference="free")) == str(told(world, "suspended", "free"))


def test_names_that_steer_a_terminal_or_a_page_are_shown_and_not_obeyed(worlds: Worlds) -> None:
    hostile = "Red \x1b[31m<b>[bold]\r\u202e"
    more = {"suppliers": {"maker": {"title": hostile}}, "goods": {"lamps": {"title": hostile}}}
    trace = told(worlds(SUSPENDED, json.dumps(more)), "suspended", "free")
    for width in (80, 160):
        text = trace.page(width=width).text()
        assert "\\x1b[31m<b>[bold]\\r\\u202e" in text.replace("\n" + " " * 13, "")
        assert not set("\x1b\r\u202e") & set(text)
    assert trace.page(width=160, ascii=True).text().isascii()
    assert "<b>" not in trace._repr_html_()


# ------------------------------------------------------------------ which orders


def test_orders_are_found_by_how_they_ended(worlds: Worlds) -> None:
    world = worlds(
        """
        stop: {measures: [{on: 2024-01-05, permits: suspended}, {on: 2024-01-15, cancel: suspended}]}
        slow: {measures: [{on: 2024-01-05, permits: suspended}, {on: 2024-02-15, permits: in_force}]}
        """,
        "demand: {x: {sources: {elsewhere: {qualification: {starts: disruption, time: 900d}}}}}",
        orders="2024-01-01 1000.00\n2024-03-01 3000.00\n2024-12-30 5000.00",
    )

    def found(policy: str, fate: str, reference: str | None = None) -> list[str]:
        listed = as_json(describe(find(world, policy, fate, reference=reference, engine="reference")))["orders"]
        return [each["order"] for each in listed]

    assert found("free", "DELIVERED") == ["x/2", "x/1"]  # the greatest first
    assert found("free", "pending") == ["x/3"]
    assert found("stop", "pending") == ["x/3", "x/2", "x/1"]
    assert found("stop", "pending", "free") == ["x/2", "x/1"]  # the third is pending under both
    assert found("slow", "delayed") == ["x/1"]
    assert found("slow", "lost") == []


def test_the_list_of_orders_to_the_character(worlds: Worlds) -> None:
    world = worlds.mapping("stop: {measures: [{on: 2024-01-05, cancel: all}]}")
    del world["demand"]["x"]["sources"]["elsewhere"]
    scenario = exportsim.build(world, folder=worlds.folder)
    page = page_of(describe(find(scenario, "stop", "cancelled", reference="free", engine="reference")), ascii=True)
    assert page.text().rstrip("\n") == expected("""
        Lost after cancellation under "stop", and not under "free"
        Future 0, seed 1; the last column has what became of the order under "free",
          most of its value first

        order  ordered     ended        value  cancelled            under "free"
        ------------------------------------------------------------------------
        x/1    1 Jan 2024  5 Jan 2024  EUR 1k     EUR 1k  delivered by Maker Ltd

        1 order. To follow it, give:
          --policy stop --order x/1 --future 0 --reference free
    """)


def test_of_delayed_orders_the_days_are_shown_the_longest_delay_first(worlds: Worlds) -> None:
    """The orders take turns at the one slot: their last parts are finished 30 and 40 days after 3 January."""
    scenario = worlds(
        """
        slow:
          title: Slow
          measures:
            - {on: 2024-01-05, permits: suspended}
            - {on: 2024-02-15, permits: in_force}
        """,
        orders="2024-01-01 3000.00\n2024-01-04 1000.00",
    )
    found = find(scenario, "slow", "delayed", engine="reference")
    assert page_of(describe(found), ascii=True).text().rstrip("\n") == expected("""
        Delivered later under "Slow" than under "free"
        Future 0, seed 1; the last column has when the order was delivered under "free"

        order  ordered     ended         value    delay        under
                                                              "free"
        ------------------------------------------------------------
        x/1    1 Jan 2024  15 Feb 2024  EUR 3k  13 days   2 Feb 2024
        x/2    4 Jan 2024  15 Feb 2024  EUR 1k   3 days  12 Feb 2024

        2 orders. To follow the first, give:
          --policy slow --order x/1 --future 0 --reference free
    """)


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("asked", "told_so"),
    [
        ({"order": "y/1"}, "unknown demand line `y`; expected one of `x`"),
        ({"order": "x"}, "order: found `x`, expected a demand line and a number, such as `x/1`"),
        ({"order": "x/-1"}, "order: found `x/-1`, expected a demand line and a number, such as `x/1`"),
        ({"order": "x/9"}, "order: found `x/9`, but in future 0 of seed 1 `x` has orders 1 to 1"),
        ({"policy": "fre"}, "unknown policy `fre`; did you mean `free`?"),
        ({"reference": "suspnded"}, "unknown policy `suspnded`; did you mean `suspended`?"),
        ({"reference": "free"}, "reference: found `free`, the policy itself; expected another one"),
        ({"engine": "compild"}, "unknown engine `compild`; did you mean `compiled`?"),
        ({"future": -1}, "future: found -1, expected a whole number from 0 to 4294967295"),
    ],
)
def test_mistakes_are_answered(worlds: Worlds, asked: dict[str, Any], told_so: str) -> None:
    with pytest.raises(ExportsimError) as error:
        exportsim.trace(worlds(SUSPENDED), **({"policy": "free", "order": "x/1", "engine": "reference"} | asked))
    assert str(error.value) == told_so


def test_fates_that_do_not_exist_or_want_another_policy_are_answered(worlds: Worlds) -> None:
    with pytest.raises(ExportsimError, match=r"unknown fate `lsot`; did you mean `lost`\?"):
        find(worlds(SUSPENDED), "free", "LSOT", engine="reference")
    with pytest.raises(ExportsimError, match="fate `delayed`: `free` is the reference itself"):
        find(worlds(SUSPENDED), "free", "delayed", engine="reference")


# ------------------------------------------------------------------ the command line

SCHEMA = {
    "type": "object",
    "required": [
        "order", "line", "number", "programme", "parts", "cents", "currency", "future", "seed", "lives", "parting",
        "warnings",
    ],
    "additionalProperties": False,
    "properties": {
        **{key: {"type": "string"} for key in ("order", "line", "programme", "currency")},
        **{key: {"type": "integer"} for key in ("number", "parts", "cents", "future", "seed")},
        "lives": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["policy", "facts", "account"],
                "properties": {
                    "facts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": [
                                "when", "fact", "whose", "attempt", "supplier", "detail", "cents", "waited_days",
                                "measure", "sentence",
                            ],
                            "additionalProperties": False,
                            "properties": {
                                "fact": {"enum": [fact.word for fact in Fact]},
                                "whose": {"enum": ["order", "world"]},
                                "cents": {"type": ["integer", "null"]},
                                "waited_days": {"type": ["number", "null"]},
                                "attempt": {"type": ["integer", "null"]},
                                "when": {"type": "string"},
                                **{
                                    key: {"type": ["string", "null"]}
                                    for key in ("supplier", "detail", "measure", "sentence")
                                },
                            },
                        },
                    }
                },
            },
        },
        "warnings": {"type": "array", "items": {"type": "object"}},
        "parting": {
            "type": ["object", "null"],
            "required": ["when", "facts", "measure", "policy", "acted", "does", "channel", "direct", "reached"],
        },
    },
}  # fmt: skip


@pytest.fixture
def file(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(worlds.folder)
    monkeypatch.setenv("COLUMNS", "80")
    with Path("my.yaml").open("w") as written:
        YAML(typ="safe", pure=True).dump(worlds.mapping(SUSPENDED), written)
    return "my.yaml"


def typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["trace", *arguments, "--engine", "reference"])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command_fits_the_terminal(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = file, "--policy", "suspended", "--order", "x/1", "--reference", "free"
    assert typed(*asked) == 0
    narrow = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "160")
    assert typed(*asked) == 0
    wide = capsys.readouterr().out
    assert max(map(len, narrow.splitlines())) <= 80 and " | " not in narrow
    assert 100 < max(map(len, wide.splitlines())) <= 160 and " | " in wide


def test_json_is_one_document_of_a_stated_form(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(file, "--policy", "suspended", "--order", "x/1", "--reference", "free", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert document["parting"]["measure"] == "2024-01-05"
    assert document["lives"][1]["account"] == {"delivered": {"maker": 100_000}, "lost": 0, "pending": 0}
    assert typed(file, "--policy", "suspended", "--why", "delivered", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["orders"]
    assert [each["order"] for each in listed] == ["x/1"]


@pytest.mark.parametrize(
    ("asked", "told_so"),
    [
        (("--order", "y/1"), "error: unknown demand line `y`"),
        (("--why", "lsot"), "did you mean `lost`?"),
        ((), "give --order (which order) or --why (how orders ended), one of them"),
        (("--order", "x/1", "--why", "lost"), "give --order (which order) or --why (how orders ended), one of them"),
    ],
)
def test_a_mistake_is_status_2(
    file: str, asked: tuple[str, ...], told_so: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(file, "--policy", "free", *asked) == 2
    out, err = capsys.readouterr()
    assert out == "" and told_so in err and "Traceback" not in err


def test_what_is_recorded_is_told_as_such_and_nobodys_patience_ends(tmp_path: Path) -> None:
    log = """
    date,value,decided,outcome,expires,state
    2024-01-01,1000.00,2024-01-09,withdrawn,,
    2024-01-02,1000.00,2024-01-12,denied,,
    2024-01-03,1000.00,2024-01-13,approved,2024-01-15,
    2024-01-04,1000.00,,,,desk
    2024-01-05,1000.00,,,,
    """
    (tmp_path / "log.csv").write_text(textwrap.dedent(log).lstrip(), encoding="utf-8")
    world = copy.deepcopy(WORLD)
    orders = {"register": "log.csv", "date": "date", "as_of": "2024-02-01", "stage": "state"}
    world["demand"]["x"]["orders"] = orders | {key: key for key in ("value", "decided", "outcome", "expires")}
    world["history"] = [{"on": "2024-01-01", "applications": "deny"}]
    scenario = exportsim.build(world, folder=tmp_path)
    said = [says(told(scenario, "free", order=f"x/{order}")) for order in range(1, 6)]
    assert "The application was withdrawn 8 days after it was made, as is recorded (EUR 1k open)." in said[0]
    assert "navy withdrew" not in said[0]
    assert "The Office denied the application 10 days after it was received, as is recorded." in said[1]
    assert "The Office issued the permit 10 days after the application, as is recorded." in said[2]
    assert "The permit expired on the day that is recorded, 2 days after its issue (EUR 1k undelivered)." in said[2]
    assert "No decision was on record by then, 28 days after the application, which was at desk." in said[3]
    assert "No decision was on record by then, 27 days after the application; The Office was to review it." in said[4]
    # What the model decides is told with the regime under which it does, whoever is on record before.
    assert all(
        "The Office denied the application, 3" in life and "by the measure of 1 January" in life for life in said[3:]
    )
