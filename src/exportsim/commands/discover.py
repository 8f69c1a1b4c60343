"""The command ``exportsim discover``: where in what is uncertain a policy fails."""

from __future__ import annotations

import click

from exportsim.commands.terminal import JSON, PATH, show, show_document


@click.command(
    short_help="Find where a policy fails, in a sweep.",
    epilog="Exit status: 0 if all is well, 2 for a mistake in what was asked.",
)
@click.argument("file", type=PATH, metavar="SWEEP")
@click.option("--policy", required=True, metavar="P", help="The policy in question.")
@click.option("--outcome", default="exports", show_default=True, metavar="NAME", help="What it fails in.")
@click.option("--below", metavar="X", help="It fails where the outcome's mean is below X, such as 100M, 90d or 30%.")
@click.option("--above", metavar="X", help="It fails where it is above X.")
@click.option(
    "--figure",
    default="mean",
    show_default=True,
    metavar="F",
    help="Rather than the mean: difference (from the reference), or regret (from the best policy of each point).",
)
@click.option(
    "--undefined",
    default="leave-out",
    show_default=True,
    metavar="U",
    help="What worlds count as in which the outcome is undefined: leave-out, fail or pass.",
)
@click.option("--method", default="prim", show_default=True, metavar="M", help="How to find boxes: prim, or tree.")
@click.option("--boxes", type=int, default=3, show_default=True, metavar="N", help="How many to find at most.")
@click.option("--resamples", type=int, default=20, show_default=True, metavar="N", help="Random halves to try it on.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Which halves: 0 to 4294967295.")
@click.option("--figures", metavar="DIR", help="Draw the first box and the trade-off into the folder DIR.")
@click.option("--out", metavar="FILE", help="Write the limits, as .parquet or .csv; a file that is there is replaced.")
@JSON
def discover(
    file: str,
    policy: str,
    outcome: str,
    below: str | None,
    above: str | None,
    figure: str,
    undefined: str,
    method: str,
    boxes: int,
    resamples: int,
    seed: int,
    figures: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Find where a policy fails: limits of what was varied in SWEEP within which it does.

    SWEEP is the Parquet file that `exportsim sweep --out` has written, best of a sample of a hundred points or more.
    Each box of limits is told with its coverage (how much of all failing it holds), its density (how much of it fails)
    and, for each limit, how likely chance alone explains it.

    \b
    Examples:
      exportsim sweep my.yaml --samples 256 --out sweep.parquet
      exportsim discover sweep.parquet --policy historical --below 100M
      exportsim discover sweep.parquet --policy historical \\
        --figure regret --above 5M
    """
    from exportsim.outcomes import LESS
    from exportsim.report.discovery import describe
    from exportsim.study.discovery import discover as search
    from exportsim.study.sweep import open_sweep
    from exportsim.study.table_file import writable

    if (below is None) == (above is None):
        raise click.UsageError("what is failing? give either --below X or --above X")
    if out is not None:
        writable(out, [file])
    found = search(
        open_sweep(file),
        policy,
        outcome,
        below=below,
        above=above,
        figure=figure,
        most=outcome not in LESS,
        undefined=undefined,
        method=method,
        boxes=boxes,
        resamples=resamples,
        seed=seed,
    )
    if out is not None:
        found.save(out)
    if figures is not None:
        from exportsim.report.plots import save_figures

        save_figures(found, figures)
    show_document(describe(found), as_json=as_json)
    for written in () if as_json else (out, figures):
        if written is not None:
            show(f"Written to {written}\n")
