"""A table of text that hides no column where it is printed; to be imported when needed, since pandas takes its time."""

from __future__ import annotations

import pandas as pd

LEAST = 20  # to which names are cut to make room


class TextTable(pd.DataFrame):
    """A DataFrame of text. Where it is printed, long names are cut; columns without room stand below each other."""

    @property
    def _constructor(self) -> type[TextTable]:
        return TextTable

    def __repr__(self) -> str:
        width = int(pd.get_option("display.width"))  # of which pandas fills all but three
        beyond = max(map(len, self.to_string().splitlines()), default=0) - width + 3
        return (self._cut(beyond) if beyond > 0 else self).to_string(line_width=width)

    def _cut(self, beyond: int) -> TextTable:
        """The same with shorter names in the level of the index that has the longest."""
        levels = [[str(name) for name in self.index.get_level_values(level)] for level in range(self.index.nlevels)]
        longest = [max(map(len, names), default=0) for names in levels]
        widest = longest.index(max(longest))
        room = max(LEAST, longest[widest] - beyond)
        levels[widest] = [name if len(name) <= room else f"{name[: room - 1].rstrip()}…" for name in levels[widest]]
        index = pd.MultiIndex.from_arrays(levels, names=self.index.names)
        return self.set_axis(index if self.index.nlevels > 1 else pd.Index(levels[0], name=self.index.name))
