"""A scenario with fewer orders, applications, officers and slots, for what need not look at all of them.

The rules of the model hold in any world, and are looked at order by order in Python: of a nation's licences, seventy
thousand applications in a play, that takes a minute a policy and future. A world of the same policies in which orders,
applications and who works on them are divided has the same events, and fewer of them.
"""

from __future__ import annotations

from typing import Any

from exportsim.compile import compile_plan
from exportsim.engine.compiled import orders_expected
from exportsim.scenario import Scenario, explicit, replace
from exportsim.scenario.quantities import Rate

MOST = 1_500  # orders and other applications that a play is expected to have


def smaller(scenario: Scenario) -> tuple[Scenario, int]:
    """The scenario, divided so that a play has some 1,500 orders and applications; and by how much, often 1.

    Registers are taken as they are: what really happened is not divided.
    """
    times = int(orders_expected(compile_plan(scenario)) // MOST) + 1
    if times == 1:
        return scenario, 1
    form = explicit(scenario)
    for line in form["demand"].values():
        line["orders"] = _rates(line["orders"], times)
    for authority in form["authorities"].values():
        traffic = authority["traffic"]
        traffic["applications"] = _rates(traffic["applications"], times)
    for part in ("authorities", "suppliers", "history", "policies"):
        _divide(form[part], times)
    sections = ("demand", "authorities", "suppliers", "history", "policies")
    return replace(scenario, **{section: form[section] for section in sections}), times


def _rates(written: Any, times: int) -> Any:
    """A rate, or rates by their dates, divided; a register as it is."""
    if isinstance(written, dict):
        return written if "register" in written else {day: _rates(rate, times) for day, rate in written.items()}
    rate = Rate.parse(written)
    return f"{float(rate.number) / times:.6f}/{rate.unit}"


def _divide(part: Any, times: int) -> None:
    """Divide officers, slots and what a committee deals with on a day, wherever they stand."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in ("officers", "slots") and isinstance(value, int):
            part[key] = _divided(value, times)
        elif key == "officers" and isinstance(value, dict):
            part[key] = {stage: _divided(number, times) for stage, number in value.items()}
        elif key == "sits" and isinstance(value, dict) and "most" in value:
            value["most"] = _divided(value["most"], times)
        else:
            _divide(value, times)


def _divided(number: int, times: int) -> int:
    """So many, divided: none of none, else at least one."""
    return min(number, max(1, round(number / times)))
