"""The tables of an order's life: complete, and such that nothing follows what is final."""

import itertools
from pathlib import Path

import pytest

from exportsim.lifecycle import MEANINGS, PASSAGES, REASONS, Fact, Moment, State
from exportsim.plan import Names

FINAL = {State.COMPLETED, State.LOST}
# Facts of the world, and of work in hand that belongs to an attempt which has ended.
OF_THE_WORLD = {Fact.MEASURE, Fact.INCIDENT, Fact.EVIDENCE, Fact.QUALIFIED, Fact.SLOT_OPENED}


def test_the_minute_takes_its_classes_in_the_stated_order():
    assert [moment.name for moment in sorted(Moment)] == [
        "MEASURE", "QUALIFICATION", "RESTART", "REVIEW_END", "RECORDED_DECISION", "LEFT_OPEN", "SITTING", "ANSWER",
        "EXPIRY", "FILING", "PRODUCTION_END", "CALL_OFF", "PATIENCE", "ARRIVAL",
    ]  # fmt: skip


def test_every_moment_is_described_in_order():
    assert [moment.value for moment in Moment] == list(range(1, 15))
    assert [moment.says for moment in (Moment.MEASURE, Moment.EXPIRY)] == [
        "measures, then incidents",
        "permits expiring",
    ]


def test_every_fact_has_a_meaning():
    assert set(MEANINGS) == set(Fact)
    assert len({fact.says for fact in Fact}) == len(Fact)
    assert Fact.HELD.says == "reviewed, the application waits undecided"


def test_facts_are_numbered_without_gaps():
    assert [fact.value for fact in Fact] == list(range(len(Fact)))


def test_the_detail_of_a_fact_is_read_through_a_list_of_names_or_is_a_number():
    assert {meaning.detail for meaning in MEANINGS.values()} <= {*Names._fields, "number", ""}


def test_reasons_are_those_that_the_facts_speak_of():
    assert REASONS == ("review", "suspension", "excluded", "unserved", "unfiled")


@pytest.mark.parametrize("state", [state for state in State if state in FINAL])
def test_nothing_follows_what_is_final(state):
    assert not [passage for passage in PASSAGES if passage[0] is state]


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_something_follows_what_is_not_final(state):
    assert [passage for passage in PASSAGES if passage[0] is state and passage[2] is not state]


def test_an_order_begins_once():
    assert [passage for passage in PASSAGES if passage[0] is None] == [(None, Fact.ORDERED, State.SOURCING)]
    assert [fact for _, fact, _ in PASSAGES].count(Fact.ORDERED) == 1


def test_every_state_can_be_reached():
    reached = {None}
    for _ in State:
        reached |= {after for before, _, after in PASSAGES if before in reached}
    assert reached == {None, *State}


def test_from_every_state_an_order_can_come_to_an_end():
    ending = set(FINAL)
    for _ in State:
        ending |= {before for before, _, after in PASSAGES if after in ending}
    assert ending == {None, *State}


def test_no_passage_is_listed_twice():
    assert len(set(PASSAGES)) == len(PASSAGES)


def test_a_fact_leads_to_one_state_but_for_the_delivery_that_may_be_the_last():
    leads = {
        key: {after for *_, after in rows} for key, rows in itertools.groupby(sorted(PASSAGES, key=_key), key=_key)
    }
    several = {key: states for key, states in leads.items() if len(states) > 1}
    assert several == {(State.PRODUCING, Fact.DELIVERED): {State.PRODUCING, State.COMPLETED}}


def _key(passage):
    return passage[0] or "", passage[1]


def test_the_facts_that_move_no_order_are_those_of_the_world_and_of_work_in_hand():
    assert set(Fact) - {fact for _, fact, _ in PASSAGES} == {*OF_THE_WORLD, Fact.STRANDED}


def test_the_diagram_shows_every_passage_and_no_other():
    shown = set()
    names = {"[*]": None} | {state.name.lower(): state for state in State}
    page = (Path(__file__).parents[1] / "docs" / "model.md").read_text(encoding="utf-8")
    diagram = page.partition("```mermaid\n")[2].partition("```")[0]
    for line in diagram.splitlines()[1:]:
        if "-->" in line and not line.endswith("[*]"):
            ends, facts = line.split(":")
            before, after = (names[end.strip()] for end in ends.split("-->"))
            shown |= {(before, Fact[fact.strip().upper()], after) for fact in facts.split(",")}
    assert shown == set(PASSAGES)
    assert diagram.count("--> [*]") == len(FINAL)


@pytest.mark.parametrize("fact", Fact)
def test_a_fact_is_written_as_its_name_in_small_letters(fact):
    assert fact.word == fact.name.lower()
