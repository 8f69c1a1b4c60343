"""The documentation is true: its examples run, and its generated parts are what the code says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def run_in_project(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | more, capture_output=True, text=True, encoding="utf-8", timeout=600
    )


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_examples_of_a_page_run_one_after_the_other(page: Path, tmp_path: Path) -> None:
    examples = blocks(page, "python")
    if examples[0].startswith("# test_"):
        written = tmp_path / examples[0].split()[1]
        written.write_text(examples[0], encoding="utf-8")
        done = run_in_project(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(written))
    else:
        done = run_in_project(sys.executable, "-c", "\n".join(examples))
    assert done.returncode == 0, done.stdout + done.stderr


def commands(page: Path) -> list[tuple[str, str]]:
    """The commands of a page's ``console`` blocks, each with the ``text`` block that follows, or nothing."""
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"^```console\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", text, flags=re.MULTILINE | re.DOTALL)
    return [(command, answer) for block, answer in shown for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE)]


COMMANDS = [(page, *shown) for page in PAGES for shown in commands(page)]


@pytest.mark.parametrize(("page", "command", "answer"), COMMANDS, ids=[shown[1] for shown in COMMANDS])
def test_every_command_shown_runs_and_says_what_is_shown(page: Path, command: str, answer: str, tmp_path: Path) -> None:
    words = command.replace("OUT", str(tmp_path / "out")).split()
    assert words[0] == "exportsim"
    done = run_in_project(sys.executable, "-m", *words, COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(answer)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    text = page.read_text(encoding="utf-8")
    assert generate.generated(text) == text, "run python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_continuous_check_finds_the_two_commands_of_the_readme() -> None:
    done = run_in_project(sys.executable, ".ci/readme_commands.py", "README.md")
    assert done.stdout.splitlines() == [
        "pip install . && exportsim run scenarios/canada-turkiye.yaml",
        "pip install '.[test]' && pytest",
    ]
