"""Who delivers: suppliers' shares over time, and before, during and after a restriction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from exportsim.analysis.counting_tables import months
from exportsim.analysis.intervals import Interval
from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.report.document import Table
from exportsim.report.number_format import percent as share_text
from exportsim.report.number_format import percent_number
from exportsim.report.plots.findings import shares_lead
from exportsim.report.plots.registry import Drawings, by_name, figure
from exportsim.report.plots.results import (
    by_policy,
    by_year,
    last_months,
    mean_text,
    others_of,
    reference_of,
    series_of,
)
from exportsim.report.plots.sheet import Drawing, Label, sheet
from exportsim.report.plots.styles import SOLID, Look
from exportsim.report.plots.time_axis import at, month_ends, time_axis
from exportsim.scenario.policies import measures_listed
from exportsim.study.naming import policy_title, title_of
from exportsim.study.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from exportsim.report.amounts import Amounts

__all__ = ["hysteresis", "suppliers_shares"]

QUARTER = 3  # months
MOST_SUPPLIERS = 3  # of each kind; more are put together
TOGETHER = "/"  # begins what suppliers that are put together are called: no name of a scenario has it
HATCHES = ("///", "...", "xxx")
WHEN = ("before", "during", "after")
LEAST_SHARE = 0.01  # of a market, of a supplier that is drawn
MOST_LINES = 5
LOW, NAMED_ON_LOW = 3.0, 0.05  # inches; of the value delivered
RESTRICTS = {"hold", "deny"}  # of applications


def _numbers_of_shares(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    table, _ = series_of(result, closely)
    value = table.groupby([table["month"].dt.year, "supplier"], observed=True)["delivered_value"].sum()
    by_supplier = value.unstack(fill_value=0).reindex(list(last_months(result)), fill_value=0.0)
    names = [name for name in result.plan.names.suppliers if name in by_supplier.columns and by_supplier[name].any()]
    values = by_supplier[names]
    in_percent = (100 * values).div(values.sum(axis=1), axis=0)
    columns = [[mean_text(share) for share in in_percent[name]] for name in names]
    caption = text("figures.suppliers_shares.numbers", policy=policy_title(result, closely))
    return by_year("numbers-shares", caption, result, [title_of(result, "suppliers", name) for name in names], columns)


@figure(Result, 60, drawings=by_policy, numbers=_numbers_of_shares)
def suppliers_shares(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Suppliers' shares of the value delivered, by quarter.

    Licensed ones are below, others above; a line is the licensed suppliers' share under the reference.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    by_supplier = shares(result, policy)
    licensed = [name for name in by_supplier if _licensed(result, name)]
    others = [name for name in by_supplier if name not in licensed]
    with sheet(result, **how) as drawn:
        ends = month_ends(result)
        edges = np.concatenate([at(result, np.array([0])), ends[QUARTER - 1 : -1 : QUARTER], ends[-1:]])
        base = np.zeros(len(edges) - 1)
        for name, share in by_supplier.items():
            palette, alike = (drawn.style.licensed, licensed) if name in licensed else (drawn.style.unlicensed, others)
            number = alike.index(name)
            drawn.ax.fill_between(
                edges, _stepped(100 * base), _stepped(100 * (base + share)), step="post", facecolor=palette[number],
                hatch="" if name in licensed else HATCHES[number % 3], edgecolor=drawn.style.ground, linewidth=0.3,
                gid=f"share/{name}",
            )  # fmt: skip
            last = np.flatnonzero(base + share > 0)
            # On a low sheet there is no room for names of what can hardly be seen.
            if len(last) and (drawn.height >= LOW or share[last[-1]] >= NAMED_ON_LOW):
                height = 100 * float(base[last[-1]] + share[last[-1]] / 2)
                drawn.label_end(Label(height, _called(result, name), drawn.style.soft, SOLID, 0.7))
            base = base + share
        if reference != policy:
            level = np.zeros(len(edges) - 1)
            for name, share in shares(result, reference).items():
                level = level + share if _licensed(result, name) else level
            # In ink on a rim of ground, to be seen on every colour.
            for colour, width in ((drawn.style.ground, 3.2), (drawn.style.ink, 1.4)):
                gid = "reference" if colour == drawn.style.ink else "rim"
                drawn.ax.step(edges, _stepped(100 * level), where="post", color=colour, linewidth=width, gid=gid)
        drawn.ax.set_ylim(0, 100)
        drawn.describe(
            shares_lead(result, policy, reference),
            text("figures.suppliers_shares.shown", policy=policy_title(result, policy)),
            text("figures.suppliers_shares.line", reference=policy_title(result, reference))
            if reference != policy and drawn.height >= LOW
            else "",
        )
        time_axis(drawn, result, policy)
    return drawn.ax


def shares(result: Result, policy: str) -> dict[str, Float]:
    """Each supplier's share of the value delivered, by quarter: of all futures together.

    Licensed suppliers first, then others, each by value; the smallest of each kind are put together, under a name that
    begins with :data:`TOGETHER` and has the kind and their number.
    """
    plan, (table, month) = result.plan, series_of(result, policy)
    quarters = -(-len(months(plan)[1]) // QUARTER)
    value = np.zeros((len(plan.names.suppliers) + 1, quarters))  # the last is no supplier, who delivers nothing
    np.add.at(value, (table["supplier"].cat.codes.to_numpy(), month // QUARTER), table["delivered_value"].to_numpy())
    total = value.sum(axis=0)
    share = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    by_supplier: dict[str, Float] = {}
    for licensed, kind in ((True, "licensed"), (False, "unlicensed")):
        rows = [
            row
            for row, name in enumerate(plan.names.suppliers)
            if _licensed(result, name) == licensed and value[row].any()
        ]
        rows.sort(key=lambda row: -value[row].sum())
        least = LEAST_SHARE * value.sum()
        shown = sum(value[row].sum() >= least for row in rows[:MOST_SUPPLIERS])
        if len(rows) - shown == 1:
            shown += 1
        by_supplier |= {plan.names.suppliers[row]: share[row] for row in rows[:shown]}
        if rows[shown:]:
            by_supplier[f"{TOGETHER}{kind}/{len(rows) - shown}"] = share[rows[shown:]].sum(axis=0)
    return by_supplier


def _called(result: Result, name: str) -> str:
    """A supplier's title, or what those put together are called."""
    if not name.startswith(TOGETHER):
        return title_of(result, "suppliers", name)
    _, kind, count = name.split("/")
    return text(f"figures.together.{kind}", number=int(count))


def _licensed(result: Result, name: str) -> bool:
    if name.startswith(TOGETHER):
        return name.startswith(f"{TOGETHER}licensed")
    return result.scenario.suppliers[name].authority is not None


def _stepped(values: Float) -> Float:
    """Values from each edge on, the last until the end."""
    return np.append(values, values[-1:])


class Shares(NamedTuple):
    """A supplier's shares of what is delivered to its market, from 0 to 1."""

    supplier: str
    intervals: tuple[Interval, ...]
    """At :data:`WHEN`; NaN where there is nothing to be had a share of."""

    @property
    def means(self) -> list[float]:
        """Without their intervals."""
        return [each.mean for each in self.intervals]


def shares_by_phase(result: Result, policy: str, reference: str) -> list[Shares]:
    """The shares of each supplier before, during and after what a policy restricts, who delivers most first."""
    table = result.hysteresis(policy, reference)
    by_key = {(row["supplier"], row["figure"]): row for row in table.to_dict("records")}
    found = [
        Shares(name, tuple(Interval(*(by_key[name, when][field] for field in Interval._fields)) for when in WHEN))
        for name in result.plan.names.suppliers
    ]
    seen = [each for each in found if np.isfinite(each.means).any()]
    column = list(result.units).index
    pair = [result.policies.index(name) for name in (policy, reference)]
    value = {each.supplier: result.values[pair, :, column(f"delivered/{each.supplier}")].sum() for each in seen}
    return sorted(seen, key=lambda each: -float(value[each.supplier]))


def restricting(result: Result) -> Drawings:
    """A drawing for each policy that may restrict what the reference does not."""
    return by_name(policy for policy in others_of(result) if _restricts(result, policy))


def _restricts(result: Result, policy: str) -> bool:
    return any(
        act.cancel is not None or act.permits == "suspended" or act.applications in RESTRICTS
        for lister, _, measure in measures_listed(result.scenario, policy)
        if lister is not None  # the history restricts the reference, too
        for act in (measure, *measure.outcomes, *([measure.then] if measure.then else []))
    )


def _numbers_of_hysteresis(amounts: Amounts, closely: str) -> Table:
    result = amounts.result
    rows = [
        [title_of(result, "suppliers", each.supplier), *(share_text(found) for found in each.intervals)]
        for each in shares_by_phase(result, closely, result.scenario.reference)
    ]
    caption = text("figures.hysteresis.numbers", policy=policy_title(result, closely))
    return Table("numbers-hysteresis", caption, text("figures.hysteresis.columns").split("|"), rows)


@figure(Result, 35, drawings=restricting, numbers=_numbers_of_hysteresis)
def hysteresis(result: Result, policy: str, reference: str | None = None, **how: Unpack[Drawing]) -> Axes:
    """Suppliers' shares of the value delivered before, during and after a restriction, with their 95 % intervals.

    The numbers are those of :meth:`exportsim.Result.hysteresis`. Suppliers without one per cent at any time are left
    out, and of more than five those that deliver least.
    """
    reference, policy = reference_of(result, reference), chosen(policy, result.policies, "policy")
    found = shares_by_phase(result, policy, reference)
    drawn_ones = [each for each in found if np.nanmax(each.means) >= LEAST_SHARE][:MOST_LINES]
    if not drawn_ones:
        raise ExportsimError(f"there is no before, during and after: `{policy}` restricts nothing in any future")
    left_out = len(found) - len(drawn_ones)
    with sheet(result, **how) as drawn:
        licensed = [each.supplier for each in drawn_ones if _licensed(result, each.supplier)]
        others = [each.supplier for each in drawn_ones if each.supplier not in licensed]
        middle = (len(drawn_ones) - 1) / 2
        for place, each in enumerate(drawn_ones):
            name = each.supplier
            own = (licensed if name in licensed else others).index(name)
            colour = drawn.style.hues[0 if name in licensed else 1]
            dash = SOLID if own == 0 else (0, (6 / own, 1.6))
            aside = np.arange(3) + 0.03 * (place - middle)  # intervals beside each other
            means = 100 * np.array(each.means)
            last = np.flatnonzero(np.isfinite(means))[-1]
            drawn.line(aside, means, Look(colour, dash), f"shares/{name}", linewidth=1.2 + (own == 0))
            drawn.ax.plot(aside, means, "o" if name in licensed else "D", color=colour, markersize=5)
            for x, interval in zip(aside, each.intervals, strict=True):
                if np.isfinite(interval.low):
                    low, high = 100 * interval.low, 100 * interval.high
                    drawn.ax.plot([x, x], [low, high], color=colour, linewidth=1.4, gid=f"interval/{name}")
            title = title_of(result, "suppliers", name)
            words = text("figures.hysteresis.end", supplier=title, percent=percent_number(each.means[last]))
            drawn.label_end(Label(float(means[last]), words, colour, dash, 1.4, name=title))
        drawn.ax.set_xlim(-0.2, 2.2)
        drawn.ax.set_ylim(0, 102)
        drawn.ax.set_xticks(range(3), text("figures.hysteresis.when").split("|"))
        drawn.grid("y")
        first = next((each for each in drawn_ones if each.supplier in licensed), drawn_ones[0])
        drawn.describe(
            hysteresis_lead(result, policy, first.supplier, first.means),
            text("figures.hysteresis.shown", policy=policy_title(result, policy)),
            text("figures.hysteresis.intervals") if result.futures > 1 else "",
            text("figures.hysteresis.left_out", number=left_out) if left_out else "",
        )
    return drawn.ax


def hysteresis_lead(result: Result, policy: str, supplier: str, shares: Sequence[float]) -> str:
    """What becomes of the share of the largest licensed supplier, before, during and after the restriction."""
    before, during, after = (percent_number(share) for share in shares)
    words = {"supplier": title_of(result, "suppliers", supplier), "policy": policy_title(result, policy)}
    if np.isfinite(shares).all():
        return text("figures.hysteresis.lead", before=before, during=during, after=after, **words)
    if np.isfinite(shares[:2]).all():
        return text("figures.hysteresis.lead_not_ended", before=before, during=during, **words)
    return text("figures.hysteresis.lead_plain", policy=words["policy"])
