"""What the page may say to the server: a few kinds of messages, each checked whole before it is looked at."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from exportsim.errors import ExportsimError

MOST_BYTES = 64 * 1024  # of one message
MOST_OVERRIDES, MOST_POLICIES = 200, 100

Number = Annotated[int, Field(ge=0, le=1 << 31)]
Name = Annotated[str, Field(max_length=300)]
Value = Annotated[str, Field(max_length=4000)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SettingSaid(_Message):
    """A setting: values by path as ``--set`` takes them, the policies that are played, and the reference."""

    overrides: Annotated[list[tuple[Name, Value]], Field(max_length=MOST_OVERRIDES)]
    policies: Annotated[list[Name], Field(max_length=MOST_POLICIES)]
    reference: Name


class Set(_Message):
    """The page wants the answer for a setting; ``number`` tells the answers of several apart.

    One that ``goes_on`` with the change before, as a drag does, is compared with what that was compared with.
    """

    kind: Literal["set"]
    number: Number
    setting: SettingSaid
    goes_on: bool = False


class Open(_Message):
    """The page wants the answer for a setting that a link holds."""

    kind: Literal["open"]
    number: Number
    link: Annotated[str, Field(max_length=32_000)]


class Orders(_Message):
    """The page wants the orders that went one way under the policy that it looks at."""

    kind: Literal["orders"]
    number: Number
    flow: Name


class Life(_Message):
    """The page wants the life of one of them."""

    kind: Literal["life"]
    number: Number
    future: Number
    line: Name
    order: Number


class Keep(_Message):
    """The page compares what follows with a setting."""

    kind: Literal["keep"]
    setting: SettingSaid


class Forget(_Message):
    """The page compares no more."""

    kind: Literal["forget"]


class Save(_Message):
    """The page wants a file of the setting that it shows."""

    kind: Literal["save"]
    what: Literal["overlay", "report"]


Message = Set | Open | Orders | Life | Keep | Forget | Save
_ANY: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


class RefusedMessageError(ExportsimError):
    """A message that no page of ours sends."""


def read(said: str) -> Message:
    """A message, checked whole."""
    if len(said) > MOST_BYTES:
        raise RefusedMessageError(f"found a message of {len(said)} characters, expected at most {MOST_BYTES}")
    try:
        json.loads(said, object_pairs_hook=_each_once)
        return _ANY.validate_json(said)
    except (ValidationError, ValueError, RecursionError):
        raise RefusedMessageError("found a message that the page does not send") from None


def _each_once(pairs: list[tuple[str, object]]) -> None:
    """Refuse what says one thing twice: which of the two counts would depend on who reads it."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError
