"""Memory that one block of events frees and the next one uses."""

from __future__ import annotations

from functools import cache

# glibc adapts to freed arrays of up to 32 MB; just below.
_BYTES = 32 * 2**20 - 2**16


@cache
def keep_freed_memory() -> None:
    """Once per process: let the allocator keep what a block frees, for the next.

    glibc returns freed memory to the kernel beyond twice the size of the largest array that was freed so far. Blocks of
    events stay below that for long, so each would pay for fresh pages again, which took a third of the time of a run.
    Freeing one large array, never touched, raises the limit to 64 MB. Other allocators are not impressed.
    """
    import numpy as np

    np.empty(_BYTES, np.uint8)
