"""What is reported of doubt about inputs: within what the figures lie over all that the scenario calls uncertain."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from exportsim.digits import unit_in_words
from exportsim.language import text
from exportsim.names import quoted
from exportsim.names import titles as titles_of
from exportsim.report.document import Block, Document, Line, Row, Table
from exportsim.report.number_format import number, places, scale_of
from exportsim.report.studies import attributes, blocks_of_study, played
from exportsim.study.input_ranges import RANGED, SHARE, Doubt, InputRange

NOTHING = "–"


def describe(doubt: Doubt, scale: tuple[float, str] | None = None) -> Document:
    """What is reported of a Doubt; ``scale`` is by what money is divided, and the word for that.

    The data hold ``points``, ``asked``, ``futures``, ``paths``, ``method``, ``share`` (how many of the points the
    ranges hold) and ``ranges``, by policy and outcome, with the columns of :meth:`exportsim.Doubt.ranges`.
    """
    points = played(len(doubt.points), "point", interrupted=doubt.interrupted, of=doubt.asked)
    played_so = {"points": points, "futures": doubt.futures, "seconds": number(doubt.provenance["seconds"], 1)}
    closing = text("doubt.closing", **{**doubt.provenance, **played_so})
    return Document(blocks_of_study(doubt.title, blocks(doubt, scale), [], closing), lambda: data(doubt))


def data(doubt: Doubt) -> dict[str, object]:
    """The same for other programs."""
    return {
        "points": len(doubt.points),
        **attributes(doubt, "asked", "futures"),
        "paths": list(doubt.paths),
        "method": doubt.provenance["doubt"]["method"],
        "share": SHARE,
        "ranges": doubt.ranges(),
    }


def blocks(doubt: Doubt, scale: tuple[float, str] | None = None) -> Iterator[Block]:
    """The ranges of all policies and of their differences, and how they were found."""
    currency = doubt.scenario.currency
    columns = [list(doubt.units).index(outcome) for outcome in RANGED]
    factor, word = scale_of(doubt.values[..., columns].ravel().tolist()) if scale is None else scale
    unit = unit_in_words(currency, word)
    titles = {name: title for name, title in titles_of(doubt.scenario, "policies").items() if name in doubt.policies}
    yield _table("input_ranges", text("doubt.means", unit=unit), doubt, titles, factor, doubt.range)
    if len(titles) > 1:
        others = {name: title for name, title in titles.items() if name != doubt.reference}
        caption = text("doubt.differences", reference=quoted(titles[doubt.reference]), unit=unit)

        def difference(outcome: str, policy: str) -> InputRange:
            return doubt.range(outcome, policy, doubt.reference)

        yield _table("input_range_differences", caption, doubt, others, factor, difference)
    yield Line()
    yield Line(text("doubt.found", points=len(doubt.points), number=len(doubt.paths), futures=doubt.futures))
    yield Line(text("doubt.chance", futures=doubt.futures))
    if doubt.interrupted:
        yield Line(text("doubt.interrupted", points=len(doubt.points), asked=doubt.asked))


def range_text(low: float, high: float) -> str:
    """A range, low to high, in as many digits as tell its ends apart: ``−1,200 to −1,010``."""
    if math.isnan(low):
        return NOTHING
    if low == high:
        return number(low, places(abs(low), 3))
    decimals = places(high - low, 2)
    first, last = number(low, decimals), number(high, decimals)
    return text("numbers.range", low=first, high=last) if first != last else first


def _table(
    name: str,
    caption: str,
    doubt: Doubt,
    titles: dict[str, str],
    factor: float,
    found: Callable[[str, str], InputRange],
) -> Table:
    """A row per policy: the range of each outcome, and how much of the spread of exports is sampling error."""
    rows: list[Row] = []
    for policy, title in titles.items():
        ranges = [found(outcome, policy) for outcome in RANGED]
        cells = [range_text(each.low / factor, each.high / factor) for each in ranges]
        rows.append([title, *cells, _chance(ranges[0])])
    head = [text("doubt.policy"), *(text(f"doubt.columns.{outcome}") for outcome in RANGED), text("doubt.chance_share")]
    return Table(name, caption, head, rows)


def _chance(found: InputRange) -> str:
    """How much of the spread is sampling error, in per cent; a dash where nothing spreads, or nobody can say."""
    unknown = found.low == found.high or math.isnan(found.chance)
    return NOTHING if unknown else number(100 * found.chance, 0)
