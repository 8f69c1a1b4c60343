"""The pictures of the pages are small, shown, and what the program that makes them would make."""

from __future__ import annotations

import re

import pytest

import pictures

SHOWN = {  # on which pages
    "answer.png": ("README.md", "docs/index.md"),
    "report.png": ("README.md", "docs/index.md"),
    "live.png": ("docs/how-to/live-page.md", "docs/tutorial-cabinet.md"),
    "live-small.png": ("docs/how-to/live-page.md",),
}


@pytest.mark.long
def test_they_are_drawn_from_what_would_be_drawn_now() -> None:
    kept = pictures.digests()
    assert pictures.digest(pictures.founding_case()) == kept["report"], "run python docs/pictures.py report"


@pytest.mark.long
def test_those_of_the_live_page_are_made_from_what_it_says_now() -> None:
    told = pictures.told()
    assert pictures.live_digest(told) == pictures.digests()["live"], "run python docs/pictures.py live"
    for message in told[1:]:
        message["scene"]["figures"] = [figure | {"marks": []} for figure in message["scene"]["figures"]]
    assert pictures.live_digest(told) == pictures.digests()["live"]  # where something is drawn does not count
    told[2]["scene"]["changed"] += " "
    assert pictures.live_digest(told) != pictures.digests()["live"]


@pytest.mark.parametrize("name", SHOWN)
def test_they_are_small_and_shown_on_their_pages(name: str) -> None:
    content = (pictures.FOLDER / name).read_bytes()
    assert content.startswith(b"\x89PNG") and 10_000 < len(content) <= pictures.MOST
    for page in SHOWN[name]:
        text = (pictures.ROOT / page).read_text(encoding="utf-8")
        targets = [target for target in re.findall(r"!\[[^\]]{40,}\]\(([^)]+)\)", text) if target.endswith(f"/{name}")]
        assert [(pictures.ROOT / page).parent.joinpath(target).resolve() for target in targets] == [
            pictures.FOLDER / name
        ]
    assert {path.name for path in pictures.FOLDER.glob("*.png")} == set(SHOWN)
