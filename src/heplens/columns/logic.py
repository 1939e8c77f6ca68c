"""Truth with three values: a comparison with something missing is neither true nor false.

Each side is an array or, for a constant, a plain bool.
"""

from __future__ import annotations

from typing import Any

from .broadcast import may_miss


def both(left: Any, right: Any) -> Any:
    """``&``: false if either is false, true if both are true, else missing."""
    return _decided(known(left) & known(right), known(inverse(left)) | known(inverse(right)))


def either(left: Any, right: Any) -> Any:
    """``|``: true if either is true, false if both are false, else missing."""
    return _decided(known(left) | known(right), known(inverse(left)) & known(inverse(right)))


def inverse(value: Any) -> Any:
    """``!``: missing stays missing."""
    return not value if isinstance(value, bool) else ~value


def known(mask: Any) -> Any:
    """True only where the mask is true: what is missing does not pass."""
    import awkward as ak

    if isinstance(mask, bool) or (isinstance(mask, ak.Array) and not may_miss(mask)):
        return mask
    return ak.fill_none(mask, False, axis=-1)


def _decided(true: Any, false: Any) -> Any:
    """`true`, but missing where it is neither true nor false."""
    import awkward as ak

    return true if isinstance(true, bool) else ak.mask(true, true | false)
