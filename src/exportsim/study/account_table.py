"""Outcomes as a table to be read: titles for names, money in one unit, and cells of the account that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.account import Account, less, printed
from exportsim.digits import money_of, number
from exportsim.language import text
from exportsim.outcomes import SHARE, in_words, unit_words
from exportsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

TITLED = {"policy": "policies", "line": "demand", "goods": "goods", "supplier": "suppliers", "authority": "authorities"}


def readable(
    means: pd.DataFrame, account: Account, cents: int, units: Mapping[str, str], scenario: Scenario, apart: int | None
) -> pd.DataFrame:
    """The means of outcomes by policy and whatever else they are told apart by, as text.

    ``means`` has a row for each of the account, in which a currency unit is so many ``cents``; its columns that are the
    account's are rounded to add up. ``apart`` is the number of the policy from which differences are told, if they are.
    """
    import pandas as pd

    from exportsim.study.text_table import TextTable

    groups = len(account.labels)
    reference = slice(0, 0) if apart is None else slice(apart * groups, (apart + 1) * groups)
    if apart is not None:
        account = less(account, apart)
        means = means - pd.concat([means[reference]] * len(account.cents)).set_axis(means.index)
    names = [str(name) for name in means.columns]
    money = [name for name in names if units[name] == scenario.currency]
    largest = max(means[money].abs().max(), default=0.0)
    unit_of_money = money_of(scenario.currency, [largest])
    factor, decimals = unit_of_money.factor, unit_of_money.decimals
    rounded = printed(account, cents * Fraction(factor) / 10**decimals)

    def column(name: str) -> tuple[tuple[str, str], list[str]]:
        if name in account.columns:
            place = account.columns.index(name)
            values, written = [row[place] / 10**decimals for row in rounded], decimals
        else:
            by = 1 / factor if name in money else 100 if units[name] == SHARE else 1
            values, written = (by * means[name]).tolist(), decimals if name in money else 1
        unit = unit_of_money.unit if name in money else _unit(units[name])
        label = text(f"table.{name}") if name in account.columns else in_words(name)
        return (unit, label), [_signed(value, written, apart is not None) for value in values]

    table = TextTable(dict(map(column, names)), index=_titled(means.index, scenario))
    return table.iloc[np.delete(np.arange(len(table)), reference)]


def _unit(unit: str) -> str:
    return text("table.share") if unit == SHARE else unit_words(unit)


def _signed(value: float, decimals: int, plus: bool) -> str:
    """A number, or a dash where it is undefined."""
    if value != value:
        return "–"
    return ("+" if plus and round(value, decimals) > 0 else "") + number(value, decimals)


def _titled(index: pd.Index, scenario: Scenario) -> pd.Index:
    """An index with titles for names, where nobody else has the same title."""
    import pandas as pd

    levels = []
    for name in map(str, index.names):
        titles: dict[object, str] = {"": text("table.no_authority")} if name == "authority" else {}
        if name in TITLED:
            given = {key: part.title or key for key, part in getattr(scenario, TITLED[name]).items()}
            number_of = Counter(given.values())
            titles |= {key: title if number_of[title] == 1 else key for key, title in given.items()}
        levels.append([titles.get(key, key) for key in index.get_level_values(name)])
    names = [text(f"table.{name}") for name in index.names]
    return pd.Index(levels[0], name=names[0]) if len(levels) == 1 else pd.MultiIndex.from_arrays(levels, names=names)
