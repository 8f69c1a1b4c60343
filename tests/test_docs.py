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


COMMANDS = [
    (page, command)
    for page in PAGES
    for block in blocks(page, "console")
    for command in re.findall(r"^\$ (.*)$", block, re.M)
]


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=lambda part: getattr(part, "name", part))
def test_every_command_shown_runs(page: Path, command: str, tmp_path: Path) -> None:
    words = command.replace("OUT", str(tmp_path / "out")).split()
    assert words[0] == "exportsim"
    done = run_in_project(sys.executable, "-m", *words, COLUMNS="80")
    assert done.returncode == 0, done.stderr


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
