"""The figures of the page, each with a caption and the numbers that it shows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from exportsim.report.amounts import Amounts
from exportsim.report.document import Figure, Table
from exportsim.report.html import numbers
from exportsim.report.html.drawing import drawing
from exportsim.report.number_format import visible
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Kind(NamedTuple):
    """One figure of :mod:`exportsim.report.plots`, and how the page speaks of it."""

    name: str
    close: bool
    """Whether it looks at one policy."""
    compares: bool
    """Whether it needs another policy than the reference."""
    title: str
    caption: str
    numbers: Callable[[Amounts, str], Table]


KINDS = (
    Kind(
        "differences",
        False,
        True,
        "What each policy does to exports",
        "Each policy's exports less the reference's, in the same futures: the mean and its 95 % interval; hollow where "
        "it is not distinguishable from none.",
        numbers.differences,
    ),
    Kind(
        "cumulated_difference",
        False,
        True,
        "When it does it",
        "Exports above or below the reference's so far: the mean over futures and its 95 % interval.",
        numbers.by_year,
    ),
    Kind(
        "exports_by_month",
        True,
        False,
        "Exports under {policy}",
        "Exports of the twelve months up to each month's end: the median of the futures, and the bands that hold half "
        "and nine tenths of them. The policy's measures are marked at their dates.",
        numbers.exports,
    ),
    Kind(
        "waterfall",
        True,
        True,
        "Where the exports went under {policy}",
        "From the reference's exports to the policy's: what comes after the period, what others take over, what is "
        "lost and what is gained. The bars add up to the difference, to the cent.",
        numbers.waterfall,
    ),
    Kind(
        "fates",
        True,
        True,
        "What became of all orders under {policy}",
        "The value of the orders by how it ended under the reference (left) and under the policy (right).",
        numbers.fates,
    ),
    Kind(
        "suppliers_shares",
        True,
        False,
        "Who delivers under {policy}",
        "Suppliers' shares of the value delivered, by quarter.",
        numbers.shares,
    ),
    Kind(
        "permits_and_review",
        True,
        False,
        "Permits and applications under {policy}",
        "Permits in force and suspended, applications in review and held, at each month's end: means of the futures.",
        numbers.stocks,
    ),
    Kind(
        "processing_times",
        False,
        False,
        "How long review takes",
        "Of the applications made, the share decided within so many days, against the authority's service standard.",
        numbers.processing,
    ),
)


def figures(amounts: Amounts, focus: str | None) -> Iterator[Figure]:
    """Draw the figures.

    Parameters
    ----------
    focus : str or None
        The policy that is looked at closely; None if there is only the reference.
    """
    from exportsim.report import plots

    result = amounts.result
    closely = focus or result.scenario.reference
    for kind in KINDS:
        if (kind.compares and focus is None) or not _has(result, kind):
            continue
        arguments = (closely,) if kind.close else ()
        draw: Callable[..., Axes] = getattr(plots, kind.name)
        title = kind.title.format(policy=visible(closely))
        label = f"{title}. {kind.caption} The numbers are in the table that follows."
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph", UserWarning)  # what the font lacks is drawn as a box
            drawn = drawing(draw(result, *arguments), kind.name.replace("_", "-"), label)
        yield Figure(
            kind.name,
            title,
            kind.caption,
            drawn,
            kind.numbers(amounts, closely),
        )


def _has(result: Result, kind: Kind) -> bool:
    """Whether there is anything to draw."""
    licensed: Any = result.scenario.authorities
    return bool(licensed) or kind.name not in ("processing_times", "permits_and_review")
