"""The kinds of value that a field may have, beyond quantities and distributions, and what all parts share."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from exportsim.scenario.distributions import DurationDistribution, Model, Number, without_quotes
from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import Duration, wrong

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def iso_date(value: object) -> object:
    """Only ISO dates: a number or a time of day is not a date."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            if _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong(value, "a date such as `2020-10-05`")


def whole_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(value, meant(value) or "a whole number" + without_quotes(value))
    return value


Date = Annotated[date, BeforeValidator(iso_date, json_schema_input_type=str)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Whole = Annotated[int, BeforeValidator(whole_number)]
Probability = Annotated[Number, Field(ge=0, le=1)]


def _source(value: object) -> object:
    cited = list(value.values()) if isinstance(value, dict) else [value]
    keys = [key for entry in cited for key in (entry if isinstance(entry, list) else [entry])]
    if value is not None and not all(isinstance(key, str) for key in keys):
        raise wrong(value, "a key of `sources`, `judgement`, a list of these, or a mapping from fields to these")
    return value


def _text_or_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong(value, "text or a number")
    return value


def _cell(value: object) -> object:
    """The text of a cell: what it says is not known, so that a number's text cannot be made up."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(value, "the text of a cell, in quotes")
    return str(value)


# A number or a truth value in a file is taken as written, before it comes here (see ``reader``).
Cell = Annotated[str, BeforeValidator(_cell, json_schema_input_type=str | int | float | bool)]
Source = Annotated[str | list[str] | dict[str, str | list[str]] | None, BeforeValidator(_source)]
TextOrNumber = Annotated[str | int | float, BeforeValidator(_text_or_number)]
Never = Literal["never"]


def _never(value: object) -> str:
    return "<never>" if value == "never" else "<given>"


DurationOrNever = Annotated[
    Annotated[Never, Tag("<never>")] | Annotated[Duration, Tag("<given>")], Discriminator(_never)
]
DistributionOrNever = Annotated[
    Annotated[Never, Tag("<never>")] | Annotated[DurationDistribution, Tag("<given>")], Discriminator(_never)
]


class Part(Model):
    """A part of the world that a number can belong to."""

    source: Source = None
    """Where its numbers come from: a key of `sources`, `judgement`, or a mapping from field to either."""
    notes: str | None = None
    """Free text for the reader."""
