"""How the lives of an order are set on a page: dated sentences, beside each other or one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from exportsim.analysis.divergence import Channel, Parting
from exportsim.analysis.trace import Life
from exportsim.report.fact_sentences import told_of
from exportsim.report.number_format import plain, visible
from exportsim.report.text_page import WIDTH, Page, folded
from exportsim.report.titles import DAY, Speaker, day
from exportsim.scenario import Scenario

SIDE_BY_SIDE = 100  # columns from which two lives stand beside each other
WIDEST = 160  # that they are set: longer lines are hard to read
DATE = 11  # columns of a date

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


class Entry(NamedTuple):
    """One sentence of a life."""

    day: int  # number of the day, from period.start
    date: str
    sentence: str


def page(
    scenario: Scenario,
    order: str,
    lives: Sequence[Life],
    parting: Parting | None,
    *,
    width: int = WIDTH,
    ascii: bool = False,
) -> Page:
    """Set one or two lives of an order on a page; see :meth:`exportsim.report.trace.Trace.page`."""
    beside = len(lives) > 1 and width >= SIDE_BY_SIDE
    sheet = Page(ascii=ascii, width=min(width, WIDEST) if beside else WIDTH)
    speakers = [Speaker(scenario, life) for life in lives]
    ledger = lives[0].ledger
    sheet.line(f"{order}: {speakers[0].goods()} for {speakers[0].demand.buyer}", style="bold")
    sheet.line(f"Future {ledger.future}, seed {ledger.seed}")
    if len(lives) > 1:
        sheet.line()
        for sentence in verdict(speakers, parting):
            sheet.line(sentence)
    told = [_entries(speaker, ascii) for speaker in speakers]
    parted = None if parting is None else parting.minute // DAY
    mark = "" if parting is None else f"── {day(speakers[0].when(parting.minute))}: here they part ──"
    (_beside if beside else _one_after_the_other)(sheet, speakers, told, parted, mark)
    return sheet


def verdict(speakers: Sequence[Speaker], parting: Parting | None) -> list[str]:
    """Where two lives part and by what, in sentences."""
    if parting is None:
        ours, theirs = (speaker.life.policy for speaker in speakers)
        return [f"The order's life is the same under {ours} and under {theirs}."]
    speaker, act = speakers[parting.side], parting.act
    assert act is not None, "two ledgers of one future differ, and no measure does"
    when = day(speaker.when(parting.minute))
    named = f"{speaker.measure(act)} under {speaker.life.policy} ({speaker.does(act)})"
    if parting.channel.direct:
        return [f"The two lives part on {when}, by {named}.", DID[parting.channel]]
    did = DID[parting.channel] if parting.reached else DID[parting.channel].partition(";")[0] + f". {FAR}"
    return [
        f"The two lives part on {when}, after {named}.",
        f"No measure parted them directly: until then the order itself was treated alike. {did}",
    ]


def account(speaker: Speaker) -> str:
    """Where the order's value is at the end of the period."""
    delivered, lost, pending = speaker.life.account()
    parts = [f"{speaker.amount(cents)} delivered by {speaker.supplier(k)}" for k, cents in delivered.items()]
    parts += [f"{speaker.amount(lost)} lost"] if lost else []
    parts += [f"{speaker.amount(pending)} pending"] if pending else []
    return f"{'At the end of the period' if pending else 'In the end'}: {', '.join(parts)}."


def _entries(speaker: Speaker, ascii: bool) -> list[Entry]:
    return [
        Entry(happening.minute // DAY, day(speaker.when(happening.minute)), _clean(sentence, ascii))
        for happening, sentence in told_of(speaker)
    ]


def _title(speaker: Speaker) -> str:
    title = speaker.scenario.policies[speaker.life.policy].title
    return f"Under {speaker.life.policy}" + (f": {title}" if title else "")


def _clean(text: str, ascii: bool) -> str:
    return plain(visible(text)) if ascii else visible(text)


# ------------------------------------------------------------------ one after the other


def _one_after_the_other(
    sheet: Page, speakers: Sequence[Speaker], told: Sequence[Sequence[Entry]], parted: int | None, mark: str
) -> None:
    for number, (speaker, entries) in enumerate(zip(speakers, told, strict=True)):
        sheet.heading(_title(speaker))
        if number and parted is None:
            sheet.line("The same.")
            return
        rest = list(entries)
        if number and parted is not None:
            rest = [entry for entry in entries if entry.day >= parted or entry not in told[0]]
            sheet.line(f"As under {speakers[0].life.policy} until they part" + _besides(rest, parted))
        for k, entry in enumerate(rest):
            if parted is not None and entry.day >= parted and (k == 0 or rest[k - 1].day < parted):
                sheet.line(mark, style="bold")
            _dated(sheet, entry, again=k > 0 and entry.day == rest[k - 1].day)
        if parted is not None and all(entry.day < parted for entry in rest):
            sheet.line(mark, style="bold")
        sheet.line(account(speaker))


def _besides(entries: Sequence[Entry], parted: int) -> str:
    """Whether anything around the order was otherwise before."""
    return ", but around it:" if entries and entries[0].day < parted else "."


def _dated(sheet: Page, entry: Entry, again: bool) -> None:
    """A sentence, with its date unless the one before it has the same."""
    for number, line in enumerate(folded(entry.sentence, sheet.width - DATE - 2)):
        sheet.line(f"{'' if number or again else entry.date:>{DATE}}  {line}")


# ------------------------------------------------------------------ beside each other


def _beside(
    sheet: Page, speakers: Sequence[Speaker], told: Sequence[Sequence[Entry]], parted: int | None, mark: str
) -> None:
    sheet.line()
    _row(sheet, "", [[_title(speaker)] for speaker in speakers], style="bold")
    dates = {entry.day: entry.date for entries in told for entry in entries}
    marked = parted is None
    for number in sorted(dates):
        if not marked and parted is not None and number >= parted:
            sheet.line(mark, style="bold")
            marked = True
        columns = [[entry.sentence for entry in entries if entry.day == number] for entries in told]
        _row(sheet, dates[number], columns)
    _row(sheet, "", [[account(speaker)] for speaker in speakers])


def _row(sheet: Page, date: str, columns: Sequence[Sequence[str]], style: str = "") -> None:
    room = (sheet.width - DATE - 5) // 2
    folds = [[line for said in sentences for line in folded(visible(said), room)] for sentences in columns]
    for number, (left, right) in enumerate(zip_longest(*folds, fillvalue="")):
        blank = " " * (room - cell_len(left))
        sheet.line(f"{'' if number else date:>{DATE}}  {left}{blank} | {right}".rstrip(), style=style)
