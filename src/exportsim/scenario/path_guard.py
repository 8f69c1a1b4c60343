"""What a scenario may lead to: files within its own folder, links followed, unless more is allowed.

A scenario that came by post must not be able to name the reader's own files: what it names is read, shown where it is
faulty, and copied into the folder that ``--out`` writes.
"""

from __future__ import annotations

import os
from pathlib import Path

from exportsim.scenario.quantities import show


def refusal(name: str, folder: Path, within: Path | None) -> str:
    """Why a file must not be read, or nothing."""
    if within is None:
        return ""
    try:
        inside = Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(within))
    except (OSError, ValueError):
        return f"{show(name)} is not the name of a file"
    if inside:
        return ""
    return (
        f"{show(name)} is outside the folder of the scenario; move it there, or allow it with `allow_outside` "
        "(`--allow-outside`)"
    )
