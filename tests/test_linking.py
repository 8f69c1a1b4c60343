"""Compiled functions are joined to those that call them where Numba lets them be, and else compiled its own way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from exportsim import linking
from exportsim.jit import INTERPRETED, compiled
from exportsim.plan import Int

needs_compilation = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")


def doubled(number: int) -> int:
    return 2 * number


def test_this_numba_lets_parts_be_joined() -> None:
    assert linking.POSSIBLE


@needs_compilation
def test_what_is_called_by_compiled_functions_alone_becomes_no_machine_code() -> None:
    inner = compiled(doubled, kept=False)
    middle = compiled(lambda number: inner(number) + 1, kept=False)
    outer = compiled(lambda number: inner(number) + middle(number), kept=False)
    assert outer(5) == 21
    parts: tuple[Any, ...] = (inner, middle)
    for function in parts:
        assert not function.signatures
        (part,) = function.part().overloads.values()
        assert not part.library.get_pointer_to_function(part.fndesc.llvm_func_name)
    (whole,) = outer.overloads.values()
    assert whole.library.get_pointer_to_function(whole.fndesc.llvm_func_name)


@needs_compilation
def test_a_part_may_be_called_by_python_as_well() -> None:
    inner = compiled(doubled, kept=False)
    assert compiled(lambda number: inner(number) + 1, kept=False)(5) == 11
    assert inner(5) == 10
    assert inner.signatures


@needs_compilation
def test_what_a_part_raises_reaches_python() -> None:
    def refuse(number: int) -> int:
        if number < 0:
            raise ValueError("less than nothing")
        return number

    part = compiled(refuse, kept=False)
    outer = compiled(lambda number: part(number) + 1, kept=False)
    assert outer(1) == 2
    with pytest.raises(ValueError, match="less than nothing"):
        outer(-1)


@needs_compilation
def test_a_function_that_numba_alone_compiles_may_call_one_with_parts() -> None:
    innermost = compiled(lambda number: int(number + 0.5) % 7, kept=False)  # it calls what Numba makes of `int`, too
    inner = compiled(lambda number: innermost(number) + 1, kept=False)
    middle = compiled(lambda number: inner(number) + innermost(2 * number), kept=False)
    plain = njit(lambda number: middle(number) + inner(number))
    assert plain(5.0) == (5 + 1 + 10 % 7) + (5 + 1)
    assert compiled(lambda number: middle(number) + inner(number), kept=False)(5.0) == plain(5.0)


@needs_compilation
def test_what_is_remembered_of_numbas_functions_is_what_they_come_to_and_numba_is_left_as_it_was() -> None:
    before = linking._FUNCTION.get_call_type
    outer = compiled(lambda number: (number + 1) * number // 2 + max(number, 3), kept=False)
    assert outer(5) == 20
    assert linking._FUNCTION.get_call_type is before
    assert linking._SIGNATURES
    for (context, function, kinds), signature in [*linking._SIGNATURES.items()]:
        assert function.get_call_type(context, kinds, {}) == signature


@needs_compilation
def test_who_is_lent_arrays_makes_none_and_who_gives_one_does() -> None:
    def first(number: int) -> int:
        return int(np.zeros(number, dtype=np.int64)[0])

    def zeros(number: int) -> Int:
        return np.zeros(number, dtype=np.int64)

    with pytest.raises(TypingError, match="zeros"):
        compiled(first, kept=False)(3)
    assert compiled(zeros, kept=False)(3).tolist() == [0, 0, 0]


CODE = """
from numba.core import codegen
if {changed}:
    codegen.renamed = codegen.JITCodeLibrary
    del codegen.JITCodeLibrary
import numpy as np
from exportsim import linking
from exportsim.chance import quantile
from exportsim.analysis.checked_sums import interpolated
points = np.linspace(0, 1, 3)
print(linking.POSSIBLE, interpolated(np.array([5, 1, 9, 3]), 0, 4, 5))
print(*(quantile(kind, 2.0, 1.0, 3.0, points, points, 0.3).hex() for kind in range(8)))
"""


@pytest.mark.long
@needs_compilation
def test_where_numba_has_changed_functions_are_compiled_its_own_way(tmp_path: Path) -> None:
    said = {}
    for changed in (False, True):
        cache = {"NUMBA_CACHE_DIR": str(tmp_path / str(changed))}
        code = [sys.executable, "-c", CODE.format(changed=changed)]
        done = subprocess.run(code, env=os.environ | cache, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        joined, median, *values = done.stdout.split()
        assert joined == str(not changed)
        said[changed] = [median, *values]
    assert said[False] == said[True]
    assert len(said[True]) == 9


MULTIPLIED = """
import sys
{before}
import exportsim.jit
print("scipy.linalg" in sys.modules)
import numba
import numpy as np
product = numba.njit(lambda one, other: np.dot(one, other) + np.correlate(one, other)[0])
print(product(np.ones(3), np.ones(3)), "scipy.linalg" in sys.modules)
"""


@needs_compilation
@pytest.mark.parametrize("before", ["", "import scipy.linalg.cython_blas"])
def test_matrices_are_multiplied_by_those_who_ask_for_it(before: str) -> None:
    """SciPy's linear algebra is imported then, not before."""
    code = [sys.executable, "-c", MULTIPLIED.format(before=before)]
    done = subprocess.run(code, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(bool(before)), "6.0", "True"]
