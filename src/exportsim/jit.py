"""How functions are compiled, and how compiled code reads and writes memory: the one place that says so.

No ``fastmath``: it would let a platform decide a cent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar, cast, get_type_hints
from weakref import WeakValueDictionary

import numba
import numpy as np
from numba import config, njit
from numba.extending import intrinsic
from numpy.typing import NDArray

from exportsim.caching import keep
from exportsim.linking import POSSIBLE, UNCOUNTED, PartCompiler, WholeCompiler, spare_blas

Function = TypeVar("Function", bound=Callable[..., Any])
Row = TypeVar("Row")

spare_blas()
types: Any = numba.types
carray: Any = numba.carray  # type: ignore[attr-defined]
INTERPRETED: bool = config.DISABLE_JIT  # type: ignore[attr-defined]
CHECKED: bool = config.BOUNDSCHECK == 1  # type: ignore[attr-defined]


def compiled(function: Function, *, inlined: bool = False, kept: bool = True) -> Function:
    """Compile a function with Numba when it is first called, and keep the result for the next process.

    Other threads run meanwhile. A division by zero is not looked for: it would cost a branch at every division.
    ``inlined``, it is made part of those that call it, however long it is. Not ``kept``, it is not for Python to call:
    looking for it whenever its module is imported is saved. Called by compiled functions, it is compiled with these.
    Arrays are lent to it by its caller, and it makes none: room is given to it. Who holds an array is not counted then,
    which would take longer than what most functions do.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": inlined}
    if UNCOUNTED:
        options["_nrt"] = _gives_array(function)
    whole = options | {"pipeline_class": WholeCompiler}
    try:
        dispatcher: Any = njit(cache=kept, **whole)(function)
    except (RuntimeError, OSError):  # there is no folder that may be written to
        dispatcher = njit(**whole)(function)
    if kept:
        keep(dispatcher)
    if not INTERPRETED:
        options |= dict.fromkeys(("no_cpython_wrapper", "no_cfunc_wrapper"), POSSIBLE)  # neither for Python nor for C
        _join(dispatcher, cache(lambda: njit(pipeline_class=PartCompiler, **options)(function)))
    return cast(Function, dispatcher)


def _gives_array(function: Callable[..., Any]) -> bool:
    """Whether a function returns an array: Numba has it count who holds arrays, and it may make one."""
    return str(function.__annotations__.get("return", "")).startswith(("Int", "Float", "NDArray"))


def _join(dispatcher: Any, part: Callable[[], Any]) -> None:
    """Let compiled functions that call one have it as a part, of the same kinds of numbers."""
    # Left alone, Numba compiles a function anew for every constant and for half words: five times the functions.
    dispatcher.get_call_template = lambda args, kws: part().get_call_template(
        tuple(map(_as_given, args)), {name: _as_given(kind) for name, kind in dict(kws).items()}
    )
    dispatcher.get_overload = lambda signature: part().get_overload(signature)
    dispatcher.part = part


def _as_given(kind: Any) -> Any:
    """The kind of number as which one is given to a function."""
    return types.int64 if kind == types.int32 else types.unliteral(kind)


def inlined(function: Function) -> Function:
    """Compile a function into those that call it, and by itself for Python."""
    return compiled(function, inlined=True)


def compiled_part(function: Function) -> Function:
    """Compile a function for other compiled functions alone."""
    return compiled(function, kept=False)


def inlined_part(function: Function) -> Function:
    """Compile a function into other compiled functions alone."""
    return compiled(function, inlined=True, kept=False)


# Memory. Handing an array from function to function takes seven words and a count of its references, and reading it
# allows for negative places: that cost more than what the functions do. Compiled code hands on the address of a vector
# that its caller holds. The word before an address is the number of words there: NUMBA_BOUNDSCHECK=1 looks at it, and
# the interpreter (NUMBA_DISABLE_JIT=1) always does.

_held: WeakValueDictionary[int, NDArray[Any]] = WeakValueDictionary()


def vector(size: int, kind: type[np.generic]) -> tuple[NDArray[Any], int]:
    """A vector for compiled code, with whatever is in memory, and its address: good for as long as the
    vector is held.
    """
    words = np.empty(size + 1, dtype=kind)
    words[:1].view(np.int64)[0] = size
    address = words.ctypes.data + words.itemsize
    room = words[1:]
    if INTERPRETED:
        _held[address] = room
    return room, address


def _reader(kind: Any, *, fixed: bool = False) -> Any:
    def read(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))
        number = builder.load(builder.gep(pointer, [arguments[1]], inbounds=True))
        if fixed:
            number.set_metadata("invariant.load", builder.module.add_metadata([]))
        return number

    def at(typing: Any, address: Any, place: Any) -> Any:
        return kind(types.int64, types.int64), read

    return intrinsic(at)


def _writer(kind: Any) -> Any:
    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))
        builder.store(arguments[2], builder.gep(pointer, [arguments[1]], inbounds=True))
        return context.get_dummy_value()

    def at(typing: Any, address: Any, place: Any, value: Any) -> Any:
        return types.void(types.int64, types.int64, kind), write

    return intrinsic(at)


def _pointer(kind: Any) -> Any:
    def point(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))

    def at(typing: Any, address: Any) -> Any:
        return types.CPointer(kind)(types.int64), point

    return intrinsic(at)


def _same_bits(given: Any, wanted: Any) -> Any:
    def cast_bits(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(wanted))

    def of(typing: Any, number: Any) -> Any:
        return wanted(given), cast_bits

    return intrinsic(of)


_read_whole, _read_real = _reader(types.int64), _reader(types.float64)
_read_fixed = _reader(types.int64, fixed=True)
_write_whole = _writer(types.int64)
_wholes_at, _reals_at = _pointer(types.int64), _pointer(types.float64)
_to_bits, _from_bits = _same_bits(types.float64, types.int64), _same_bits(types.int64, types.float64)


def _check_place(address: int, place: int) -> None:
    if place < 0 or place >= _read_whole(address, -1):
        raise IndexError("a place beyond its table")


def _check_nothing(address: int, place: int) -> None:
    """Compiled code is trusted."""


_check = compiled_part(_check_place if CHECKED else _check_nothing)


def _whole_at(address: int, place: int) -> int:
    _check(address, place)
    return int(_read_whole(address, place))


def _fixed_at(address: int, place: int) -> int:
    _check(address, place)
    return int(_read_fixed(address, place))


def _put_whole(address: int, place: int, value: int) -> None:
    _check(address, place)
    _write_whole(address, place, value)


def _real_at(address: int, place: int) -> float:
    _check(address, place)
    return float(_read_real(address, place))


@inlined_part
def _check_run(address: int, first: int, last: int) -> None:
    if first < last:
        _check(address, first)
        _check(address, last - 1)


def _wholes(address: int, first: int, last: int) -> NDArray[np.int64]:
    _check_run(address, first, last)
    run: NDArray[np.int64] = carray(_wholes_at(address + 8 * first), (last - first,))
    return run


def _reals(address: int, first: int, last: int) -> NDArray[np.float64]:
    _check_run(address, first, last)
    run: NDArray[np.float64] = carray(_reals_at(address + 8 * first), (last - first,))
    return run


def _held_table(address: int, place: int) -> NDArray[Any]:
    table = _held[address]
    if not 0 <= place < len(table):
        raise IndexError("a place beyond its table")
    return table


def _held_at(address: int, place: int) -> Any:
    return _held_table(address, place)[place].item()


def _held_real_at(address: int, place: int) -> Any:
    return _held_table(address, place)[place : place + 1].view(np.float64)[0].item()


def _held_put(address: int, place: int, value: float) -> None:
    _held_table(address, place)[place] = value


def _held_run(address: int, first: int, last: int) -> Any:
    if first < last:
        _held_table(address, first)
        _held_table(address, last - 1)
    return _held[address][first:last]


def _held_reals(address: int, first: int, last: int) -> Any:
    return _held_run(address, first, last).view(np.float64)  # real numbers may stand among the words of records


def _bits_of(number: float) -> int:
    """The 64 bits of a real number (IEEE 754), as a whole one."""
    return int(_to_bits(number))


def _real_of(bits: int) -> float:
    """The real number of which these are the bits."""
    return float(_from_bits(bits))


def _packed_bits_of(number: float) -> int:
    return int.from_bytes(struct.pack(">d", number), "big", signed=True)


def _packed_real_of(bits: int) -> float:
    return float(struct.unpack(">d", int(bits).to_bytes(8, "big", signed=True))[0])


bits_of: Callable[[float], int] = _packed_bits_of if INTERPRETED else compiled_part(_bits_of)
real_of: Callable[[int], float] = _packed_real_of if INTERPRETED else compiled_part(_real_of)

#: The number at a place of the vector at an address; one that is never changed while compiled code runs, which is read
#: once for many uses; putting one there; and a run of them as an array.
whole_at: Callable[[int, int], int] = _held_at if INTERPRETED else compiled_part(_whole_at)
fixed_at: Callable[[int, int], int] = _held_at if INTERPRETED else compiled_part(_fixed_at)
real_at: Callable[[int, int], float] = _held_real_at if INTERPRETED else compiled_part(_real_at)
put_whole: Callable[[int, int, int], None] = _held_put if INTERPRETED else compiled_part(_put_whole)
wholes: Callable[[int, int, int], NDArray[np.int64]] = _held_run if INTERPRETED else compiled_part(_wholes)
reals: Callable[[int, int, int], NDArray[np.float64]] = _held_reals if INTERPRETED else compiled_part(_reals)


# Records. A table's rows are described by a class with a number a field: its fields are the table's columns, in their
# order, their types say whether they are whole or real, and their defaults, else zero, are how a row stands at first.

#: A whole number below 2³¹, in half a word: for rows of which there are many.
Half: TypeAlias = Annotated[int, "half"]
KINDS: dict[Any, type[np.generic]] = {int: np.int64, Half: np.int32, float: np.float64}


@cache
def layout(row: type) -> np.dtype[np.void]:
    """A row as NumPy lays it out: field after field, in whole words."""
    fields = get_type_hints(row, include_extras=True)
    records = np.dtype([(name, KINDS[kind]) for name, kind in fields.items()], align=True)
    assert records.itemsize % 8 == 0, f"{row.__name__} does not end with a word"
    return records


def width(row: type) -> int:
    """How many words a row takes."""
    return layout(row).itemsize // 8


def first_rows(row: type, count: int) -> NDArray[np.void]:
    """So many rows as they stand at first."""
    rows = np.zeros(count, dtype=layout(row))
    for name in rows.dtype.names or ():
        rows[name] = getattr(row, name, 0)
    return rows


def _row_reader(row: type) -> Callable[[int, int], Any]:
    kind = numba.from_dtype(layout(row))
    size = layout(row).itemsize

    def read(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start = builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(types.int8)))
        offset = builder.mul(arguments[1], context.get_constant(types.int64, size))
        return builder.bitcast(builder.gep(start, [offset]), context.get_value_type(kind))

    def at(typing: Any, address: Any, place: Any) -> Any:
        return kind(types.int64, types.int64), read

    return cast(Callable[[int, int], Any], intrinsic(at))


def _interpreted_row(row: type) -> Callable[[NDArray[Any], int], Any]:
    """A row for the interpreter, from the word with which it begins: its numbers are Python's, as compiled ones are."""

    class Interpreted:
        __slots__ = ("_first", "_words")

        def __init__(self, words: NDArray[Any], first: int) -> None:
            if not 0 <= first <= len(words) - across:
                raise IndexError("a row beyond its table")
            self._words, self._first = words, first

    across = width(row)
    for name, (kind, offset, *_) in (layout(row).fields or {}).items():
        setattr(Interpreted, name, _interpreted_field(offset, kind))
    return Interpreted


def _interpreted_field(offset: int, kind: np.dtype[Any]) -> property:
    word, place = offset // 8, offset % 8 // kind.itemsize

    def get(row: Any) -> Any:
        at = row._first + word
        return row._words[at : at + 1].view(kind)[place].item()

    def put(row: Any, number: float) -> None:
        at = row._first + word
        row._words[at : at + 1].view(kind)[place] = number

    return property(get, put)


def accessor(table: int, row: type[Row]) -> Callable[[int, int], Row]:
    """What finds a row of a table: given the header in which the table's address is, and the row's place."""
    across = width(row)
    if INTERPRETED:
        interpreted = _interpreted_row(row)

        def held_row(memory: int, place: int) -> Any:
            return interpreted(_held[_held_at(memory, table)], place * across)

        return held_row
    read = _row_reader(row)

    def checked_row(memory: int, place: int) -> Any:
        address = fixed_at(memory, table)
        _check(address, place * across)
        return read(address, place)

    def row_at(memory: int, place: int) -> Any:
        return read(_read_fixed(memory, table), place)

    return compiled_part(checked_row) if CHECKED else inlined_part(row_at)


def single_accessor(offset: int, row: type[Row]) -> Callable[[int], Row]:
    """What finds the single numbers that stand in a header, so many words after its address."""
    if INTERPRETED:
        interpreted = _interpreted_row(row)

        def held_record(memory: int) -> Any:
            return interpreted(_held[memory], offset)

        return held_record
    read = _row_reader(row)

    def record_at(memory: int) -> Any:
        return read(memory + 8 * offset, 0)

    return inlined_part(record_at)
