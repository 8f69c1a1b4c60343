"""The README of a result's folder: what each file and column is, and in which unit."""

from __future__ import annotations

from textwrap import fill

from exportsim.analysis.intervals import LEVEL
from exportsim.analysis.quantities import SERIES, SPEND
from exportsim.outcomes import OUTCOMES
from exportsim.report.number_format import visible
from exportsim.report.result import closing
from exportsim.study.result import Result


def readme(result: Result) -> str:
    """A data dictionary as text."""
    currency = result.scenario.currency
    level = f"{100 * LEVEL:g} %"
    blocks = [
        visible(result.scenario.title) or "Untitled scenario",
        closing(result),
        *_warnings(result),
        _section(
            "Files",
            [
                ("summary", f"the mean of each outcome under each policy, with its {level} interval"),
                (
                    "comparison",
                    f"the mean difference from the policy {result.scenario.reference}, paired future by future",
                ),
                ("outcomes", "each outcome of each play: a row per policy and future, a column per outcome"),
                ("series", "what flowed in each month and stood at its end: the mean over futures"),
                (
                    "series-by-future.parquet",
                    "the same, a row per future; rows in which everything is nought are left out",
                ),
                ("scenario.yaml", "what was played, every default filled in (registers, if any, beside it)"),
                ("provenance.json", "versions, seed and digest: all that is needed to play it again"),
            ],
        ),
        fill("summary, comparison, outcomes and series are there as CSV and as Parquet, with the same columns.", 80),
        _section(
            "Columns of summary and comparison",
            [
                ("policy, outcome", "which"),
                ("mean", "over the futures in which the outcome is defined"),
                ("low, high", f"the {level} interval of the mean; empty for fewer than two futures"),
                ("sd", "the standard deviation from future to future"),
                ("n", "the number of futures in which the outcome is defined"),
                (
                    "method",
                    "how the interval was found: student (Student's t), bootstrap (BCa percentiles of resampled means, "
                    "of shares and where the outcome is skewed), constant (the same in every future) or none",
                ),
                ("unit", "the unit of mean, low, high and sd"),
            ],
        ),
        _section(
            "More columns of comparison",
            [
                (
                    "below, above",
                    "the share of futures in which the policy's figure is less, is more, than the reference's",
                ),
                ("verdict", "what the interval says: same, less, more, not distinguishable from none, or unknown"),
                ("q05 … q95", "quantiles of the difference over futures"),
                ("correlation", "between policy and reference over futures; empty where one of them never varies"),
                (
                    "variance_ratio",
                    "how many times as many futures it would take if the policies had each its own; empty where the "
                    "difference never varies",
                ),
                ("untouched", "the share of orders to which the same happened under both, in the same minutes"),
            ],
        ),
        _section(
            "Outcomes",
            [
                (outcome.name, f"[{currency if outcome.unit == 'money' else outcome.unit}] {outcome.definition}")
                for outcome in OUTCOMES
            ],
        ),
        fill(
            "Only facts from the start of the period on count, so that in every future, to the cent, "
            "ordered + open_at_start = delivered + lost + pending.",
            80,
        ),
        _section(
            "Columns of series and series-by-future",
            [
                ("month", "its first day"),
                ("line, supplier", "the demand line; the supplier, empty where an order is with none"),
                ("authority", "the authority that licenses the supplier to the line's destination, empty for none"),
                ("destination, goods, programme", "the rest of the cell"),
                *(
                    (quantity.name, _unit(quantity.name, quantity.stock, currency) + quantity.what)
                    for quantity in SERIES
                ),
                ("…_value", f"[{currency}] the value of what the column without _value counts"),
            ],
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _warnings(result: Result) -> list[str]:
    found = [(visible(warning.path), visible(warning.message)) for warning in result.warnings]
    return [_section("Warnings: well-formed, but does it make sense?", found)] if found else []


def _section(title: str, entries: list[tuple[str, str]]) -> str:
    lines = [title, "-" * len(title)]
    lines += [fill(f"{name}: {what}", 80, initial_indent="  ", subsequent_indent="      ") for name, what in entries]
    return "\n".join(lines)


def _unit(name: str, stock: bool, currency: str) -> str:
    if name == SPEND:
        return f"[{currency}] "
    return "[number, at the end of the month] " if stock else "[number, in the month] "
