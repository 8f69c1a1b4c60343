"""Every key of a scenario file is explained: what it means, what may be written, its default, and an example of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import TypeAdapter

import generate
from exportsim.scenario.distributions import Model
from exportsim.scenario.editors import json_schema
from exportsim.scenario.schema import Scenario

SCHEMA = json_schema()
OF_PARTS = ("source", "notes")  # which every part may have, and one sentence of the page says


def parts() -> dict[str, dict[str, Any]]:
    """The tables of the page, by the name of the part in the schema."""
    return {"Scenario": SCHEMA} | {name: SCHEMA["$defs"][name] for name in generate.SECTIONS}


def keys() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, part in parts().items():
        yield from ((name, key, value) for key, value in part["properties"].items())


def models(below: type[Model] = Model) -> Iterator[type[Model]]:
    for model in below.__subclasses__():
        yield model
        yield from models(model)


def test_every_part_with_keys_has_a_table() -> None:
    distributions = {name for name in SCHEMA["$defs"] if "_" in name}  # of durations, of money, of numbers
    assert {name for name, part in SCHEMA["$defs"].items() if "properties" in part} - distributions == set(
        generate.SECTIONS
    )


@pytest.mark.parametrize(("part", "key", "value"), list(keys()), ids=lambda each: each if isinstance(each, str) else "")
def test_a_key_has_a_meaning_and_an_example_that_can_stand_there(part: str, key: str, value: dict[str, Any]) -> None:
    assert len(value["description"]) > 8 and value["description"][0].isupper()
    (example,) = value["examples"]
    jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], **value}).validate(example)
    if (part, key) == ("Scenario", "extends"):  # of the file, not of the scenario
        return
    model = Scenario if part == "Scenario" else next(each for each in models() if each.__name__ == part)
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    TypeAdapter(Annotated[fields[key].annotation, part, *fields[key].metadata]).validate_python(example)
    assert example != fields[key].default


def test_the_page_has_a_row_for_each_with_nothing_left_empty() -> None:
    rows = [line for line in generate.keys().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(key not in OF_PARTS for _, key, _ in keys())
    for row in rows:
        cells = [cell.strip() for cell in row.replace("\\|", "/").strip("|").split("|")]
        assert len(cells) == 5 and all(cells), row


def test_an_example_is_written_as_in_a_file() -> None:
    page = generate.keys()
    assert "`{lognormal: {median: 10bd, p90: 30bd}}`" in page
    assert "`[{chance: 0.3, cancel: suspended}, {chance: 0.7, permits: in_force}]`" in page
