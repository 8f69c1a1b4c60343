"""How much process time the command line takes before it answers: median of several runs, each a new process.

Exits with status 1 if a command takes longer than its bound.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 9
SCENARIOS = Path(__file__).parent.parent / "scenarios"

#: Commands, each with the most seconds of process time (user and system) that it may take.
BOUNDS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("--help",), 0.3),
    *((("check", str(path)), 0.8) for path in sorted(SCENARIOS.glob("*.yaml"))),
)


def process_time(arguments: tuple[str, ...], **environment: str) -> float:
    """Seconds of process time of one run of this Python, with what is to be changed in its environment.

    It may keep byte code, as an installation does, whatever the environment says.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=surroundings | environment)
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise SystemExit(f"python {' '.join(arguments)}: exit status {program.returncode}")
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measure every command; the first run of each, which may write byte code, does not count."""
    slow = 0
    for arguments, bound in BOUNDS:
        command = ("-m", "exportsim", *arguments)
        process_time(command)
        seconds = statistics.median(process_time(command) for _ in range(RUNS))
        slow += seconds > bound
        said = " ".join(Path(argument).name for argument in arguments)
        print(f"exportsim {said}: {seconds:.2f} s of process time, at most {bound} s")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
