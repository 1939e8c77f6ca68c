"""How sure an efficiency is that was counted."""

from __future__ import annotations

from typing import Any

#: What lies within one standard deviation of a normal distribution.
ONE_SIGMA = 0.682689492137086


def clopper_pearson(passed: Any, total: Any, level: float = ONE_SIGMA) -> tuple[Any, Any]:
    """The ends of the central interval of a binomial fraction (Biometrika 26 (1934) 404), from beta quantiles.

    Parameters
    ----------
    passed, total : numbers or arrays, ``0 <= passed <= total``; also weighted counts, as ROOT allows.

    Returns
    -------
    Low and high ends, float64 of the same shape; NaN where the total is 0.
    """
    import numpy as np
    from scipy.special import betaincinv  # type: ignore[import-untyped]

    passed, total = np.asarray(passed, np.float64), np.asarray(total, np.float64)
    tail = (1 - level) / 2
    low = np.where(passed > 0, betaincinv(np.maximum(passed, 1e-300), total - passed + 1, tail), 0.0)
    high = np.where(passed < total, betaincinv(passed + 1, np.maximum(total - passed, 1e-300), 1 - tail), 1.0)
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)
