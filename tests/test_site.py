"""The documentation as a site: every page has its place in it; it is built without a warning and without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def leaves(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from leaves(part)


def test_every_page_is_in_the_navigation_once() -> None:
    nav = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(leaves(nav)) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([^)#:]+\.md)", (DOCS / "index.md").read_text(encoding="utf-8")))
    assert linked == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"index.md"}


def test_every_public_name_is_in_the_reference() -> None:
    import exportsim

    told = re.findall(r"^::: exportsim\.(\w+)", (DOCS / "reference/api.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(exportsim.__all__) - {"__version__"} <= set(told)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for needed in ("mkdocs", "material", "mkdocstrings", "mermaidx", "matplotlib"):
        pytest.importorskip(needed)
    place = tmp_path_factory.mktemp("site")
    # Told to be quiet, it would not count its warnings.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(place)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.mark.long
def test_the_site_is_built_without_a_warning(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS)).with_suffix(".html").exists()


@pytest.mark.long
def test_pages_of_the_site_ask_for_nothing_from_elsewhere(site: Path) -> None:
    fetching = re.compile(r'<(?:script|img|iframe)[^>]*\ssrc="(https?:)?//|<link[^>]*\shref="(https?:)?//|@import')
    pages = list(site.rglob("*.html"))
    assert pages
    for page in pages:
        assert not fetching.search(page.read_text(encoding="utf-8")), page


@pytest.mark.long
def test_figures_and_diagrams_are_drawn(site: Path) -> None:
    wanted = 0
    for page in DOCS.rglob("*.md"):
        built = (site / page.relative_to(DOCS)).with_suffix(".html")
        shown = built.read_text(encoding="utf-8")
        for scenario, name in re.findall(r"^<!-- figure: (\S+) (\S+) -->", page.read_text(encoding="utf-8"), re.M):
            place = f"figures/{Path(scenario.replace(':', '-')).stem}/{name}.svg"
            assert place in shown
            assert (site / place).read_text(encoding="utf-8").rstrip().endswith("</svg>")
            wanted += 1
    assert wanted >= 5
    assert "<svg" in (site / "model.html").read_text(encoding="utf-8")
    assert "stateDiagram-v2" not in (site / "model.html").read_text(encoding="utf-8")
