"""Write the parts of the documentation that the code knows better: run ``python docs/generate.py`` after a change.

A generated part stands between ``<!-- name -->`` and ``<!-- /name -->``. The tests check that each is up to date.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from exportsim.analysis.quantities import SERIES
from exportsim.cli import exportsim
from exportsim.lifecycle import MEANINGS, PASSAGES, Fact, Moment, State
from exportsim.outcomes import OUTCOMES
from exportsim.report.model_limits import consequence, limits
from exportsim.scenario.editors import json_schema
from exportsim.scenario.quantities import Duration, Money, Rate

DOCS = Path(__file__).parent


def lifecycle() -> str:
    """The life of an order as a diagram: facts that join the same two states share an arrow."""
    arrows: dict[tuple[State | None, State], list[str]] = {}
    for before, fact, after in PASSAGES:
        arrows.setdefault((before, after), []).append(fact.word)
    lines = ["stateDiagram-v2"]
    lines += [f"    {_node(state)}: {state}" for state in State]
    lines += [
        f"    {_node(before)} --> {_node(after)}: {', '.join(facts)}" for (before, after), facts in arrows.items()
    ]
    lines += [f"    {_node(state)} --> [*]" for state in (State.COMPLETED, State.LOST)]
    return "\n".join(["```mermaid", *lines, "```"])


def _node(state: State | None) -> str:
    return "[*]" if state is None else state.name.lower()


def moments() -> str:
    """The order of one minute."""
    return "\n".join(f"{moment.value}. {moment.says}" for moment in Moment)


def facts() -> str:
    """What a ledger can state."""
    rows = ["| fact | what has happened | `detail` | `cents` |", "|---|---|---|---|"]
    rows += [f"| `{fact.word}` | {fact.says} | {MEANINGS[fact].detail} | {MEANINGS[fact].amount} |" for fact in Fact]
    return "\n".join(rows)


def outcomes() -> str:
    """The headline outcomes."""
    rows = ["| outcome | unit | definition |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `{each.name}` | {each.unit} | {each.definition} |" for each in OUTCOMES)])


def series() -> str:
    """The quantities of the monthly series."""
    rows = ["| quantity | kind | what is counted |", "|---|---|---|"]
    kinds = {True: "standing at the month's end", False: "flowing in the month"}
    return "\n".join([*rows, *(f"| `{each.name}` | {kinds[each.stock]} | {each.what} |" for each in SERIES)])


def omissions() -> str:
    """What the model leaves out."""
    return "\n".join([*(f"- **{topic}.** {text}" for topic, text in limits()), "", consequence()])


def commands() -> str:
    """The command line, command by command."""
    return "\n\n".join(_command(name, command) for name, command in _all("exportsim", exportsim))


def _all(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, by the words that call them."""
    yield name, command
    if isinstance(command, click.Group):
        for word in sorted(command.commands):
            yield from _all(f"{name} {word}", command.commands[word])


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name, help_option_names=["-h", "--help"])
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    said = [f"## {name}", f"`{usage}`"]
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if not paragraph.startswith("\b"):
            said.append(paragraph)
            continue
        for indented, lines in itertools.groupby(paragraph.splitlines()[1:], lambda line: line.startswith("  ")):
            told = "\n".join(line.removeprefix("  ") for line in lines)
            said.append(f"```sh\n{told}\n```" if indented else told)
    records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    if records:
        rows = ["| option | |", "|---|---|"]
        said.append("\n".join(rows + [f"| `{each[0]}` | {_cell(each[1])} |" for each in records if each]))
    if command.epilog:
        said.append(command.epilog)
    return "\n\n".join(said)


def _cell(text: str) -> str:
    """Text that may stand in a table."""
    return " ".join(text.replace("|", "\\|").split())


#: Parts of a scenario file by their name in the schema, as a reader would call them, in the order of the file.
SECTIONS = {
    "Period": "period", "Goods": "goods", "Authority": "authorities", "Calendar": "calendar",
    "NationalHolidays": "holidays", "Stage": "review", "Only": "only", "Returns": "returns", "Sits": "sits",
    "CaseByCase": "case_by_case", "Traffic": "traffic", "Supplier": "suppliers", "DemandLine": "demand",
    "Deliveries": "deliveries",
    "Register": "register", "By": "by", "SourceOfLine": "sources of a line", "Qualification": "qualification",
    "Filing": "filing", "Patience": "patience", "Trust": "trust", "Loss": "loss",
    "Anticipation": "anticipation", "Incident": "incidents", "Policy": "policies", "Measure": "measures",
    "When": "when", "Limits": "limits", "Outcome": "outcomes of a measure",
    "Act": "then", "Scope": "scope", "Objective": "objective", "Expectation": "expect",
    "PageControl": "controls", "TiedDraw": "one draw for several values",
}  # fmt: skip
AMOUNTS = {"a duration": "duration", "a rate": "rate", "an amount of money": "money"}
QUANTITIES = {Duration: "duration", Rate: "rate", Money: "money"}
CODES = {"^[A-Z]{2}$": "country", "^[A-Z]{3}$": "three capitals", "^[A-Za-z0-9][A-Za-z0-9_-]*$": "name"}
SPREAD = {"Duration": "durations", "Money": "money", "Annotated": "numbers"}


def keys() -> str:
    """Every key of a scenario file, from its JSON Schema."""
    schema = json_schema()
    parts = schema["$defs"]
    told = [_part("Top level", schema, required=schema["anyOf"][0]["required"])]
    told += [_part(title, parts[name], required=parts[name].get("required", ())) for name, title in SECTIONS.items()]
    return "\n\n".join(told)


def _part(title: str, part: Mapping[str, Any], *, required: Any) -> str:
    rows = ["| key | meaning | written | default | example |", "|---|---|---|---|---|"]
    for key, value in part["properties"].items():
        if key in ("source", "notes"):
            continue
        default = "required" if key in required else _default(value)
        example = f"`{_as_written(value['examples'][0])}`"
        rows.append(
            f"| `{key}` | {_cell(value['description'])} | {_cell(_written(value))} | {default} | {_cell(example)} |"
        )
    about = part.get("description", "")
    return "\n\n".join(filter(None, [f"## {title}", about, "\n".join(rows)]))


def _default(value: Mapping[str, Any]) -> str:
    default = value.get("default")
    if default in (None, "", []) or (isinstance(default, dict) and "number" not in default):
        return "left out"
    if isinstance(default, dict):  # a quantity
        return f"`{default['number']}{'/' if default['unit'] == 'y' else ''}{default['unit']}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`".replace("'", "")


def _as_written(example: object) -> str:
    """An example as it stands in a file, in one line."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_as_written(value)}" for key, value in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(map(_as_written, example)) + "]"
    return f'"{example}"' if example in (".", ",") else str(example)


def _written(value: Mapping[str, Any]) -> str:
    """What may be written at a key, in a few words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        if name in SECTIONS:
            return f"[{SECTIONS[name]}](#{SECTIONS[name].replace(' ', '-')})"
        return f"distribution of {SPREAD[name.split('_')[1]]}"
    for begins, word in AMOUNTS.items():
        if value.get("description", "").startswith(begins):
            return word
    patterns = {
        each.get("pattern") for each in (value, *value.get("anyOf", ()))
    }  # a field's own sentence hides the words
    for quantity, word in QUANTITIES.items():
        if quantity.pattern in patterns:
            return word
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    if "anyOf" in value or "oneOf" in value:
        ways = [_written(each) for each in value.get("anyOf", value.get("oneOf")) if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(ways))
    if value["type"] == "array":
        return f"list of {_written(value['items'])}"
    if value["type"] == "object":
        inner = next(iter(value.get("patternProperties", {}).values()), value.get("additionalProperties"))
        if not isinstance(inner, dict):
            return "mapping"
        # Rates and lists of weekdays are what dates lead to; everything else has names.
        dated = inner.get("description", "").startswith("a rate") or "enum" in inner.get("items", {})
        return f"by {'date' if dated else 'name'}: {_written(inner)}"
    if value["type"] == "integer":
        return "whole number"
    if value["type"] == "number":
        return "number from 0 to 1" if value.get("maximum") == 1 else "number"
    if value.get("format") == "date":
        return "date"
    return CODES.get(value.get("pattern", ""), "text")


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "keys": keys,
    "lifecycle": lifecycle,
    "omissions": omissions,
    "moments": moments,
    "facts": facts,
    "outcomes": outcomes,
    "series": series,
}


def generated(text: str) -> str:
    """A page with its generated parts made anew."""

    def part(match: re.Match[str]) -> str:
        return f"<!-- {match[1]} -->\n{PARTS[match[1]]()}\n<!-- /{match[1]} -->"

    return re.sub(r"<!-- (\w+) -->\n(?:.*?\n)?<!-- /\1 -->", part, text, flags=re.DOTALL)


if __name__ == "__main__":
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (fresh := generated(text)) != text:
            page.write_text(fresh, encoding="utf-8")
