"""A browser for tests: Debian's chromium, driven by playwright."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSER = shutil.which("chromium")
PATIENCE = 600  # seconds: the engine may have to be compiled first

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no browser: apt-get install chromium")


@contextmanager
def launched() -> Iterator[Any]:
    """A browser that has been started."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


def saved(page: Any, act: Callable[[], object], folder: Path, seconds: float = PATIENCE) -> Path:
    """The file that a page saves when something is done."""
    with page.expect_download(timeout=seconds * 1000) as download:
        act()
    path = folder / str(download.value.suggested_filename)
    download.value.save_as(path)
    return path
