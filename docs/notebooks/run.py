"""Run the notebooks and keep what they say: ``python docs/notebooks/run.py``, after a change of code or notebook.

With ``--check`` nothing is written; it fails where a notebook does not run, or says something else than is in the file.
Pictures are not compared: another version of matplotlib draws them otherwise.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


def ran(path: Path) -> Any:
    """A notebook with the outputs of a fresh run in the project's folder, without times and names of this machine."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}, record_timing=False).execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


def words(notebook: Any) -> list[list[str]]:
    """What each cell of code says: text, and tables as text."""
    said = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            outputs = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in cell.outputs]
            said.append([text for text in outputs if not text.startswith("<Figure")])
    return said


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        fresh = ran(path)
        if "--check" not in sys.argv:
            nbformat.write(fresh, path)
        elif (found := words(fresh)) != (kept := words(nbformat.read(path, as_version=4))):
            sys.exit(f"{path.name} says\n{found}\nand the file has\n{kept}\nrun python docs/notebooks/run.py")
