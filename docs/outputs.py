"""Write into the pages what their commands print: run ``python docs/outputs.py [PAGE …]`` after a change of results.

A block of text after a block of console is the beginning of what the last of its commands prints. The tests check that
it is; this program writes it anew, as many paragraphs of it as the page shows.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced part of a page; ``title`` is the file that it is, as in ```` ```yaml title="my.yaml" ````."""

    language: str
    title: str | None
    text: str


def blocks(page: str) -> Iterator[Block]:
    """The fenced parts of a page's text."""
    yield from (Block(*match.groups()) for match in FENCE.finditer(page))


def answer(folder: Path, command: str) -> str:
    """What a command of a page prints, in a folder for the page's reader."""
    program, *words = shlex.split(command)
    assert program == "exportsim", command
    env = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", program, *words], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")
    return done.stdout


def written(page: str, folder: Path) -> str:
    """A page with the answers of its commands as they are now."""
    printed: str | None = None

    def shown(match: re.Match[str]) -> str:
        nonlocal printed
        part = Block(*match.groups())
        if part.title:
            (folder / part.title).write_text(part.text, encoding="utf-8")
        elif part.language == "console":
            for command in re.findall(r"^\$ (.*)$", part.text, re.MULTILINE):
                printed = answer(folder, command)
        elif part.language == "text" and printed is not None and printed.startswith(part.text):
            printed = None
        elif part.language == "text" and printed is not None:
            paragraphs = printed.split("\n\n")[: part.text.count("\n\n") + 1]
            printed = None
            return "```text\n" + "\n\n".join(paragraphs).rstrip("\n") + "\n```"
        return match[0]

    return FENCE.sub(shown, page)


def main(names: list[str]) -> None:
    pages = [Path(name).resolve() for name in names] or PAGES
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "scenarios", Path(folder) / "scenarios")
            before = page.read_text(encoding="utf-8")
            after = written(before, Path(folder))
        if after != before:
            page.write_text(after, encoding="utf-8", newline="\n")
            print(f"{page.relative_to(ROOT)} written")


if __name__ == "__main__":
    main(sys.argv[1:])
