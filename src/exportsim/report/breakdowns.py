"""The account of the policy that was asked about in parts: by year, supplier, destination, goods, line or authority.

Only what is delivered is told by all of these. Cells are rounded so that the parts add up to the cells of the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from exportsim import language
from exportsim.analysis.intervals import Interval, intervals
from exportsim.digits import rounded
from exportsim.language import text
from exportsim.names import quoted, titles
from exportsim.report.document import WIDTH, Cell, Row, Table
from exportsim.report.number_format import percentage
from exportsim.report.policy_account import PolicyAccount
from exportsim.report.studies import difference_cell
from exportsim.scenario import Scenario

SMALL = 0.01  # of all that is delivered: a part with less under both policies is one of the others
ABREAST = 76  # columns of a terminal in which exports and elsewhere stand beside each other
TOLD = ("exports", "elsewhere")
SECTIONS = {"supplier": "suppliers", "goods": "goods", "authority": "authorities"}


def breakdowns(account: PolicyAccount, by: Sequence[str], width: int = WIDTH) -> Iterator[Table]:
    """A table for each name in ``by``: what is exported and delivered elsewhere, in parts."""
    for name in dict.fromkeys(by):
        yield _table(account, name, beside=4 if width < ABREAST else 0)


def _table(account: PolicyAccount, name: str, *, beside: int) -> Table:
    parts = _parts(account, name)
    policies = list(dict.fromkeys([account.reference, account.asked]))
    alone = len(policies) == 1
    cells = {column: _cells(account, column, [part[column] for part in parts.values()], policies) for column in TOLD}
    rows: list[Row] = []
    for k, title in enumerate(parts):
        rows.append([title, *(cell for column in TOLD for cell in cells[column][k])])
    last = {column: _sum_cells(account, column, policies) for column in TOLD}
    rows.append([Cell(text("parts.all"), "strong"), *(cell for column in TOLD for cell in last[column])])
    heads = [text("parts.exports"), text("parts.elsewhere")]
    if not alone:
        heads = [
            *(text(f"parts.exports_{side}") for side in ("reference", "policy", "change", "percent")),
            *(text(f"parts.elsewhere_{side}") for side in ("reference", "policy", "change")),
        ]
    title = text("parts.by", part=text(f"parts.{name}"), unit=account.money.unit)
    if not alone:
        named = {
            "policy": quoted(account.titles[account.asked]),
            "reference": quoted(account.titles[account.reference]),
        }
        title = text("parts.against", title=title, **named)
    doubtful = any(cell.doubtful for row in rows for cell in row if isinstance(cell, Cell))
    note = text("account.brackets", number=account.result.futures) if doubtful else ""
    return Table(f"by_{name}", title, [text(f"parts.{name}"), *heads], rows, note, beside=beside)


def _parts(account: PolicyAccount, name: str) -> dict[str, dict[str, np.ndarray]]:
    """By the title of each part: what is exported and elsewhere, of shape (reference and policy, futures)."""
    result, offices = account.result, account.result.scenario.authorities
    apart = name == "authority" or set(account.authorities) == set(offices)
    table = result.outcomes_by([name] if apart else [name, "authority"])[["exports", "delivered"]]
    if "authority" in table.index.names:
        reached = table.index.get_level_values("authority").isin(account.authorities)
        table["exports"] = table["exports"].where(reached, 0.0)
        table = table.groupby(level=["policy", name, "future"], sort=False).sum()
    policies, shown = [account.reference, account.asked], titles_of_parts(result.scenario, name)
    groups = [str(group) for group in table.index.get_level_values(name).unique()]
    rows = [result.policies.index(policy) for policy in policies]
    shape = len(result.policies), len(groups), result.futures
    exports, delivered = (table[column].to_numpy().reshape(shape)[rows] for column in ("exports", "delivered"))
    parts = {
        shown.get(group, group): {"exports": exports[:, k], "elsewhere": (delivered - exports)[:, k].round(2)}
        for k, group in enumerate(groups)
    }
    return parts if name == "year" else _folded(parts)


def titles_of_parts(scenario: Scenario, name: str) -> dict[str, str]:
    """What the parts are called."""
    if name == "destination":
        return {line.destination: language.country(line.destination) for line in scenario.demand.values()}
    return {"": text("parts.no_authority")} | (titles(scenario, SECTIONS[name]) if name in SECTIONS else {})


def _folded(parts: dict[str, dict[str, np.ndarray]]) -> dict[str, dict[str, np.ndarray]]:
    """The parts, those of which next to nothing is delivered as one; those of nothing are left out."""
    delivered = {title: sum(part[column].mean(axis=1) for column in TOLD) for title, part in parts.items()}
    most = sum(delivered.values())
    shares = {title: float(np.max(mean / np.maximum(most, 0.01))) for title, mean in delivered.items()}
    small = [title for title, share in shares.items() if 0 < share < SMALL]
    small = small if len(small) > 1 else []
    kept = {title: part for title, part in parts.items() if shares[title] > 0 and title not in small}
    if small:
        together = {column: np.sum([parts[title][column] for title in small], axis=0) for column in TOLD}
        kept[text("names.others", number=len(small))] = together
    return kept


def _cells(
    account: PolicyAccount, column: str, parts: Sequence[np.ndarray], policies: Sequence[str]
) -> list[list[str | Cell]]:
    """The cells of one column of the account for each part: under the reference, under the policy, the change."""
    step, money = account.money.step, account.money
    there = rounded([plays[0].mean() / step for plays in parts], account.level(account.reference, column))
    if len(policies) == 1:
        return [[money.cell(steps)] for steps in there]
    changes = [(plays[1] - plays[0]).round(2) for plays in parts]
    steps = rounded([change.mean() / step for change in changes], account.change(account.asked, column))
    found = intervals(changes, shares=[False] * len(changes))
    rows: list[list[str | Cell]] = []
    for before, change, known, plays in zip(there, steps, found, parts, strict=True):
        relative = plays[1].mean() / plays[0].mean() - 1 if plays[0].mean() > 0 else np.nan
        row = _row(account, column, before, change, known, relative)
        rows.append(row if plays.any() else [""] * len(row))
    return rows


def _sum_cells(account: PolicyAccount, column: str, policies: Sequence[str]) -> list[str | Cell]:
    there = account.level(account.reference, column)
    if len(policies) == 1:
        return [account.money.cell(there)]
    known, change = account.changes[account.asked, column], account.change(account.asked, column)
    return _row(account, column, there, change, known, account.share(account.asked) - 1)


def _row(
    account: PolicyAccount, column: str, there: int, change: int, known: Interval, relative: float
) -> list[str | Cell]:
    money = account.money
    cell = difference_cell(known, money.cell(change, plus=True))
    cells: list[str | Cell] = [money.cell(there), money.cell(there + change), cell]
    if column == "exports":
        cells.append(cell if cell.same else cell._replace(text=percentage(relative, plus=True)))
    return cells
