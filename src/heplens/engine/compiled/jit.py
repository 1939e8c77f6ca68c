"""How kernels are compiled: once per machine, without holding the interpreter, in IEEE arithmetic as written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """`function` compiled when first called and kept on disk, where there is a place for it.

    No fastmath, hence no reordering and no fused multiply-add: the same bits as NumPy's.
    """
    try:
        compiled: F = numba.njit(function, nogil=True, cache=True, error_model="numpy")
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        compiled = numba.njit(function, nogil=True, error_model="numpy")
    return compiled
