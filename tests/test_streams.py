"""Standard streams that are closed, full or unread, and consoles without Unicode: a status with a meaning, no fuss."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from exportsim.commands.streams import Output, Stream, UnreadError, UnwritableError
from exportsim.report.number_format import escaped, plain
from forked import Forkery
from worlds import small

WORLD = small("Zürich ± Türkiye 中 → \\u0085\\u202e\\u007f")
FULL = "No space left on device"
#: By redirection: the status of a command that answers, and what it then says to standard error.
STATES = {
    ">/dev/full": (74, f"error: standard output: cannot write: {FULL}\n"),
    ">&-": (74, "error: standard output: cannot write: it is closed\n"),
    ">/dev/full 2>/dev/full": (74, ""),
    ">&- 2>&-": (74, ""),
    "<&- >&- 2>&-": (74, ""),
    "2>&-": (0, ""),
    "2>/dev/full": (0, ""),
    "<&-": (0, ""),
    "| true": (141, ""),
}
ANSWERS = {
    "--help": "What happens to trade",
    "--version": "exportsim ",
    "check my.yaml": "money in EUR",
    "check my.yaml --json": '"valid": true',
    "check my.yaml --explicit": "Zürich",
    "schema": '"$defs"',
    "completion bash": "_EXPORTSIM_COMPLETE",
    "run my.yaml --futures 2": "means of 2 futures",
}
STARTED_AT_ONCE = ("--help", "--version", "nonsense")
STARTED_ALL_THE_SAME = [("run my.yaml --futures 2", way) for way in (">/dev/full", "<&- >&- 2>&-", "| true")]
OFTEN = ("--help", "check my.yaml", "run my.yaml --futures 2")  # tried with every state of the streams
MISTAKES = ["check missing.yaml", "run missing.yaml --futures 2", "report missing.yaml --out x.html", "nonsense", "run"]
MISTAKES += [f"{name} missing --policy p" for name in ("trace", "discover", "sensitivity")]
MISTAKES += ["sweep missing --samples 2", "compare missing", "test missing", "store ls missing", "store verify missing"]
MISTAKES += ["calibrate missing --data x --fit y", "predict missing", "score missing --record x"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("streams")
    (made / "my.yaml").write_text(WORLD, encoding="utf-8")
    return made


def python_for(forkery: Forkery, command: str, redirection: str = "") -> list[str]:
    """Python itself for what it does not take long to start, and for some of the rest; else what has been started."""
    is_started = command in STARTED_AT_ONCE or (command, redirection) in STARTED_ALL_THE_SAME
    return [sys.executable] if is_started else forkery.python


def typed(forkery: Forkery, folder: Path, command: str, redirection: str) -> tuple[int, str, str]:
    """What comes of a command whose streams are redirected as a shell does: status, output, errors."""
    python = shlex.join(python_for(forkery, command, redirection))
    gone = "set -o pipefail; " if "|" in redirection else ""
    slow = "(sleep 0.3; " if "|" in redirection else "("  # whoever was to read is gone by then
    line = f"{gone}{slow}exec {python} -m exportsim {command}) >out 2>err {redirection}"
    if "|" in redirection:
        line = f"{gone}{slow}exec {python} -m exportsim {command} 2>err) {redirection}; exit ${{PIPESTATUS[0]}}"
    (folder / "out").write_text("")
    done = subprocess.run(["bash", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, timeout=120, check=False)
    return done.returncode, (folder / "out").read_text("utf-8"), (folder / "err").read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "redirection"),
    [(command, each) for command in ANSWERS for each in (STATES if command in OFTEN else list(STATES)[::4])],
)
def test_an_answer_that_cannot_be_given_has_a_status(
    forkery: Forkery, folder: Path, command: str, redirection: str
) -> None:
    status, told = STATES[redirection]
    found, out, err = typed(forkery, folder, command, redirection)
    assert (found, err) == (status, told)
    assert (ANSWERS[command] in out) is (status == 0)


WAYS = [">/dev/full", ">&-", "2>&-", "2>/dev/full", "<&- >&- 2>&-"]


@pytest.mark.parametrize(
    ("command", "redirection"),
    [(command, WAYS[k % len(WAYS)]) for k, command in enumerate(MISTAKES)] + [(MISTAKES[0], each) for each in WAYS[1:]],
)
def test_a_mistake_is_one_whatever_the_streams_are(
    forkery: Forkery, folder: Path, command: str, redirection: str
) -> None:
    found, out, err = typed(forkery, folder, command, redirection)
    assert (found, out, "Traceback" in err) == (2, "", False)
    assert bool(err) is ("2>" not in redirection)


def test_nothing_to_print_is_nothing_that_fails(forkery: Forkery, folder: Path) -> None:
    for redirection in (">/dev/full", ">&-", "<&- >&- 2>&-"):
        assert typed(forkery, folder, "run my.yaml --futures 2 --quiet", redirection)[0] == 0


# Encodings

EVERYTHING = [*ANSWERS, "trace my.yaml --policy free --order line/1", "trace my.yaml --policy free --why delivered"]
EVERYTHING += ["sweep my.yaml --over suppliers.north.slots=1,2 --futures 2", "check nö.yaml", "test my.yaml --plays 1"]


@pytest.mark.parametrize(
    ("command", "encoding"),
    [(command, encoding) for command in EVERYTHING for encoding in ("ascii", "cp1252")]
    + [("check my.yaml", encoding) for encoding in ("cp437", "latin-1", "utf-8")],
)
def test_a_console_gets_what_it_can_show(forkery: Forkery, folder: Path, command: str, encoding: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    arguments = [*python_for(forkery, command), "-m", "exportsim", *command.split(" ")]
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == (2 if "nö" in command else 0), done.stderr
    into_file = any(part in command for part in ("--explicit", "completion"))
    out, err = done.stdout.decode("utf-8" if into_file else encoding), done.stderr.decode(encoding)
    assert "Traceback" not in err and "Error" not in err
    if "nö" in command:
        assert ("n\\xf6.yaml" if encoding == "ascii" else "nö.yaml") in err
    if command in ("check my.yaml", "run my.yaml --futures 2"):
        known = {
            "ascii": "Z\\xfcrich +- T\\xfcrkiye \\u4e2d ->",
            "cp1252": "Zürich ± Türkiye \\u4e2d ->",
            "cp437": "Zürich ± Türkiye \\u4e2d ->",
            "latin-1": "Zürich ± Türkiye \\u4e2d ->",
            "utf-8": "Zürich ± Türkiye 中 →",
        }
        assert known[encoding] in out
    if "--json" in command:
        assert json.loads(out)["title"] == "Zürich ± Türkiye 中 → \x85\u202e\x7f"


def test_a_file_is_utf8_and_a_terminal_gets_what_it_can_show() -> None:
    import io

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    for kind, expected in ((io.TextIOWrapper, "ü→"), (Terminal, "\\xfc->")):
        into = io.BytesIO()
        output = Output(kind(into, encoding="ascii"), 1)
        output.write_file("ü→")
        output.flush()
        assert into.getvalue().decode() == expected


class Broken:
    """A stream that fails."""

    encoding = "utf-8"

    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, text: str) -> int:
        raise OSError(self.number, os.strerror(self.number))

    flush = write


def test_once_failed_a_stream_has_failed_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from exportsim.commands import streams

    forgotten: list[int] = []
    monkeypatch.setattr(streams, "_forget", forgotten.append)
    for number, kind in ((errno.ENOSPC, UnwritableError), (errno.EPIPE, UnreadError), (errno.EIO, UnwritableError)):
        output: Any = Output(Broken(number), 1)  # type: ignore[arg-type]
        for act in (partial(output.write, "x"), output.flush, partial(output.write, "y")):
            with pytest.raises(kind):
                act()
        messages: Any = Stream(Broken(number), 2)  # type: ignore[arg-type]
        assert messages.write("x") == 1 and messages.flush() is None
    assert forgotten == [1, 2] * 3


def test_what_steers_a_terminal_is_escaped_in_json() -> None:
    text = "a\x1b\x7f\x85\x9b\u061c\u200b\u200e\u200f\u2028\u202a\u202e\u2066\u2069\ufeff\ud800\U000e0041é中😀"
    document = escaped(json.dumps({"title": text}, ensure_ascii=False, indent=1))
    assert json.loads(document) == {"title": text}
    assert [letter for letter in document if not letter.isprintable()] == ["\n", "\n"]
    assert all(letter in document for letter in "é中😀")


def test_plain_text_keeps_what_an_encoding_has() -> None:
    assert plain("ü±→中", "cp1252") == "ü±->\\u4e2d" and plain("ü±→中") == "\\xfc+-->\\u4e2d"


# Ctrl-C


def interrupted(folder: Path, after: float, *arguments: str, twice: float | None = None) -> tuple[int, str, str, float]:
    """What comes of a command that is interrupted with all its processes, and how long it takes to end then."""
    listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "exportsim", *arguments]
    with subprocess.Popen(
        command, cwd=folder, preexec_fn=listen, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            time.sleep(after)
            os.killpg(process.pid, signal.SIGINT)
            if twice is not None:
                time.sleep(twice)
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)
            begun = time.monotonic()
            out, err = process.communicate(timeout=60)
            return process.returncode, out, err, time.monotonic() - begun
        finally:
            process.kill()


@pytest.mark.parametrize("module", ["click", "exportsim.cli", "exportsim.scenario", "numpy", "numba", "pandas"])
def test_control_c_is_heard_during_imports(folder: Path, module: str) -> None:
    code = f"""
import os, signal, sys
from importlib.abc import MetaPathFinder
class Pressing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressing())
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["exportsim", "run", "my.yaml", "--futures", "2", "--out", "tables"]
from exportsim.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")


# By night six moments are tried, by day three: three processes play until they are stopped.
MOMENTS = 6 if settings.default.max_examples > 100 else 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, MOMENTS))])
def test_control_c_twice_ends_processes_within_moments(folder: Path, seed: int) -> None:
    import random

    moment = random.Random(seed)
    after, twice = moment.uniform(0.5, 6), moment.choice([0.001, 0.02, 0.1, moment.uniform(0, 1)])
    command = ("run", "my.yaml", "--engine", "reference", "--futures", "100000", "--processes", "2")
    status, _, err, seconds = interrupted(folder, after, *command, twice=twice)
    assert status in (130, -signal.SIGINT) and "Traceback" not in err, err
    assert seconds < 10  # two, and the rest for a machine that has much to do
