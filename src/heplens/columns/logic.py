"""Truth with three values: a comparison with something missing is neither true nor false."""

from __future__ import annotations

from typing import Any


def both(left: Any, right: Any) -> Any:
    """``&``: false if either is false, true if both are true, else missing."""
    import awkward as ak

    true = ak.fill_none(left, False, axis=-1) & ak.fill_none(right, False, axis=-1)
    false = ak.fill_none(~left, False, axis=-1) | ak.fill_none(~right, False, axis=-1)
    return ak.mask(true, true | false)


def either(left: Any, right: Any) -> Any:
    """``|``: true if either is true, false if both are false, else missing."""
    import awkward as ak

    true = ak.fill_none(left, False, axis=-1) | ak.fill_none(right, False, axis=-1)
    false = ak.fill_none(~left, False, axis=-1) & ak.fill_none(~right, False, axis=-1)
    return ak.mask(true, true | false)


def known(mask: Any) -> Any:
    """True only where the mask is true: what is missing does not pass."""
    import awkward as ak

    return ak.fill_none(mask, False, axis=-1)
