"""What is drawn, in the places of the scenario that it is for: as it is, or what stands there multiplied by it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticCustomError

from exportsim.scenario.addresses import UnknownPathError, located, node_at, put
from exportsim.scenario.distributions import amount, impossible, number
from exportsim.scenario.quantities import MINUTES, MULTIPLES, Duration, Money, Rate, show, whole
from exportsim.scenario.schema import Scenario
from exportsim.scenario.schema_paths import takes_whole, types_at
from exportsim.scenario.text import PYTHON, Node, Scalar, plain
from exportsim.scenario.tied_draws import TiedDraw

DIGITS = 6  # decimals of a scaled number, in the unit in which it is written
UNSCALED = ("shape", "cv")  # of a distribution: what it looks like, whatever its amounts are


def in_place(tree: Node, point: Mapping[str, Any], uncertain: Mapping[str, object]) -> dict[str, Any]:
    """By path, the values of what was drawn under some names; ``tree`` has those that are scaled."""
    values: dict[str, Any] = {}
    for name, value in point.items():
        uncertainty = uncertain.get(name)
        if not isinstance(uncertainty, TiedDraw):
            values[name] = value
        elif uncertainty.sets:
            values |= dict.fromkeys(uncertainty.sets, value)
        else:
            values |= {path: scaled_at(tree, path, value) for path in uncertainty.scales}
    return values


def scaled_at(tree: Node, path: str, factor: Any) -> Any:
    """What stands at a path of a scenario's tree, multiplied: a number, an amount, a rate, or all those of a
    distribution or of a list of rates.

    Raises
    ------
    PydanticCustomError
        If it is none of these.
    """
    try:
        put(tree, path, Scalar(number(factor), PYTHON))
    except UnknownPathError as problem:
        raise impossible(str(problem)) from None
    node = node_at(tree, path)
    steps = tuple(map(str, located(tree, path)))
    kinds = types_at(Scenario, steps)
    return _scaled(
        None if node is None else plain(node),
        Decimal(str(number(factor))),
        Money in kinds,
        takes_whole(Scenario, steps),
    )


def _scaled(written: Any, factor: Decimal, is_money: bool, is_whole: bool) -> Any:
    if isinstance(written, bool) or written is None or written in ({}, []):
        found = "nothing" if written is None else show(written)
        raise impossible(f"found {found}, expected a number, an amount or a rate to multiply")
    if isinstance(written, Mapping):
        return {
            key: value if key in UNSCALED else _scaled(value, factor, is_money, is_whole=False)
            for key, value in written.items()
        }
    if isinstance(written, list):
        return [_scaled(value, factor, is_money, is_whole) for value in written]
    if isinstance(written, int | float) and not is_money:
        value = Decimal(str(written)) * factor
        return whole(value) if is_whole else float(round(value, DIGITS))
    quantity = quantity_of(written)
    return str(like(quantity, amount_of(quantity) * factor))


def quantity_of(written: object) -> Duration | Money | Rate:
    """What a text says.

    Raises
    ------
    PydanticCustomError
        If it is no amount.
    """
    for kind in (Rate, Duration, Money):
        try:
            return kind.parse(written)
        except PydanticCustomError:
            continue
    raise impossible(f"found {show(written)}, expected a number to multiply")


def amount_of(quantity: Duration | Money | Rate) -> Decimal:
    """A quantity on the number line: minutes, cents or so many a year."""
    return quantity.per_year if isinstance(quantity, Rate) else amount(quantity)


def like(quantity: Duration | Money | Rate, value: float | Decimal) -> Duration | Money | Rate:
    """So many minutes, cents or so many a year, in the unit in which another quantity is written."""
    step = Decimal(10) ** -DIGITS
    if isinstance(quantity, Duration):
        return Duration((Decimal(value) / MINUTES[quantity.unit]).quantize(step), quantity.unit)
    if isinstance(quantity, Money):
        cents = MULTIPLES[quantity.multiple] * 100
        return Money(Decimal(whole(max(Decimal(value), Decimal(0)))) / cents, quantity.multiple)
    yearly = Decimal(value) * MINUTES[quantity.unit] / MINUTES["y"]
    return Rate(yearly.quantize(step), quantity.unit)
