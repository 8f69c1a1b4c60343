"""A setting of the live page: what is put in place of the file's values, which policies are played, against which.

It is the same in four forms: a part of an address, a command, a file that extends the scenario's, and plain values.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic_core import PydanticCustomError

from exportsim.arguments import chosen
from exportsim.errors import ExportsimError, Fault, ScenarioError
from exportsim.language import text
from exportsim.scenario import Scenario, digest, explicit, vary
from exportsim.scenario.addresses import AsWritten
from exportsim.scenario.overlay import laid_over
from exportsim.scenario.python_nodes import tree_of
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.scaling import in_place
from exportsim.scenario.text import Scalar, parse, plain, walk
from exportsim.scenario.tied_draws import TiedDraw
from exportsim.scenario.writer import explicit_form, line_of, text_of
from exportsim.study.what_if import WhatIf
from exportsim.version import __version__

MOST_OVERRIDES = 200
LONGEST_PATH, LONGEST_VALUE, LONGEST_LINK = 300, 4_000, 32_000  # characters
DIGITS = 16  # of a scenario's digest, in a link
SET, PLAYED, AGAINST, OF, VERSION = "set", "policy", "reference", "of", "version"  # the parts of a link

Overrides = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Setting:
    """What a link holds.

    Attributes
    ----------
    overrides : tuple of (str, str)
        Paths and values as ``--set`` takes them; ``null`` takes away what is there. A value at the path of a draw for
        several values (:func:`path_of_draw`) is what is drawn.
    policies : tuple of str
        Those to play beside the reference; the first of them that is not the reference is looked at.
    reference : str
    scenario : Scenario
        The file's, which it is a setting of.
    """

    overrides: Overrides
    policies: tuple[str, ...]
    reference: str
    scenario: Scenario = field(compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.overrides) > MOST_OVERRIDES:
            raise ExportsimError(f"found {len(self.overrides):,} values to set, expected at most {MOST_OVERRIDES}")
        for path, value in self.overrides:
            if not path or len(path) > LONGEST_PATH or len(value) > LONGEST_VALUE:
                raise ExportsimError(
                    f"found a path of {len(path):,} characters and a value of {len(value):,}, expected "
                    f"1 to {LONGEST_PATH} and at most {LONGEST_VALUE:,}"
                )
            if "register" in path.split(".") or _names_register(value):
                raise ExportsimError(f"{path}: what is read from a register is not set here; change the file")
            if path.split(".")[0] in ("reference", "extends"):
                raise ExportsimError(f"{path}: this is not set by a value here")
        known = list(self.scenario.policies)
        for policy in (*self.policies, self.reference):
            chosen(policy, known, "policy")

    @classmethod
    def of(cls, scenario: Scenario) -> Setting:
        """The scenario as its file has it."""
        return cls((), tuple(scenario.policies), scenario.reference, scenario)

    @classmethod
    def from_json(cls, given: object, scenario: Scenario) -> Setting:
        """The setting that plain values are, which may come from anybody.

        Raises
        ------
        ExportsimError
            If they are none.
        """
        match given:
            case {"overrides": list(overrides), "policies": list(policies), "reference": str(reference)} if all(
                map(_is_pair, overrides)
            ) and all(isinstance(policy, str) for policy in policies):
                pairs = dict(overrides)
                return cls(tuple(pairs.items()), tuple(dict.fromkeys(policies)), reference, scenario)
        raise ExportsimError("found no setting, expected `overrides` (pairs of text), `policies` and `reference`")

    @classmethod
    def from_link(cls, link: str, scenario: Scenario) -> Setting:
        """The setting of a link: what follows ``#`` in the address, with or without it.

        Raises
        ------
        ExportsimError
            If it is none, or names a policy that the scenario has not.
        """
        if len(link) > LONGEST_LINK:
            raise ExportsimError(f"found a link of {len(link):,} characters, expected at most {LONGEST_LINK:,}")
        try:
            parts = parse_qsl(link.removeprefix("#"), keep_blank_values=True, max_num_fields=2 * MOST_OVERRIDES)
        except ValueError:
            raise ExportsimError("found a link that cannot be read, expected one that this page has made") from None
        overrides = [value.partition("=")[::2] for key, value in parts if key == SET]
        policies = [value for key, value in parts if key == PLAYED] or list(scenario.policies)
        references = [value for key, value in parts if key == AGAINST] or [scenario.reference]
        plain = {"overrides": [list(pair) for pair in overrides], "policies": policies, "reference": references[-1]}
        return cls.from_json(plain, scenario)

    def json(self) -> dict[str, Any]:
        """Itself as plain values."""
        return {
            "overrides": [list(pair) for pair in self.overrides],
            "policies": list(self.policies),
            "reference": self.reference,
        }

    @property
    def asked(self) -> str:
        """The policy that is looked at: the first that is not the reference, or else that."""
        return next((policy for policy in self.policies if policy != self.reference), self.reference)

    @cached_property
    def drawn(self) -> dict[str, dict[str, Any]]:
        """By the path of each draw that is set, the values that it puts in place, by their paths.

        Raises
        ------
        ExportsimError
            If a draw can have no such value.
        """
        tied, drawn = draws_for_several(self.scenario), dict[str, dict[str, Any]]()
        for path, value in self.overrides:
            node, _ = parse(value or "null", "--set")
            if path in tied and isinstance(node, Scalar) and node.value is not None:
                try:
                    drawn[path] = in_place(tree_of(self.scenario), {path: plain(node)}, tied)
                except PydanticCustomError as error:
                    raise ScenarioError([Fault("--set", 0, 0, path, error.message())]) from None
        return drawn

    @cached_property
    def placed(self) -> Overrides:
        """What is put in place: what one draw sets or scales each by itself, before what is set otherwise.

        Raises
        ------
        ExportsimError
            If a draw can have no such value.
        """
        if not self.drawn:
            return self.overrides
        placed = {each: line_of(found) for values in self.drawn.values() for each, found in values.items()}
        return tuple((placed | {path: value for path, value in self.overrides if path not in self.drawn}).items())

    def changes(self) -> dict[str, object]:
        """What is put in place, as :meth:`exportsim.WhatIf.change` takes it."""
        changes: dict[str, object] = {path: AsWritten(value) for path, value in self.placed}
        return changes | ({} if self.reference == self.scenario.reference else {"reference": self.reference})

    def put_to(self, what_if: WhatIf) -> None:
        """Let a scenario stand as this setting has it.

        Raises
        ------
        ScenarioError
            If what is set is not valid; then nothing is changed.
        """
        what_if.change(self.changes(), policies=self.policies, alone=True)

    def warnings(self) -> tuple[Fault, ...]:
        """What is odd about the scenario as it stands then."""
        return vary(self.scenario, self.changes()).origin.warnings if self.changes() else self.scenario.origin.warnings

    def link(self) -> str:
        """The part of an address after ``#``, with what it was made of."""
        parts = [(SET, f"{path}={value}") for path, value in self.overrides]
        if self.policies != tuple(self.scenario.policies):
            parts += [(PLAYED, policy) for policy in self.policies]
        if self.reference != self.scenario.reference:
            parts.append((AGAINST, self.reference))
        parts += [(OF, digest_of(self.scenario)), (VERSION, __version__)]
        return "#" + urlencode(parts)

    def command(self, file: str, futures: int | None = None) -> str:
        """The command that prints the same numbers."""
        words = ["exportsim", "run", file]
        for path, value in (*self.placed, *self._other_reference()):
            words += ["--set", f"{path}={value}"]
        if set(self.policies) | {self.reference} != set(self.scenario.policies) or self._looks_elsewhere():
            for policy in self.policies:
                words += ["--policy", policy]
        if futures is not None:
            words += ["--futures", str(futures)]
        return shlex.join(words)

    def overlay(self, file: str) -> str:
        """The same as a scenario file that extends another, by its name or path; which policies to play is not in it.

        Raises
        ------
        ScenarioError
            If what is set is not valid.
        """
        made = vary(self.scenario, self.changes())
        changed = laid_over(explicit(self.scenario), explicit(made), explicit_form(made, defaults=False))
        return f"# {text('live.overlay')}\n{text_of({'extends': Path(file).as_posix(), **changed})}"

    def _other_reference(self) -> Overrides:
        return () if self.reference == self.scenario.reference else (("reference", self.reference),)

    def _looks_elsewhere(self) -> bool:
        """Whether another policy is looked at than a command would look at that plays all."""
        return self.asked != next(
            (policy for policy in self.scenario.policies if policy != self.reference), self.reference
        )


def path_of_draw(name: str) -> str:
    """The path by which a setting knows one draw for several values."""
    return f"uncertainties.{name}"


def draws_for_several(scenario: Scenario) -> dict[str, TiedDraw]:
    """The draws of a scenario that are for several values, by their paths."""
    return {path_of_draw(name): each for name, each in scenario.uncertainties.items() if isinstance(each, TiedDraw)}


def made_elsewhere(link: str, scenario: Scenario) -> str:
    """What is to be said of a link that was made of another file or by another version; nothing if it was not."""
    parts = dict(parse_qsl(link[:LONGEST_LINK].removeprefix("#")))
    other_file = parts.get(OF, "")[:DIGITS] not in ("", digest_of(scenario))
    other_version = parts.get(VERSION, __version__) != __version__
    if not other_version:
        return text("live.link.other_file") if other_file else ""
    which = "other_file_and_version" if other_file else "other_version"
    return text(f"live.link.{which}", made=parts[VERSION][:20], version=__version__)


def _short_digest(scenario: Scenario) -> str:
    return digest(scenario)[:DIGITS]


digest_of = Remembered(_short_digest, most=8)
"""What a link says of the scenario that it is of."""


def _is_pair(given: object) -> bool:
    """Whether something is a path and a value."""
    return isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(part, str) for part in given)


def _names_register(value: str) -> bool:
    """Whether a value as ``--set`` takes it has the key of a register in it, a file that would be read."""
    node, _ = parse(value if value.strip() else "null", "--set")
    return any("register" in path for path, _ in walk(node))


def changed_paths(before: Setting, after: Setting) -> list[str]:
    """The paths whose values differ between two settings."""
    one, other = dict(before.overrides), dict(after.overrides)
    return [path for path in dict.fromkeys([*one, *other]) if one.get(path) != other.get(path)]
