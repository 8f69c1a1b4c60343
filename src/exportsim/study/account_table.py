"""Outcomes as a table to be read: titles for names, money in one unit, and cells of the account that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.account import Account, money_of_account, printed
from exportsim.digits import money_of, number
from exportsim.language import country, text
from exportsim.names import titles
from exportsim.outcomes import SHARE, in_words, unit_words
from exportsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

TITLED = {"policy": "policies", "line": "demand", "goods": "goods", "supplier": "suppliers", "authority": "authorities"}


class Shown(NamedTuple):
    """What a table is of: a scenario's policies that were played, the futures, and which policies matter."""

    scenario: Scenario
    policies: Sequence[str]
    futures: int
    units: Mapping[str, str]
    apart: str | None
    """From which differences are told, if they are."""
    asked: str
    """Which the answer is about."""


def readable(means: pd.DataFrame, account: Account, shown: Shown) -> pd.DataFrame:
    """The means of outcomes by policy and whatever else they are told apart by, as text.

    ``means`` has a row for each of the account; its columns that are the account's are printed as the account is.
    """
    import pandas as pd

    from exportsim.study.text_table import TextTable

    scenario, units, futures = shown.scenario, shown.units, shown.futures
    groups, policies = len(account.labels), list(shown.policies)
    reference, of_interest = map(policies.index, (scenario.reference, shown.asked))
    place = None if shown.apart is None else policies.index(shown.apart)
    left_out = slice(0, 0) if place is None else slice(place * groups, (place + 1) * groups)
    if place is not None:
        means = means - pd.concat([means[left_out]] * len(account.cents)).set_axis(means.index)
    names = [str(name) for name in means.columns]
    amounts = [name for name in names if units[name] == scenario.currency]
    money = money_of_account(account, scenario.currency, futures, reference, of_interest)
    if not set(names) & set(account.columns):
        money = money_of(scenario.currency, [max(means[amounts].abs().max(), default=0.0)])
    steps = printed(account, futures, money, reference)
    cells = (steps if place is None else steps - steps[place]).reshape(-1, len(account.columns))

    def column(name: str) -> tuple[tuple[str, str], list[str]]:
        if name in account.columns:
            values, written = cells[:, account.columns.index(name)] / 10**money.decimals, money.decimals
        else:
            by = 1 / money.factor if name in amounts else 100 if units[name] == SHARE else 1
            values, written = by * means[name].to_numpy(), money.decimals if name in amounts else 1
        unit = money.unit if name in amounts else _unit(units[name])
        label = text(f"table.{name}") if name in account.columns else in_words(name)
        return (unit, label), [_signed(value, written, place is not None) for value in values.tolist()]

    table = TextTable(dict(map(column, names)), index=_titled(means.index, scenario))
    return table.iloc[np.delete(np.arange(len(table)), left_out)]


def _unit(unit: str) -> str:
    return text("table.share") if unit == SHARE else unit_words(unit)


def _signed(value: float, decimals: int, plus: bool) -> str:
    """A number, or a dash where it is undefined."""
    if value != value:
        return "–"
    return ("+" if plus and round(value, decimals) > 0 else "") + number(value, decimals)


def _titled(index: pd.Index, scenario: Scenario) -> pd.Index:
    """An index with titles for names."""
    import pandas as pd

    levels = []
    for name in map(str, index.names):
        called: dict[str, str] = {"": text("table.no_authority")} if name == "authority" else {}
        if name in TITLED:
            called |= titles(scenario, TITLED[name])
        elif name == "destination":
            called |= {key: country(key) for key in index.get_level_values(name)}
        levels.append([called.get(str(key), key) for key in index.get_level_values(name)])
    names = [text(f"table.{name}") for name in index.names]
    return pd.Index(levels[0], name=names[0]) if len(levels) == 1 else pd.MultiIndex.from_arrays(levels, names=names)
