"""``exportsim`` and ``python -m exportsim``: the command line, from the first moment to the last.

Ctrl-C is heard while the command line is still being imported, so nothing is imported before it is listened to. And the
end does not wait for whatever is still at work.
"""

import os
import sys

INTERRUPTED, LOST = 130, 3
PATIENCE = 1.0  # seconds, for threads and processes to end with this one after less than was asked for


def main() -> None:
    """Run the command line and exit with its status."""
    status = INTERRUPTED
    try:
        from exportsim.commands.streams import in_order

        with in_order():
            try:
                from exportsim.cli import main as command_line

                command_line()
            except KeyboardInterrupt:
                print("interrupted", file=sys.stderr)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:  # at the very beginning, or pressed again meanwhile
        status = INTERRUPTED
        if "exportsim.cli" not in sys.modules and sys.stderr is not None:
            print("interrupted", file=sys.stderr)
    while status in (INTERRUPTED, LOST):
        try:
            _end_soon(status)
            break
        except KeyboardInterrupt:
            continue  # pressed once more, before it was no longer listened to
    raise SystemExit(status)


def _end_soon(status: int) -> None:
    """End this process within moments, also if a thread or a process that is still at work will not end."""
    import signal
    from threading import Timer

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending
    last = Timer(PATIENCE, _end_now, (status,))
    last.daemon = True
    last.start()


def _end_now(status: int) -> None:
    """End this process and all that it has started: one left alone may wait for ever, and keeps the streams open."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()
    os._exit(status)


if __name__ == "__main__":
    main()
