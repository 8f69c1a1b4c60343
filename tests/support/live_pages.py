"""The live page as tests see it: the command in a process, and pages of it in a browser."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browsers import PATIENCE

FILE = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
TOKEN = "a-token-of-the-tests"
FUTURES = 30
OWN = re.compile(r"(http|ws)://127\.0\.0\.1:\d+/|blob:http://127\.0\.0\.1:\d+/|data:")


class Served:
    """The command in a process, which can be killed and started again at the same port."""

    def __init__(self, file: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.file, self.more = file, more
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "exportsim",
            "serve",
            str(self.file),
            "--port",
            str(self.port),
            "--no-browser",
            "--futures",
            str(FUTURES),
            *self.more,
        ]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "EXPORTSIM_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        printed = [self.process.stdout.readline() for _ in range(2)]
        assert self.address in printed[1], printed

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/?token={TOKEN}"

    def end(self, number: int = signal.SIGKILL) -> int:
        self.process.send_signal(number)
        assert self.process.stdout is not None
        with self.process.stdout:
            self.said = self.process.stdout.read()
        return self.process.wait(timeout=20)


class Pages:
    """Pages in contexts of their own; what they complain of and whom they ask."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.contexts: list[Any] = []
        self.complaints: list[str] = []
        self.asked: list[str] = []

    def at(self, address: str, width: int, scheme: str, **more: Any) -> Any:
        """A page at an address."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.goto(address)
        return page


class Opened(Pages):
    """Pages of a server."""

    def __call__(self, served: Served, width: int = 1280, scheme: str = "light", link: str = "", **more: Any) -> Any:
        page = self.at(served.address + link, width, scheme, **more)
        at_rest(page)
        return page

    def without_server(self) -> None:
        """Close all pages, whose server has ended: that they found none is no complaint."""
        for context in self.contexts:
            context.close()
        self.complaints = [told for told in self.complaints if "net::ERR" not in told and "WebSocket" not in told]

    def end(self) -> None:
        """Close them all; nobody may have complained, and nobody else was asked."""
        for context in self.contexts:
            context.close()
        assert self.complaints == []
        assert [url for url in self.asked if not OWN.match(url)] == []


def wait(page: Any, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look until something is so; the page forbids the browser to wait by evaluating text."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, page.locator("body").inner_text()
        page.wait_for_timeout(20)


def number(page: Any) -> int:
    """The number of the setting that is shown."""
    return int((page.evaluate("document.documentElement.dataset.shown || '0/0'")).split("/")[0])


def at_rest(page: Any) -> None:
    """Wait until the newest setting is shown with all its futures."""
    state = page.locator("#state")
    wait(
        page,
        lambda: (
            state.inner_text().startswith(f"{FUTURES} of ") and "playing" not in (state.get_attribute("class") or "")
        ),
    )


def after(page: Any, act: Callable[[], object]) -> None:
    """Do something that changes the setting, and wait for its answer."""
    before = number(page)
    act()
    wait(page, lambda: number(page) > before)
    at_rest(page)


def open_all(page: Any) -> None:
    """Open whatever can be opened, and what is made then."""
    closed = "document.querySelectorAll('details:not([open])')"
    while page.evaluate(f"{closed}.length"):
        page.evaluate(f"{closed}.forEach(each => {{ each.open = true; }})")
        page.wait_for_timeout(50)


def account(page: Any) -> str:
    return str(page.locator("#account table").inner_text())
