"""The scenario format as JSON Schema, for editors that complete and explain keys while one types."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from exportsim.scenario.distributions import Model
from exportsim.scenario.schema import DemandLine, Scenario
from exportsim.scenario.text import parse, plain

if TYPE_CHECKING:
    from pydantic_core import core_schema


def json_schema() -> dict[str, Any]:
    """The scenario format as JSON Schema (2020-12).

    It knows what may be written where, but not what must hold between parts: a file that it accepts can still have
    faults. Files that extend another may leave out what that one has.
    """
    form = Scenario.model_json_schema(schema_generator=_Generator)
    needed = form.pop("required")
    extends = {
        "type": "string",
        "description": "Another scenario file that this one is laid over.",
        "examples": ["my.yaml"],
    }
    form["properties"] = {"exportsim": form["properties"].pop("exportsim"), "extends": extends, **form["properties"]}
    form.pop("title", None)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "exportsim scenario",
        **_bounded(form),
        "anyOf": [{"required": needed}, {"required": ["extends"]}],
    }


# Bounds behind a validator of ours are left by pydantic under its own names; and a default of null says nothing.
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def _bounded(form: Any) -> Any:
    if isinstance(form, list):
        return [_bounded(value) for value in form]
    if not isinstance(form, dict):
        return form
    # A bound is a number: what is called so and is a mapping is a field.
    return {
        key if isinstance(value, dict) else _BOUNDS.get(key, key): _bounded(value)
        for key, value in form.items()
        if not (key == "default" and value is None)
    }


class _Generator(GenerateJsonSchema):
    """Adds the docstrings of fields with their examples, and drops titles that only repeat a key."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        form, model = super().model_schema(schema), schema["cls"]
        form.pop("title", None)
        if model is DemandLine:  # what its register may have
            form["required"] = [key for key in form["required"] if key not in ("destination", "goods")]
        texts: dict[str, str] = {}
        for parent in reversed(model.__mro__):  # what it inherits before what it has itself
            if issubclass(parent, Model):
                texts |= _docstrings(parent.__module__).get(parent.__name__.split("[")[0], {})
        for name, field in model.model_fields.items():
            below = form.get("properties", {}).get(field.alias or name)
            if isinstance(below, dict) and name in texts:
                meaning, told, example = texts[name].partition("Example: ")
                below["description"] = meaning.strip()
                if told:
                    below["examples"] = [plain(parse(example.strip("`"), name)[0])]
        return form

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """As it is: the keys of examples stand in the order of a file."""
        return value

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


@cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """By class and field of a module: the text below the field in the source, what it means and ``Example: `…` ``."""
    texts: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(sys.modules[module])).body:
        if isinstance(node, ast.ClassDef):
            for pair in pairwise(node.body):
                match pair:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        texts.setdefault(node.name, {})[name] = inspect.cleandoc(text)
    return texts
