"""Figures as inline SVG: named apart from each other, and in colours that the page can change for dark screens.

Matplotlib draws in the light style. Each of its colours becomes a custom property of CSS, ``var(--0072b2)``, which the
page sets to the colour that stands in the same place of the dark style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markupsafe import Markup

from exportsim.report.plots.saving import rendered
from exportsim.report.plots.styles import STYLES, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
#: What is kept. Metadata tell nothing here, and a style would be one of the whole page: ``style.css`` says the same.
_SHAPES = {f"{{{SVG}}}{tag}" for tag in ("defs", "g", "path", "use", "clipPath", "rect", "pattern", "image", "text")}
_COLOUR = re.compile(r"#([0-9a-f]{6})\b")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def drawing(axes: Axes, name: str, label: str) -> Markup:
    """A figure in the light style as an ``svg`` element: nothing but shapes. The same figure gives the same text."""
    # Read as XML it loses its comments, in which matplotlib repeats the text that it draws.
    root = ElementTree.fromstring(rendered(axes, "svg"))
    for above in list(root.iter()):
        for child in [element for element in above if element.tag not in _SHAPES]:
            above.remove(child)
    used = set(_used(root))
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            if key != "id" or value in used:  # others name things for those who restyle a figure, some more than once
                element.set(*_attribute(key, value, name))
    ratio = " / ".join(root.attrib.pop(side).removesuffix("pt") for side in ("width", "height"))
    root.attrib |= {"xmlns": SVG, "role": "img", "aria-label": label, "style": f"aspect-ratio: {ratio}"}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def colours() -> Iterator[tuple[str, str, str]]:
    """The colours of figures: the name of each property, its light and its dark value."""
    darker: dict[str, str] = {}
    for light, dark in zip(_flat(STYLES["light"]), _flat(STYLES["dark"]), strict=True):
        darker.setdefault(light, dark)
    for light, dark in darker.items():
        yield f"--{light[1:]}", light, dark


def _used(root: ElementTree.Element) -> Iterator[str]:
    """The identifiers that something in the figure refers to."""
    for element in root.iter():
        for key, value in element.attrib.items():
            yield from _REFERENCE.findall(value)
            if key.endswith("href"):
                yield value.removeprefix("#")


def _attribute(key: str, value: str, name: str) -> tuple[str, str]:
    """An attribute as the page has it."""
    key = key.removeprefix(f"{{{XLINK}}}")
    if key == "id":
        return key, f"{name}-{value}"
    if key == "href" and value.startswith("#"):  # else it is an image, which holds itself
        return key, f"#{name}-{value.removeprefix('#')}"
    value = _REFERENCE.sub(rf"url(#{name}-\1)", value)
    return key, _COLOUR.sub(r"var(--\1, #\1)", value) if key == "style" else value


def _flat(style: Style) -> list[str]:
    return [colour for field in style for colour in ([field] if isinstance(field, str) else field)]
