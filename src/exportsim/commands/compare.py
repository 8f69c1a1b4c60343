"""The command ``exportsim compare``: policies across files that share their orders."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exportsim.commands.terminal import (
    INTERRUPTED,
    JSON,
    MOST_ORDERS,
    PATH,
    STRICT,
    read_scenarios,
    show_document,
    tell,
    warn,
)
from exportsim.errors import ExportsimError


@click.command(
    short_help="Compare policies across scenario files.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 130 if interrupted.",
)
@click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--reference", metavar="FILE:POLICY", help="What the others are compared with; the first file's reference if not."
)
@click.option("--futures", type=int, default=100, show_default=True, metavar="N", help="How many futures to play.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which futures: 0 to 4294967295.")
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@MOST_ORDERS
@STRICT
@JSON
def compare(
    files: tuple[str, ...],
    reference: str | None,
    futures: int,
    seed: int,
    workers: int | None,
    max_orders: int | None,
    as_json: bool,
) -> None:
    """Play the policies of several scenario files against the same futures, and compare them.

    The files must have the same orders in every future: the same period, currency and demand lines, and of each line
    the same destination, goods, orders, value, parts and programmes. Everything else may differ (suppliers,
    authorities, patience, trust, incidents, policies), and is told.

    \b
    Examples:
      exportsim compare my.yaml more-officers.yaml
      exportsim compare my.yaml theirs.yaml --reference theirs.yaml:unrestricted
    """
    from exportsim.report.progress import shown
    from exportsim.report.several_files import describe
    from exportsim.study.several_files import compare_files

    if len(files) < 2:
        raise click.UsageError("one file has nothing to be compared with: give two or more, or use `exportsim run`")
    names = _names(files)
    scenarios = read_scenarios(names, max_orders)
    with shown(sys.stderr, quiet=as_json) as progress:
        found = compare_files(
            scenarios,
            reference=_reference(reference, names),
            futures=futures,
            seed=seed,
            workers=workers,
            progress=progress,
            announce=tell,
        )
    show_document(describe(found), as_json=as_json)
    for name, result in found.results.items():
        warn(result.noticed, file=names[name])
    if found.interrupted:
        raise SystemExit(INTERRUPTED)


def _names(files: tuple[str, ...]) -> dict[str, str]:
    """What each file is called: its name without folder and ending where that tells them apart, else as given."""
    if len({Path(file).resolve() for file in files}) < len(files):
        raise ExportsimError("a file is given twice; give files that differ")
    stems = [Path(file).stem for file in files]
    return dict(zip(stems if len(set(stems)) == len(stems) else files, files, strict=True))


def _reference(given: str | None, names: dict[str, str]) -> tuple[str, str] | None:
    if given is None:
        return None
    file, colon, policy = given.rpartition(":")
    if not colon or not file or not policy:
        raise ExportsimError(f"--reference {given}: expected FILE:POLICY, such as {next(iter(names.values()))}:POLICY")
    known = {path: name for name, path in names.items()}
    return known.get(file, file), policy
