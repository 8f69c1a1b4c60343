"""Python in the reference engine: rules that act, observers that see."""

from datetime import date, datetime

import pytest

from exportsim import ExportsimError
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.extensions import Decision, Observation, Rule
from exportsim.scenario import build
from worlds import one_office

START = date(2024, 1, 1)


def _scenario(**policy):
    lines = {
        name: {
            "buyer": "buyer",
            "destination": destination,
            "goods": "lamps",
            "orders": "100/y",
            "value": 100,
            "parts": 2,
            "programmes": {"nato": 0.3},
            "sources": {"maker": {}},
        }
        for name, destination in (("x", "TR"), ("y", "PL"))
    }
    world = one_office(
        period={"start": "2024-01-01", "end": "2024-12-31", "warm_up": "1mo"},
        authorities__office__review=[{"stage": "desk", "officers": 2, "work": "3d"}],
        authorities__office__approval=0.9,
        suppliers__maker__slots=9,
        suppliers__maker__lead_time="20d",
        demand=lines,
        incidents={"war": {"on": "2024-09-01", "window": "1y", "exposure": 1}},
        policies={"nothing": {"measures": []}, "policy": policy or {"measures": []}},
    )
    return build(world)


PLAN = compile_plan(_scenario())


def _play(*rules, observers=(), plan=PLAN, policy=0):
    return simulate(plan, policy, seed=1, future=2, rules=rules, observers=observers)


def _once(answer, on=date(2024, 3, 1)):
    """A rule that gives one answer, once."""
    return Rule("rule", lambda _: answer, on=on)


# ------------------------------------------------------------------ rules

SAME = [
    {"applications": "hold"},
    {"applications": "deny", "destinations": ["TR"]},
    {"permits": "suspended", "programmes": ["nato"]},
    {"applications": "hold", "except": {"destinations": ["PL"]}},
    {"applications": "hold", "except": [{"destinations": ["PL"]}, {"programmes": ["nato"]}]},
    {"cancel": "all", "authorities": ["office"], "goods": ["lamps"]},
    {"officers": {"desk": 9}},
    {"applications": "exempt", "permits": "suspended", "cancel": "suspended", "officers": {"desk": 0}},
]


@pytest.mark.parametrize("answer", SAME, ids=str)
def test_a_rule_does_what_the_measure_in_the_same_words_does(answer):
    plan = compile_plan(_scenario(measures=[{"on": "2024-03-01", "name": "rule", **answer}]))
    by_measure = _play(plan=plan, policy=1)
    assert _play(_once(answer)) == by_measure
    assert by_measure != _play()
    assert _play(_once(answer)).frame().equals(by_measure.frame())


@pytest.mark.parametrize("answer", SAME, ids=str)
def test_a_rule_may_answer_with_a_decision(answer):
    assert _play(_once(Decision(**answer))) == _play(_once(answer))


def test_a_rule_that_answers_none_leaves_no_trace():
    assert _play(Rule("idle", lambda _: None, on=START, every="1d")) == _play()


def test_a_rule_is_asked_on_its_date_and_every_so_often_after_it():
    asked = []
    _play(Rule("rule", lambda view: asked.append(view.now), on=date(2024, 10, 1), every="36h"))
    assert asked[:3] == [datetime(2024, 10, 1), datetime(2024, 10, 2, 12), datetime(2024, 10, 4)]
    assert asked[-1] == datetime(2024, 12, 31, 12)
    assert len(asked) == 62


def test_a_rule_without_every_is_asked_once():
    asked = []
    _play(Rule("rule", lambda view: asked.append(view.now), on=date(2024, 10, 1)))
    assert asked == [datetime(2024, 10, 1)]


def test_a_rule_may_be_asked_in_the_warm_up():
    ledger = _play(_once({"applications": "hold"}, on=date(2023, 12, 5)))
    measures = ledger.frame().query("fact == 'measure'")
    assert measures["minute"].tolist() == [-27 * 1440]


def test_rules_come_after_the_measures_and_before_the_incidents_of_their_minute():
    measures = [{"on": "2024-09-01", "name": "first", "applications": "hold"}]
    plan = compile_plan(_scenario(measures=measures))
    rules = [Rule(name, lambda _: {"applications": "open"}, on=date(2024, 9, 1)) for name in ("second", "third")]
    rows = _play(*rules, plan=plan, policy=1).frame().query("fact in ('measure', 'incident')")
    assert rows["detail"].tolist() == ["first", "second", "third", "war"]


def test_a_rule_sees_the_figures_that_the_ledger_adds_up_to():
    seen = []
    figures = ("in_review", "held", "in_force")
    scopes = ({}, {"destinations": ["TR"]}, {"destinations": ["PL"], "programmes": ["nato"]})

    def look(view):
        values = [view.figure(name, **scope) for name in figures for scope in scopes]
        seen.append((*values, view.figure("delivered", window="30d", destinations=["TR"])))

    hold = Rule("hold", lambda _: {"applications": "hold", "destinations": ["TR"]}, on=date(2024, 5, 1))
    ledger = _play(hold, Rule("look", look, on=date(2024, 6, 1)))
    table = ledger.frame().assign(row=range(len(ledger)))
    now = (date(2024, 6, 1) - START).days * 1440
    nato = set(table.query("fact == 'ordered' and detail == 'nato'").set_index(["line", "order"]).index)
    past = table[table["minute"] < now]

    def standing(states, lines, programme):
        last = past[past["fact"].isin(["applied", "held", "approved", "denied", "delivered", "lost"])]
        count = 0
        for key, rows in last.groupby(["line", "order"]):
            done = (rows["fact"] == "delivered").sum() == 2
            fact = rows.loc[rows["fact"] != "delivered", "fact"].iloc[-1]
            count += fact in states and not done and key[0] in lines and (programme is None or key in nato)
        return count

    where = [({"x", "y"}, None), ({"x"}, None), ({"y"}, "nato")]
    expected = [standing(state, *scope) for state in ({"applied"}, {"held"}, {"approved"}) for scope in where]
    delivered = past.query("fact == 'delivered' and line == 'x'")
    expected.append(delivered.loc[delivered["minute"] >= now - 30 * 1440, "cents"].sum())
    assert seen == [tuple(expected)]
    assert min(expected[:2]) > 0 and expected[4] > 5 and expected[-1] > 0


def test_a_rule_sees_the_regimes_that_hold():
    seen = []

    def look(view):
        seen.append((view.regimes(destinations=["TR"]), view.regimes(destinations=["PL"]), view.regimes()))

    hold = Rule("hold", lambda _: {"applications": "hold", "destinations": ["TR"]}, on=date(2024, 5, 1))
    _play(Rule("look", look, on=date(2024, 4, 30), every="1d"), hold)
    opened, held = ("open", "in_force"), ("hold", "in_force")
    assert seen[0] == ({opened}, {opened}, {opened})
    assert seen[2] == ({held}, {opened}, {opened, held})


def test_a_rule_that_acts_by_what_it_sees_can_be_undone_by_what_it_sees():
    def brake(view):
        if view.figure("in_review") > 3:
            return {"officers": {"desk": 5}}
        return {"officers": {"desk": 1}} if view.figure("in_review") < 2 else None

    rows = _play(Rule("brake", brake, on=START, every="1w")).frame().query("fact == 'measure'")
    assert len(rows) > 5
    assert rows["detail"].unique().tolist() == ["brake"]


# ------------------------------------------------------------------ observers


def test_an_observer_sees_every_fact_in_order_in_words():
    seen: list[Observation] = []
    ledger = _play(_once({"applications": "hold", "permits": "suspended"}), observers=[seen.append])
    frame = ledger.frame()
    assert len(seen) == len(frame) > 500
    for column in ("minute", "when", "fact"):
        assert [getattr(each, column) for each in seen] == frame[column].tolist()
    for column in ("line", "supplier"):
        assert [getattr(each, column) or "" for each in seen] == frame[column].tolist()
    assert ["" if each.detail is None else str(each.detail) for each in seen] == frame["detail"].tolist()
    for column in ("order", "attempt", "cents"):
        assert [getattr(each, column) or 0 for each in seen] == frame[column].fillna(0).tolist()
        assert [getattr(each, column) is None for each in seen] == frame[column].isna().tolist()


def test_an_observer_changes_nothing():
    assert _play(observers=[lambda _: None, lambda _: None]) == _play()


def test_an_observation_cannot_be_changed():
    seen = []
    _play(observers=[seen.append])
    with pytest.raises(AttributeError):
        seen[0].minute = 7


def test_an_observer_sees_a_fact_in_the_minute_in_which_it_is_written():
    seen, counts = [], []
    rule = Rule("rule", lambda _: counts.append(len(seen)), on=date(2024, 6, 1))
    ledger = _play(rule, observers=[seen.append])
    assert counts == [(ledger.minute < (date(2024, 6, 1) - START).days * 1440).sum()]


# ------------------------------------------------------------------ mistakes

WRONG = [
    ({"applications": "closed"}, "rule `rule`: applications: "),
    ({"aplications": "hold"}, "rule `rule`: aplications: "),
    ({"officers": {"desk": -1}}, "rule `rule`: officers.desk: "),
    ({"officers": {"desk": 1.5}}, "rule `rule`: officers.desk: "),
    ("hold", "rule `rule`: "),
    (True, "rule `rule`: "),
    ([{"applications": "hold"}], "rule `rule`: "),
    ({"applications": "hold", "destinations": ["XX"]}, "rule `rule`: there is no destination `XX`, only TR, PL"),
    ({"applications": "hold", "authorities": ["bureau"]}, "rule `rule`: there is no authority `bureau`, only office"),
    ({"applications": "hold", "goods": ["wires"]}, "rule `rule`: there is no good `wires`, only lamps"),
    ({"applications": "hold", "programmes": ["eu"]}, "rule `rule`: there is no programme `eu`, only none, nato"),
    ({"officers": {"board": 1}}, "rule `rule`: there is no stage `board`, only desk"),
    ({"applications": "hold", "except": {"goods": ["wires"]}}, "rule `rule`: there is no good `wires`, only lamps"),
]


@pytest.mark.parametrize(("answer", "message"), WRONG, ids=str)
def test_a_wrong_answer_is_the_users_mistake(answer, message):
    with pytest.raises(ExportsimError) as error:
        _play(_once(answer))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda view: view.figure("waiting"), "found figure `waiting`, expected one of `in_review`, "),
        (lambda view: view.figure("held", destination=["TR"]), "rule `rule`: destination: "),
        (
            lambda view: view.figure("held", destinations=["XX"]),
            "rule `rule`: there is no destination `XX`, only TR, PL",
        ),
        (lambda view: view.figure("delivered", window="30"), "rule `rule`: window: found `30`, expected a duration "),
        (lambda view: view.regimes(programmes=["eu"]), "rule `rule`: there is no programme `eu`, only none, nato"),
    ],
)
def test_a_wrong_question_is_the_users_mistake(ask, message):
    with pytest.raises(ExportsimError) as error:
        _play(Rule("rule", ask, on=START))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Rule("early", lambda _: None, on=date(2023, 11, 1)), "rule `early` starts on 2023-11-01, before the run does"),
        (Rule("often", lambda _: None, on=START, every="0d"), "rule `often`: `every` must be above 0"),
        (
            Rule("bd", lambda _: None, on=START, every="5bd"),
            "rule `bd`: every: found `5bd`, expected time on the clock",
        ),
        (Rule("bare", lambda _: None, on=START, every="30"), "rule `bare`: every: found `30`, expected a duration "),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_a_rule_that_cannot_be_asked_is_the_users_mistake(rule, message):
    with pytest.raises(ExportsimError) as error:
        _play(rule)
    assert str(error.value).startswith(message)


def test_an_unknown_engine_is_the_users_mistake():
    with pytest.raises(ExportsimError, match="found engine `steam`, expected one of `reference`"):
        simulate(PLAN, 0, seed=1, future=0, engine="steam")


def test_what_goes_wrong_inside_a_rule_is_told_as_it_is():
    with pytest.raises(ZeroDivisionError):
        _play(Rule("rule", lambda _: 1 / 0, on=START))
