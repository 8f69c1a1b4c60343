"""The command ``exportsim serve``: the live page of a scenario, served or in one file."""

from __future__ import annotations

import re
import sys
import threading
import webbrowser
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from exportsim.arguments import required, whole
from exportsim.commands import options
from exportsim.commands.options import FILE, JSON, QUIET, READING, flag, option
from exportsim.commands.request import Request, command
from exportsim.commands.terminal import show, show_json, tell
from exportsim.errors import ExportsimError
from exportsim.freed_memory import give_back_at_once
from exportsim.language import text

if TYPE_CHECKING:
    from exportsim.live.session import Live

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
LEAST_MEMORY = 16 << 20  # bytes: what the first answer takes
LEAST_SIZE = 200 << 10  # bytes: a page with one answer
AT_REST, FROZEN = 300, 100  # futures, where they are not said
MOST_TOLD = 10  # settings that were left out
OF_SERVER = ("--port", "--host", "--token", "--no-browser")
OF_FILE = ("--freeze-control", "--freeze-values", "--policy", "--size", "--force", "--json")


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
@option("--futures", "N", "How many futures are played at rest; 300 by default, and with --freeze 100.", type=int)
@option("--memory", "SIZE", "How much is kept of what was played, for all pages together.", default="256M")
@option("--freeze", "HTML", "Serve nothing: write one page that needs no server, with answers played before.")
@option(
    "--freeze-control",
    "PATH",
    "With --freeze: move what is at PATH, or at what ends so; repeatable. Those are moved together, in every "
    "combination; by default all are moved, one at a time.",
    called="controls",
    multiple=True,
)
@option("--freeze-values", "N", "With --freeze: over how many values, about.", called="values", default=5, type=int)
@options.policies("With --freeze: play only P and the reference; repeatable.")
@option("--size", "SIZE", "With --freeze: how large the page may be.", default="20M")
@flag("--force", "With --freeze: replace the file whatever it is; by default only such a page or a report.")
@READING
@JSON
@QUIET
def serve(request: Request, file: str, memory: str, freeze: str | None, **more: Any) -> None:
    """Serve the live page of the scenario in FILE, and print its address.

    On the page one moves the dates of measures and the numbers that are not known, turns policies on and off, and sees
    the answer move: first after ten futures, then after as many as --futures says. It gives the numbers that
    `exportsim run` gives for the same changes and as many futures. What is set is in the address after #: whoever
    serves the same file sees the same. The page is served to this machine alone, and asks nobody else.

    --freeze writes the page into one file that opens anywhere, without a server and without the network. In it are
    answers that were played before: each control by itself over about five values (a date: the file's, and some
    months before and after it; a number: even steps through its range), or with --freeze-control those that are named
    in every combination. Nothing is written if that is more than --size.

    \b
    Examples:
      exportsim serve scenarios/canada-turkiye.yaml
      exportsim serve my.yaml --port 8000 --no-browser
      EXPORTSIM_TOKEN=a-long-word-of-yours exportsim serve my.yaml \\
          --host 192.0.2.7 --port 8000
      exportsim serve my.yaml --freeze page.html
      exportsim serve my.yaml --freeze page.html --futures 300 \\
          --freeze-control measures.hold.on --freeze-control officers
    """
    _see_that_options_fit(freeze is not None)
    kept = size(memory)
    give_back_at_once()
    if freeze is None:
        _serve(request, file, kept, more)
    else:
        _freeze(
            request, file, kept, freeze, **{name: more[name] for name in ("controls", "values", "policies", "size")}
        )


def _serve(request: Request, file: str, kept: int, asked: dict[str, Any]) -> None:
    """Serve until Ctrl-C."""
    host = asked["host"]
    with required("Starlette, uvicorn and websockets", "the live page needs", "live"):
        from exportsim.live.server import serve as served
    from exportsim.live.security import Door, listening, token_for

    token = token_for(host, asked["token"])
    futures = whole(AT_REST if request.futures is None else request.futures, "futures", least=1)
    scenario = request.load(file)

    def make() -> Live:
        """What plays, which takes longest to be read: the page is there before."""
        from exportsim.live.session import Live
        from exportsim.playing.compilation import compiled_for, is_ready

        is_ready("compiled", compiled_for("compiled"), None if request.quiet else tell)
        return Live(scenario, file, futures=futures, memory=kept)

    with listening(host, asked["port"]) as socket:
        door = Door(host, socket.getsockname()[1], token)
        title = scenario.title or text("studies.untitled")
        show(text("live.server.address", title=title, address=door.address) + "\n")
        if not asked["no_browser"]:
            threading.Thread(target=webbrowser.open, args=(door.address,), daemon=True).start()
        served(make, door, socket)


def _freeze(
    request: Request,
    file: str,
    kept: int,
    out: str,
    *,
    controls: Sequence[str],
    values: int,
    policies: Sequence[str] | None,
    size: str,
) -> None:
    """Write the page into one file."""
    from exportsim.live.freeze import MB, freeze
    from exportsim.live.played import Played
    from exportsim.playing.compilation import compiled_for, is_ready
    from exportsim.report.html import prepared_page
    from exportsim.report.number_format import number
    from exportsim.report.progress import PLAY, shown
    from exportsim.scenario import files_read

    if request.as_json and request.quiet:
        raise click.UsageError("--json prints and --quiet does not; give one of them")
    futures = whole(FROZEN if request.futures is None else request.futures, "futures", least=1)
    most = bytes_of(size, "--size", LEAST_SIZE, "200K")
    scenario = request.load(file)
    played = Played.of(scenario, policies=policies, controls=controls, values=values)
    announce = None if request.quiet else tell
    with prepared_page(out, force=request.force, reads=files_read(scenario), argument="--freeze", kind="page") as put:
        is_ready("compiled", compiled_for("compiled"), announce)
        with shown(sys.stderr, PLAY, quiet=request.quiet) as progress:
            made = freeze(played, file, futures=futures, memory=kept, most=most, progress=progress, announce=announce)
        with request.saying("write"):
            put(made.text)
    length = len(made.text.encode())
    if request.as_json:
        facts = {"settings": made.settings, "answers": made.answers, "futures": futures, "bytes": length}
        show_json({"written": out, **facts, "refused": list(made.refused), "controls": made.controls})
    elif not request.quiet:
        if made.refused:
            tell(text("live.frozen.refused", number=len(made.refused), settings="; ".join(made.refused[:MOST_TOLD])))
        words = {"settings": number(made.settings, 0), "futures": number(futures, 0), "size": number(length / MB, 1)}
        show(text("live.frozen.made", **words) + "\n" + text("commands.written", path=out) + "\n")


def _see_that_options_fit(frozen: bool) -> None:
    """See that nothing is asked of a page in a file that only a server does, nor the other way round."""
    context = click.get_current_context()
    for parameter in context.command.params:
        name, asked = parameter.opts[0], context.get_parameter_source(parameter.name or "")
        if asked is not ParameterSource.COMMANDLINE:
            continue
        if frozen and name in OF_SERVER:
            raise click.UsageError(f"{name} goes with a page that is served; --freeze serves nothing")
        if not frozen and name in OF_FILE:
            raise click.UsageError(f"{name} goes with --freeze")


def size(written: str) -> int:
    """How much is kept, in bytes, as ``256M``."""
    return bytes_of(written, "memory", LEAST_MEMORY, "16M")


def bytes_of(written: str, what: str, least: int, least_written: str) -> int:
    """So many bytes, as ``256M``."""
    found = re.fullmatch(r"([0-9]{1,12})([KMG]?)i?B?", written.strip())
    if found is None or int(found[1]) * UNITS[found[2]] < least:
        raise ExportsimError(f"{what}: found {written!r}, expected {least_written} or more, as 256M or 1G")
    return int(found[1]) * UNITS[found[2]]
