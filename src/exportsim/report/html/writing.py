"""The page on the disk: beside its place first, then renamed into it, so that it is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from exportsim.errors import ExportsimError
from exportsim.experiment.result import Result
from exportsim.report.html.page import page

SIGN = b'<meta name="generator" content="exportsim'


def write_page(
    result: Result,
    out: str | os.PathLike[str],
    *,
    focus: str | None = None,
    file: str | None = None,
    overrides: Sequence[str] = (),
    force: bool = False,
) -> None:
    """Write the report of a result.

    Parameters
    ----------
    result : Result
    out : path-like
        The file. Its folder must exist.
    focus, file, overrides
        See :func:`exportsim.report.html.page.page`.
    force : bool
        Replace the file whatever it is; by default only a report is replaced.

    Raises
    ------
    ExportsimError
        If it cannot or must not be written; the file has not been touched then.
    """
    with prepared_page(out, force=force) as put:
        put(page(result, focus=focus, file=file, overrides=overrides))


@contextmanager
def prepared_page(out: str | os.PathLike[str], *, force: bool = False) -> Iterator[Callable[[str], None]]:
    """See that a page can be written, before the work of making it.

    Parameters
    ----------
    out, force
        As :func:`write_page` takes them.

    Yields
    ------
    callable
        Takes the text of the page and puts it in its place.

    Raises
    ------
    ExportsimError
        As :func:`write_page`.
    """
    asked, target = Path(out), Path(os.path.realpath(out))
    _may_replace(target, asked, force)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise ExportsimError(f"--out {asked}: cannot write in {asked.parent}: {error.strerror}") from None
    os.close(handle)
    beside = Path(name)

    def put(text: str) -> None:
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.chmod(0o666 & ~_umask())  # a temporary file is for its owner alone
            beside.replace(target)
        except OSError as error:
            raise ExportsimError(f"--out {asked}: cannot write: {error.strerror or error}") from None

    try:
        yield put
    finally:
        beside.unlink(missing_ok=True)


def _may_replace(target: Path, asked: Path, force: bool) -> None:
    if not target.parent.is_dir():
        raise ExportsimError(f"--out {asked}: there is no folder {asked.parent} to write it in; make it first")
    if target.is_dir():
        raise ExportsimError(f"--out {asked}: this is a folder; expected the name of a file such as report.html")
    if not force and target.exists() and not _is_report(target):
        raise ExportsimError(f"--out {asked}: not replaced, because it is no report; name another, or give --force")


def _is_report(target: Path) -> bool:
    try:
        with target.open("rb") as file:
            found = file.read(4096)
    except OSError:
        return False
    return not found or SIGN in found


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
