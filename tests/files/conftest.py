"""Real files: those beside the tests, and the whole shared collection where it lies next to the repository."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[1] / "data"
SHARED = Path(__file__).parents[3] / "shared" / "data"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "real_file" in metafunc.fixturenames:
        found = {path.name: path for folder in (SHARED, DATA) for path in sorted(folder.glob("*.root"))}
        metafunc.parametrize("real_file", list(found.values()), ids=list(found))


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture
def odd_file(tmp_path: Path) -> Path:
    """Names that mean something to a shell, a URL, HTML, Python or uproot; two cycles; numbers that are none."""
    import uproot

    path = tmp_path / "odd: [names] #1%.root"
    # A file object: uproot would read the colon as the name of an object in the file.
    with path.open("w+b") as stream, uproot.recreate(stream) as file:
        file["<img src=x onerror=alert(1)>"] = np.histogram([1.0, 2.0])
        file["a:b{c}[d]#e"] = np.histogram([1.0, 2.0])
        file["again"] = np.histogram([1.0], bins=2)
        file["again"] = np.histogram([1.0, 2.0], bins=3)
        branches = {"x": "f8", '"); import os #': "i4", "µ": "?", "<b>": "f4", "100%": "i8"}
        tree = file.mktree("folder/tree:1", branches, title="<script>alert(1)</script>")
        x = np.array([0.0, 1.0, 2.0, np.nan, np.inf, -np.inf, 1e6] + [0.5] * 1000)
        n = len(x)
        tree.extend(
            {
                "x": x,
                '"); import os #': np.arange(n, dtype="i4") % 7,
                "µ": np.arange(n) % 2 == 0,
                "<b>": np.full(n, 3.5, "f4"),
                "100%": np.arange(n) * 10**15,
            }
        )
    return path
