"""The tutorials: what they quote of a first scenario is in it, and what their Python prints is what they show."""

from __future__ import annotations

import contextlib
import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import exportsim
from exportsim.commands.new import first_scenario
from outputs import FENCE, Block
from shell import Shell

DOCS = Path(__file__).parents[1] / "docs"
DOORS = {"tutorial-analyst.md": "my.yaml", "tutorial-office.md": "office.yaml", "tutorial-company.md": "company.yaml"}


@pytest.fixture(params=DOORS)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


def blocks(page: str) -> list[Block]:
    return [Block(*match.groups()) for match in FENCE.finditer((DOCS / page).read_text(encoding="utf-8"))]


def begin(shell: Shell, page: str) -> None:
    """What the page tells to type first, and the files that it tells to save."""
    first = next(block.text for block in blocks(page) if block.language == "console")
    assert shell(*first.removeprefix("$ exportsim ").split()).status == 0
    for block in blocks(page):
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")


def within(part: Any, whole: Any) -> bool:
    """Whether all that a part of a file says stands in the whole file."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and within(part[key], whole[key]) for key in part)
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return all(any(within(each, other) for other in whole) for each in part)
    return bool(part == whole)


def test_what_is_quoted_of_a_first_scenario_is_in_it(shell: Shell, page: str) -> None:
    begin(shell, page)
    yaml = YAML(typ="safe")
    written = yaml.load(Path(DOORS[page]))
    quoted = [yaml.load(block.text) for block in blocks(page) if block.language == "yaml" and not block.title]
    assert len(quoted) >= 2
    for part in quoted:
        assert within(part, written), part


def test_what_its_python_prints_is_what_the_page_shows(shell: Shell, page: str) -> None:
    begin(shell, page)
    given: dict[str, Any] = {"xs": exportsim}
    printed = None
    for block in blocks(page):
        if block.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(block.text, given)
            printed = out.getvalue()
        elif block.language == "text" and printed is not None:
            assert [line.rstrip() for line in printed.splitlines()] == block.text.splitlines()
            printed = None
        elif block.language == "console":
            printed = None


def test_each_explains_the_words_that_stand_in_its_file(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for word in ("slots", "price", "parts", "weight", "shape", "cv"):
        assert re.search(rf"\*\*{word}\*\*", text), word


MISTAKES = [
    (mistake, said) for mistake, said in pairwise(blocks("yaml.md")) if mistake.title and said.language == "text"
]


@pytest.mark.parametrize(("mistake", "said"), MISTAKES, ids=lambda each: str(each.title))
def test_a_mistake_in_yaml_is_answered_as_the_page_says(shell: Shell, mistake: Block, said: Block) -> None:
    assert shell("new", "my.yaml").status == 0
    assert mistake.title is not None
    Path(mistake.title).write_text(mistake.text, encoding="utf-8")
    checked = shell("check", mistake.title)
    faults = said.text.count("\n")
    assert checked.status == 2
    assert checked.err == f"{said.text}{faults} fault{'s' if faults > 1 else ''}\n"


def test_each_mistake_of_the_page_has_its_message() -> None:
    assert len(MISTAKES) == sum(block.title is not None for block in blocks("yaml.md")) >= 12


def test_what_stands_behind_a_mark_is_a_remark() -> None:
    text = first_scenario("analyst", origin="CA", destination="TR", goods="radios", currency="EUR")
    assert exportsim.loads(re.sub("^title: .*$", "title: Radios #2", text, flags=re.MULTILINE)).title == "Radios"
    assert exportsim.loads(re.sub("^title: .*$", 'title: "Radios #2"', text, flags=re.MULTILINE)).title == "Radios #2"
