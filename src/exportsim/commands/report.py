"""The command ``exportsim report``: the answer as one page of HTML."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exportsim.commands.terminal import (
    INTERRUPTED,
    MOST_ORDERS,
    OVERRIDE,
    PATH,
    STRICT,
    bound,
    read_scenario,
    show,
    tell,
    warn,
)


@click.command(
    short_help="Write the answer as one page of HTML.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked, 130 if interrupted.",
)
@click.argument("source", type=PATH, metavar="FILE|DIR")
@click.option("--out", required=True, metavar="HTML", help="The page to write.")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="P",
    help="Play only P and the reference; repeatable. The first one is looked at closely.",
)
@click.option("--futures", type=int, metavar="N", help="How many futures to play.  [default: 100]")
@click.option("--seed", type=int, metavar="S", help="Which futures: 0 to 4294967295.  [default: 1]")
@click.option("--workers", type=int, metavar="N", help="How many futures to play at once; by default one a core.")
@OVERRIDE
@MOST_ORDERS
@STRICT
@click.option("--force", is_flag=True, help="Replace the file whatever it is; by default only a report.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def report(
    source: str,
    out: str,
    policies: tuple[str, ...],
    futures: int | None,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
    max_orders: int | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write the answer as one page of HTML: question, answer, tables, figures, assumptions, method, provenance.

    FILE is a scenario, whose policies are played. DIR is a folder that `exportsim run --out DIR` wrote: what was
    played there is played again, and must come to the same numbers. The page opens from disk, asks for nothing from
    the network and prints well.

    \b
    Examples:
      exportsim report my.yaml --out report.html
      exportsim report my.yaml --policy historical --futures 500 --out report.html
      exportsim run my.yaml --out answer
      exportsim report answer --out report.html
    """
    from exportsim import study
    from exportsim.report.html import needed, page, prepared_page
    from exportsim.report.html.page import focus_of
    from exportsim.report.progress import shown
    from exportsim.report.result_folder import read_folder
    from exportsim.scenario import files_read, warnings_of

    needed()
    played = None
    if Path(source).is_dir():
        given = {"--policy": policies, "--futures": futures, "--seed": seed, "--set": overrides}
        given["--allow-outside"] = bound(None)["allow_outside"] or None
        for option, value in given.items():
            if value not in (None, ()):
                raise click.UsageError(f"{option} goes with a scenario file; {source} says itself what was played")
        played = read_folder(Path(source), max_orders=max_orders)
        scenario = played.scenario
        warn(warnings_of(scenario), quiet=quiet)
    else:
        scenario = read_scenario(source, overrides, max_orders, quiet=quiet)
    with prepared_page(out, force=force, reads=files_read(scenario)) as put:
        with shown(sys.stderr, quiet=quiet) as progress:
            result = study.run(
                scenario,
                futures=played.futures if played else 100 if futures is None else futures,
                seed=played.seed if played else 1 if seed is None else seed,
                policies=played.policies if played else policies or None,
                engine=played.engine if played else "compiled",
                workers=workers,
                progress=progress,
                announce=None if quiet else tell,
            )
        if played and not result.interrupted:
            played.check(result)
        others = [policy for policy in policies if policy != scenario.reference]
        focus = focus_of(result, others[0] if others else None)
        put(page(result, focus=focus, file=None if played else source, overrides=overrides))
    if not quiet:
        show(f"Written to {out}\n")
    warn(result.noticed, file=source, quiet=quiet)
    if result.interrupted:
        raise SystemExit(INTERRUPTED)
