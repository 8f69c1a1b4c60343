"""What theory knows is found, and what is wrong on purpose is refused; ``docs/verification.md`` says what was found."""

from __future__ import annotations

from heapq import heapreplace

import pytest
import write
from laws import LAWS, another, another_queues
from laws.comparing import COMPARISONS, SHORT, Law
from laws.queues import BEFORE, CASES, mmc, visits
from laws.worlds import plays

from exportsim.engine import simulate
from exportsim.ledger import COLUMNS
from exportsim.plan import Plan

EACH = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
PLANTED = [(law, what) for law in LAWS for what in law.planted]


def rows_on_page(profile: str, law: str = "") -> list[str]:
    """The rows of the page's table for a profile: those of a law, or of all."""
    table = write.part(write.PAGE.read_text(encoding="utf-8"), profile).splitlines()
    rows = [row for row in table if row.startswith("| ")][1:]
    return [row for row in rows if not law or row.split(" | ")[0].strip("| ") == law]


@EACH
def test_a_law_is_kept_and_written_down(law: Law) -> None:
    """Seeds are fixed: what the page says of the short profile is what is found, figure for figure."""
    found = law.compare(SHORT)
    assert [each.what for each in found if each.refused] == []
    assert write.rows_of(law, found) == rows_on_page("short", law.name), "run python tests/verify/write.py"


@pytest.mark.parametrize(("law", "what"), PLANTED, ids=[f"{law.name}: {what}" for law, what in PLANTED])
def test_a_planted_error_is_refused(law: Law, what: str) -> None:
    """Somewhere; and nowhere else, where it can only be seen there."""
    planted = law.planted[what]
    refused = {each.what for each in planted.compare(SHORT) if each.refused}
    assert refused if not planted.seen_in else refused == planted.seen_in


def test_every_law_has_an_error_planted() -> None:
    assert [law.name for law in LAWS if not law.planted] == []


def test_the_level_is_shared_by_all_comparisons() -> None:
    """The page has a row for each that is found, in both profiles, and none that was refused."""
    for profile in ("short", "long"):
        rows = rows_on_page(profile)
        assert len(rows) == COMPARISONS
        assert {row.split(" | ")[0].strip("| ") for row in rows} == {law.name for law in LAWS}
        assert not any(write.REFUSED in row for row in rows)


@pytest.mark.parametrize(("officers", "load"), [case for case in CASES if case[1] < 0.9])
def test_one_stage_takes_applications_first_come_first_served(officers: int, load: float) -> None:
    """Exactly: each is taken up when it has come and the first officer is free (Kiefer and Wolfowitz 1955)."""
    for rows in plays(mmc(officers, load), 3):
        one = visits(rows)
        free = [BEFORE] * officers
        for arrived, started, ended in zip(one.arrived.tolist(), one.started.tolist(), one.ended.tolist(), strict=True):
            assert started == max(arrived, free[0])
            heapreplace(free, ended)


@pytest.mark.parametrize("plan", [mmc(3, 0.5), another_queues.planned(another_queues.QUEUES[-1])], ids=["one", "chain"])
def test_the_reference_engine_plays_the_same(plan: Plan) -> None:
    """The laws are held against the compiled engine; that the other says the same is tested at large by the twins."""
    (rows,) = plays(plan, 1)
    other = simulate(plan, 0, seed=write.SEED, future=0)
    assert all((rows.column(name) == getattr(other, name)).all() for name in COLUMNS)


@pytest.mark.parametrize("network", another.NETWORKS, ids=lambda network: network.name)
def test_most_plays_are_compared_with_the_other_simulator(network: another.Network) -> None:
    """What is left out for its ties is the smaller part."""
    found = [another.here(rows) for rows in plays(another.planned(network), 40)]
    assert 0 < sum(another.disputed(left) for _, left in found) < 20


@pytest.mark.parametrize("queues", another_queues.QUEUES, ids=lambda queues: queues.name)
def test_most_plays_of_queues_are_compared_too(queues: another_queues.Queues) -> None:
    """And in those all happens for which they are there."""
    plan = another_queues.planned(queues)
    seen = [another_queues.here(rows, queues) for rows in plays(plan, 40)]
    assert sum(another_queues.disputed(each, queues) for each in seen) < 20
    answered = sum(stage == queues.stages for each in seen for _, stage, _ in each.left)
    assert (answered > 400) is (queues.returns is not None)
