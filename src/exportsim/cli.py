"""The command line: read what was asked, make one call, print. Everything heavy is imported inside the commands.

Exit status: 0 if all is well, 2 for a mistake in what was asked, 3 if workers were lost, 74 if the output cannot be
written, 130 if interrupted, 141 if nobody reads the output any more, 1 if `test` found something that failed, `diff` a
difference or `fmt --check` a file in another layout, and for anything else, which is a bug.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import NoReturn

import click

from exportsim.commands import prediction, studies
from exportsim.commands.backlog import backlog
from exportsim.commands.completion import completion
from exportsim.commands.learn import learn
from exportsim.commands.new import new
from exportsim.commands.options import FILES, JSON, QUIET, SCENARIO, flag
from exportsim.commands.report import report
from exportsim.commands.request import INTERRUPTED, LOST, Request, command
from exportsim.commands.scenario_files import diff, fmt
from exportsim.commands.seek import seek
from exportsim.commands.serve import serve
from exportsim.commands.spelling import as_options
from exportsim.commands.store import store
from exportsim.commands.streams import UnreadError, UnwritableError
from exportsim.commands.terminal import show, show_file, show_json, tell
from exportsim.commands.trace import trace
from exportsim.errors import ExportsimError, Fault, LostError, ScenarioError
from exportsim.version import __version__

MISTAKE, UNWRITTEN, UNREAD = 2, 74, 141


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Start with:  exportsim new my.yaml",
)
@click.version_option(__version__, message="exportsim %(version)s")
def exportsim() -> None:
    """What happens to trade if export permits are suspended, cancelled, slowed down or carved out?

    A scenario is one YAML file: a world of goods, authorities, suppliers and demand, and the policies to compare in
    it. exportsim plays every policy against the same futures, so that a difference between two policies is the
    policies' doing.

    \b
    Examples:
      exportsim check scenarios/quickstart.yaml
      exportsim run scenarios/quickstart.yaml
      exportsim run scenarios/canada-turkiye.yaml --futures 300 --out answer
    """


@command(
    "Say what is wrong with a scenario, or what it contains.",
    "Exit status: 0 if the scenario is valid, 2 if not (with --strict also for a warning).",
)
@FILES
@flag("--explicit", "Print the scenario with every default filled in; valid input itself.")
@SCENARIO
@JSON
@QUIET
def check(request: Request, files: tuple[str, ...], explicit: bool) -> None:
    """Say what is wrong with the scenario in each FILE, or what it contains.

    All faults are told at once, each with its line, column and path. A valid scenario is summed up in a screen: its
    parts, the orders and value to expect in a year, and its policies as a calendar. Nothing is simulated. What is
    well-formed but makes no sense is told as a warning.

    \b
    Examples:
      exportsim check my.yaml
      exportsim check my.yaml --set suppliers.aselsan.slots=8
      exportsim check my.yaml --explicit > explicit.yaml
      exportsim check scenarios/*.yaml --quiet
    """
    if explicit and request.as_json:
        raise click.UsageError("--explicit prints YAML; give it without --json")
    if len(files) > 1 and (explicit or request.as_json):
        raise click.UsageError("--explicit and --json print one scenario: give one FILE with them")
    if request.quiet and (explicit or request.as_json):
        raise click.UsageError("--explicit and --json print and --quiet does not; give one of them")
    faults: list[Fault] = []
    for number, file in enumerate(files):
        try:
            if number and not request.quiet:
                show("\n")
            _check(replace(request), file, explicit)
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)


def _check(request: Request, file: str, explicit: bool) -> None:
    from exportsim.scenario import explicit_text

    try:
        scenario = request.load(file)
        if scenario.uncertainties:
            from exportsim.study.points import check_uncertainties

            check_uncertainties(scenario)
    except ScenarioError as error:
        if request.as_json:
            show_json({"valid": False, "faults": [fault.document() for fault in error.faults]})
        raise
    if explicit:
        show_file(explicit_text(scenario))
        return
    from exportsim.report import contents

    request.show(request.described(lambda: contents.describe(scenario)))


@exportsim.command(short_help="Print the JSON Schema of scenario files, for editors.")
def schema() -> None:
    """Print the JSON Schema of scenario files, for completion and checks in editors.

    \b
    Example:
      exportsim schema > exportsim.schema.json
    and begin a scenario with
      # yaml-language-server: $schema=exportsim.schema.json
    """
    from exportsim.scenario.editors import json_schema

    show_json(json_schema())


_PLAYING = (*vars(studies).values(), *vars(prediction).values(), seek)
for part in (*_PLAYING, backlog, check, completion, diff, fmt, learn, new, report, serve, store, trace):
    if isinstance(part, click.Command):
        exportsim.add_command(part)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    try:
        status = exportsim.main(arguments, prog_name="exportsim", standalone_mode=False)
        sys.stdout.flush()  # of what Click has printed
    except click.Abort:
        tell("interrupted")
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except LostError as error:
        tell(f"error: {error}")
        status = LOST
    except ExportsimError as error:
        tell(_message(error))
        status = MISTAKE
    except MemoryError:
        tell("error: out of memory; fewer workers need less, and what is played with --store is kept")
        status = MISTAKE
    except UnreadError:
        status = UNREAD
    except UnwritableError as error:
        tell(f"error: standard output: cannot write: {error}")
        status = UNWRITTEN
    raise SystemExit(status if isinstance(status, int) else 0)


def _message(error: ExportsimError) -> str:
    if not isinstance(error, ScenarioError):
        return f"error: {as_options(str(error), exportsim)}"
    count, faults = len(error.faults), (as_options(str(fault), exportsim) for fault in error.faults)
    return "\n".join([*faults, f"{count} fault{'s' if count != 1 else ''}"])
