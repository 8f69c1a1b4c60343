"""The command line, as somebody types it: what it prints where, its exit status, and how soon it is there."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from rich.cells import cell_len

import exportsim
from exportsim import cli
from exportsim.commands.spelling import as_options
from exportsim.scenario import load
from pressing import Finger
from shell import Said, Shell
from worlds import as_file, steady_sources

TEXT = as_file(steady_sources(goods__sensors__title="Sensors", policies__idle={"measures": []}))


@pytest.fixture(scope="module", autouse=True)
def compiled_before() -> None:
    """The first run of all compiles the engine and says so; that is not what these tests are about."""
    exportsim.run(exportsim.loads(TEXT), futures=1)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(TEXT)
    return Shell(capsys)


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    command = [sys.executable, "-m", "exportsim", *arguments]
    return subprocess.run(command, text=True, capture_output=True, timeout=120, **options)  # type: ignore[call-overload, no-any-return]


# check


def test_check_shows_what_a_scenario_contains(shell: Shell) -> None:
    said = shell("check", "my.yaml")
    assert (said.status, said.err) == (0, "")
    assert "A small world" in said.out and "From 1 June 2020, applications for Türkiye are denied." in said.out
    assert max(map(cell_len, said.out.splitlines())) <= 80


def test_check_tells_all_faults_at_once_on_standard_error_and_exits_with_two(shell: Shell) -> None:
    Path("my.yaml").write_text(TEXT.replace("slots: 2", "slots: -2").replace("currency: EUR", "currency: euro"))
    said = shell("check", "my.yaml")
    assert (said.status, said.out) == (2, "")
    assert "suppliers.north.slots" in said.err and "currency" in said.err and "2 faults" in said.err
    assert said.err.startswith("my.yaml:4:")
    assert "Traceback" not in said.err


def test_a_file_that_is_not_there_is_a_mistake_and_no_bug(shell: Shell) -> None:
    for command in ("check", "run"):
        said = shell(command, "nowhere.yaml")
        assert said.status == 2 and "nowhere.yaml" in said.err and "Traceback" not in said.err


def test_explicit_output_is_a_scenario_that_says_the_same(shell: Shell) -> None:
    said = shell("check", "my.yaml", "--explicit")
    assert said.status == 0
    Path("explicit.yaml").write_text(said.out)
    assert shell("check", "explicit.yaml", "--explicit").out == said.out
    assert load("explicit.yaml") == load("my.yaml")


def test_a_value_can_be_set(shell: Shell) -> None:
    said = shell("check", "my.yaml", "--set", "suppliers.north.slots=7", "--set", "title=Another", "--explicit")
    assert "Another" in said.out
    Path("explicit.yaml").write_text(said.out)
    assert load("explicit.yaml").suppliers["north"].slots == 7


def test_a_path_that_leads_nowhere_cannot_be_set(shell: Shell) -> None:
    said = shell("check", "my.yaml", "--set", "suppliers.nroth.slots=7")
    assert said.status == 2 and "nroth" in said.err


def test_the_bound_on_orders_can_be_moved(shell: Shell) -> None:
    assert shell("check", "my.yaml", "--max-orders", "10").status == 2
    assert shell("check", "my.yaml", "--max-orders", "100").status == 0


def test_check_prints_one_json_document_valid_or_not(shell: Shell) -> None:
    found = json.loads(shell("check", "my.yaml", "--json").out)
    assert found["valid"] is True and found["warnings"] == [] and found["currency"] == "EUR"
    Path("my.yaml").write_text(TEXT.replace("slots: 2", "slots: -2"))
    said = shell("check", "my.yaml", "--json")
    found = json.loads(said.out)
    assert said.status == 2 and found["valid"] is False
    assert [(fault["line"], fault["path"]) for fault in found["faults"]] == [(9, "suppliers.north.slots")]


def test_what_a_file_says_cannot_steer_the_terminal(shell: Shell) -> None:
    Path("my.yaml").write_text(TEXT.replace("A small world", '"\\e[31mred"').replace("EUR", '"\\e[31m"'))
    said = shell("check", "my.yaml")
    assert said.status == 2 and "\x1b" not in said.err


# run


def test_run_prints_the_answer(shell: Shell) -> None:
    said = shell("run", "my.yaml", "--futures", "3", "--seed", "0")
    assert (said.status, said.err) == (0, "")
    assert "means of 3 futures" in said.out and "elsewhere  lost  pending" in said.out
    assert "3 futures, seed 0, compiled engine" in said.out.splitlines()[-1]


def test_an_unknown_policy_is_a_mistake_with_a_near_miss(shell: Shell) -> None:
    said = shell("run", "my.yaml", "--policy", "stict")
    assert (said.status, said.out) == (2, "")
    assert said.err == "error: unknown policy `stict`; did you mean `strict`?\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--futures", "0"], "futures: found 0, expected a whole number from 1"),
        (["--seed", "-1"], "seed: found -1, expected a whole number from 0"),
        (["--seed", "4294967296"], "seed: found 4294967296"),
        (["--futures", "many"], "'many' is not a valid integer"),
        (["--engine", "refrence"], "did you mean `reference`?"),
        (["--json", "--quiet"], "give one of them"),
        (["--colour"], "No such option"),
    ],
)
def test_what_cannot_be_is_a_mistake(shell: Shell, options: list[str], told: str) -> None:
    said = shell("run", "my.yaml", *options)
    assert said.status == 2 and told in said.err and said.out == ""


def test_run_prints_one_json_document_with_units(shell: Shell) -> None:
    said = shell("run", "my.yaml", "--futures", "2", "--policy", "strict", "--json")
    found = json.loads(said.out, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    exports = found["summary"]["strict"]["exports"]
    assert list(exports) == ["mean", "low", "high", "sd", "n", "method", "unit"]
    assert (exports["n"], exports["unit"], found["outcomes"]["delay"]["unit"]) == (2, "EUR", "days")
    assert list(found["summary"]) == ["free", "strict"] and list(found["comparison"]) == ["strict"]
    assert found["summary"]["strict"]["traffic_processing_time_median"]["mean"] is None
    assert found["provenance"]["futures"] == 2


def test_quiet_prints_nothing_but_errors(shell: Shell) -> None:
    assert shell("run", "my.yaml", "--futures", "1", "--quiet") == Said(0, "", "")
    assert shell("run", "my.yaml", "--policy", "x", "--quiet").err != ""


def test_out_writes_the_folder_and_says_so(shell: Shell) -> None:
    said = shell("run", "my.yaml", "--futures", "2", "--out", "answer")
    assert said.status == 0 and said.out.endswith("Written to answer\n")
    summary = pd.read_parquet("answer/summary.parquet").set_index(["policy", "outcome"])
    result = exportsim.run(load("my.yaml"), futures=2)
    pd.testing.assert_frame_equal(summary, result.summary(), check_exact=True)


@pytest.mark.parametrize("where", ["missing/answer", "my.yaml", "full"])
def test_where_it_cannot_write_is_told_before_anything_is_played(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    Path("full").mkdir()
    Path("full/thesis.tex").write_text("years of work")
    monkeypatch.setattr(exportsim, "run", lambda *_, **__: pytest.fail("it was played"))
    said = shell("run", "my.yaml", "--out", where)
    assert said.status == 2 and said.err.startswith(f"error: --out {where}: ")


def test_interrupted_it_prints_what_it_has_and_exits_with_130(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    played = exportsim.run

    def interrupted(scenario: exportsim.Scenario, **options: object) -> exportsim.Result:
        return played(scenario, **(options | {"progress": Finger(7)}))  # type: ignore[arg-type]

    monkeypatch.setattr(exportsim, "run", interrupted)
    said = shell("run", "my.yaml", "--futures", "100000")
    assert said.status == 130
    found = re.search(r"interrupted after (\d+) futures, seed 1", said.out)
    assert found is not None and 2 <= int(found[1]) < 100000


@pytest.mark.parametrize("quiet", [False, True])
def test_compiling_is_announced_unless_quiet(shell: Shell, monkeypatch: pytest.MonkeyPatch, quiet: bool) -> None:
    monkeypatch.setattr("exportsim.playing.compilation.is_kept", lambda _: False)
    said = shell("run", "my.yaml", "--futures", "1", *(["--quiet"] if quiet else []))
    assert said.status == 0
    assert said.err == ("" if quiet else "compiling the engine, once: about 30 seconds\n")


def test_workers_change_nothing_but_the_time(shell: Shell) -> None:
    one, two = (shell("run", "my.yaml", "--futures", "20", "--workers", n).out.splitlines()[:-1] for n in "12")
    assert one == two
    said = shell("run", "my.yaml", "--workers", "0")
    assert said.status == 2 and "workers: found 0, expected a whole number from 1" in said.err


def test_interrupted_before_there_is_anything_it_says_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exportsim, "run", interrupted)
    said = shell("run", "my.yaml", "--out", "answer")
    assert (said.status, said.out) == (130, "") and "interrupted" in said.err
    assert sorted(path.name for path in Path().iterdir()) == ["my.yaml"]


def test_a_bug_is_told_with_its_traceback(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("an invariant")

    monkeypatch.setattr(exportsim, "run", broken)
    with pytest.raises(AssertionError, match="an invariant"):
        cli.main(["run", "my.yaml"])


# schema and help


def test_the_schema_is_a_json_schema(shell: Shell) -> None:
    said = shell("schema")
    assert said.status == 0 and "$defs" in json.loads(said.out)


def test_help_teaches_with_examples(shell: Shell) -> None:
    for arguments in (["--help"], ["check", "--help"], ["run", "-h"], ["schema", "--help"]):
        said = shell(*arguments)
        assert said.status == 0 and "Example" in said.out
        assert max(map(len, said.out.splitlines())) <= 80


def test_the_version_is_told(shell: Shell) -> None:
    assert shell("--version").out == f"exportsim {exportsim.__version__}\n"


# As a process of its own


def seconds_of(*command: str) -> float:
    """Process time of a command: the best of three, since the first may have to compile."""
    best = 1e9
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def test_help_and_check_are_there_at_once(tmp_path: Path) -> None:
    """Measured against the libraries that they cannot do without, on whatever machine."""
    (tmp_path / "my.yaml").write_text(TEXT)
    asking = seconds_of(sys.executable, "-c", "import click")
    reading = seconds_of(sys.executable, "-c", "import click, holidays, pydantic, ruamel.yaml")
    assert seconds_of(sys.executable, "-m", "exportsim", "--help") < 4 * asking
    assert seconds_of(sys.executable, "-m", "exportsim", "check", str(tmp_path / "my.yaml")) < 5 * reading


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import exportsim, sys; print(*({'numpy', 'pandas', 'pydantic', 'numba', 'click'} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    assert all(getattr(exportsim, name) is not None for name in exportsim.__all__)
    assert set(exportsim.__all__) <= set(dir(exportsim))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        exportsim.nonsense  # noqa: B018 - it is looked up


def test_nobody_reading_the_output_is_no_reason_to_complain(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(TEXT)
    read, written = os.pipe()
    os.close(read)
    try:
        command = [sys.executable, "-m", "exportsim", "check", "my.yaml", "--explicit"]
        found = subprocess.run(command, stdout=written, stderr=subprocess.PIPE, text=True, cwd=tmp_path, timeout=60)
    finally:
        os.close(written)
    assert (found.returncode, found.stderr) == (141, "")


def test_a_terminal_without_utf8_is_spoken_to_in_ascii(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(TEXT.replace("A small world", "Zürich ± Türkiye"), encoding="utf-8")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for arguments in (["check", "my.yaml"], ["run", "my.yaml", "--futures", "2"], ["check", "my.yaml", "--json"]):
        found = python(*arguments, cwd=tmp_path, env=environment)
        assert (found.returncode, found.stderr) == (0, "")
        assert found.stdout.isascii()
        assert "--json" in arguments or max(map(len, found.stdout.splitlines())) <= 80
    explicit = subprocess.run(
        [sys.executable, "-m", "exportsim", "check", "my.yaml", "--explicit"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert "Zürich ± Türkiye" in explicit.stdout.decode("utf-8")  # a file is UTF-8 wherever it is written


@contextmanager
def started(command: list[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that listens to Ctrl-C even where these tests run in the background, and does not outlive its test."""
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, preexec_fn=listen, stdout=subprocess.PIPE, **options) as process:
        try:
            yield process
        finally:
            process.kill()


STARTED = 6.0  # seconds of processor time after which a run is certain to play, where nothing is to be compiled


def test_control_c_stops_a_run_and_keeps_its_futures(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(TEXT)
    command = [sys.executable, "-m", "exportsim", "run", "my.yaml", "--futures", "100000", "--out", "answer"]
    with started(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        at_work = psutil.Process(process.pid)
        deadline = time.monotonic() + 60
        while at_work.cpu_times().user < STARTED and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted after" in out and err == ""
    provenance = json.loads((tmp_path / "answer" / "provenance.json").read_text())
    assert provenance["interrupted"] is True and provenance["futures"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer", "my.yaml"]


@pytest.mark.long
def test_a_long_run_shows_how_far_it_is_on_a_terminal_alone(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(TEXT)
    command = [sys.executable, "-m", "exportsim", "run", "my.yaml", "--futures", "100000"]
    ours, theirs = pty.openpty()
    with started(command, cwd=tmp_path, stderr=theirs, env=os.environ | {"TERM": "xterm"}) as process:
        os.close(theirs)
        shown = b""
        deadline = time.monotonic() + 60
        while b"playing" not in shown and time.monotonic() < deadline:
            shown += os.read(ours, 1024)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    os.close(ours)
    assert b"playing" in shown


@pytest.mark.parametrize(
    ("python", "option"),
    [
        ("futures: found 0, expected more", "--futures: found 0, expected more"),
        ("second_order: found the method `morris`", "--second-order: found the method `morris`"),
        ("policies: found the text 'x'", "--policy: found the text 'x'"),
        ("raise it with `max_orders=`", "raise it with `--max-orders`"),
        ("allow it with `allow_outside=True`", "allow it with `--allow-outside`"),
        ("my.yaml:3:1: futures: unknown key", "my.yaml:3:1: futures: unknown key"),  # of a file, not of what was asked
        ("store: cannot write plays", "store: cannot write plays"),
        ("unknown policy `seed`; expected `seeds`", "unknown policy `seed`; expected `seeds`"),
        ("`colour=` is none of ours", "`colour=` is none of ours"),
    ],
)
def test_what_python_calls_an_argument_is_an_option_here(python: str, option: str) -> None:
    assert as_options(python, cli.exportsim) == option


def test_a_message_names_the_argument_in_python_and_the_option_on_the_command_line(shell: Shell) -> None:
    said = shell("check", "my.yaml", "--max-orders", "10")
    assert said.status == 2 and "raise it with `--max-orders`" in said.err and "max_orders" not in said.err
    with pytest.raises(exportsim.ScenarioError, match="raise it with `max_orders=`"):
        exportsim.load("my.yaml", max_orders=10)
    said = shell("run", "my.yaml", "--futures", "0")
    assert said.err.startswith("error: --futures: found 0")
    said = shell("check", "my.yaml", "--set", "suppliers.nroth.slots=1")
    assert said.status == 2 and said.err.startswith("--set suppliers.nroth.slots: ")
    with pytest.raises(exportsim.ScenarioError) as caught:
        exportsim.load("my.yaml", overrides={"suppliers.nroth.slots": 1})
    assert "--" not in str(caught.value)
