"""What is reported of a sensitivity analysis."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exportsim.language import text
from exportsim.names import quoted
from exportsim.report.document import Block, Document, Line, Table
from exportsim.report.number_format import estimate, number, unit_of
from exportsim.report.studies import DIFFERENCE, any_doubtful, attributes, beyond, blocks_of_study, counted, played
from exportsim.study.indices import LEADING
from exportsim.study.naming import outcome_words, paths_in_words, policy_title
from exportsim.study.sensitivity import Sensitivity

if TYPE_CHECKING:
    import pandas as pd

MOST_PAIRS = 10
MOST_SETTLING = 6  # parameters of which it is shown how they settled
PERCENT = 0.01
COLUMNS = {"sobol": ("total", "first"), "morris": ("mu_star", "mu", "sigma")}
INDEX = ("value", "low", "high")  # columns of the tables
LOWEST, HIGHEST = ("low_mean", "low_low", "low_high"), ("high_mean", "high_low", "high_high")
MUCH = 0.1  # of the variance left to the luck of the futures


def describe(study: Sensitivity) -> Document:
    """What ``exportsim sensitivity`` reports; ``indices``, ``convergence`` and ``tornado`` are its tables."""
    points = played(len(study.points), "point", interrupted=study.interrupted, of=study.asked)
    asked = {"method": text(f"sensitivity.names.{study.method}"), "samples": number(study.samples, 0), "played": points}
    seconds = number(study.provenance["seconds"], 1)
    closing = text("sensitivity.closing", **{**study.provenance, **asked, "seconds": seconds})
    return Document(
        blocks_of_study(study.provenance["title"], _body(study), _notes(study), closing),
        lambda: {
            **attributes(study, "outcome", "policy", "reference", "unit", "method", "samples", "futures", "chance"),
            "ranking": study.ranking(),
            "indices": study.table,
            **attributes(study, "convergence", "tornado", "provenance"),
        },
    )


def said(study: Sensitivity) -> str:
    """The outcome in words."""
    outcome, policy = outcome_words(study, study.outcome), quoted(policy_title(study, study.policy))
    if study.reference is None:
        return text("sensitivity.under", outcome=outcome, policy=policy)
    reference = quoted(policy_title(study, study.reference))
    return text("sensitivity.between", outcome=outcome, policy=policy, reference=reference)


def scale(study: Sensitivity, table: pd.DataFrame, columns: list[str]) -> tuple[float, str]:
    """By what amounts are divided, and the unit that they then have."""
    return unit_of(study.unit, (value for column in columns for value in table[column]))


def scale_of_indices(study: Sensitivity) -> tuple[float, str]:
    """The same of the indices: shares are written in per cent."""
    return (PERCENT, text("sensitivity.share")) if study.method == "sobol" else scale(study, study.table, ["value"])


def _body(study: Sensitivity) -> Iterator[Block]:
    yield Line(text("sensitivity.matters", what=said(study), futures=counted(study.futures, "future")))
    (factor, unit), leading, ranking = scale_of_indices(study), LEADING[study.method], study.ranking()

    names, named = COLUMNS[study.method], paths_in_words(study, ranking)
    rows = {(row["parameter"], row["index"]): row for row in study.table.to_dict("records") if not row["other"]}
    entries = [
        [named[path], *(_estimate(rows[path, name], factor) for name in names), _error(rows[path, leading], factor)]
        for path in ranking
    ]
    head = [_head("uncertainty"), *map(_head, names), _head("futures")]
    yield Table("indices", text(f"sensitivity.indices.{study.method}", unit=unit), head, entries)

    pairs = study.table[study.table["index"] == "second"].sort_values("value", ascending=False, kind="stable")
    if len(pairs):
        entries = [
            [named[row["parameter"]], named[row["other"]], _estimate(row, factor), _error(row, factor)]
            for row in pairs.head(MOST_PAIRS).to_dict("records")
        ]
        more = beyond(MOST_PAIRS, len(pairs), "sensitivity.more_pairs")
        head = list(map(_head, ("uncertainty", "with", "second", "futures")))
        yield Table("pairs", text("sensitivity.pairs", unit=unit), head, entries, more, left=2)

    settling = study.convergence[study.convergence["index"] == leading].to_dict("records")
    sizes = list(dict.fromkeys(study.convergence["samples"]))
    if len(sizes) > 1:
        values = {(row["parameter"], row["samples"]): _estimate(row, factor) for row in settling}
        entries = [[named[path], *(values[path, size] for size in sizes)] for path in ranking[:MOST_SETTLING]]
        title = text("sensitivity.settling", index=text(f"sensitivity.titles.{leading}"), unit=unit)
        note = text("sensitivity.strongest") if len(ranking) > MOST_SETTLING else ""
        yield Table("convergence", title, [_head("uncertainty"), *map(str, sizes)], entries, note)

    factor, unit = scale(study, study.tornado, ["low_mean", "high_mean"])
    entries = []
    for row in study.tornado.set_index("parameter").loc[ranking].reset_index().to_dict("records"):
        *ends, difference = (_estimate(row, factor, columns) for columns in (LOWEST, HIGHEST, DIFFERENCE))
        doubtful = any_doubtful([[row[name] for name in DIFFERENCE]])
        entries.append([named[row["parameter"]], *ends, f"({difference})" if doubtful else difference])
    title = text(f"sensitivity.ends.{study.method}", unit=unit)
    head = [*map(_head, ("uncertainty", "lowest", "highest")), text("studies.difference")]
    yield Table("tornado", title, head, entries)


def _head(name: str) -> str:
    return text(f"sensitivity.head.{name}")


def _notes(study: Sensitivity) -> Iterator[str]:
    yield text(f"sensitivity.methods.{study.method}")
    yield text("sensitivity.intervals")
    if any_doubtful(study.tornado[DIFFERENCE].itertuples(index=False)):
        yield text("studies.brackets")
    if study.futures == 1:
        yield text("sensitivity.one_future")
    else:
        luck = "much_luck" if study.chance > MUCH else "luck"
        yield text(f"sensitivity.{luck}", futures=study.futures, share=number(100 * study.chance, 1))
    futures = study.provenance["futures"]
    if left := futures - study.futures:
        yield text("sensitivity.left_out", left=left, futures=futures, outcome=outcome_words(study, study.outcome))


def _estimate(row: Mapping[Hashable, float], factor: float, columns: Sequence[str] = INDEX) -> str:
    return estimate(*(row[name] / factor for name in columns))


def _error(row: Mapping[Hashable, float], factor: float) -> str:
    """The standard error of an index by the choice of the futures."""
    error = row["futures_se"]
    return "–" if math.isnan(error) else number(error / factor, 0 if error == 0 else 2 if error < factor else 1)
