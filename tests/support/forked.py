"""Processes of their own that need not import anything first: forked off one that has it all, and has played.

Starting Python with Numba takes a second or two, a fork some milliseconds. What a :class:`Forkery` gives for
``sys.executable`` is used as that is, by ``subprocess`` or a shell: it takes ``-m MODULE`` or ``-c CODE``, and has the
folder, the environment, the standard streams (closed ones too) and the status of a process that was started with them.
What is said of starting itself, or of Ctrl-C, still needs Python; and so does a system that cannot fork.

The program that is typed hands its streams to the server, by a socket, and waits for the status.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from io import TextIOWrapper
    from pathlib import Path
    from typing import Any

STREAMS = (0, 1, 2)


def is_open(number: int) -> bool:
    """Whether a process has a file of this number."""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


# ------------------------------------------------------------------ what is typed: imports as little as it can


def ask(address: str, arguments: list[str]) -> int:
    """Have the server fork a process with this one's streams, folder and environment, and return its status."""
    streams = list(filter(is_open, STREAMS))
    import json
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        socket.send_fds(server, [b"!"], streams)
        folder = os.getcwd()  # noqa: PTH109  pathlib takes a while to import
        request = {"arguments": arguments, "folder": folder, "environment": dict(os.environ), "streams": streams}
        server.sendall(json.dumps(request).encode())
        server.shutdown(socket.SHUT_WR)
        return int(server.recv(8) or b"255")


# ------------------------------------------------------------------ the server


def serve(address: str) -> None:
    """Import and play, say so, and fork for whoever asks, until standard input ends."""
    import json
    import signal
    import socket
    from select import select

    warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that mind the others
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while sys.stdin not in select([listening, sys.stdin], [], [])[0]:
            client, _ = listening.accept()
            _, given, _, _ = socket.recv_fds(client, 1, len(STREAMS))
            request = json.loads(client.makefile("rb").read())
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                child = os.fork()
                if child == 0:
                    client.close()
                    become(request, given)
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                client.sendall(str(status if status >= 0 else 128 - status).encode())
                os._exit(0)
            client.close()
            for number in given:
                os.close(number)


def warm() -> None:
    """Import what commands import, and compile or load what they play with."""
    import contextlib
    import gc
    import io
    from pathlib import Path

    from exportsim import cli

    world = str(Path(__file__).parents[2] / "scenarios" / "quickstart.yaml")
    with contextlib.redirect_stdout(io.StringIO()):
        for words in ("check", "run --futures 2", "trace --policy no-new-licences --why delayed --futures 2"):
            command, *options = words.split()
            with contextlib.suppress(SystemExit):
                cli.main([command, world, *options])
    with contextlib.suppress(ImportError):
        import exportsim.report.plots  # noqa: F401
    gc.freeze()  # what is there now is shared with all that are forked


def become(request: dict[str, Any], given: list[int]) -> None:
    """Be a process as Python would have started it, and end."""
    import threading

    for number in STREAMS:
        os.close(number)
    for number, handed in zip(request["streams"], given, strict=True):
        os.dup2(handed, number)
        os.close(handed)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.stdin, sys.stdout, sys.stderr = streams = [opened(number) for number in STREAMS]
    status = run(request["arguments"])
    threading._shutdown()
    try:
        for stream in filter(None, streams[1:]):
            stream.flush()
    except OSError:
        status = 120  # as Python says it
    os._exit(status)


def opened(number: int) -> TextIOWrapper | None:
    """A standard stream, None if it is closed."""
    if not is_open(number):
        return None
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    errors = "backslashreplace" if number == 2 else errors or "strict"
    return open(number, "w" if number else "r", encoding=encoding, errors=errors, closefd=False)


def run(arguments: list[str]) -> int:
    """Run a module or code as Python does, and return the status."""
    import atexit
    import runpy
    import traceback
    from types import ModuleType

    option, what, *sys.argv[1:] = arguments
    try:
        if option == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, "")
            sys.argv[0], sys.modules["__main__"] = "-c", ModuleType("__main__")
            exec(what, sys.modules["__main__"].__dict__)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    return status


# ------------------------------------------------------------------ for tests


class Forkery:
    """A server that is started when it is first needed; without forks, Python itself."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "forks")
        self._server: subprocess.Popen[str] | None = None

    @property
    def python(self) -> list[str]:
        """What to type for ``sys.executable``."""
        if not hasattr(os, "fork"):
            return [sys.executable]
        if self._server is None:
            import subprocess

            environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
            command = [sys.executable, __file__, self._address]
            self._server = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            assert self._server.stdout.readline() == "ready\n"
        return [sys.executable, "-I", "-S", __file__, self._address]

    def end(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.communicate()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        serve(sys.argv[1])
    else:
        os._exit(ask(sys.argv[1], sys.argv[2:]))
