"""What somebody who means harm would write: each is refused in plain words, or does nothing but what it says.

``docs/refused.md`` lists what is refused, and why; it is checked here against what happens.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import exportsim
import worlds
from exportsim import ExportsimError, ScenarioError, load, loads
from exportsim.scenario import replace, text
from exportsim.scenario.register import LARGEST as LARGEST_REGISTER
from exportsim.scenario.register import read_register
from shell import Shell

PAGE = (Path(__file__).parents[1] / "docs" / "refused.md").read_text(encoding="utf-8")
WORLD = worlds.as_file(worlds.two_sources(period__end="2020-12-31", suppliers__south__ramp_up=None))
REGISTER = "{register: %s, date: date, value: value}"
RECORDS = "date,value\n2020-03-01,100\n"
SOON = 20  # seconds, on a machine that is busy; each takes a second or two


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario in it, beside which lies what is none of its business."""
    folder = tmp_path / "post"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("world.yaml").write_text(WORLD)
    (tmp_path / "base.yaml").write_text(WORLD)
    (tmp_path / "secret.csv").write_text(RECORDS)
    return folder


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], here: Path, one_figure: None) -> Shell:
    return Shell(capsys)


@contextmanager
def soon() -> Iterator[None]:
    """What is done within does not take long."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SOON


def refused(read: Callable[..., object], *arguments: Any, **options: Any) -> str:
    """What is said when something is not read."""
    with soon(), pytest.raises(ScenarioError) as caught:
        read(*arguments, **options)
    return str(caught.value)


def with_register(name: str) -> str:
    return WORLD.replace("orders: 30/y", f"orders: {REGISTER % name}")


# Size and depth


def bomb() -> str:
    names = "abcdefghijklm"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in pairwise(names)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bomb(), "each use of an alias counted"),
        ("a: &a [*a]", "before its anchor"),
        ("a: " + "[" * 90_000, "nested more than 50 deep"),
        ("{a: " * 20_000, "nested more than 50 deep"),
        ("\n".join(" " * depth + "a:" for depth in range(2000)), "nested more than 50 deep"),
        ("- " * 45_000, "nested more than 50 deep"),
        ("? " * 45_000, "nested more than 50 deep"),
        ("!" * 4_000_000, "a line of 4,000,000 characters"),
        ("!" * 90_000, "found the tag"),
        ("%YAML 1." + "1" * 20_000 + "\n--- a", "this is not YAML"),
        ("x" * 5_000_001, "the text has 5,000,001 characters"),
        ("a: {<<: {b: 1}}", "merge key"),
        ("a: !!python/object/apply:os.system [ls]", "tags are not used"),
    ],
)
def test_what_would_grow_or_run_is_refused(content: str, told: str) -> None:
    assert told in refused(loads, content)


def test_a_mapping_in_python_that_is_deep_is_refused() -> None:
    mapping: dict[str, object] = {}
    for _ in range(5000):
        mapping = {"a": mapping}
    assert "nested more than 50 deep" in refused(exportsim.build, mapping)
    assert "nested more than 50 deep" in refused(loads, WORLD, overrides=["title=" + "[" * 5000])


def test_an_override_that_digs_deep_is_refused() -> None:
    assert "found a path of 5,001 steps" in refused(loads, WORLD, overrides=["a" + ".a" * 5000 + "=1"])


def test_a_large_file_is_refused_before_it_is_read(here: Path) -> None:
    for name, size in (("large.yaml", 100_000_000), ("large.csv", LARGEST_REGISTER + 1)):
        with Path(name).open("wb") as stream:
            stream.truncate(size)
    assert f"more than {text.LARGEST:,} bytes" in refused(load, "large.yaml")
    assert f"more than {LARGEST_REGISTER:,} bytes" in refused(loads, with_register("large.csv"))


@pytest.mark.parametrize("rate", ["1000000000/y", "2000000/d"])
def test_orders_without_number_are_refused_before_any_is_drawn(rate: str) -> None:
    assert "more than the bound of 2,000,000" in refused(loads, WORLD, overrides={"demand.line.orders": rate})


def test_the_limits_are_those_on_the_page() -> None:
    for limit in (text.LARGEST, text.LONGEST_LINE, text.MOST_NODES, LARGEST_REGISTER):
        assert f"{limit:,}".replace(",", " ") in PAGE
    assert f"{text.DEEPEST} deep" in PAGE


# Files


@pytest.mark.parametrize("name", ["../base.yaml", "ABSOLUTE", "link.yaml", "below/../../base.yaml", "linked/base.yaml"])
def test_a_scenario_extends_nothing_outside_its_folder_unless_allowed(here: Path, shell: Shell, name: str) -> None:
    Path("below").mkdir()
    Path("link.yaml").symlink_to("../base.yaml")
    Path("linked").symlink_to("..")
    name = name.replace("ABSOLUTE", str(here.parent / "base.yaml"))
    Path("over.yaml").write_text(f"extends: {name}\n")
    assert "is outside the folder of the scenario" in refused(load, "over.yaml")
    assert load("over.yaml", allow_outside=True) == load("world.yaml")
    said = shell("check", "over.yaml")
    assert said.status == 2 and "--allow-outside" in said.err
    assert shell("check", "over.yaml", "--allow-outside").status == 0


def test_what_a_base_extends_is_within_the_folder_of_the_scenario_too(here: Path) -> None:
    Path("below").mkdir()
    Path("below/near.yaml").write_text("extends: ../world.yaml\n")
    Path("over.yaml").write_text("extends: below/near.yaml\n")
    assert load("over.yaml") == load("world.yaml")
    Path("below/near.yaml").write_text("extends: ../../base.yaml\n")
    assert "is outside the folder of the scenario" in refused(load, "over.yaml")


@pytest.mark.parametrize("name", ["../secret.csv", "ABSOLUTE", "link.csv"])
def test_no_register_is_read_outside_the_folder_unless_allowed(here: Path, name: str) -> None:
    Path("link.csv").symlink_to("../secret.csv")
    name = name.replace("ABSOLUTE", str(here.parent / "secret.csv"))
    Path("my.yaml").write_text(with_register(name))
    assert "is outside the folder of the scenario" in refused(load, "my.yaml")
    (here / "secret.csv").write_text(RECORDS)
    Path("near.yaml").write_text(with_register("secret.csv"))
    assert "is outside the folder" in refused(load, "near.yaml", overrides={"demand.line.orders.register": name})
    allowed = load("my.yaml", allow_outside=True)
    assert len(read_register(allowed, "line")) == 1


def test_leave_once_given_stays_with_the_scenario_and_is_not_taken(here: Path) -> None:
    Path("my.yaml").write_text(with_register("../secret.csv"))
    allowed = load("my.yaml", allow_outside=True)
    assert replace(allowed, title="Another").title == "Another"
    assert exportsim.scenario.vary(allowed, {"suppliers.north.slots": 3}).suppliers["north"].slots == 3
    outside = {"demand.line.orders": {"register": "../secret.csv", "date": "date", "value": "value"}}
    assert "is outside" in refused(exportsim.scenario.vary, load("world.yaml"), outside)
    demand = {"line": exportsim.scenario.explicit(allowed)["demand"]["line"]}
    assert "is outside" in refused(replace, load("world.yaml"), demand=demand)


@pytest.mark.parametrize("name", ["loop.yaml", "x" * 5000, '"a\\0b"', "/dev/zero", "pipe", ".", "/"])
def test_what_is_no_ordinary_file_is_neither_extended_nor_a_register(here: Path, name: str) -> None:
    Path("loop.yaml").symlink_to("loop.yaml")
    os.mkfifo("pipe")
    for allow in (False, True):
        assert refused(loads, f"extends: {name}\n", allow_outside=allow)
        assert refused(loads, with_register(name), allow_outside=allow)
    Path("near.yaml").write_text(with_register(name))
    Path("below").mkdir()
    Path("below/over.yaml").write_text("extends: ../near.yaml\n")
    assert refused(load, "below/over.yaml", allow_outside=True)


@pytest.mark.parametrize("name", ["loop.yaml", "x" * 5000, "a\0b", "/dev/zero", "pipe", "."])
def test_what_is_no_ordinary_file_is_no_scenario(here: Path, shell: Shell, name: str) -> None:
    Path("loop.yaml").symlink_to("loop.yaml")
    os.mkfifo("pipe")
    assert "cannot be read" in refused(load, name)
    if "\0" not in name:  # which no command line can hold
        said = shell("check", name)
        assert said.status == 2 and name[:100] in said.err


# Numbers and days


NUMBERS = [
    ".nan", ".inf", "-.inf", "nan", "inf", "1e308", "1e309", "-1", "-1d", "-1/y", "9" * 39, "9" * 5000, "0x" + "f" * 30,
    "10**5000", "9" * 38 + "d", "10001y", "10000000000y", "10001bn", "9" * 38 + "/y", "true", "[]", "0001-01-01",
    "9999-12-31", "2020-02-30", "٣d", "1e-320", "1_000",
]  # fmt: skip
PATHS = [
    "suppliers.north.slots", "suppliers.north.lead_time", "suppliers.north.price", "suppliers.south.ramp_up",
    "demand.line.value", "demand.line.orders", "demand.line.parts", "demand.line.sources.north.weight",
    "authorities.gac.approval", "authorities.gac.review.0.officers", "authorities.gac.review.0.work",
    "authorities.gac.validity", "authorities.gac.traffic.applications", "period.start", "period.end", "period.warm_up",
    "policies.strict.measures.0.on", "demand.line.value.lognormal.mean", "demand.line.value.lognormal.cv",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_numbers_beyond_any_use_are_refused_or_played(path: str) -> None:
    refusals = 0
    for number in NUMBERS:
        try:
            scenario = loads(WORLD, overrides=[f"{path}={number}"], max_orders=5000)
        except ScenarioError:
            refusals += 1
        else:
            exportsim.run(scenario, futures=1).summary()
    assert refusals >= len(NUMBERS) - 5


@pytest.mark.parametrize("number", [".nan", ".inf", "1e309", "9" * 41])
def test_what_is_no_finite_number_is_one_nowhere(number: str) -> None:
    for path in (*PATHS, "title", "exportsim"):
        assert refused(loads, WORLD, overrides=[f"{path}={number}"])
        assert refused(loads, WORLD, overrides={path: float(number.lstrip("."))})


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2020-01-01", "2019-12-31", "before it starts"),
        ("0001-01-01", "0001-12-31", "expected one from 1000 to 9000"),
        ("9999-01-01", "9999-12-31", "expected one from 1000 to 9000"),
        ("0001-01-01", "9999-12-31", "expected at most 500"),
        ("2020-01-01", "10000-01-01", "a date such as"),
    ],
)
def test_days_beyond_any_calendar_are_refused(start: str, end: str, told: str) -> None:
    overrides = [f"period.start={start}", f"period.end={end}", "policies.strict.measures=[]"]
    assert told in refused(loads, WORLD, overrides=overrides)


@pytest.mark.parametrize(
    "records",
    [f"date,value\n2020-03-01,{value}\n" for value in ("nan", "inf", "-1", "1e308", "9" * 5000, "1e999999999", "٣", "")]
    + [
        f"date,value\n{day},1\n" for day in ("9999-13-01", "10000-01-01", "2020-03-01T00:00Z", "20200301", "٢٠٢٠-٠٣-٠١")
    ],
)
def test_a_register_of_such_numbers_is_refused(here: Path, records: str) -> None:
    Path("orders.csv").write_text(records, encoding="utf-8")
    assert "row 1: found" in refused(loads, with_register("orders.csv"))


@pytest.mark.parametrize("value", ["10000bn", "{uniform: [1, 11bn]}", "{lognormal: {mean: 11bn, cv: 1}}"])
def test_an_order_that_would_be_cut_is_refused(value: str) -> None:
    assert "orders of more than 10bn" in refused(loads, WORLD, overrides=[f"demand.line.value={value}"])
    assert loads(WORLD, overrides=[f"demand.line.value={value.replace('10000bn', '10bn').replace('11bn', '10bn')}"])


@pytest.mark.parametrize("price", [1, 1000])
def test_sums_of_money_that_leave_64_bits_are_detected(here: Path, price: int) -> None:
    """Ten thousand orders of 10 000 bn: 10¹⁹ cents, where 9.2·10¹⁸ is the most."""
    Path("orders.csv").write_text("date,value\n" + "2020-03-01,10000000000000\n" * 10_000)
    with pytest.raises(ExportsimError, match="grown past 92 quadrillion"):
        exportsim.run(loads(with_register("orders.csv"), overrides={"suppliers.south.price": price}), futures=1)


def test_the_longest_times_are_played_to_the_end() -> None:
    """Each is as long as one may be, so that a clock which could wrap would run backwards."""
    longest = dict.fromkeys(("suppliers.north.lead_time", "suppliers.south.ramp_up"), "10000y")
    longest |= {"authorities.gac.review.0.work": {"uniform": ["0d", "10000y"]}, "authorities.gac.validity": "10000y"}
    scenario = loads(WORLD, overrides=longest)
    ledger = exportsim.simulate(scenario, policy="free", future=0, engine="reference")
    other = exportsim.simulate(scenario, policy="free", future=0, engine="compiled")
    pd.testing.assert_frame_equal(ledger.frame(), other.frame())
    assert ledger.frame()["minute"].is_monotonic_increasing


# Names and text


@pytest.mark.parametrize(
    "name",
    [
        "n\u200borth",
        "n\u202eorth",
        "nоrth",
        "e\u0301cu",
        "\u00e9cu",
        "<b>",
        "=1",
        "a b",
        "a.b",
        "..",
        "a/b",
        "\x1b[31m",
        "",
    ],
)
def test_names_are_letters_that_cannot_be_mistaken(name: str) -> None:
    quoted = json.dumps(name)
    for old in ("north:", "line:", "gac:", "sensors:", "strict:"):
        assert refused(loads, WORLD.replace(f"  {old}", f"  {quoted}:").replace(f"{{{old}", f"{{{quoted}:"))


EVIL = "\x1b[31m\x9b2J\x07[red]bold[/red] \u202eevil\u200b \x00<script>alert(1)</script>"


@pytest.mark.parametrize("command", [["check"], ["run", "--futures", "2", "--quiet"], ["run", "--futures", "2"]])
def test_a_title_steers_no_terminal(shell: Shell, command: list[str]) -> None:
    title = json.dumps(EVIL)
    Path("evil.yaml").write_text(
        WORLD.replace("A small world", title).replace("strict: {", f"strict: {{title: {title}, ")
    )
    said = shell(*command, "evil.yaml")
    assert not [letter for letter in said.out + said.err if not letter.isprintable() and letter != "\n"]
    if said.status == 0 and said.out:
        assert "[red]bold[/red]" in said.out.replace("\n", "")


def test_no_table_of_a_sweep_holds_a_formula(shell: Shell) -> None:
    over = "title='=SUM(1)','@SUM(1)',plain"
    said = shell("sweep", "world.yaml", "--over", over, "--futures", "2", "--out", "table.csv")
    assert said.status == 0, said.err
    assert set(pd.read_csv("table.csv")["title"]) == {"'=SUM(1)", "'@SUM(1)", "plain"}


# Memory and disk


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """The system refuses to write more than so many bytes to a file, which is how a full disk looks from here."""
    old, usual = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, usual)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "world.yaml", "--futures", "2", "--out", "answer"],
        ["sweep", "world.yaml", "--over", "suppliers.north.slots=1,2", "--futures", "2", "--out", "table.csv"],
        ["sweep", "world.yaml", "--over", "suppliers.north.slots=1,2", "--futures", "2", "--out", "table.parquet"],
        ["report", "world.yaml", "--futures", "2", "--out", "report.html"],
    ],
    ids=["run", "sweep as csv", "sweep as parquet", "report"],
)
def test_a_full_disk_is_told_and_what_was_there_stays(here: Path, shell: Shell, command: list[str]) -> None:
    assert shell(*command).status == 0
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    with full_disk(100):
        said = shell(*command, "--force") if command[0] == "run" else shell(*command)
    assert said.status == 2 and "cannot write" in said.err and "Traceback" not in said.err
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_without_memory_it_ends_in_an_error_and_the_store_keeps_what_was_finished(here: Path) -> None:
    """A run that fits is played into the store; then the system allows little more than what is used already."""
    program = """
        import resource
        from pathlib import Path
        import exportsim
        from exportsim.cli import main

        exportsim.run(exportsim.load("world.yaml"), futures=2, store="plays")
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000, used + 300_000_000))
        more = ["--set", "demand.line.orders=50000000/y", "--max-orders", "100000000"]
        main(["run", "world.yaml", "--futures", "2", "--workers", "1", "--quiet", "--store", "plays", *more])
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=300)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("error: out of memory") and "Traceback" not in ended.stderr
    store = exportsim.open_store("plays")
    assert len(store.files) == 2 and not store.verify()
