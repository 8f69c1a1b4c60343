"""Whatever is read ends in a result or in an error of ours, and soon: files, texts, overrides, registers and stores.

``pytest --hypothesis-profile night tests/test_fuzz.py`` looks for as long as one sleeps.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exportsim
from exportsim import ExportsimError, Result, load, loads, open_store
from exportsim.scenario import Scenario, explicit_text

WORLD = """\
exportsim: 1
title: A small world
period: {start: 2020-01-01, end: 2020-12-31, warm_up: 1mo}
currency: EUR
goods: {sensors: {}}
authorities:
  gac:
    country: CA
    approval: 0.9
    validity: 2y
    review: [{stage: desk, officers: 2, work: {uniform: [1bd, 20bd]}}]
    case_by_case: {approval: 0.5, review: [{stage: board, officers: 1, work: 3bd}]}
    traffic: {applications: 10/y}
suppliers:
  north: {country: CA, authority: gac, slots: 2, lead_time: {lognormal: {median: 30d, p90: 60d}}}
  south: {country: ZA, slots: 4, lead_time: 40d, ramp_up: 90d, price: 1.1}
demand:
  line:
    buyer: buyer
    destination: TR
    goods: sensors
    orders: {2020-01-01: 30/y, 2020-06-01: 10/y}
    value: {lognormal: {mean: 1M, cv: 1}}
    parts: 2
    programmes: {nato: 0.5}
    sources: {north: {weight: 9}, south: {}}
  replayed:
    buyer: buyer
    destination: AE
    goods: sensors
    orders: {register: orders.csv, date: date, value: value, programme: programme}
    programmes: {nato: 0.5}
    sources: {north: {}}
policies:
  free: {measures: []}
  strict: {measures: [{on: 2020-06-01, applications: deny, destinations: [TR]}]}
  mild: {extends: strict, except: {programmes: [nato]}, measures: [{on: 2020-07-01, permits: suspended}]}
"""
RECORDS = "date,value,programme\n2020-03-01,100,nato\n2020-03-01T12:30,1e3,\n2020-12-31,0.05,none\n"
MOST = 1000  # orders, so that what is valid is played at once
LONGEST = 20  # seconds, on a machine that is busy
SLIPS = [
    "", "null", "{}", "[]", "~", "-1", "0", "1e308", ".nan", "-.inf", "9" * 45, "0x10", "5d", "10bd", "1/y", "5M",
    "never", "2020-02-30", "9999-12-31", "true", "&a", "*a", "<<", "!!str", "- ", "? ", ": ", "|", ">", '"', "'", "\t",
    "\n", "#", "---", "...", "%YAML 1.1", "\u202e", "\0", "\ud800", "\ufeff", "\u2028", "é", "extends", "north", "TR",
]  # fmt: skip
TOKENS = [match[0] for match in re.finditer(r"[\w.-]+|\s+|.", WORLD)]
PATHS = [
    "title", "period", "period.start", "period.warm_up", "suppliers.north", "suppliers.north.slots", "uncertainties",
    "suppliers.south.price", "demand.line.value", "demand.line.value.lognormal.mean", "demand.line.orders", "expect",
    "demand.line.sources.south.weight", "authorities.gac.review.desk.work", "authorities.gac.review.0", "extends",
    "demand.replayed.orders.register", "demand.replayed.orders.where", "policies.strict.measures.0.on", "reference",
    "authorities.gac.calendar.holidays", "policies.mild.extends", "incidents", "a.b.c", "", ".", "..",
]  # fmt: skip
OVERLAY = re.findall(r"[\w./-]+|\s+|.", "extends: world.yaml\nsuppliers: {north: {slots: 3}, south: null}\n")
FIELDS = re.findall(r"[\w.-]+|.|\n", RECORDS)
often = settings(max_examples=4 * settings.default.max_examples)  # they are quick


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario and its register."""
    folder = tmp_path_factory.mktemp("world")
    (folder / "world.yaml").write_text(WORLD)
    (folder / "orders.csv").write_text(RECORDS)
    return folder


@pytest.fixture(scope="module", autouse=True)
def ready(here: Path) -> None:
    """What is compiled is compiled before anything is timed."""
    exportsim.run(load(here / "world.yaml"), futures=1)


def judged(read: Callable[..., Scenario], *arguments: Any, **options: Any) -> Scenario | None:
    """A scenario that can be written, read again and played, or None and an error of ours; soon, either way."""
    begun = time.monotonic()
    try:
        scenario = read(*arguments, max_orders=MOST, **options)
        exportsim.run(scenario, futures=1, workers=1).summary()
    except ExportsimError as error:
        assert str(error) and "\x1b" not in str(error)
        scenario = None
    else:
        assert loads(explicit_text(scenario), folder=scenario.folder) == scenario
    assert time.monotonic() - begun < LONGEST
    return scenario


@st.composite
def mutated(draw: st.DrawFn, tokens: list[str]) -> str:
    """A text with some of its tokens left out, doubled, swapped or replaced."""
    changed = list(tokens)
    for _ in range(draw(st.integers(1, 4))):
        one, other = (draw(st.integers(0, len(changed) - 1)) for _ in range(2))
        what = draw(st.sampled_from(["delete", "double", "swap", "replace", "insert"]))
        if what == "delete":
            del changed[one]
        elif what == "double":
            changed.insert(one, changed[one])
        elif what == "swap":
            changed[one], changed[other] = changed[other], changed[one]
        else:
            changed[one : one + (what == "replace")] = [draw(st.one_of(st.sampled_from(SLIPS), st.text(max_size=8)))]
    return "".join(changed)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(SLIPS)),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.text(max_size=8), below, max_size=3)),
    max_leaves=6,
)


def test_the_world_itself_is_sound(here: Path) -> None:
    assert judged(load, here / "world.yaml") is not None and "".join(TOKENS) == WORLD


@given(content=mutated(TOKENS))
@often
def test_a_text_with_slips(here: Path, content: str) -> None:
    judged(loads, content, folder=here)


@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
def test_any_bytes(here: Path, content: bytes) -> None:
    (here / "any.yaml").write_bytes(content)
    judged(load, here / "any.yaml")


@given(start=st.integers(0, len(WORLD)), length=st.integers(0, 20), content=st.binary(max_size=20), base=st.booleans())
def test_bytes_within_a_file_or_the_file_that_it_extends(
    here: Path, start: int, length: int, content: bytes, base: bool
) -> None:
    sound = WORLD.encode()
    (here / "harmed.yaml").write_bytes(sound[:start] + content + sound[start + length :])
    (here / "over.yaml").write_text("extends: harmed.yaml\n")
    judged(load, here / ("over.yaml" if base else "harmed.yaml"))


@given(
    over=mutated(re.findall(r"[\w./-]+|\s+|.", "extends: world.yaml\nsuppliers: {north: {slots: 3}, south: null}\n"))
)
def test_an_overlay_with_slips(here: Path, over: str) -> None:
    judged(loads, over, folder=here)


@given(given=st.lists(st.tuples(st.sampled_from(PATHS), st.one_of(st.sampled_from(SLIPS), st.text(max_size=20)))))
def test_overrides_in_yaml(here: Path, given: list[tuple[str, str]]) -> None:
    judged(load, here / "world.yaml", overrides=[f"{path}={value}" for path, value in given])


@given(path=st.one_of(st.sampled_from(PATHS), st.text(max_size=20)), value=values)
def test_overrides_in_python(here: Path, path: str, value: object) -> None:
    judged(load, here / "world.yaml", overrides={path: value})


@given(given=st.one_of(values, st.dictionaries(st.sampled_from(["extends", "goods", "period", "demand"]), values)))
def test_mappings_in_python(here: Path, given: object) -> None:
    if isinstance(given, dict):
        judged(exportsim.build, given, folder=here)


@given(records=st.one_of(mutated(FIELDS).map(encoded), st.binary(max_size=100)))
@often
def test_registers(here: Path, records: bytes) -> None:
    folder = here / "registers"
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_bytes(records)
    judged(loads, WORLD, folder=folder)


@pytest.fixture(scope="module")
def stored(here: Path) -> tuple[Scenario, Result, Path]:
    """A scenario, its result, and a store that holds it."""
    scenario = load(here / "world.yaml")
    return scenario, exportsim.run(scenario, futures=4, store=here / "plays"), here / "plays"


@given(
    which=st.integers(0, 3), start=st.floats(0, 1), length=st.one_of(st.integers(0, 50), st.just(10**9)),
    content=st.binary(max_size=50),
)  # fmt: skip
def test_a_damaged_store(
    stored: tuple[Scenario, Result, Path], which: int, start: float, length: int, content: bytes
) -> None:
    """Damage to any file of it: the plays, or the file that says that it is a store."""
    scenario, sound, store = stored
    damaged = store.with_name("damaged")
    shutil.rmtree(damaged, ignore_errors=True)
    shutil.copytree(store, damaged)
    files = sorted(path for path in damaged.rglob("*") if path.is_file())
    path = files[which % len(files)]
    whole = path.read_bytes()
    first = int(start * len(whole))
    path.write_bytes(whole[:first] + content + whole[first + length :])
    try:
        opened = open_store(damaged)
        opened.verify()
        opened.contents()
        again = exportsim.run(scenario, futures=4, store=damaged)
    except ExportsimError as error:
        assert path.suffix != ".parquet", error
    else:
        np.testing.assert_array_equal(sound.values, again.values)
