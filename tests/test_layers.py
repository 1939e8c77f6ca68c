"""Imports point one way: a layer may import those above it in the list, never those below."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import heplens

PACKAGE = Path(heplens.__file__).parent
LAYERS = ("files", "columns", "analysis", "engine", "jobs", "figures", "interop", "widgets", "server")

# The verbs of an analysis (run, submit, explore …) are methods for the user's sake, and a job shows itself in a
# notebook and its page; each imports its layer when called.
VERBS = {
    ("analysis/value.py", "engine"),
    ("analysis/value.py", "jobs"),
    ("analysis/value.py", "widgets"),
    ("jobs/display.py", "widgets"),
    ("jobs/registry.py", "widgets"),
}

# The server runs without the kernel's layers.
FORBIDDEN = {"server": {"columns", "analysis", "engine", "jobs", "interop", "widgets"}, "files": {"columns"}}


def imports(path: Path) -> set[tuple[str, bool]]:
    """(layer, whether only inside a function or for types) of what a module of the package imports from the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("heplens", *path.relative_to(PACKAGE).parent.parts)
    found: set[tuple[str, bool]] = set()

    def visit(node: ast.AST, late: bool) -> None:
        for child in ast.iter_child_nodes(node):
            names: list[str] = []
            if isinstance(child, ast.ImportFrom):
                base = ".".join(package[: len(package) - child.level + 1]) if child.level else ""
                whole = ".".join(part for part in (base, child.module or "") if part)
                names = [f"{whole}.{alias.name}" for alias in child.names]
            elif isinstance(child, ast.Import):
                names = [alias.name for alias in child.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "heplens" and len(parts) > 1 and parts[1] in LAYERS:
                    found.add((parts[1], late))
            typing_only = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            visit(child, late or typing_only or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    visit(tree, False)
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_above_it(layer: str) -> None:
    modules = sorted((PACKAGE / layer).rglob("*.py"))
    assert modules
    for path in modules:
        name = path.relative_to(PACKAGE).as_posix()
        for other, late in imports(path):
            below = LAYERS.index(other) > LAYERS.index(layer)
            verb = late and (name, other) in VERBS
            assert not below or verb, f"{name} imports {other}, which is below it"
            assert other not in FORBIDDEN.get(layer, set()), f"{name} imports {other}"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import heplens", ["awkward", "uproot", "bokeh", "numpy", "jupyter_server", "distributed", "numba"]),
        ("import heplens; heplens.Analysis", ["ipywidgets", "anywidget", "bokeh", "jupyter_server", "distributed"]),
        ("import heplens.engine.run", ["ipywidgets", "anywidget", "bokeh", "jupyter_server", "distributed"]),
        ("import heplens.server", ["awkward", "uproot", "bokeh", "numpy"]),
    ],
)
def test_heavy_libraries_wait_until_they_are_used(statement: str, absent: list[str]) -> None:
    code = f"{statement}\nimport sys\nprint(*[name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []
