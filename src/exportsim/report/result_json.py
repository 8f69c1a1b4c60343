"""The answer of a run as one JSON document, with units and definitions, for other programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from exportsim.analysis.outcomes import outcomes
from exportsim.study.result import Result

if TYPE_CHECKING:
    import pandas as pd


def document(result: Result) -> dict[str, Any]:
    """A result as a mapping of plain values.

    Returns
    -------
    dict
        ``provenance``, ``title``, ``period``, ``currency``, ``reference``, ``outcomes`` (unit and definition of each),
        ``summary`` and ``comparison``: by policy and outcome ``mean``, ``low`` and ``high`` (95 % interval), ``sd``,
        ``n``, ``method`` and ``unit``, and for a comparison the other columns of
        :func:`exportsim.analysis.comparison.compared`; ``warnings`` (``file``, ``line``, ``column``, ``path``,
        ``message``). What is undefined is null.
    """
    scenario = result.scenario
    return {
        "title": scenario.title,
        "period": {"start": str(scenario.period.start), "end": str(scenario.period.end)},
        "currency": scenario.currency,
        "reference": scenario.reference,
        "outcomes": {
            outcome.name: {"unit": outcome.unit, "definition": outcome.definition} for outcome in outcomes(result.plan)
        },
        "summary": _nested(result.summary()),
        "comparison": _nested(result.compare()),
        "warnings": [warning.document() for warning in result.warnings],
        "provenance": dict(result.provenance),
    }


def _nested(table: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    nested: dict[str, dict[str, dict[str, Any]]] = {}
    for row in table.reset_index().to_dict("records"):
        policy, outcome = row.pop("policy"), row.pop("outcome")
        found = {str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
        nested.setdefault(policy, {})[outcome] = found
    return nested
