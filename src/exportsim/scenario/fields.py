"""The kinds of value that a field may have, beyond quantities and distributions, and what all parts share."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from exportsim.scenario.distributions import DurationDistribution, Model, Number, impossible, without_quotes
from exportsim.scenario.marks import meant
from exportsim.scenario.quantities import Duration, wrong
from exportsim.scenario.schema_paths import MILLIONTHS

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def iso_date(written: object) -> object:
    """Only ISO dates: a number or a time of day is not a date."""
    if isinstance(written, date):
        return written
    if isinstance(written, str):
        try:
            if _DATE.fullmatch(written):
                return date.fromisoformat(written)
        except ValueError:
            pass
    raise wrong(written, "a date such as `2020-10-05`")


def whole_number(written: object) -> object:
    if isinstance(written, bool) or not isinstance(written, int):
        raise wrong(written, meant(written) or "a whole number" + without_quotes(written))
    return written


Date = Annotated[
    date, BeforeValidator(iso_date, json_schema_input_type=Annotated[str, Field(json_schema_extra={"format": "date"})])
]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Whole = Annotated[int, BeforeValidator(whole_number)]
Probability = Annotated[Number, Field(ge=0, le=1)]


def _source(written: object) -> object:
    values = list(written.values()) if isinstance(written, dict) else [written]
    keys = [key for value in values for key in (value if isinstance(value, list) else [value])]
    if written is not None and not all(isinstance(key, str) for key in keys):
        raise wrong(written, "a key of `sources`, `judgement`, a list of these, or a mapping from fields to these")
    return written


def _text_or_number(written: object) -> object:
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise wrong(written, "text or a number")
    return written


def _cell(written: object) -> object:
    """The text of a cell: what it says is not known, so that a number's text cannot be made up."""
    if isinstance(written, str):
        return written.strip()
    if isinstance(written, date):
        return written.isoformat()
    if isinstance(written, bool) or not isinstance(written, int):
        raise wrong(written, "the text of a cell, in quotes")
    return str(written)


# A number or a truth value in a file is taken as written, before it comes here (see ``reader``).
Cell = Annotated[str, BeforeValidator(_cell, json_schema_input_type=str | int | float | bool)]
Source = Annotated[str | list[str] | dict[str, str | list[str]] | None, BeforeValidator(_source)]
TextOrNumber = Annotated[str | int | float, BeforeValidator(_text_or_number)]
Never = Literal["never"]


def _never(written: object) -> str:
    return "<never>" if written == "never" else "<given>"


DurationOrNever = Annotated[
    Annotated[Never, Tag("<never>")] | Annotated[Duration, Tag("<given>")], Discriminator(_never)
]
Standard = Annotated[Literal["standard"], Tag("<standard>")]


def _standard_or(tag: str, written: object, *words: str) -> str:
    return f"<{written}>" if written in ("standard", *words) else tag


def _or_standard(tag: str, *words: str) -> Discriminator:
    """What tells `standard`, and other words, from a value that bears a tag."""
    return Discriminator(lambda written: _standard_or(tag, written, *words))


def _millionths(written: float) -> float:
    if (Decimal(str(written)) * 1_000_000) % 1:
        raise impossible(f"found `{written}`, expected at most six digits after the point")
    return written


def _a_day(written: Duration) -> Duration:
    if written.minutes < 1440:
        raise impossible(f"found `{written}`, expected a duration of at least 1d")
    return written


# What a measure sets, with tags of their own: they say what words may stand there instead (see ``messages``).
ProbabilityOrStandard = Annotated[Standard | Annotated[Probability, Tag("<chance>")], _or_standard("<chance>")]
Factor = Annotated[Number, Field(gt=0, le=1000), AfterValidator(_millionths), MILLIONTHS]
FactorOrStandard = Annotated[Standard | Annotated[Factor, Tag("<factor>")], _or_standard("<factor>")]
FactorsOrStandard = Annotated[
    Standard
    | Annotated[Factor, Tag("<factor>")]
    | Annotated[dict[Name, FactorOrStandard], Field(min_length=1), Tag("<stages>")],
    Discriminator(lambda written: "<stages>" if isinstance(written, dict) else _standard_or("<factor>", written)),
]
LastingOrStandard = Annotated[
    Standard | Annotated[Never, Tag("<never>")] | Annotated[Duration, AfterValidator(_a_day), Tag("<lasting>")],
    _or_standard("<lasting>", "never"),
]
DistributionOrNever = Annotated[
    Annotated[Never, Tag("<never>")] | Annotated[DurationDistribution, Tag("<given>")], Discriminator(_never)
]


class Part(Model):
    """A part of the world that a number can belong to."""

    source: Source = None
    """Where its numbers come from: a key of `sources`, `judgement`, or a mapping from field to either.

    Example: `judgement`
    """
    notes: str | None = None
    """Free text for the reader. Example: `Counted by hand.`"""
