"""What is reported of an order: its history in dated sentences, beside that under another policy or before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from exportsim.analysis.divergence import Channel, Parting
from exportsim.analysis.trace import Life
from exportsim.report.document import WIDTH, Block, Dated, Document, Heading, Line
from exportsim.report.fact_sentences import sentences
from exportsim.report.titles import Titles, day
from exportsim.scenario import Scenario

SIDE_BY_SIDE = 100  # columns from which two lives stand beside each other
WIDEST = 160  # that they are set: longer lines are hard to read

#: What the measure did, or through whom it came: a sentence for each channel.
DID: dict[Channel, str] = {
    Channel.CANCELLATION: "It cancelled the order's permit.",
    Channel.PERMITS: "It decided whether the order's permit was in force.",
    Channel.APPLICATIONS: "It decided what became of the order's application.",
    Channel.CLOSED: "It decided whether a supplier was closed to the order.",
    Channel.QUALIFICATION: "The difference came through a supplier that had qualified under one policy only; "
    "qualifying begins when a buyer first loses trust, and the measure is the first by then that cost it trust under "
    "one policy only.",
    Channel.TRUST: "The difference came through the buyer's trust in its suppliers; the measure is the last by then "
    "that cost it trust under one policy only.",
    Channel.OFFICERS: "The difference came through the officers at that stage; the measure had set their number.",
    Channel.QUEUE: "The difference came through the queue before the officers; the measure is the last by then that "
    "touched their authority under one policy only.",
    Channel.SLOTS: "The difference came through production slots, which other orders took; the measure is the last by "
    "then that touched the supplier's authority under one policy only.",
    Channel.OTHERS: "The difference came through other orders; the measure is the last by then that touched the "
    "supplier's authority under one policy only.",
}
#: The same where the measure reached nothing of the order's own.
FAR = "The measure is the last by then that the policies do not have in common; it reached the order through others."
TITLE, FUTURE = "{order}: {goods} for {buyer}", "Future {future}, seed {seed}"
UNDER, UNDER_TITLED = "Under {policy}", "Under {policy}: {title}"
ALL_THE_SAME = "The order's life is the same under {one} and under {other}."
PARTED_BY = "The two lives part on {date}, by {measure} under {policy} ({does})."
PARTED_AFTER = "The two lives part on {date}, after {measure} under {policy} ({does})."
NOT_DIRECTLY = "No measure parted them directly: until then the order itself was treated alike. {did}"
MARK = "── {date}: here they part ──"
THE_SAME = "The same."
AS_UNDER, OTHERWISE = "As under {policy} until they part.", "As under {policy} until they part, but around it:"
IN_THE_END, AT_THE_END = "In the end: {parts}.", "At the end of the period: {parts}."
DELIVERED, LOST, PENDING = "{amount} delivered by {supplier}", "{amount} lost", "{amount} pending"


History = list[tuple[date, str]]  # a day and a sentence


def describe(
    scenario: Scenario, order: str, lives: Sequence[Life], parting: Parting | None, *, width: int = WIDTH
) -> Document:
    """One or two histories of an order: beside each other where it is wide enough, else one after the other."""
    titles = [Titles(scenario, life) for life in lives]
    first, ledger = titles[0], lives[0].ledger
    blocks: list[Block] = [
        Line(TITLE.format(order=order, goods=first.goods(), buyer=first.demand.buyer), "strong"),
        Line(FUTURE.format(future=ledger.future, seed=ledger.seed)),
    ]
    if len(titles) > 1:
        blocks += [Line(), *map(Line, verdict(titles, parting))]
    histories = [[(own.when(fact.minute).date(), sentence) for fact, sentence in sentences(own)] for own in titles]
    parted = None if parting is None else first.when(parting.minute).date()
    beside = len(lives) > 1 and width >= SIDE_BY_SIDE
    blocks += (_beside if beside else _one_after_the_other)(titles, histories, parted)
    return Document(blocks, partial(_data, order, titles, parting), min(width, WIDEST) if beside else WIDTH)


def _data(order: str, titles: Sequence[Titles], parting: Parting | None) -> dict[str, object]:
    first = titles[0].life
    names = first.plan.names
    return {
        "order": order,
        "line": names.lines[first.line],
        "number": first.order,
        "programme": names.programmes[first.programme],
        "parts": first.parts,
        "cents": first.value,
        "currency": titles[0].scenario.currency,
        "future": first.ledger.future,
        "seed": first.ledger.seed,
        "lives": list(map(_data_of, titles)),
        "parting": None if parting is None else _data_of_parting(titles[parting.side], parting),
    }


def _data_of(titles: Titles) -> dict[str, object]:
    life = titles.life
    written = {fact.row: sentence for fact, sentence in sentences(titles)}
    rows = zip(life.happenings, life.frame().to_dict("records"), strict=True)
    suppliers, account = life.plan.names.suppliers, life.account()
    return {
        "policy": life.policy,
        "facts": [
            {
                "when": row["when"].isoformat(),
                "fact": row["fact"],
                "whose": "order" if fact.own else "world",
                "attempt": fact.attempt or None,
                "supplier": row["supplier"] or None,
                "detail": row["detail"] or None,
                "cents": row["cents"],
                "waited_days": row["waited_days"],
                "measure": row["measure"] or None,
                "sentence": written.get(fact.row),
            }
            for fact, row in rows
        ],
        "account": {
            "delivered": {suppliers[supplier]: cents for supplier, cents in account.delivered.items()},
            "lost": account.lost,
            "pending": account.pending,
        },
    }


def _data_of_parting(titles: Titles, parting: Parting) -> dict[str, object]:
    act = parting.act
    return {
        "when": titles.when(parting.minute).isoformat(),
        "facts": [None if fact is None else fact.fact.word for fact in parting.first],
        "measure": None if act is None else titles.names.measures[act.policy][act.branch],
        "policy": titles.life.policy,
        "acted": None if act is None else titles.when(act.minute).isoformat(),
        "does": None if act is None else titles.does(act),
        "channel": parting.channel.value,
        "direct": parting.channel.direct,
        "reached": parting.reached,
    }


def verdict(titles: Sequence[Titles], parting: Parting | None) -> list[str]:
    """Where two histories part and by what, in sentences."""
    if parting is None:
        return [ALL_THE_SAME.format(one=titles[0].life.policy, other=titles[1].life.policy)]
    own, act = titles[parting.side], parting.act
    assert act is not None, "two ledgers of one future differ, and no measure does"
    direct, did = parting.channel.direct, DID[parting.channel]
    by = (PARTED_BY if direct else PARTED_AFTER).format(
        date=day(own.when(parting.minute)), measure=own.measure(act), policy=own.life.policy, does=own.does(act)
    )
    if direct:
        return [by, did]
    return [by, NOT_DIRECTLY.format(did=did if parting.reached else did.partition(";")[0] + f". {FAR}")]


def account(titles: Titles) -> str:
    """Where the order's value is at the end of the period."""
    delivered, lost, pending = titles.life.account()
    ends = [(DELIVERED, cents, titles.title("suppliers", index)) for index, cents in delivered.items()]
    ends += [(template, cents, "") for template, cents in ((LOST, lost), (PENDING, pending)) if cents]
    parts = [template.format(amount=titles.amount(cents), supplier=name) for template, cents, name in ends]
    return (AT_THE_END if pending else IN_THE_END).format(parts=", ".join(parts))


def _title(titles: Titles) -> str:
    policy = titles.life.policy
    title = titles.scenario.policies[policy].title
    return (UNDER_TITLED if title else UNDER).format(policy=policy, title=title)


def _one_after_the_other(
    titles: Sequence[Titles], histories: Sequence[History], parted: date | None
) -> Iterator[Block]:
    for number, (own, history) in enumerate(zip(titles, histories, strict=True)):
        yield Heading(_title(own))
        if number and parted is None:
            yield Line(THE_SAME)
            return
        before, after = _split(history, parted)
        if number:
            before = [entry for entry in before if entry not in histories[0]]  # around the order it may be otherwise
            yield Line((OTHERWISE if before else AS_UNDER).format(policy=titles[0].life.policy))
        yield from _dated(before)
        if parted is not None:
            yield Line(MARK.format(date=day(parted)), "strong")
        yield from _dated(after)
        yield Line(account(own))


def _beside(titles: Sequence[Titles], histories: Sequence[History], parted: date | None) -> Iterator[Block]:
    yield Line()
    yield Dated("", [[_title(own)] for own in titles], "strong")
    marked = parted is None
    for when in sorted({when for history in histories for when, _ in history}):
        if not marked and parted is not None and when >= parted:
            yield Line(MARK.format(date=day(parted)), "strong")
            marked = True
        yield Dated(day(when), [[sentence for other, sentence in history if other == when] for history in histories])
    yield Dated("", [[account(own)] for own in titles])


def _split(history: History, parted: date | None) -> tuple[History, History]:
    """What was before the day on which two histories part, and what was from then on."""
    number = sum(parted is None or when < parted for when, _ in history)
    return history[:number], history[number:]


def _dated(history: History) -> Iterator[Block]:
    """Sentences, each with its date where the one before it has another."""
    for (before, _), (when, sentence) in zip([(None, ""), *history], history, strict=False):
        yield Dated("" if when == before else day(when), [[sentence]])
