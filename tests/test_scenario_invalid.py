"""Every file in tests/scenarios/invalid has one fault, which its first line states in full."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim.errors import ScenarioError
from exportsim.scenario import explicit_text, load, loads

FOLDER = Path(__file__).parent / "scenarios" / "invalid"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_faulty_file_is_refused_with_the_fault_that_it_states(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    expected = file.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# error: ")
    if re.match(r"\d+:\d+: ", expected):  # in this file; else the fault names another
        expected = f"{file.name}:{expected}"
    with pytest.raises(ScenarioError) as caught:
        load(file.name)
    assert [str(fault) for fault in caught.value.faults] == [expected]


def test_the_corpus_is_large_and_no_two_files_show_the_same_fault() -> None:
    faults = [file.read_text(encoding="utf-8").split("\n", 1)[0] for file in FILES]
    assert len(FILES) >= 65
    assert len(set(faults)) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_fault_speaks_our_language_and_not_that_of_a_library(file: Path) -> None:
    first = file.read_text(encoding="utf-8").split("\n", 1)[0]
    for foreign in (
        "Input should",
        "pydantic",
        "validation error",
        "str_type",
        "Extra inputs",
        "Field required",
        "<given>",
    ):
        assert foreign not in first


SLIPS = [
    "",
    "null",
    "[]",
    "{}",
    "-1",
    "1e9",
    "x",
    "'1'",
    "5d",
    "10bd",
    "5/y",
    "1M",
    ".nan",
    "[1, 2]",
    "{a: 1}",
    "- ",
    "*a",
]


@given(
    file=st.sampled_from([file for file in FILES if "bomb" not in file.stem]),
    where=st.floats(0, 1, exclude_max=True),
    slip=st.sampled_from(SLIPS),
)
@settings(max_examples=150, deadline=None)
def test_whatever_slip_is_made_where_a_scenario_is_read_or_refused_with_its_faults(
    file: Path, where: float, slip: str
) -> None:
    content = file.read_text(encoding="utf-8")
    words = list(re.finditer(r"[\w./-]+|\[[^\[\]]*\]|\{[^{}]*\}", content.split("\n", 1)[1]))
    word = words[int(where * len(words))]
    start = content.index("\n") + 1 + word.start()
    changed = content[:start] + slip + content[start + len(word[0]) :]
    try:
        scenario = loads(changed, folder=FOLDER)
    except ScenarioError as error:
        assert error.faults
        assert not any("cannot stand here" in fault.message for fault in error.faults)
    else:
        assert loads(explicit_text(scenario), folder=FOLDER) == scenario
