"""The command line: read what was asked, make one call, print. Everything heavy is imported inside the commands.

Exit status: 0 if all is well, 2 for a mistake in what was asked, 3 if workers were lost, 74 if the output cannot be
written, 130 if interrupted, 141 if nobody reads the output any more, 1 if `test` found something that failed, and for
anything else, which is a bug.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from exportsim.commands.calibrate import calibrate
from exportsim.commands.compare import compare
from exportsim.commands.completion import completion
from exportsim.commands.discover import discover
from exportsim.commands.executors import elsewhere, ended, executor_of, rescued
from exportsim.commands.report import report
from exportsim.commands.sensitivity import sensitivity
from exportsim.commands.store import store
from exportsim.commands.streams import UnreadError, UnwritableError
from exportsim.commands.sweep import sweep
from exportsim.commands.terminal import (
    INTERRUPTED,
    JSON,
    LOST,
    MOST_ORDERS,
    OVERRIDE,
    PATH,
    STRICT,
    read_scenario,
    show,
    show_document,
    show_file,
    show_json,
    tell,
    warn,
)
from exportsim.commands.test import test
from exportsim.commands.trace import trace
from exportsim.errors import ExportsimError, LostError, ScenarioError
from exportsim.version import __version__

if TYPE_CHECKING:
    from exportsim.study.result import Result

MISTAKE, UNWRITTEN, UNREAD = 2, 74, 141


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Start with:  exportsim check scenarios/quickstart.yaml",
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


@exportsim.command(
    short_help="Say what is wrong with a scenario, or what it contains.",
    epilog="Exit status: 0 if the scenario is valid, 2 if not (with --strict also for a warning).",
)
@click.argument("file", type=PATH)
@click.option("--explicit", is_flag=True, help="Print the scenario with every default filled in; valid input itself.")
@OVERRIDE
@MOST_ORDERS
@STRICT
@JSON
def check(file: str, explicit: bool, overrides: tuple[str, ...], max_orders: int | None, as_json: bool) -> None:
    """Say what is wrong with the scenario in FILE, or what it contains.

    All faults are told at once, each with its line, column and path. A valid scenario is summed up in a screen: its
    parts, the orders and value to expect in a year, and its policies as a calendar. Nothing is simulated. What is
    well-formed but makes no sense is told as a warning.

    \b
    Examples:
      exportsim check my.yaml
      exportsim check my.yaml --set suppliers.aselsan.slots=8
      exportsim check my.yaml --explicit > explicit.yaml
    """
    from exportsim.scenario import explicit_text, warnings_of

    if explicit and as_json:
        raise click.UsageError("--explicit prints YAML; give it without --json")
    try:
        scenario = read_scenario(file, overrides, max_orders)
        if scenario.uncertainties:
            from exportsim.study.points import check_uncertainties

            check_uncertainties(scenario)
    except ScenarioError as error:
        if as_json:
            show_json({"valid": False, "faults": [fault.document() for fault in error.faults]})
        raise
    if explicit:
        show_file(explicit_text(scenario))
        return
    from exportsim.report import contents

    show_document(contents.describe(scenario), as_json=as_json, warnings=warnings_of(scenario))


@exportsim.command(
    short_help="Play a scenario's policies against the same futures.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 3 if workers were lost, 130 if "
    "interrupted.",
)
@click.argument("file", type=PATH)
@click.option("--policy", "policies", multiple=True, metavar="P", help="Play only P and the reference; repeatable.")
@click.option("--futures", type=int, metavar="N", help="How many futures to play; 100 by default.")
@click.option(
    "--precision",
    metavar="P",
    help="Rather than --futures: as many as it takes to know differences from the reference to P, such as 1% (of its "
    "mean) or 500k.",
)
@click.option("--outcome", metavar="NAME", help="The outcome that --precision is about; exports by default.")
@click.option("--max-futures", type=int, metavar="N", help="With --precision, play no more than N; 10000 by default.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which futures: 0 to 4294967295.")
@click.option(
    "--engine",
    default="compiled",
    show_default=True,
    metavar="E",
    help="What runs time: compiled, or reference (the same answer, some forty times slower).",
)
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@elsewhere
@OVERRIDE
@MOST_ORDERS
@STRICT
@click.option("--out", metavar="DIR", help="Write tables (CSV, Parquet), scenario and provenance to the folder DIR.")
@click.option("--force", is_flag=True, help="Replace what is in the way in DIR, whoever wrote it.")
@JSON
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def run(
    file: str,
    policies: tuple[str, ...],
    futures: int | None,
    precision: str | None,
    outcome: str | None,
    max_futures: int | None,
    seed: int,
    engine: str,
    workers: int | None,
    store: str | None,
    cluster: str | None,
    patience: str,
    processes: int | None,
    overrides: tuple[str, ...],
    max_orders: int | None,
    out: str | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Play the policies of the scenario in FILE against the same futures, and compare them.

    Prints, policy by policy, what was exported, who took over, what was lost and what came late, each with its 95 %
    interval, and its difference from the reference policy. The same file and seed give the same answer everywhere,
    whatever the engine, and whoever plays it: threads, processes or a cluster. Ctrl-C stops early and keeps the
    futures played so far. The first run of an installation compiles the engine, and says so.

    \b
    Examples:
      exportsim run my.yaml
      exportsim run my.yaml --policy moratorium-only --futures 500 --workers 2
      exportsim run my.yaml --precision 1%
      exportsim run my.yaml --set suppliers.aselsan.ramp_up=6mo
      exportsim run my.yaml --out answer --quiet
      exportsim run my.yaml --futures 10000 --store plays
    """
    from contextlib import nullcontext

    from exportsim.scenario import files_read

    if precision is not None and futures is not None:
        raise click.UsageError("--precision decides how many futures are played; give it without --futures")
    if precision is None and (outcome is not None or max_futures is not None):
        raise click.UsageError("--outcome and --max-futures go with --precision")
    if as_json and quiet:
        raise click.UsageError("--json prints and --quiet does not; give one of them")
    if store is not None and out is not None:
        raise click.UsageError(
            "--store and --out: a store has no room for the series that --out writes; give one of them"
        )
    scenario = read_scenario(file, overrides, max_orders, quiet=quiet)
    from exportsim import study
    from exportsim.report.folder import prepared, write
    from exportsim.report.progress import shown

    with (
        prepared(out, force=force, keep=Path(file), reads=files_read(scenario)) if out is not None else nullcontext()
    ) as folder:
        with executor_of(cluster, processes, workers, patience) as executor, shown(sys.stderr, quiet=quiet) as progress:
            result = rescued(
                study.run,
                scenario,
                futures=futures,
                precision=precision,
                outcome=outcome,
                maximum=max_futures,
                seed=seed,
                policies=policies or None,
                engine=engine,
                workers=workers,
                executor=executor,
                store=store,
                patience=patience,
                progress=progress,
                announce=None if quiet else tell,
                keep_series=folder is not None,
            )
        if folder is not None:
            write(result, folder)
    if not quiet:
        _print_answer(result, as_json)
    if out is not None and not quiet and not as_json:
        show(f"Written to {out}\n")
    warn(result.noticed, file=file, quiet=quiet)
    if result.interrupted:
        ended(result)


@exportsim.command(short_help="Print the JSON Schema of scenario files, for editors.")
def schema() -> None:
    """Print the JSON Schema of scenario files, for completion and checks in editors.

    \b
    Example:
      exportsim schema > exportsim.schema.json
    and begin a scenario with
      # yaml-language-server: $schema=exportsim.schema.json
    """
    from exportsim.scenario import json_schema

    show_json(json_schema())


exportsim.add_command(calibrate)
exportsim.add_command(compare)
exportsim.add_command(completion)
exportsim.add_command(discover)
exportsim.add_command(report)
exportsim.add_command(sensitivity)
exportsim.add_command(store)
exportsim.add_command(sweep)
exportsim.add_command(test)
exportsim.add_command(trace)


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
        tell(_told(error))
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


def _told(error: ExportsimError) -> str:
    if not isinstance(error, ScenarioError):
        return f"error: {error}"
    count = len(error.faults)
    return "\n".join([*map(str, error.faults), f"{count} fault{'s' if count != 1 else ''}"])


def _print_answer(result: Result, as_json: bool) -> None:
    from exportsim.report.result import describe

    show_document(describe(result), as_json=as_json)
