"""A shell for tests of the command line: what is typed runs within the test's process."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from exportsim import cli


class Said(NamedTuple):
    """What a command said."""

    status: int
    out: str
    err: str


class Shell:
    """Types commands, within this process, and catches what they say."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            cli.main(list(arguments))
        out, err = self._capsys.readouterr()
        assert isinstance(exit.value.code, int)
        return Said(exit.value.code, out, err)
