"""What an office that was played would have recorded: a ledger as an event log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.scenario import ScenarioOrPath, checked

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("case", "activity", "start", "end", "destination", "goods", "value", "outcome")
APPLICATION = "application"
DECIDED = {int(Fact.APPROVED): "approved", int(Fact.DENIED): "denied", int(Fact.WITHDRAWN): "withdrawn"}


def event_log(scenario: ScenarioOrPath, ledger: Ledger) -> pd.DataFrame:
    """The applications of a play as a log of events, as :func:`exportsim.learn` reads one.

    Parameters
    ----------
    scenario : Scenario or path-like
    ledger : Ledger
        Of one of its policies, see :func:`exportsim.simulate`.

    Returns
    -------
    pandas.DataFrame
        A row for each application of an order, which takes no time, and for each visit to a stage, as they begin.
        Columns: ``case`` (the line and the number of the order, with that of the attempt from the second on),
        ``activity``, ``start`` and ``end`` (missing while it is open), ``destination``, ``goods``, ``value`` and
        ``outcome`` (``approved``, ``denied``, ``withdrawn``; an empty text while there is none).
    """
    import pandas as pd

    demand = checked(scenario).demand
    stages, lines = ledger.names.stages, ledger.names.lines
    rows: list[list[object]] = []
    begun: dict[tuple[int, int, int, int], list[object]] = {}
    values: dict[tuple[int, int], int] = {}
    outcomes: dict[tuple[int, int, int], str] = {}
    keys: list[tuple[int, int, int]] = []
    for minute, fact, line, order, attempt, _, detail, amount in ledger.rows():
        key = (line, order, attempt)
        if line < 0:
            continue
        if fact == Fact.ORDERED:
            values[line, order] = amount
        elif fact in (Fact.APPLIED, Fact.REVIEW_STARTED):
            applied = fact == Fact.APPLIED
            known = demand[lines[line]]
            case = f"{lines[line]}/{order}" + (f"/{attempt}" if attempt > 1 else "")
            activity = APPLICATION if applied else stages[detail].rpartition("/")[2]
            when = ledger.origin + timedelta(minutes=minute)
            rows.append([case, activity, when, when if applied else None, known.destination, known.goods])
            keys.append(key)
            if not applied:
                begun[*key, detail] = rows[-1]
        elif fact == Fact.REVIEW_ENDED and (*key, detail) in begun:
            begun[*key, detail][3] = ledger.origin + timedelta(minutes=minute)
        elif fact in DECIDED and key not in outcomes:
            outcomes[key] = DECIDED[fact]
    for row, key in zip(rows, keys, strict=True):
        row += [values[key[:2]] / 100, outcomes.get(key, "")]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"start": "datetime64[s]", "end": "datetime64[s]"})
