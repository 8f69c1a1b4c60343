"""Which settings are played for a page without a server: each control over a few values, by itself or with others.

What the values are depends on the scenario alone, so that the same command writes the same page.
"""

from __future__ import annotations

import calendar
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from exportsim.arguments import chosen, whole
from exportsim.errors import ExportsimError
from exportsim.live.controls import Control, controls_of
from exportsim.live.setting import Overrides, Setting
from exportsim.scenario import Scenario
from exportsim.scenario.policies import chain_of
from exportsim.study.study import policies_played

VALUES, MOST_VALUES = 5, 50  # of a control beside the one of the file: by default, and at most
MOST_ANSWERS = 5_000  # settings times policies that can be looked at
MONTHS = (24, 12, 6, 3, 2, 1)  # from one date to the next


class Over(NamedTuple):
    """A control with the values that are played, in their order, as ``--set`` takes them; the file's is one of them."""

    control: Control
    values: tuple[str, ...]

    def others(self) -> Iterator[Overrides]:
        """What sets each value that is not the file's."""
        yield from (((self.control.path, value),) for value in self.values if value != self.control.value)


@dataclass(frozen=True)
class Played:
    """The settings that are played.

    Attributes
    ----------
    scenario : Scenario
    policies : tuple of str
        The reference among them.
    moved : tuple of Over
    together : bool
        Whether all of them are moved at once, in every combination; if not, one at a time.
    """

    scenario: Scenario
    policies: tuple[str, ...]
    moved: tuple[Over, ...]
    together: bool

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        *,
        policies: Iterable[str] | None = None,
        controls: Sequence[str] = (),
        values: int = VALUES,
    ) -> Played:
        """What is to be played of a scenario.

        Parameters
        ----------
        scenario : Scenario
        policies : iterable of str, optional
            Those to play beside the reference, all by default.
        controls : sequence of str
            Those that are moved, together, by their paths or what these end in; by default all, one at a time.
        values : int
            How many values of each, about.

        Raises
        ------
        ExportsimError
            If there is no such policy or control, or the settings are too many.
        """
        most = whole(values, "--freeze-values", least=2, most=MOST_VALUES)
        names = policies_played(scenario, policies)
        acting = {name for policy in names for name in chain_of(scenario.policies, policy)}
        there = [control for control in controls_of(scenario) if _policy_of(control) in (None, *acting)]
        wanted = dict.fromkeys(named(control, there) for control in controls) or there
        moved = tuple(Over(control, values_of(control, most)) for control in wanted)
        made = cls(scenario, names, moved, bool(controls))
        made.check()
        return made

    @property
    def reference(self) -> str:
        """The policy that all others are compared with."""
        return self.scenario.reference

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The policies that can be looked at: all but the reference, or that alone."""
        return tuple(policy for policy in self.policies if policy != self.reference) or (self.reference,)

    def looks(self, policy: str) -> tuple[str, ...]:
        """The policies in the order in which a setting has them that looks at one."""
        if policy == self.looked_at[0]:
            return self.policies
        return policy, *(other for other in self.policies if other != policy)

    def setting(self, overrides: Overrides, policy: str) -> Setting:
        """The setting that looks at a policy."""
        return Setting(overrides, self.looks(policy), self.reference, self.scenario)

    def overrides(self) -> Iterator[Overrides]:
        """What is set in each setting, the file's own first."""
        yield ()
        if not self.together:
            for over in self.moved:
                yield from over.others()
            return
        for values in itertools.product(*(over.values for over in self.moved)):
            pairs = [(over.control, value) for over, value in zip(self.moved, values, strict=True)]
            if found := tuple((control.path, value) for control, value in pairs if value != control.value):
                yield found

    def number(self) -> int:
        """How many settings."""
        sizes = [len(over.values) for over in self.moved]
        return math.prod(sizes) if self.together else 1 + sum(size - 1 for size in sizes)

    def check(self) -> None:
        """See that they are not too many."""
        answers = self.number() * len(self.looked_at)
        if answers <= MOST_ANSWERS:
            return
        sizes = [len(over.values) for over in self.moved]
        values = (" × " if self.together else " + ").join(map(str, sizes))
        raise ExportsimError(
            f"--freeze: {values} values of {len(sizes)} controls are {self.number():,} settings, and with "
            f"{len(self.looked_at)} policies to look at {answers:,} answers; expected at most {MOST_ANSWERS:,}. Give "
            "fewer controls (--freeze-control), values (--freeze-values) or policies (--policy)"
        )


def named(name: str, controls: Sequence[Control]) -> Control:
    """The control that is meant by its path, or by what only its path ends in."""
    found = [control for control in controls if control.path == name]
    found = found or [control for control in controls if control.path.endswith(f".{name}")]
    if len(found) > 1:
        ends = ", ".join(f"`{control.path}`" for control in found)
        raise ExportsimError(f"--freeze-control: several controls end in `{name}`: {ends}; give the whole path of one")
    if not found:
        paths = [control.path for control in controls]
        endings = [path.split(".", place)[-1] for path in paths for place in range(path.count(".") + 1)]
        chosen(name, endings if get_close_matches(name, endings, 1) else paths, "control")
    return found[0]


def values_of(control: Control, most: int) -> tuple[str, ...]:
    """The values over which a control is moved, about so many and the file's: all choices, or even steps."""
    if control.kind == "choice":
        return tuple(dict.fromkeys([control.value, *control.choices]))
    if control.kind == "date":
        return tuple(day.isoformat() for day in _dates(control, most))
    assert isinstance(control.least, float | int) and isinstance(control.most, float | int)
    least, own, step = control.least, control.number, (control.most - control.least) / (most - 1)
    inner = {_rounded(least + step * place, control) for place in range(1, most - 1)}
    if own is None:
        return control.value, *(control.text(number) for number in sorted({least, *inner, control.most}))
    apart = {number for number in inner if abs(number - own) > step / 2}  # the file's takes the place of one so near
    ordered = sorted({least, *apart, own, control.most})
    return tuple(control.value if number == own else control.text(number) for number in ordered)


def _policy_of(control: Control) -> str | None:
    """The policy whose measures a control changes; None if what it changes is the same under all."""
    steps = control.path.split(".")
    return steps[1] if steps[0] == "policies" and len(steps) > 1 else None


def _rounded(value: float, control: Control) -> float:
    """A number as a slider gives it, within its range."""
    step = control.step or 1.0
    assert isinstance(control.least, float | int) and isinstance(control.most, float | int)
    return min(max(float(f"{round(value / step) * step:.12g}"), control.least), control.most)


def _dates(control: Control, most: int) -> list[date]:
    """The file's date and those some months before and after it, the nearest, as far as they are in the range."""
    least, own, last = map(date.fromisoformat, (str(control.least), control.value, str(control.most)))
    half = (last - least).days / 60.9  # months
    by = next((months for months in MONTHS if months * (most - 1) <= half), MONTHS[-1])
    steps = sorted(range(-most, most + 1), key=lambda step: (abs(step), step))
    days = [(step, _later(own, step * by)) for step in steps]
    found = [day for step, day in days if day is not None and (step == 0 or least <= day <= last)]
    return sorted(found[:most])


def _later(day: date, months: int) -> date | None:
    """So many months later, or on the last day of a month that is shorter; None where there are no dates."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
