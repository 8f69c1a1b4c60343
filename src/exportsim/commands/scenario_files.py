"""The commands ``exportsim fmt`` and ``exportsim diff``: how scenario files are laid out, and in what two differ."""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from exportsim.commands.options import BOUNDS, FILES, JSON, PATH, QUIET, flag, option
from exportsim.commands.request import Request, command
from exportsim.commands.terminal import show, show_json
from exportsim.language import text

if TYPE_CHECKING:
    from exportsim.scenario.schema import Scenario

DIFFERENT = 1  # the exit status


class _LaidOut(NamedTuple):
    file: str
    before: str
    after: str
    digest: str


@command(
    "Lay scenario files out alike, and keep what they say.",
    "Exit status: 0 if all is well, 1 with --check or --diff if a file is laid out otherwise, 2 for a mistake in what "
    "was asked.",
)
@FILES
@flag("--check", "Change nothing, and exit with status 1 if a file is laid out otherwise.")
@flag("--diff", "Change nothing, print what would change, and exit with status 1 if anything would.")
@BOUNDS
@JSON
@QUIET
def fmt(request: Request, files: tuple[str, ...], check: bool, diff: bool) -> None:
    """Lay the scenario in each FILE out in one way: indents, spaces, line ends, and what stands in braces.

    What stands in braces or brackets and fits on a line of 110 characters stands on one, else each entry has its own.
    Remarks are kept, and so are the order and the spelling of all values. Each file must be valid, and says the same
    before and after: its digest is compared, and nothing is written of a file of which it would change. Files are
    written whole or not at all, and none if one of them is faulty.

    \b
    Examples:
      exportsim fmt my.yaml
      exportsim fmt scenarios/*.yaml --check
      exportsim fmt my.yaml --diff
    """
    from exportsim.errors import Fault, ScenarioError

    if request.as_json and request.quiet:
        raise click.UsageError("--json prints and --quiet does not; give one of them")
    found: list[_LaidOut] = []
    faults: list[Fault] = []
    with request.saying("read"):
        for file in dict.fromkeys(files):
            try:
                found.append(_laid_out(request, file))
            except ScenarioError as error:
                faults += error.faults
    if faults:
        raise ScenarioError(faults)
    is_only_told = check or diff
    if not is_only_told:
        _write([each for each in found if each.after != each.before])
    if request.as_json:
        show_json({"files": [_document(each, written=not is_only_told, diff=diff) for each in found]})
    elif not request.quiet:
        for each in found:
            show("".join(_changes(each)) if diff else _said(each, written=not is_only_told))
    if is_only_told and any(each.after != each.before for each in found):
        raise SystemExit(DIFFERENT)


def _laid_out(request: Request, file: str) -> _LaidOut:
    """A file before and after; its scenario is read from both, and must be the same."""
    from exportsim.errors import Fault, ScenarioError
    from exportsim.scenario import digest
    from exportsim.scenario.layout import laid_out
    from exportsim.scenario.overlay import content_of
    from exportsim.scenario.text import decode

    content = content_of(file)
    before = decode(content, file)
    scenario = _read(request, file, before)
    after = laid_out(before, file)
    first, second = digest(scenario), digest(_read(request, file, after))
    if first != second:
        raise ScenarioError([Fault(file, 0, 0, "", "another layout would change what this file says")])
    ends = "\r\n" if b"\r\n" in content[: content.find(b"\n") + 1] else "\n"
    return _LaidOut(file, content.decode("utf-8"), after.replace("\n", ends), first)


def _read(request: Request, file: str, content: str, folder: str | None = None) -> Scenario:
    """The scenario of a text, which stands in a file."""
    from exportsim.scenario import loads
    from exportsim.scenario.checks import MAX_ORDERS

    return loads(
        content,
        name=file,
        folder=Path(file).parent if folder is None else folder,
        max_orders=MAX_ORDERS if request.max_orders is None else request.max_orders,
        allow_outside=request.allow_outside,
    )


def _write(changed: list[_LaidOut]) -> None:
    from exportsim import files

    for each in changed:
        path = Path(os.path.realpath(each.file))
        with files.explained(f"{each.file}: cannot write"):
            files.write(path, each.after, like=path)


def _said(each: _LaidOut, *, written: bool) -> str:
    if each.after == each.before:
        return text("layout.same", file=each.file) + "\n"
    return text("layout.written" if written else "layout.otherwise", file=each.file) + "\n"


def _changes(each: _LaidOut) -> list[str]:
    before, after = (content.splitlines(keepends=True) for content in (each.before, each.after))
    return [line if line.endswith("\n") else f"{line}\n" for line in unified_diff(before, after, each.file, each.file)]


def _document(each: _LaidOut, *, written: bool, diff: bool) -> dict[str, Any]:
    is_other = each.after != each.before
    said = {"file": each.file, "changed": is_other, "written": is_other and written, "digest": each.digest}
    return said | ({"diff": "".join(_changes(each))} if diff else {})


@command(
    "Say in what two scenario files differ.",
    "Exit status: 0 if they say the same, 1 if they differ, 2 for a mistake in what was asked.",
)
@click.argument("first", type=PATH, metavar="A")
@click.argument("other", type=PATH, metavar="B")
@option("--folder", "DIR", "Where relative paths in both files start, if not in the folder of each.")
@BOUNDS
@JSON
def diff(request: Request, first: str, other: str, folder: str | None) -> None:
    """Say in what the scenarios in A and B differ, each difference in words and with its address.

    What is compared is what the files say and not how: with all that they extend, with all defaults, with what their
    registers hold; measures and stages by their names. What may move an outcome comes first, then what only tells the
    reader something, then expectations and what the live page shows. To play both, use `exportsim compare`.

    \b
    Examples:
      exportsim diff my.yaml theirs.yaml
      exportsim diff my.yaml theirs.yaml --json
    """
    from exportsim.report.differences import describe

    document = describe((first, other), *_both(request, first, other, folder))
    request.show(document)
    if not document.data()["same"]:
        raise SystemExit(DIFFERENT)


def _both(request: Request, first: str, other: str, folder: str | None) -> list[Scenario]:
    """The scenarios of two files, or the faults of both."""
    from exportsim.errors import Fault, ScenarioError
    from exportsim.scenario.overlay import content_of
    from exportsim.scenario.text import decode

    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    with request.saying("read"):
        for file in (first, other):
            try:
                scenarios.append(_read(request, file, decode(content_of(file), file), folder))
            except ScenarioError as error:
                faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return scenarios
