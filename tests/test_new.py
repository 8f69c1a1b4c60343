"""`exportsim new`: a first scenario that runs at once, has a remark beside each number, and replaces nothing."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

import exportsim as xs
from exportsim.commands.new import KINDS, first_scenario
from exportsim.scenario import warnings_of
from exportsim.scenario.fields import Part
from exportsim.scenario.quantities import Duration, Money, Rate
from shell import Shell


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


def text_of(kind: str) -> str:
    return first_scenario(kind, origin="DE", destination="SA", goods="Armoured vehicles", currency="USD")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options", [(), ("--from", "XA", "--to", "XB", "--goods", 'Say: "ü", ${x}', "--currency", "JPY")]
)
def test_what_is_written_has_no_warning(shell: Shell, kind: str, options: tuple[str, ...]) -> None:
    said = shell("new", "my.yaml", "--like", kind, *options)
    assert (said.status, said.err) == (0, "")
    checked = shell("check", "my.yaml", "--strict", "--json")
    assert checked.status == 0 and json.loads(checked.out)["warnings"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_its_two_lines_can_be_typed_and_answer_something(shell: Shell, kind: str) -> None:
    lines = shell("new", "my file.yaml", "--like", kind).out.splitlines()
    assert len(lines) == 2
    assert all(f"exportsim {word} 'my file.yaml'" in line for word, line in zip(("run", "check"), lines, strict=True))
    result = xs.run(xs.load("my file.yaml"), futures=20)
    differences = result.compare().xs("exports", level="outcome")
    assert len(differences) == 2
    assert not ((differences["low"] <= 0) & (differences["high"] >= 0)).any()  # each policy does something
    assert not result.noticed


def parts(value: object) -> list[Part]:
    """All that a source can belong to, in a scenario or a part of it."""
    found = [value] if isinstance(value, Part) else []
    if isinstance(value, dict):
        below = list(value.values())
    elif isinstance(value, list):
        below = value
    else:
        below = [getattr(value, name) for name in getattr(type(value), "model_fields", ())]
    return found + [part for each in below for part in parts(each)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_judgement(kind: str) -> None:
    scenario = xs.loads(text_of(kind))
    numbered = [
        part
        for part in parts(scenario)
        if any(isinstance(getattr(part, name), (int, float, Duration, Money, Rate)) for name in part.model_fields_set)
    ]
    assert len(numbered) >= 8
    assert {part.source for part in numbered} == {"judgement"}
    measures = [measure for policy in scenario.policies.values() for measure in policy.measures]
    assert measures and {measure.source for measure in measures} == {"judgement"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_has_a_remark_that_says_what_it_means(kind: str) -> None:
    lines = text_of(kind).splitlines()
    seen = 0
    for above, line in pairwise(lines):
        written = line.partition("#")[0]
        if re.search(r"\d", written) and "title:" not in written:
            seen += 1
            assert re.search(r"  # \S", line) or above.strip().startswith("# "), line
    assert seen >= 20
    assert max(map(len, lines)) <= 120


def test_options_say_what_the_scenario_is_about() -> None:
    scenario = xs.loads(text_of("analyst"))
    assert scenario.title == "Armoured vehicles, from DE to SA" and scenario.currency == "USD"
    assert {name: goods.title for name, goods in scenario.goods.items()} == {"armoured-vehicles": "Armoured vehicles"}
    assert scenario.authorities["office"].country == "DE"
    assert scenario.demand["orders"].destination == "SA"
    assert scenario.suppliers["rival"].country == "XA"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_up_is_of_no_country_that_was_asked_for(kind: str) -> None:
    scenario = xs.loads(first_scenario(kind, origin="XA", destination="XB", goods="radios", currency="EUR"))
    rivals = [supplier for supplier in scenario.suppliers.values() if supplier.authority is None]
    assert rivals and not {supplier.country for supplier in rivals} & {"XA", "XB"}
    assert not warnings_of(scenario)


def test_a_file_that_is_there_is_replaced_only_by_force(shell: Shell) -> None:
    Path("my.yaml").write_text("mine")
    said = shell("new", "my.yaml")
    assert said.status == 2 and "not replaced" in said.err and "--force" in said.err and said.out == ""
    assert Path("my.yaml").read_text() == "mine"
    Path("nowhere.yaml").symlink_to("gone/nothing.yaml")
    assert shell("new", "nowhere.yaml").status == 2
    assert shell("new", "my.yaml", "--force").status == 0
    assert xs.load("my.yaml").title == "Radios, from CA to TR"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["my.yaml", "--like", "ofice"], "`ofice`; did you mean `office`?"),
        (["my.yaml", "--like", "x"], "expected one of `analyst`, `office`, `company`"),
        (["my.yaml", "--from", "ca"], "--from: found `ca`, did you mean `CA`?"),
        (["my.yaml", "--from", "Canada"], "--from: found `Canada`, expected the two capital letters of a country"),
        (["my.yaml", "--to", "UK"], "--to: `UK` is not the code of a country, did you mean `GB`?"),
        (["my.yaml", "--to", "CA"], "--to: found `CA`, the country of `--from`"),
        (["my.yaml", "--currency", "eur"], "--currency: found `eur`, did you mean `EUR`?"),
        (["my.yaml", "--currency", "$"], "expected the three capital letters of a currency"),
        (["my.yaml", "--goods", "!"], "--goods: found `!`"),
        (["my.yaml", "--goods", "a\nb"], "--goods: found"),
        (["."], "this is a folder"),
        (["none/my.yaml"], "there is no folder none"),
        (["my.yaml", "--form", "CA"], "Did you mean"),
    ],
)
def test_a_mistake_is_said_with_what_was_meant(shell: Shell, options: list[str], said: str) -> None:
    answer = shell("new", *options)
    assert answer.status == 2 and said in answer.err and "Traceback" not in answer.err
    assert list(Path().iterdir()) == []
