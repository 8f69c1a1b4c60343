"""What a study is made of as JSON, beside its table in a Parquet file, so that the study can be read back whole.

Floats come back bit for bit: alone and in columns by the digits that JSON gives them, in arrays as their bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.plan import Float
from exportsim.scenario import Scenario, explicit

if TYPE_CHECKING:
    import pandas as pd

TABLE, ARRAY = "$table", "$array"  # no key of ours begins so


def parts_of(study: Any) -> dict[str, object]:
    """All that a study which is a data class is made of, by name, but for where it comes from."""
    return {each.name: getattr(study, each.name) for each in fields(study) if each.name != "provenance"}


def as_json(value: Any) -> Any:
    """A part as JSON: of tuples and data classes the values in their order, of a scenario its explicit form."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        index = value.index.name
        table = value if index is None else value.reset_index()
        columns = [[str(name), str(column.dtype), column.tolist()] for name, column in table.items()]
        return {TABLE: columns, "index": index}
    if isinstance(value, np.ndarray):
        content = np.ascontiguousarray(value, dtype="<f8").tobytes()
        return {ARRAY: base64.b64encode(content).decode(), "shape": list(value.shape)}
    if isinstance(value, Scenario):
        return explicit(value)
    if isinstance(value, Mapping):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return [as_json(getattr(value, field.name)) for field in fields(value)]
    return value.item() if isinstance(value, np.generic) else value


def from_json(value: Any) -> Any:
    """Tables and arrays out of JSON; all else is what JSON has."""
    if isinstance(value, dict):
        if TABLE in value:
            return _table(value[TABLE], value["index"])
        if ARRAY in value:
            return _array(value[ARRAY], value["shape"])
        return {key: from_json(part) for key, part in value.items()}
    return [from_json(part) for part in value] if isinstance(value, list) else value


def scenario_of(form: Any) -> Scenario:
    """A scenario out of its explicit form; it was checked when it was played, and its registers are not read."""
    return Scenario.model_validate(form)


def _table(columns: list[Any], index: str | None) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame({name: pd.Series(values, dtype=dtype) for name, dtype, values in columns})
    return table if index is None else table.set_index(index)


def _array(content: str, shape: list[int]) -> Float:
    values = np.frombuffer(base64.b64decode(content, validate=True), dtype="<f8")
    return values.astype(np.float64).reshape(shape)
