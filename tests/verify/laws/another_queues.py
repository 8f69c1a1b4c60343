"""Ranks, questions and committees in the other simulator, Ciw: visit by visit, with the same luck.

A rank is there a priority class that interrupts nobody; a stage's questions are a node with servers enough for all, to
which an application is routed and from which it comes back; a committee is a node with slotted services that take no
time. What comes of a draw, and how long work and answers take, is looked up in both at the address of the visit.

Events of one minute come in Ciw by lot, here by number; so the plays that are compared are those in which no two
applications come to a stage in one minute, or to a committee in that of its sitting; nor, if there are ranks, one in
the minute in which work on another ends. That leaves more than three in four.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import ciw

from exportsim.chance import Chance, minute_of
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from laws.comparing import SEED, Comparison, Law, Planted, Profile, against, exact
from laws.worlds import DAY, FIRST_DAY, Rows, authority, exponential, line, once_in, plays, world

Order = tuple[int, int]
"""Line, from 0, and number in it, from 1."""
Visit = tuple[Order, int, int]
"""Whose, at which stage (those that answer: one more than there are), and the minute."""


class Returns(NamedTuple):
    """Which stage sends back, from 0, how likely, how often, and how long answers take on average, in minutes."""

    stage: int
    chance: float
    most: int
    answer: float


class Sittings(NamedTuple):
    """The days between the sittings of the last stage, with how many it deals, and days by which Ciw's are later."""

    every: int
    most: int
    later: int = 0


class Queues(NamedTuple):
    """A review of stages in turn; where it sits, there is one stage more."""

    name: str
    works: tuple[float, ...] = (4800.0, 16_000.0, 20_800.0)  # mean of each stage, minutes
    officers: tuple[int, ...] = (1, 3, 4)
    gaps: tuple[float, ...] = (6000.0,)  # of each line, minutes; the second is of the first rank
    returns: Returns | None = None
    sittings: Sittings | None = None
    are_ranked: bool = True
    """In Ciw: so that an error can be planted."""

    @property
    def stages(self) -> int:
        return len(self.works) + (self.sittings is not None)


DAYS = 960
SAT_FROM = date(1990, 1, 1)
BOTH_RANKS = (8800.0, 18_800.0)
QUEUES = (
    Queues("two ranks", gaps=BOTH_RANKS),
    Queues("a stage that sends back", (4000.0, 10_400.0, 20_800.0), returns=Returns(1, 0.35, 2, 80_000.0)),
    Queues("a committee at the end", (4800.0, 16_000.0), (1, 3), sittings=Sittings(40, 10)),
    Queues(
        "all of these", (4000.0, 10_400.0), (1, 3), BOTH_RANKS, Returns(1, 0.35, 2, 80_000.0), Sittings(40, 10)
    ),
)  # fmt: skip


def planned(queues: Queues) -> Plan:
    """The same as one of our worlds."""
    office = authority(
        [(number, exponential(work)) for number, work in zip(queues.officers, queues.works, strict=True)]
    )
    if queues.returns is not None:
        stage, chance, most, answer = queues.returns
        office["review"][stage]["returns"] = {"chance": chance, "most": most, "answer": exponential(answer)}
    if queues.sittings is not None:
        sits = {"every": f"{queues.sittings.every}d", "from": str(SAT_FROM), "most": queues.sittings.most}
        office["review"].append({"stage": "committee", "sits": sits})
    first = {"on": str(FIRST_DAY - timedelta(9999)), "destinations": ["TR"], "priority": "first"}
    return world(
        DAYS, 240,
        authorities={"gac": office},
        suppliers={"wescam": {"country": "CA", "authority": "gac", "slots": 100_000, "lead_time": "0d"}},
        demand={
            f"line-{number}": line(once_in(gap), {"wescam": {}}, destination=destination)
            for number, (gap, destination) in enumerate(zip(queues.gaps, ("PL", "TR"), strict=False))
        },
        policies={"ranked": {"measures": [first] if len(queues.gaps) > 1 else []}},
    )  # fmt: skip


# ------------------------------------------------------------------ what chance gives to both


class Luck:
    """What is looked up for the orders of a future, without an engine."""

    def __init__(self, plan: Plan, future: int) -> None:
        self.plan, self.chance = plan, Chance(plan, SEED, future)

    def arrivals(self) -> list[list[int]]:
        """The minutes in which the orders of each line come."""
        return [list(self._arrivals(place)) for place in range(len(self.plan.names.lines))]

    def _arrivals(self, place: int) -> Iterator[int]:
        streams = self.plan.streams
        stream = int(streams.digest[place])
        first = int(streams.pieces[:place].sum())
        curve = [getattr(streams, name)[first : first + streams.pieces[place]] for name in ("start", "hazard", "rate")]
        hazard, number = self.chance.gap(stream, 1), 1
        while (minute := minute_of(hazard, *curve)) < self.plan.end:
            yield minute
            number += 1
            hazard += self.chance.gap(stream, number)

    def work(self, order: Order, stage: int, visit: int) -> int:
        """Minutes of work on an application at a stage, when it is there for another time."""
        stages = self.plan.stages
        return self._drawn(int(stages.work[stage]), order, int(stages.purpose[stage]), visit)

    def answer(self, order: Order, stage: int, visit: int) -> int:
        """Minutes until the questions of a stage are answered."""
        stages = self.plan.stages
        return self._drawn(int(stages.answer[stage]), order, int(stages.answered[stage]), visit)

    def is_sent_back(self, order: Order, returns: Returns, visit: int) -> bool:
        purpose = int(self.plan.stages.sent_back[returns.stage])
        return self.chance.number(self._stream(order), order[1], purpose, 1 + (visit << 16)) < returns.chance

    def _drawn(self, distribution: int, order: Order, purpose: int, visit: int) -> int:
        return self.chance.draw(distribution, self._stream(order), order[1], purpose, 1 + (visit << 16))

    def _stream(self, order: Order) -> int:
        return int(self.plan.streams.digest[order[0]])


# ------------------------------------------------------------------ in Ciw


class Play:
    """A play in Ciw: who is who, and how often each has been sent back by the stage at which it is."""

    def __init__(self, queues: Queues, plan: Plan, future: int) -> None:
        self.queues, self.luck, self.origin = queues, Luck(plan, future), plan.start
        self.arrivals = [[minute - plan.start for minute in each] for each in self.luck.arrivals()]
        coming = [(minute, line, number) for line, each in enumerate(self.arrivals)
                  for number, minute in enumerate(each, 1)]  # fmt: skip
        # Customers are numbered as they come.
        self.orders = {place: (line, number) for place, (_, line, number) in enumerate(sorted(coming), 1)}
        self.sent_back: Counter[int] = Counter()

    def __deepcopy__(self, _: Any) -> Play:
        """Itself: Ciw copies what it is given, and there is one count for all of its nodes."""
        return self

    def minutes(self, customer: int, node: int) -> int:
        """Of work at a stage or, at the node beyond them, until questions are answered."""
        returns, order, stage = self.queues.returns, self.orders[customer], node - 1
        if returns is not None and stage == self.queues.stages:
            return self.luck.answer(order, returns.stage, self.sent_back[customer])
        if stage == len(self.queues.works):
            return 0
        visit = self.sent_back[customer] if returns is not None and stage == returns.stage else 0
        return self.luck.work(order, stage, visit)

    def next_node(self, customer: int, node: int) -> int:
        """Where an application goes from a node, −1 for out."""
        returns, beyond = self.queues.returns, self.queues.stages + 1
        if returns is not None and node == beyond:
            self.sent_back[customer] += 1
            return returns.stage + 1
        if returns is not None and node == returns.stage + 1:
            so_often = self.sent_back[customer]
            if so_often < returns.most and self.luck.is_sent_back(self.orders[customer], returns, so_often):
                return beyond
        return node + 1 if node + 1 < beyond else -1

    def records(self) -> list[Any]:
        """Play, and return what Ciw has written down."""
        queues = self.queues
        nodes = queues.stages + (queues.returns is not None)
        officers: list[Any] = list(queues.officers)
        if queues.sittings is not None:
            officers.append(self._slots(queues.sittings))
        officers += [float("inf")] * (nodes - len(officers))
        ranks = [f"line-{place}" for place in range(len(queues.gaps))]
        described = ciw.create_network(
            arrival_distributions={
                rank: [ciw.dists.Sequential([*differences_of(each), float("inf")]), *[None] * (nodes - 1)]
                for rank, each in zip(ranks, self.arrivals, strict=True)
            },
            service_distributions={rank: [Minutes(self, node) for node in range(1, nodes + 1)] for rank in ranks},
            routing={
                rank: ciw.routing.NetworkRouting([Onward(self, node) for node in range(1, nodes + 1)]) for rank in ranks
            },
            number_of_servers=officers,
            priority_classes={
                rank: len(ranks) - 1 - place if queues.are_ranked else 0 for place, rank in enumerate(ranks)
            },
        )
        simulation = ciw.Simulation(described)
        simulation.simulate_until_max_time(self._end())
        return list(simulation.get_all_records())

    def _end(self) -> int:
        return max(map(max, self.arrivals)) + 2 * 525_960

    def _slots(self, sittings: Sittings) -> Any:
        days = range(self.origin // DAY + 1, (self._end() + self.origin) // DAY)
        before = (FIRST_DAY - SAT_FROM).days - sittings.later
        sat = [day for day in days if (before + day) % sittings.every == 0]
        return ciw.Slotted(slots=[day * DAY - self.origin for day in sat], slot_sizes=[sittings.most] * len(sat))


def differences_of(minutes: list[int]) -> list[int]:
    return [after - before for before, after in zip([0, *minutes], minutes, strict=False)]


class Minutes(ciw.dists.Distribution):  # type: ignore[misc]
    """What is looked up for a customer at a node."""

    def __init__(self, play: Play, node: int) -> None:
        self.play, self.node = play, node

    def sample(self, t: float | None = None, ind: Any = None) -> int:
        return self.play.minutes(ind.id_number, self.node)


class Onward(ciw.routing.NodeRouting):  # type: ignore[misc]
    """Where customers go from a node."""

    def __init__(self, play: Play, node: int) -> None:
        self.play, self.here = play, node

    def next_node(self, ind: Any) -> Any:
        return self.simulation.nodes[self.play.next_node(ind.id_number, self.here)]


def in_ciw(queues: Queues, plan: Plan, future: int) -> tuple[set[Visit], set[Visit]]:
    """When Ciw lets each application be taken up, and leave, at each stage; questions, when they are answered."""
    play = Play(queues, plan, future)
    started, left = set(), set()
    for record in play.records():
        order, stage = play.orders[record.id_number], record.node - 1
        left.add((order, stage, int(record.exit_date) + plan.start))
        if stage < queues.stages:
            started.add((order, stage, int(record.service_start_date) + plan.start))
    return started, left


# ------------------------------------------------------------------ here


class Seen(NamedTuple):
    """The same of a play of ours, and the moments at each stage of which no two may be one."""

    started: set[Visit]
    left: set[Visit]
    moments: dict[int, list[int]]


def here(rows: Rows, queues: Queues) -> Seen:
    """When each application is taken up, and leaves, at each stage; questions, when they are answered.

    First come first served, it is one whether somebody comes before or after an officer is free: who waits goes first.
    """
    seen, ranked = Seen(set(), set(), defaultdict(list)), len(queues.gaps) > 1
    columns = (rows.column(name).tolist() for name in ("fact", "line", "order", "detail", "minute"))
    for fact, line_number, number, stage, minute in zip(*columns, strict=True):
        visit = (line_number, number), stage, minute
        if fact == Fact.APPLIED:
            seen.moments[0].append(minute)
        elif fact == Fact.REVIEW_STARTED:
            seen.started.add(visit)
        elif fact == Fact.REVIEW_ENDED:
            seen.left.add(visit)
            if ranked and stage < len(queues.works):
                seen.moments[stage].append(minute)
            seen.moments[stage + 1].append(minute)
        elif fact == Fact.RETURNED:
            seen.moments[stage + 1].pop()  # it is not there that it goes
        elif fact == Fact.ANSWERED:
            seen.left.add(((line_number, number), queues.stages, minute))
            seen.moments[stage].append(minute)
    if queues.sittings is not None:  # nobody may come to a sitting in its minute
        last = queues.stages - 1
        seen.moments[last] += {minute for _, stage, minute in seen.left if stage == last}
    return seen


def disputed(seen: Seen, queues: Queues) -> bool:
    """Whether two moments at a stage are one."""
    return any(len(set(seen.moments[stage])) < len(seen.moments[stage]) for stage in range(queues.stages))


# ------------------------------------------------------------------ both

PLAYS = 6


@cache
def differences(profile: Profile, queues: Queues, in_ciw_as: Queues) -> tuple[int, int, int, int]:
    """Visits in one simulator alone: when taken up, and when left; each with the number of all."""
    plan = planned(queues)
    counts = [0, 0, 0, 0]
    for future, rows in enumerate(plays(plan, PLAYS * profile.times)):
        seen = here(rows, queues)
        if disputed(seen, queues):
            continue
        both = zip((seen.started, seen.left), in_ciw(in_ciw_as, plan, future), strict=True)
        for place, (ours, theirs) in enumerate(both):
            within = {visit for visit in theirs if visit[2] < plan.end}
            counts[2 * place] += len(ours ^ within)
            counts[2 * place + 1] += len(ours | within)
    return counts[0], counts[1], counts[2], counts[3]


def compare_queues(profile: Profile, queues: Queues, in_ciw_as: Queues | None = None) -> list[Comparison]:
    started, all_started, left, all_left = differences(profile, queues, in_ciw_as or queues)
    return [
        exact("taken up in another minute", started, all_started),
        exact("left or answered in another minute", left, all_left),
    ]


def errors_of(queues: Queues) -> dict[str, Queues]:
    """Each as Ciw would play it."""
    found = {"Ciw has one officer more": queues._replace(officers=(*queues.officers[:-1], queues.officers[-1] + 1))}
    if len(queues.gaps) > 1:
        found["in Ciw all are taken up in their turn"] = queues._replace(are_ranked=False)
    if queues.returns is not None:
        found["in Ciw they are sent back once more"] = queues._replace(
            returns=queues.returns._replace(most=queues.returns.most + 1)
        )
    if queues.sittings is not None:
        found["in Ciw the committee sits a day later"] = queues._replace(sittings=queues.sittings._replace(later=1))
        most = queues.sittings.most + 1
        found["in Ciw it deals with one more"] = queues._replace(sittings=queues.sittings._replace(most=most))
    return found


def law_of(queues: Queues) -> Law:
    planted = {what: Planted(against(compare_queues, queues, wrong)) for what, wrong in errors_of(queues).items()}
    return Law(f"Ciw: {queues.name}", "Palmer et al. 2019", against(compare_queues, queues), planted)


LAWS = tuple(law_of(queues) for queues in QUEUES)
