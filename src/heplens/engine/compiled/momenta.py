"""Kernels for the mass of two vectors of pt, phi, eta and mass: what comes between NumPy's own functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit import kernel


@kernel
def add(pt1: Any, sinh1: Any, pt2: Any, sinh2: Any, cos: Any, sin: Any, pt: Any, ratio: Any) -> None:
    """The transverse part of the sum, and how many times longer the other part is; 0 times where both are nothing."""
    for i in range(pt.shape[0]):
        along, across = pt1[i] + pt2[i] * cos[i], pt2[i] * sin[i]
        pz = pt1[i] * sinh1[i] + pt2[i] * sinh2[i]
        pt[i] = np.sqrt(along * along + across * across)
        times = pz / pt[i]
        ratio[i] = 0.0 if times != times and pz == 0 else times


@kernel
def weigh(pt1: Any, m1: Any, exp1: Any, pt2: Any, m2: Any, exp2: Any, pt: Any, shrunk: Any, out: Any) -> None:
    """The root of energy² - momentum², negative where that is. `shrunk` and `exp…` are exp(-eta)."""
    for i in range(out.shape[0]):
        growth1 = 0.5 * (1 + exp1[i] * exp1[i]) / exp1[i]
        growth2 = 0.5 * (1 + exp2[i] * exp2[i]) / exp2[i]
        growth = 0.5 * (1 + shrunk[i] * shrunk[i]) / shrunk[i]
        square1 = np.copysign(m1[i] * m1[i], m1[i]) + pt1[i] * pt1[i] * (growth1 * growth1)
        square2 = np.copysign(m2[i] * m2[i], m2[i]) + pt2[i] * pt2[i] * (growth2 * growth2)
        energy = np.sqrt(0.0 if square1 < 0 else square1) + np.sqrt(0.0 if square2 < 0 else square2)
        squared = energy * energy - pt[i] * pt[i] * (growth * growth)
        out[i] = np.copysign(np.sqrt(np.abs(squared)), squared)
