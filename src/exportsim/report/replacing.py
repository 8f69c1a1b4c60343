"""How a folder of results takes the place of an earlier one: nothing is lost but what exportsim wrote itself.

What is new is written beside the folder, in a temporary one. Then the old files are moved out of the folder, each only
if it is still as exportsim wrote it, and the new ones in; `provenance.json`, which lists them with their digests, goes
first and comes last. Files of the user's are never moved, and the folder itself stays: it may be open elsewhere. What a
run that was killed meanwhile left undone, the next one undoes: the old answer is there again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from exportsim import files
from exportsim.errors import ExportsimError

PROVENANCE = "provenance.json"
LISTED, CHECKSUM = "files", "checksum"  # keys of it: digests of the other files, and its own
MARKER = "temporary.json"
NEW, OLD = "new", "old"
_SYSTEMS = frozenset([".DS_Store", "Thumbs.db", "desktop.ini"])  # put into any folder by file managers


class Replacement:
    """A folder that is being written."""

    def __init__(
        self, target: Path, asked: str, force: bool, names: Collection[str], reads: Iterable[str | os.PathLike[str]]
    ) -> None:
        self._target, self._asked, self._force, self._names = target, asked, force, names
        self._reads = list(reads)
        self._room = target.parent / files.temporary_name()
        self.new = self._room / NEW  # where the files are until they are in their place
        self._digests: dict[str, str] = {}

    def check(self) -> None:
        """See that what is in the folder may be replaced."""
        if not self._target.exists():
            return
        written = listed(self._target, self._names)
        present = [name for name in files.files_in(self._target) if PurePosixPath(name).name not in _SYSTEMS]
        for name in present:
            if name in written or name in self._digests or self._is_of_a_result(name):
                files.refuse_what_is_read(self._target / name, self._reads, self._asked)
        if self._force or not present:
            return
        foreign = [name for name in present if name not in written]
        if not written:
            others = [name for name in foreign if not self._is_of_a_result(name)]
            if PROVENANCE in present and not others:
                raise self._refused("it does not say which files exportsim wrote: it is damaged, or of another edition")
            raise self._refused(f"it holds {others[0]}" if others else "it was not written by exportsim")
        if foreign:
            raise self._refused(f"it holds {foreign[0]}, which exportsim did not write")
        for name, digest in written.items():
            if name in present and not _is_as_written(self._target / name, digest):
                raise self._refused(f"{name} has been changed")

    def put(self, name: str, content: bytes | str) -> None:
        """Write a file, beside the folder for now."""
        if not self._digests:
            files.make_new_folder(self._room)
            files.write(self._room / MARKER, json.dumps({"exportsim": "temporary", "for": self._target.name}))
        path = self.new / name
        files.make_folder(path.parent)
        files.write(path, content)
        self._digests[name] = hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()

    def finish(self, provenance: Mapping[str, object]) -> None:
        """Put everything in its place, with where it comes from."""
        self.put(PROVENANCE, sealed({**provenance, LISTED: dict(sorted(self._digests.items()))}))
        if not self._target.exists():
            files.move_folder(self.new, self._target)
            return
        self.check()
        files.make_new_folder(self._room / OLD)
        try:
            self._take_out()
            self._put_in()
        except BaseException:
            undo(self._room, self._target)
            raise

    @contextmanager
    def open(self) -> Iterator[Replacement]:
        """For as long as it is written; what is left beside it then is removed, unless it could not be put back."""
        with files.alive(self._room.name):
            try:
                yield self
            finally:
                with suppress(OSError):
                    if files.is_folder(self._room):
                        _remove(self._room, self._target)

    def _take_out(self) -> None:
        written = listed(self._target, self._names)
        names = set(written) | set(self._digests) if self._force else set(written)
        gone = [name for name in names if files.there(self._target / name) is not None]
        for name in sorted(gone, key=lambda name: (name != PROVENANCE, name)):
            path = self._room / OLD / name
            files.refuse_what_is_read(self._target / name, self._reads, self._asked)
            if files.is_folder(self._target / name):
                raise self._refused(f"{name} is a folder", force=False)
            files.make_folder(path.parent)
            files.move(self._target / name, path)
            if not self._force and not _is_as_written(path, written[name]):
                raise self._refused(f"{name} has been changed")
        for folder in {PurePosixPath(name).parent for name in gone} - {PurePosixPath()}:
            with suppress(OSError):
                files.remove_empty_folder(self._target / folder)

    def _put_in(self) -> None:
        for name in sorted(self._digests, key=lambda name: name == PROVENANCE):
            if files.there(self._target / name) is not None:
                raise self._refused(f"{name} was put there meanwhile")
            files.make_folder((self._target / name).parent)
            files.move(self.new / name, self._target / name)

    def _is_of_a_result(self, name: str) -> bool:
        return PurePosixPath(name).parts[0] in self._names

    def _refused(self, reason: str, *, force: bool = True) -> ExportsimError:
        or_force = ", or give --force" if force else ""
        return ExportsimError(f"{self._asked}: not replaced, because {reason}; name another folder{or_force}")


def sealed(provenance: Mapping[str, object]) -> str:
    """Where a result comes from as JSON, with a checksum of what it says."""
    checksum = hashlib.sha256(json.dumps(provenance, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return json.dumps({**provenance, CHECKSUM: checksum}, indent=2, ensure_ascii=False) + "\n"


def is_sealed(content: bytes) -> bool:
    """Whether it says what was written."""
    try:
        provenance = files.read_json(content)
        del provenance[CHECKSUM]
        return sealed(provenance).encode() == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def listed(folder: Path, names: Collection[str]) -> dict[str, str]:
    """The files that exportsim wrote to a folder, by name, as its provenance lists them: none if that is not sound."""
    try:
        content = files.read(folder / PROVENANCE)
    except OSError:
        return {}
    digests = files.read_json(content).get(LISTED) if is_sealed(content) else None
    if not isinstance(digests, dict):
        return {}
    sound = {
        name: digest
        for name, digest in digests.items()
        if isinstance(digest, str)
        and not {"..", "."} & set(name.split("/"))
        and "\\" not in name
        and name.split("/")[0] in names
    }
    return {**sound, PROVENANCE: ""}


def recover(folder: Path) -> None:
    """Undo what runs that were killed left half done in a folder, and remove what they left."""
    with suppress(OSError):
        for room in files.left_in(folder):
            with suppress(OSError):
                if files.is_folder(room):
                    _recover(room)
    files.clean(folder)


def _recover(room: Path) -> None:
    try:
        marker = files.read_json(files.read(room / MARKER))
        name = marker["for"] if marker["exportsim"] == "temporary" else None
    except (OSError, ValueError, KeyError, TypeError):
        name = None
    if isinstance(name, str) and name == Path(name).name and name not in ("", ".", ".."):
        undo(room, room.parent / name)
        _remove(room, room.parent / name)
    elif all(other == MARKER or files.is_temporary(other) for other in files.names(room)):
        files.remove_tree(room)  # killed before it had written what it is for


def undo(room: Path, target: Path) -> None:
    """Take new files out of a folder again and put the old ones back."""
    moved_in, waiting = _half_done(room, target)
    for name in moved_in:
        files.move(target / name, room / NEW / name)
    for name in sorted(waiting, key=lambda name: name == PROVENANCE):
        if files.there(target / name) is None:
            files.make_folder((target / name).parent)
            files.move(room / OLD / name, target / name)


def _remove(room: Path, target: Path) -> None:
    """Remove what is left beside a folder, unless something in it is to be put back."""
    if any(_half_done(room, target)):
        return
    # What tells that there is something to undo goes first: old and new files can be the same.
    if files.is_folder(room / OLD):
        files.remove_tree(room / OLD)
    files.remove_tree(room)


def _half_done(room: Path, target: Path) -> tuple[list[str], list[str]]:
    """New files that are in the folder already, as they were written, and old ones that are not where they belong."""
    # Once the list of the new files has moved, which is the last to go, all is done.
    if not files.is_folder(room / OLD) or files.there(room / NEW / PROVENANCE) is None:
        return [], []
    new: dict[str, str] = files.read_json(files.read(room / NEW / PROVENANCE))[LISTED]
    gone = [name for name in new if files.there(room / NEW / name) is None]
    moved_in = [name for name in gone if files.is_file(target / name) and files.digest_of(target / name) == new[name]]
    return moved_in, files.files_in(room / OLD)


def _is_as_written(path: Path, digest: str) -> bool:
    if not files.is_file(path):
        return False
    content = files.read(path)
    return is_sealed(content) if path.name == PROVENANCE else hashlib.sha256(content).hexdigest() == digest
