"""The page on the disk, with a checksum at its end by which it is known to be as it was written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exportsim import files
from exportsim.errors import ExportsimError
from exportsim.report.html.page import page
from exportsim.scenario import files_read
from exportsim.study.result import Result
from exportsim.study.study import TableStudy
from exportsim.study.study_file import files_of

_SEAL = "<!-- exportsim sha256:{digest} -->\n"
_SEAL_BYTES = len(_SEAL.format(digest="0" * 64))


def write_report(
    result: Result,
    path: str | os.PathLike[str],
    *,
    focus: str | None = None,
    studies: Iterable[TableStudy | str | os.PathLike[str]] = (),
    force: bool = False,
) -> None:
    """Write the answer as one page of HTML.

    Parameters
    ----------
    result : Result
    path : path-like
        In a folder that exists.
    focus : str, optional
        The policy that is looked at closely; by default the first that is not the reference.
    studies : iterable of Study or path-like
        Sweeps, sensitivities, discoveries, calibrations and forecasts, or the Parquet files that they were saved to:
        each becomes a section of the report. One of another scenario is said to be so.
    force : bool
        Replace the file whatever it is, but for those that the scenario was read from; by default only a report is
        replaced that is as it was written.

    Raises
    ------
    ExportsimError
        If it cannot or must not be written, there is no such policy, or a study cannot be read. The file has not been
        touched.
    """
    further = list(studies)
    with prepared_page(path, force=force, reads=[*files_read(result.scenario), *files_of(further)]) as put:
        put(page(result, focus=focus, studies=further))


@contextmanager
def prepared_page(
    out: str | os.PathLike[str],
    *,
    force: bool = False,
    reads: Iterable[str | os.PathLike[str]] = (),
    argument: str = "path",
    kind: str = "report",
) -> Iterator[Callable[[str], None]]:
    """See that a page can be written, before the work of making it; what is yielded puts its text in its place.

    Files of ``reads`` are never replaced, others only if they are reports as they were written, or with ``force``.
    ``argument`` is what ``out`` was given as, and ``kind`` what the page is called.
    """
    target, kept = Path(os.path.realpath(out)), list(reads)
    asked = f"{argument} {Path(out)}"
    with files.explained(f"{asked}: cannot write in {Path(out).parent}"):
        _may_replace(target, asked, force, kept, kind)
        files.clean(target.parent)
        files.try_out(target.parent)

    def put(text: str) -> None:
        with files.explained(f"{asked}: cannot write"):
            _may_replace(target, asked, force, kept, kind)  # it may have become another while the page was made
            files.write(target, sealed(text))

    yield put


def sealed(text: str) -> bytes:
    """A page as it is written, with a comment at its end that holds its checksum."""
    content = text.rstrip("\n").encode() + b"\n"
    return content + _seal_of(content)


def _seal_of(content: bytes) -> bytes:
    return _SEAL.format(digest=hashlib.sha256(content).hexdigest()).encode()


def _may_replace(target: Path, asked: str, force: bool, reads: Iterable[str | os.PathLike[str]], kind: str) -> None:
    if not target.parent.is_dir():
        raise ExportsimError(f"{asked}: there is no folder {target.parent} to write it in; make it first")
    if target.is_dir():
        raise ExportsimError(f"{asked}: this is a folder; expected the name of a file such as {kind}.html")
    if target.exists():
        files.refuse_what_is_read(target, reads, asked)
        content = b"" if force else files.read(target)
        if content and not content.endswith(_seal_of(content[:-_SEAL_BYTES])):
            raise ExportsimError(
                f"{asked}: not replaced, because it is no {kind}, or has been changed; name another, or give "
                "`force=True`"
            )
