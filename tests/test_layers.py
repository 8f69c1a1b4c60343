"""P9: every module imports below only, none in a circle, and what the user writes knows nothing of arrays."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
MODULES = {
    ".".join(file.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): file for file in SRC.rglob("*.py")
}


def test_import_contracts_are_kept() -> None:
    command = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def imports_of(module: str) -> Iterator[str]:
    """The modules that a module names in its imports, for types alone and within functions too."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)


def test_no_module_is_imported_by_what_it_imports() -> None:
    """Types and imports within functions counted; but the front door, which names all that users call."""
    graph = {name: set(imports_of(name)) - {"exportsim", name} for name in MODULES if name != "exportsim"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " imports ".join(reversed(error.args[1]))
        raise AssertionError(f"a circle: {circle}") from None
