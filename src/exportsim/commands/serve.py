"""The command ``exportsim serve``: the live page of a scenario."""

from __future__ import annotations

import re
import threading
import webbrowser

import click

from exportsim.arguments import required, whole
from exportsim.commands.options import FILE, QUIET, READING, flag, option
from exportsim.commands.request import Request, command
from exportsim.commands.terminal import show, tell
from exportsim.errors import ExportsimError
from exportsim.language import text

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LEAST_MEMORY = 16 << 20  # bytes: what the first answer takes


@command("Serve a page on which dates and numbers are moved, and the answer moves with them.")
@FILE
@option("--port", "N", "At which port; 0 is any that is free.", default=0, type=click.IntRange(0, 65535))
@option("--host", "ADDRESS", "Let other machines in by this address of this one; needs --token.", default="127.0.0.1")
@option(
    "--token",
    "TOKEN",
    "What opens the page, 16 letters or digits at least; by default another each time. Better in EXPORTSIM_TOKEN, as "
    "others on this machine may see commands.",
    envvar="EXPORTSIM_TOKEN",
)
@flag("--no-browser", "Print the address only.")
@option("--futures", "N", "How many futures are played at rest.", default=300, type=int)
@option("--memory", "SIZE", "How much is kept of what was played, for all pages together.", default="256M")
@READING
@QUIET
def serve(
    request: Request,
    file: str,
    port: int,
    host: str,
    token: str | None,
    no_browser: bool,
    memory: str,
) -> None:
    """Serve the live page of the scenario in FILE, and print its address.

    On the page one moves the dates of measures and the numbers that are not known, turns policies on and off, and sees
    the answer move: first after ten futures, then after as many as --futures says. It gives the numbers that
    `exportsim run` gives for the same changes and as many futures. What is set is in the address after #: whoever
    serves the same file sees the same. The page is served to this machine alone, and asks nobody else.

    \b
    Examples:
      exportsim serve scenarios/canada-turkiye.yaml
      exportsim serve my.yaml --port 8000 --no-browser
      EXPORTSIM_TOKEN=a-long-word-of-yours exportsim serve my.yaml \\
          --host 192.0.2.7 --port 8000
    """
    with required("Starlette, uvicorn and websockets", "the live page needs", "live"):
        from exportsim.live.server import serve as served
    from exportsim.live.security import Door, listening, token_for
    from exportsim.live.session import Live
    from exportsim.playing.compilation import compiled_for, is_ready

    token = token_for(host, token)
    kept = size(memory)
    futures = whole(request.futures, "futures", least=1)
    live = Live(request.load(file), file, futures=futures, memory=kept)
    with listening(host, port) as socket:
        door = Door(host, socket.getsockname()[1], token)
        title = live.scenario.title or text("studies.untitled")
        show(text("live.server.address", title=title, address=door.address) + "\n")
        is_ready("compiled", compiled_for("compiled"), None if request.quiet else tell)
        if not no_browser:
            threading.Thread(target=webbrowser.open, args=(door.address,), daemon=True).start()
        served(live, door, socket)


def size(written: str) -> int:
    """So many bytes, as ``256M``."""
    found = re.fullmatch(r"([0-9]{1,12})([KMG]?)i?B?", written.strip())
    if found is None or int(found[1]) * UNITS[found[2]] < LEAST_MEMORY:
        raise ExportsimError(f"memory: found {written!r}, expected 16M or more, as 256M or 1G")
    return int(found[1]) * UNITS[found[2]]
