"""How kernels are compiled: once per machine, without holding the interpreter, in IEEE arithmetic as written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """`function` compiled when first called and kept on disk, where there is a place for it.

    That is beside this file, else in the user's cache, as on a machine where packages are installed for all. Where
    neither can be written, or the disk is full, each process compiles anew.

    No fastmath, hence no reordering and no fused multiply-add: the same bits as NumPy's.
    """
    try:
        compiled: Any = numba.njit(function, nogil=True, cache=True, error_model="numpy")
        compiled._cache = _Lenient(function)
    except RuntimeError:  # there is no place that can be written
        compiled = numba.njit(function, nogil=True, error_model="numpy")
    made: F = compiled
    return made


class _Lenient(FunctionCache):  # type: ignore[misc]
    """What cannot be kept on disk is no reason to fail: it has been compiled."""

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:
            self.disable()
