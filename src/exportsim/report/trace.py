"""One order's life told in dated sentences, beside its life under another policy if asked; as text, table and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from exportsim import engine as engines
from exportsim.analysis.divergence import Parting, parting
from exportsim.analysis.trace import Life, life_of, numbers_of
from exportsim.arguments import chosen, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.plan import Plan
from exportsim.report import text
from exportsim.report.document import WIDTH, Document
from exportsim.report.fact_sentences import sentences
from exportsim.report.json import as_json
from exportsim.report.order_history import describe
from exportsim.report.titles import Titles
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.scenario.register import licences_of, order_name
from exportsim.scenario.schema_paths import near

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """One order's life under a policy, and perhaps under another.

    Attributes
    ----------
    scenario : Scenario or path-like
    order : str
        ``LINE/NUMBER``.
    lives : tuple of Life
        Under the policy, and under the one it is compared with.
    parting : Parting or None
        Where the two part; None if there is one life, or if both are the same.
    """

    scenario: Scenario
    order: str
    lives: tuple[Life, ...]
    parting: Parting | None

    def __str__(self) -> str:
        return self.page().text().rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def frame(self) -> pd.DataFrame:
        """The lives as a table, a row per fact, one life after the other.

        Returns
        -------
        pandas.DataFrame
            Columns ``policy``; those of a ledger's frame (``minute, when, fact, line, order, attempt, supplier, detail,
            cents``; facts of the world around the order have no ``order``); ``waited_days``, the wait that the fact
            ended; ``measure``, which the fact names or follows from; ``parted``, whether the other life has parted by
            then; and ``sentence``, empty where the next one says it as well.
        """
        import pandas as pd

        tables = []
        for life in self.lives:
            written = {fact.row: sentence for fact, sentence in sentences(Titles(self.scenario, life))}
            table = life.frame()
            table.insert(0, "policy", life.policy)
            table["parted"] = False if self.parting is None else table["minute"] >= self.parting.minute
            table["sentence"] = [written.get(fact.row, "") for fact in life.happenings]
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def document(self) -> dict[str, Any]:
        """The same as a mapping of plain values, for ``--json``. Money is in cents."""
        return as_json(self.describe())

    def describe(self, width: int = WIDTH) -> Document:
        """What ``exportsim trace`` reports, for a terminal of so many columns."""
        return describe(self.scenario, self.order, self.lives, self.parting, width=width)

    def page(self, *, width: int = WIDTH, ascii: bool = False) -> text.Page:
        """The lives as a page: beside each other where it is wide enough, else one after the other.

        Parameters
        ----------
        width : int
            Columns there are.
        ascii : bool
            Use ASCII alone.
        """
        return text.page(self.describe(width), ascii=ascii)


def trace(
    scenario: ScenarioOrPath,
    policy: str,
    order: str,
    *,
    future: int = 0,
    seed: int = 1,
    reference: str | None = None,
    engine: str = "compiled",
) -> Trace:
    """Follow one order through its life, and beside it through its life under another policy.

    Parameters
    ----------
    scenario : Scenario or path-like
    policy : str
    order : str
        ``LINE/NUMBER``, such as ``tb2-sensors/17``: orders are numbered in their demand line, whatever the policy. Of a
        line whose register has an `id`, it is the licence's own number: ``tb2-sensors/L-1204``.
    future, seed : int
        From 0 to 2³² − 1.
    reference : str, optional
        Another policy.
    engine : str
        ``"compiled"`` or ``"reference"``: the same life.

    Returns
    -------
    Trace

    Raises
    ------
    ExportsimError
        If a policy, the engine or the order does not exist, or a number is out of bounds.
    """
    scenario = checked(scenario)
    plan, ledgers = played(scenario, policy, reference, future=future, seed=seed, engine=engine)
    licences = licences_of(scenario)
    (line, number), *_ = [_order(plan, ledger, order, licences) for ledger in ledgers]
    lives = tuple(life_of(plan, ledger, line, number) for ledger in ledgers)
    name = order_name(licences, plan.names.lines[line], number)
    return Trace(scenario, name, lives, parting(*lives) if len(lives) == 2 else None)


def played(
    scenario: Scenario, policy: str, reference: str | None, *, future: int, seed: int, engine: str
) -> tuple[Plan, list[Ledger]]:
    """The ledgers of a policy, and of another if there is one, in one future."""
    names = tuple(scenario.policies)
    policies = [chosen(name, names, "policy") for name in (policy, reference) if name is not None]
    if policy == reference:
        raise ExportsimError(f"reference: found `{reference}`, the policy itself; expected another one")
    chosen(engine, engines.ENGINES, "engine")
    future, seed = whole(future, "future"), whole(seed, "seed")
    plan = compile_plan(checked(scenario))
    return plan, [
        engines.simulate(plan, names.index(name), seed=seed, future=future, engine=engine) for name in policies
    ]


def _order(plan: Plan, ledger: Ledger, order: str, licences: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Line and number of an order that has arrived."""
    name, slash, number = str(order).rpartition("/")
    owner = next((line for line in licences if str(order).startswith(f"{line}/")), None)
    if owner is not None:  # a licence's number may have strokes in it
        licence = str(order)[len(owner) + 1 :]
        if licence not in licences[owner]:
            close = near(licence, licences[owner])
            raise ExportsimError(f"order: `{owner}` has no licence `{licence}` within the run{close}")
        name, number = owner, str(licences[owner].index(licence) + 1)
    if not slash or not (number.isascii() and number.isdigit()):
        example = f"{order if order in plan.names.lines else plan.names.lines[0]}/1"
        raise ExportsimError(f"order: found `{order}`, expected a demand line and a number, such as `{example}`")
    line = plan.names.lines.index(chosen(name, plan.names.lines, "demand line"))
    arrived = numbers_of(ledger, line)
    if int(number) not in arrived:
        orders = f"orders 1 to {max(arrived)}" if arrived else "no orders"
        if arrived and int(number) < max(arrived):
            orders = f"no such order under `{plan.names.policies[ledger.policy]}`"  # others come ahead of it
        raise ExportsimError(
            f"order: found `{order}`, but in future {ledger.future} of seed {ledger.seed} `{name}` has {orders}"
        )
    return line, int(number)
