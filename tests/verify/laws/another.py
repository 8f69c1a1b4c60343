"""The same networks in another simulator, Ciw (Palmer, Knight, Harper and Hawa 2019): application by application.

Both are given the same arrivals, work and patience: ours by the addresses of chance, Ciw by lists that are looked up at
the same addresses, without an engine of ours. What both then say, when each application is taken up at each stage, when
it leaves it and when it is withdrawn, must be the same minute.

Ciw knows no measures. Officers that are away for a while are, in Ciw, customers of the first priority who keep an
officer busy until they are back: as here, work in hand is finished first. Ciw's own schedules mean something else:
there all officers leave at a change of shift, finish their work in overtime, and new ones begin at once beside them.
Nor does patience in Ciw outlast a stage: it is looked up at each, and who is no longer wanted is routed out.
Events of one minute come in Ciw by lot, here by number; so the plays that are compared are those in which no two
applications leave the same stage, or its queue, in the same minute: about seven in ten.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import ciw

from exportsim.chance import PURPOSES, Chance, minute_of
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from laws.comparing import SEED, Comparison, Law, Planted, Profile, against, exact
from laws.worlds import DAY, FIRST_DAY, Rows, authority, exponential, line, plays, world

Visit = tuple[int, int, int]
"""Application (by arrival), stage, minute."""


class Network(NamedTuple):
    """A review of several stages, with officers of each, and what happens to it."""

    name: str
    works: tuple[float, ...]  # mean of each stage, minutes
    officers: tuple[int, ...]
    gap: float = 1500.0
    away: tuple[int, int, int, int] | None = None  # stage, officers that are away, first day and length of that
    patience: float | None = None  # mean, minutes


DAYS = 365
NETWORKS = (
    Network("three stages", (1200.0, 4000.0, 5200.0), (1, 3, 4)),
    Network("officers away from a stage", (1200.0, 4000.0, 5200.0), (1, 4, 4), away=(1, 3, 100, 60)),
    Network("patience through all stages", (1300.0, 4200.0, 5600.0), (1, 3, 4), patience=25_000.0),
    Network("officers away and patience", (1300.0, 4200.0, 5200.0), (1, 4, 4), away=(1, 2, 80, 90), patience=30_000.0),
)


def planned(network: Network) -> Plan:
    """The network as one of our worlds."""
    measures = []
    if network.away is not None:
        stage, away, first, length = network.away
        for day, officers in ((first, network.officers[stage] - away), (first + length, network.officers[stage])):
            measures.append({"on": str(FIRST_DAY + timedelta(day)), "officers": {f"stage-{stage + 1}": officers}})
    stages = [(number, exponential(work)) for number, work in zip(network.officers, network.works, strict=True)]
    patience = {} if network.patience is None else {"patience": {"review": exponential(network.patience)}}
    return world(
        DAYS, 60,
        authorities={"gac": authority(stages)},
        suppliers={"wescam": {"country": "CA", "authority": "gac", "slots": 100_000, "lead_time": "0d"}},
        demand={"reviewed": line(f"{525_960 / network.gap}/y", {"wescam": {}}, **patience)},
        policies={"staffed": {"measures": measures}},
    )  # fmt: skip


# ------------------------------------------------------------------ what chance gives to both


class Given(NamedTuple):
    """Of each application: its minute of arrival, the minutes of work at each stage, the minute its patience ends."""

    arrivals: list[int]
    works: list[list[int]]
    deadlines: list[float]


def given(plan: Plan, future: int) -> Given:
    """Look up, at their addresses, what the orders of the only line bring with them."""
    luck = Chance(plan, SEED, future)
    streams, stream, patience = plan.streams, int(plan.streams.digest[0]), int(plan.lines.patience_review[0])
    curve = [getattr(streams, name)[: streams.pieces[0]] for name in ("start", "hazard", "rate")]
    found = Given([], [], [])
    hazard = luck.gap(stream, 1)
    while (minute := minute_of(hazard, *curve)) < plan.end:
        found.arrivals.append(minute)
        number = len(found.arrivals)
        found.works.append([
            luck.draw(int(work), stream, number, int(purpose), 1)
            for work, purpose in zip(plan.stages.work, plan.stages.purpose, strict=True)
        ])  # fmt: skip
        wait = luck.draw(patience, stream, number, PURPOSES["patience/review"], 1) if patience >= 0 else float("inf")
        found.deadlines.append(minute + wait)
        hazard += luck.gap(stream, number + 1)
    return found


# ------------------------------------------------------------------ in Ciw

APPLICATION, AWAY = "application", "officer away"


class Work(ciw.dists.Distribution):  # type: ignore[misc]
    """What is looked up for an application at a stage."""

    def __init__(self, minutes: dict[int, int]) -> None:
        self.minutes = minutes

    def sample(self, t: float | None = None, ind: Any = None) -> int:
        return self.minutes[ind.id_number]


class Until(ciw.dists.Distribution):  # type: ignore[misc]
    """The time that is left until a minute, the same for all or one for each; none after it."""

    def __init__(self, minutes: dict[int, float] | float) -> None:
        self.minutes = minutes

    def sample(self, t: float = 0.0, ind: Any = None) -> float:
        minute = self.minutes[ind.id_number] if isinstance(self.minutes, dict) else self.minutes
        return max(minute - t, 0)


class Onward(ciw.routing.NodeRouting):  # type: ignore[misc]
    """To the next stage, or out after the last and when patience has ended under an officer's hands."""

    def __init__(self, following: int, deadlines: dict[int, float]) -> None:
        self.following, self.deadlines = following, deadlines

    def next_node(self, ind: Any) -> Any:
        # In one minute a review ends before patience does: who is just in time still goes on to the next queue.
        late = self.simulation.current_time > self.deadlines[ind.id_number]
        return self.simulation.nodes[-1 if late else self.following]


def in_ciw(network: Network, luck: Given, origin: int, overtime: bool = False) -> tuple[set[Visit], set[Visit]]:
    """When Ciw lets each application be taken up, and leave, at each stage; ``origin`` is its minute 0.

    ``overtime`` plants an error: officers change as in Ciw's own schedules.
    """
    stages = range(len(network.works))
    absent, first, back = 0, 0, 0
    if network.away is not None:
        _, absent, day, length = network.away
        first, back = day * DAY - origin, (day + length) * DAY - origin
    arrivals = [minute - origin for minute in luck.arrivals]
    # Customers are numbered as they come, those who stand for absent officers among them.
    numbers = [place + 1 + (absent if absent and not overtime and minute >= first else 0)
               for place, minute in enumerate(arrivals)]  # fmt: skip
    places = dict(zip(numbers, range(len(numbers)), strict=True))
    deadlines = {number: luck.deadlines[place] - origin for number, place in places.items()}
    officers: list[Any] = list(network.officers)
    gone: list[Any] = [None for _ in stages]
    if absent and overtime:
        stage, there = network.away[0], network.officers[network.away[0]]
        officers[stage] = ciw.Schedule([there, there - absent, there], [float(first), float(back), 1e9])
    elif absent:
        gone[network.away[0]] = ciw.dists.Sequential([first, *[0] * (absent - 1), float("inf")])
    gaps = [after - before for before, after in zip([0, *arrivals], arrivals, strict=False)]
    coming: list[Any] = [ciw.dists.Sequential([*gaps, float("inf")]), *[None for _ in stages[1:]]]
    works = [Work({number: luck.works[place][stage] for number, place in places.items()}) for stage in stages]
    following = [*(stage + 2 for stage in stages[:-1]), -1]
    described = ciw.create_network(
        arrival_distributions={APPLICATION: coming, AWAY: gone},
        service_distributions={APPLICATION: works, AWAY: [Until(float(back)) for _ in stages]},
        reneging_time_distributions={
            APPLICATION: [Until(deadlines) if network.patience else None for _ in stages],
            AWAY: [None for _ in stages],
        },
        routing={
            APPLICATION: ciw.routing.NetworkRouting([Onward(to, deadlines) for to in following]),
            AWAY: ciw.routing.NetworkRouting([ciw.routing.Leave() for _ in stages]),
        },
        number_of_servers=officers,
        priority_classes={APPLICATION: 1, AWAY: 0},
    )
    simulation = ciw.Simulation(described)
    simulation.simulate_until_max_time(arrivals[-1] + 5 * 525_960)
    started, left = set(), set()
    for record in simulation.get_all_records():
        if record.customer_class == APPLICATION:
            place, stage = places[record.id_number], record.node - 1
            left.add((place, stage, int(record.exit_date) + origin))
            if record.record_type == "service":
                started.add((place, stage, int(record.service_start_date) + origin))
    return started, left


# ------------------------------------------------------------------ here


def here(rows: Rows) -> tuple[set[Visit], set[Visit]]:
    """The same, of a play of ours: an application leaves a stage when its review ends, or its queue when withdrawn."""
    started, left = set(), set()
    stage_now: dict[int, int] = {}  # the stage at which each is at work or waits
    at_work: set[int] = set()
    known = (Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.WITHDRAWN)
    for fact, number, stage, minute in zip(
        *(rows.column(name).tolist() for name in ("fact", "order", "detail", "minute")), strict=True
    ):
        if fact not in known:
            continue
        place = number - 1
        if fact == Fact.REVIEW_STARTED:
            started.add((place, stage, minute))
            at_work.add(place)
        elif fact == Fact.REVIEW_ENDED:
            left.add((place, stage, minute))
            at_work.discard(place)
            stage_now[place] = stage + 1
        elif place not in at_work:  # else it leaves when the officer has finished
            left.add((place, stage_now.get(place, 0), minute))
    return started, left


# ------------------------------------------------------------------ both

PLAYS = 6


def disputed(left: set[Visit]) -> bool:
    """Whether two applications leave a stage in the same minute: then it may matter who of them is the first."""
    return len({(stage, minute) for _, stage, minute in left}) < len(left)


@cache
def differences(profile: Profile, network: Network, in_ciw_as: Network, overtime: bool) -> tuple[int, int, int, int]:
    """Visits in one simulator alone: when taken up, and when left; each with the number of all."""
    plan = planned(network)
    counts = [0, 0, 0, 0]
    for future, rows in enumerate(plays(plan, PLAYS * profile.times)):
        found = here(rows)
        if disputed(found[1]):
            continue
        both = zip(found, in_ciw(in_ciw_as, given(plan, future), plan.start, overtime), strict=True)
        for place, (ours, theirs) in enumerate(both):
            within = {visit for visit in theirs if visit[2] < plan.end}
            counts[2 * place] += len(ours ^ within)
            counts[2 * place + 1] += len(ours | within)
    return counts[0], counts[1], counts[2], counts[3]


def compare_networks(
    profile: Profile, network: Network, in_ciw_as: Network | None = None, overtime: bool = False
) -> list[Comparison]:
    started, all_started, left, all_left = differences(profile, network, in_ciw_as or network, overtime)
    return [
        exact("taken up in another minute", started, all_started),
        exact("left or withdrawn in another minute", left, all_left),
    ]


def law_of(network: Network) -> Law:
    one_more = network._replace(officers=(*network.officers[:2], network.officers[2] + 1))
    planted = {"Ciw has one officer more": Planted(against(compare_networks, network, one_more))}
    if network.away is not None:
        stage, away, first, length = network.away
        later = network._replace(away=(stage, away, first, length + 1))
        planted["in Ciw they are away a day longer"] = Planted(against(compare_networks, network, later))
        planted["in Ciw officers change in overtime"] = Planted(against(compare_networks, network, network, True))
    return Law(f"Ciw: {network.name}", "Palmer et al. 2019", against(compare_networks, network), planted)


LAWS = tuple(law_of(network) for network in NETWORKS)
