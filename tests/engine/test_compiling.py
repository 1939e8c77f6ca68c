"""Kernels are kept on disk where they can be, and work where they cannot."""

from __future__ import annotations

import errno
from typing import Any

import numpy as np
import pytest
from numba.core import caching

from heplens.engine.compiled.jit import kernel


def doubled(values: Any, out: Any) -> None:
    for i in range(values.shape[0]):
        out[i] = 2 * values[i]


def works(compiled: Any) -> bool:
    out = np.zeros(3)
    compiled(np.arange(3.0), out)
    return out.tolist() == [0, 2, 4]


def test_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages of a system folder, and a user without a home: as in some containers."""
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert works(kernel(doubled))


def test_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def full(self: Any, key: Any, data: Any) -> None:
        tried.append(key)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "save", full)
    compiled = kernel(doubled)
    assert works(compiled)
    assert tried
    whole = np.zeros(3, np.int64)
    compiled(np.arange(3), whole)
    assert whole.tolist() == [0, 2, 4]
    assert len(tried) == 1, "it is not tried again"
