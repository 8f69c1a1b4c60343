"""What is reported of an order: its history in dated sentences, beside that under another policy or before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from exportsim.analysis.divergence import Channel, Parting
from exportsim.analysis.trace import Life
from exportsim.language import day, short_day, text
from exportsim.names import words
from exportsim.report.document import WIDTH, Block, Dated, Document, Heading, Line
from exportsim.report.fact_sentences import sentences
from exportsim.report.titles import Titles
from exportsim.scenario import Scenario

SIDE_BY_SIDE = 100  # columns from which two lives stand beside each other
WIDEST = 160  # that they are set: longer lines are hard to read

History = list[tuple[date, str]]  # a day and a sentence


def describe(
    scenario: Scenario, order: str, lives: Sequence[Life], parting: Parting | None, *, width: int = WIDTH
) -> Document:
    """One or two histories of an order: beside each other where it is wide enough, else one after the other."""
    titles = [Titles(scenario, life) for life in lives]
    first, ledger = titles[0], lives[0].ledger
    blocks: list[Block] = [
        Line(text("trace.title", order=order, goods=first.goods(), buyer=first.buyer), "strong"),
        Line(text("trace.future", future=ledger.future, seed=ledger.seed)),
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
        return [text("trace.all_the_same", one=titles[0].policy, other=titles[1].policy)]
    own, act, channel = titles[parting.side], parting.act, parting.channel
    if act is None:  # before any measure does
        who = "did" if channel is Channel.AHEAD else "far"
        return [text("trace.parted_before", date=day(own.when(parting.minute))), text(f"trace.{who}.ahead")]
    how = {
        "date": day(own.when(parting.minute)),
        "measure": own.measure(act),
        "policy": own.policy,
        "does": own.does(act),
    }
    did = text(f"trace.did.{channel}") if parting.reached or channel.direct else text(f"trace.far.{channel}")
    if channel.direct:
        return [text("trace.parted_by", **how), did]
    return [text("trace.parted_after", **how), f"{text('trace.not_directly')} {did}"]


def account(titles: Titles) -> str:
    """Where the order's value is at the end of the period."""
    delivered, lost, pending = titles.life.account()
    ends = [
        text("trace.delivered", amount=titles.amount(cents), supplier=titles.title("suppliers", index))
        for index, cents in delivered.items()
    ]
    ends += [text("trace.lost", amount=titles.amount(lost))] if lost else []
    ends += [text("trace.pending", amount=titles.amount(pending))] if pending else []
    parts = text("lists.comma").join(ends)
    return text("trace.at_the_end", parts=parts) if pending else text("trace.in_the_end", parts=parts)


def _title(titles: Titles) -> str:
    policy = titles.life.policy
    title = titles.scenario.policies[policy].title
    said = "trace.under_titled" if title else "trace.under"
    return text(said, policy=words(policy), title=title)


def _mark(parted: date) -> Line:
    return Line(text("trace.mark", date=day(parted)), "strong")


def _one_after_the_other(
    titles: Sequence[Titles], histories: Sequence[History], parted: date | None
) -> Iterator[Block]:
    for number, (own, history) in enumerate(zip(titles, histories, strict=True)):
        yield Heading(_title(own))
        if number and parted is None:
            yield Line(text("trace.the_same"))
            return
        before, after = _split(history, parted)
        if number:
            before = [entry for entry in before if entry not in histories[0]]  # around the order it may be otherwise
            policy = titles[0].policy
            yield Line(text("trace.otherwise", policy=policy) if before else text("trace.as_under", policy=policy))
        yield from _dated(before)
        if parted is not None:
            yield _mark(parted)
        yield from _dated(after)
        yield Line(account(own))


def _beside(titles: Sequence[Titles], histories: Sequence[History], parted: date | None) -> Iterator[Block]:
    yield Line()
    yield Dated("", [[_title(own)] for own in titles], "strong")
    marked = parted is None
    for when in sorted({when for history in histories for when, _ in history}):
        if not marked and parted is not None and when >= parted:
            yield _mark(parted)
            marked = True
        yield Dated(
            short_day(when), [[sentence for other, sentence in history if other == when] for history in histories]
        )
    yield Dated("", [[account(own)] for own in titles])


def _split(history: History, parted: date | None) -> tuple[History, History]:
    """What was before the day on which two histories part, and what was from then on."""
    number = sum(parted is None or when < parted for when, _ in history)
    return history[:number], history[number:]


def _dated(history: History) -> Iterator[Block]:
    """Sentences, each with its date where the one before it has another."""
    for (before, _), (when, sentence) in zip([(None, ""), *history], history, strict=False):
        yield Dated("" if when == before else short_day(when), [[sentence]])
