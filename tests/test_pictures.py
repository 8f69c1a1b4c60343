"""The pictures of the README and of the home page are small, shown, and what the program that draws them would draw."""

from __future__ import annotations

import pytest

import pictures

SHOWN = ("answer.png", "report.png")


@pytest.mark.long
def test_they_are_drawn_from_what_would_be_drawn_now() -> None:
    kept = pictures.DIGEST.read_text(encoding="utf-8").strip()
    assert pictures.digest(pictures.founding_case()) == kept, "run python docs/pictures.py"


@pytest.mark.parametrize("name", SHOWN)
def test_they_are_small_and_shown_on_both_pages(name: str) -> None:
    content = (pictures.FOLDER / name).read_bytes()
    assert content.startswith(b"\x89PNG") and 10_000 < len(content) <= pictures.MOST
    assert f"](docs/pictures/{name})" in (pictures.ROOT / "README.md").read_text(encoding="utf-8")
    assert f"](pictures/{name})" in (pictures.ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert {path.name for path in pictures.FOLDER.glob("*.png")} == set(SHOWN)
