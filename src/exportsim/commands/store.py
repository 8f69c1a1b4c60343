"""The command ``exportsim store``: what a store holds, whether it is sound, and taking out what is of no use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import exportsim as xs
from exportsim.commands.options import JSON, PATH, flag
from exportsim.commands.request import speaking
from exportsim.commands.terminal import show, show_document, show_json
from exportsim.digits import number
from exportsim.language import text

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.report.document import Document

MISTAKES = 1  # the exit status if files are damaged
FOLDER = click.argument("folder", type=PATH)
GROUP = ["title", "scenario", "policy", "seed", "usable"]


@click.group(
    short_help="Look into a store of finished plays.",
    epilog="Exit status: 0 if all is well, 1 if files are damaged, 2 for a mistake in what was asked.",
)
def store() -> None:
    """Look into a store: the folder that --store was given.

    \b
    Examples:
      exportsim run my.yaml --futures 1000 --store plays
      exportsim store ls plays
      exportsim store verify plays
    """


@speaking
@store.command(short_help="List what it holds.")
@FOLDER
@JSON
def ls(folder: str, as_json: bool) -> None:
    """List what the store in FOLDER holds: by scenario, policy and seed, how many futures.

    Scenarios are told apart by a digest of their worlds; the points of a sweep are scenarios of their own, and listed
    as one. What another version of the model has played is marked old: no run uses it, and prune removes it.
    """
    contents = xs.open_store(folder).contents()
    if as_json:
        show_json([{**row, "path": str(row["path"])} for row in contents.to_dict("records")])
    else:
        show_document(_described(contents, folder), as_json=False)


@speaking
@store.command(short_help="Check every file against its checksum.")
@FOLDER
@JSON
def verify(folder: str, as_json: bool) -> None:
    """Read every file of the store in FOLDER and check it against its checksum.

    A damaged file does no harm: a run that comes upon it says so and plays it again.
    """
    from exportsim.report.progress import shown

    opened = xs.open_store(folder)
    with shown(sys.stderr, "verify") as progress:
        damages = opened.verify(None if progress is None else progress.played)
    if as_json:
        show_json({"files": len(opened.files), "damaged": [{"path": str(d.path), "reason": d.reason} for d in damages]})
    else:
        for damage in damages:
            show(f"{damage.path}: {damage.reason}\n")
        checked, amount = _files(len(opened.files)), number(len(damages), 0)
        key = "store.verified" if damages else "store.undamaged"
        show(text(key, files=checked, number=len(damages), amount=amount) + "\n")
    if damages:
        raise SystemExit(MISTAKES)


@speaking
@store.command(short_help="Remove what no run will use.")
@FOLDER
@flag("--dry-run", "Say what would be removed, and remove nothing.")
@JSON
def prune(folder: str, dry_run: bool, as_json: bool) -> None:
    """Remove from the store in FOLDER what no run will use.

    That is: what another version of the model has played, damaged files, and what runs that were killed left half
    written more than an hour ago.
    """
    gone = list(map(str, xs.open_store(folder).prune(dry=dry_run)))
    if as_json:
        show_json({"removed": [] if dry_run else gone, "found": gone})
    else:
        key = "store.would_be_removed" if dry_run else "store.removed"
        show("\n".join([*gone, text(key, files=_files(len(gone))) + "\n"]))


def _described(contents: pd.DataFrame, folder: str) -> Document:
    from exportsim.report.document import Block, Document, Line, Table

    points = contents.assign(
        scenario=contents["scenario"].where(contents["varied"] == "{}", text("store.sweep")),
        futures=contents["past"] - contents["first"],
    )
    rows = [
        [
            str(title) or text("store.untitled"), str(scenario)[:8], str(policy), str(seed),
            number(int(group["futures"].sum()), 0), _megabytes(group), "" if usable else text("store.old"),
        ]
        for (title, scenario, policy, seed, usable), group in points.groupby(GROUP, sort=True)
    ]  # fmt: skip
    head = [text(f"store.head.{name}") for name in ("title", "scenario", "policy", "seed", "futures", "megabytes")]
    table = Table("store", "", [*head, ""], rows, left=3)
    total = text("store.total", files=_files(len(contents)), megabytes=_megabytes(contents))
    blocks: list[Block] = [Line(text("store.title", folder=Path(folder)), "strong"), *([table] if rows else [])]
    return Document([*blocks, Line(), Line(total, "quiet")], dict)


def _megabytes(contents: pd.DataFrame) -> str:
    return number(float(contents["bytes"].sum()) / 1e6, 1)


def _files(found: int) -> str:
    return text("store.files", number=found, amount=number(found, 0))
