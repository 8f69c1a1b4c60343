"""How figures look: colours that the colour-blind tell apart, each with a dash or a hatch of its own for print in grey.

The hues are those of Okabe and Ito (2008), but for a yellow that white paper swallows.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from exportsim.errors import ExportsimError

StyleName = Literal["light", "dark"]

SOLID = (0, ())
DASHES = (
    (0, (6, 1.6)),
    (0, (1.2, 1.2)),
    (0, (6, 1.6, 1.2, 1.6)),
    (0, (3, 1.2)),
    (0, (9, 2.2)),
    (0, (6, 1.4, 1.2, 1.4, 1.2, 1.4)),
)
Dash = tuple[int, tuple[float, ...]]


class Style(NamedTuple):
    """The colours of a figure."""

    ground: str
    ink: str
    soft: str
    """Notes and ticks: still 4.5 to 1 against the ground."""
    rule: str
    """Grids and frames."""
    hues: tuple[str, ...]
    licensed: tuple[str, ...]
    """Suppliers that an authority licenses, dark to light."""
    unlicensed: tuple[str, ...]
    ended: str
    """What nobody delivers."""
    waiting: str


STYLES: dict[str, Style] = {
    "light": Style(
        ground="#ffffff",
        ink="#1a1a1a",
        soft="#595959",
        rule="#d9d9d9",
        hues=("#0072b2", "#d55e00", "#009e73", "#b0578d", "#56b4e9", "#e69f00"),
        licensed=("#0072b2", "#4a9bd1", "#9ccbea", "#d0e6f5"),
        unlicensed=("#b85000", "#e69f00", "#f2c766", "#fae5b8"),
        ended="#4d4d4d",
        waiting="#b3b3b3",
    ),
    "dark": Style(
        ground="#16181d",
        ink="#f0f0f0",
        soft="#b0b4ba",
        rule="#3d424b",
        hues=("#56b4e9", "#ff8a45", "#2fc79c", "#e79ac6", "#a9d8f5", "#f0c440"),
        licensed=("#3d9ddb", "#7fc0ea", "#b5dcf5", "#1f6ba3"),
        unlicensed=("#e07b2a", "#e8b33a", "#f5d78a", "#a85a1c"),
        ended="#c9c9c9",
        waiting="#767b85",
    ),
}


class Look(NamedTuple):
    """How a policy's line is drawn."""

    colour: str
    dash: Dash


def fill_of(style: Style, fate: str) -> tuple[str, str]:
    """Colour and hatch of a fate, or of a bar that leads to one, told apart in grey as well."""
    fills = {
        "licensed": (style.licensed[0], ""),
        "gained": (style.licensed[1], ""),
        "taken_over": (style.unlicensed[1], "///"),
        "lost": (style.unlicensed[0], ""),
        "delayed": (style.waiting, ""),
    }
    return fills.get(fate, (style.waiting, "..."))


def style_of(name: str) -> Style:
    """A style by its name."""
    if name not in STYLES:
        raise ExportsimError(f"style: found {name!r}, expected one of {', '.join(STYLES)}")
    return STYLES[name]
