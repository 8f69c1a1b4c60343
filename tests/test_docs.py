"""The documentation is true: its examples run, and its generated parts are what the code says."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


class Block(NamedTuple):
    """A fenced part of a page; ``title`` is the file that it is, as in ```` ```yaml title="my.yaml" ````."""

    language: str
    title: str | None
    text: str


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    fence = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.MULTILINE | re.DOTALL)
    yield from (Block(*match.groups()) for match in fence.finditer(text))


def python(page: Path) -> list[str]:
    return [block.text for block in blocks(page) if block.language == "python"]


def typed(page: Path) -> list[Block]:
    """What a reader of a page types, in order: files with a title, commands, and what is shown of their answers."""
    return [block for block in blocks(page) if block.title or block.language in ("console", "text")]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder for a page's reader, with the scenarios in it."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


def do(desk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=desk, env=env, capture_output=True, text=True, encoding="utf-8", timeout=600)


@pytest.mark.parametrize("page", [page for page in PAGES if python(page) or typed(page)], ids=named)
def test_what_a_page_tells_to_type_runs_and_says_what_is_shown(page: Path, desk: Path) -> None:
    answer = None
    for block in typed(page):
        if block.title:
            (desk / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE):
                program, *words = command.split()
                assert program == "exportsim", command
                done = do(desk, sys.executable, "-m", program, *words)
                assert done.returncode == 0, command + "\n" + done.stderr
                answer = done.stdout
        elif answer is not None:
            assert answer.startswith(block.text)
            answer = None
    examples = python(page)
    if examples and (title := re.match(r"# (test_\w+\.py)\n", examples[0])):
        (desk / title[1]).write_text(examples[0], encoding="utf-8")
        done = do(desk, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", title[1])
    else:
        done = do(desk, sys.executable, "-c", "\n".join(examples))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_runs_and_says_what_is_in_it() -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    done = do(ROOT, sys.executable, "docs/notebooks/run.py", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = page.read_text(encoding="utf-8")
    assert generate.generated(text) == text, "run python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{named(page)} links to {target}"


def test_the_continuous_check_finds_the_two_commands_of_the_readme() -> None:
    done = do(ROOT, sys.executable, ".ci/readme_commands.py", "README.md")
    assert done.stdout.splitlines() == [
        "pip install . && exportsim run scenarios/canada-turkiye.yaml",
        "pip install '.[test]' && pytest",
    ]
