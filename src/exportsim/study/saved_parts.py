"""What a study is made of as JSON, beside its table in a Parquet file, so that the study can be read back whole.

Floats come back bit for bit: alone and in columns by the digits that JSON gives them, in arrays as their bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np
from pydantic import BaseModel

from exportsim.plan import Float
from exportsim.scenario import Scenario, explicit
from exportsim.scenario.writer import explicit_form

if TYPE_CHECKING:
    import pandas as pd

TABLE, ARRAY = "$table", "$array"  # no key of ours begins so

SomeStudy = TypeVar("SomeStudy")


def parts_of(study: Any) -> dict[str, object]:
    """All that a study which is a data class is made of, by name, but for where it comes from."""
    return {each.name: getattr(study, each.name) for each in fields(study) if each.name != "provenance"}


def as_json(value: Any) -> Any:
    """A part as JSON: tuples and data classes as their values in order, what can be written in its explicit form."""
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
    if isinstance(value, BaseModel):
        return explicit_form(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(as_json(key)): as_json(part) for key, part in value.items()}
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


def study_of(kind: type[SomeStudy], provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> SomeStudy:
    """A study that is a data class of its parts out of JSON, which become what their annotations say."""
    hints, make = _hints(kind), cast("Callable[..., SomeStudy]", kind)
    return make(provenance=provenance, **{name: _typed(hints[name], part) for name, part in parts.items()})


def _typed(hint: Any, value: Any) -> Any:
    """A value out of JSON as what an annotation says that it is."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, UnionType):
        if value is None:
            return None
        (hint,) = (each for each in inner if each is not NoneType)
        return _typed(hint, value)
    if kind is np.ndarray:
        (number,) = get_args(inner[1])
        return np.asarray(value).astype(number)
    if kind is tuple:
        hints = [inner[0]] * len(value) if inner[1:] == (...,) else inner
        return tuple(_typed(each, part) for each, part in zip(hints, value, strict=True))
    if kind in (list, Sequence):
        return [_typed(inner[0], part) for part in value]
    if kind in (dict, Mapping):
        return {_key(inner[0], key): _typed(inner[1], part) for key, part in value.items()}
    return _of_class(kind, value) if isinstance(kind, type) else value


def _of_class(kind: type, value: Any) -> Any:
    if issubclass(kind, Scenario):
        return scenario_of(value)
    if issubclass(kind, BaseModel):
        return kind.model_validate(value)
    if issubclass(kind, date):  # a moment is one as well
        return kind.fromisoformat(value)
    if is_dataclass(kind):
        hints = _hints(kind)
        names = [each.name for each in fields(kind)]
        return kind(**{name: _typed(hints[name], part) for name, part in zip(names, value, strict=True)})
    if issubclass(kind, tuple):
        return kind(*(_typed(each, part) for each, part in zip(_hints(kind).values(), value, strict=True)))
    return kind(value) if kind in (int, float, str, bool) else value


def _key(hint: Any, key: str) -> Any:
    return int(key) if hint is int else _typed(hint, key)


def _hints(kind: type) -> dict[str, Any]:
    """The annotations of a class; that of a table may stand where it is not imported."""
    import pandas as pd

    return get_type_hints(kind, localns={"pd": pd})


def _table(columns: list[Any], index: str | None) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame({name: pd.Series(values, dtype=dtype) for name, dtype, values in columns})
    return table if index is None else table.set_index(index)


def _array(content: str, shape: list[int]) -> Float:
    values = np.frombuffer(base64.b64decode(content, validate=True), dtype="<f8")
    return values.astype(np.float64).reshape(shape)
