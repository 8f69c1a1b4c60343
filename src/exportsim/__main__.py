"""``exportsim`` and ``python -m exportsim``: the command line, from the first moment to the last.

Ctrl-C is heard while the command line is still being imported, and the end does not wait for whatever is still at work.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from exportsim.commands.streams import in_order

INTERRUPTED, LOST = 130, 3
PATIENCE = 2.0  # seconds, for threads and processes to end with this one after it was interrupted


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    status = INTERRUPTED
    try:
        with in_order():
            try:
                from exportsim.cli import main as command_line

                command_line()
            except KeyboardInterrupt:
                print("interrupted", file=sys.stderr)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except KeyboardInterrupt:  # pressed again meanwhile
        status = INTERRUPTED
    if status in (INTERRUPTED, LOST):
        _end_soon(status)
    raise SystemExit(status)


def _end_soon(status: int) -> None:
    """End this process within moments, also if a thread or process of it that is still at work will not end.

    Another Ctrl-C ends it at once.
    """
    import signal
    from threading import Timer

    signal.signal(signal.SIGINT, lambda *_: os._exit(status))
    last = Timer(PATIENCE, os._exit, (status,))
    last.daemon = True
    last.start()


if __name__ == "__main__":
    main()
