"""The neighbours: one module for each format or library that a result or a cut leaves to."""

from __future__ import annotations

from .results import load, save

__all__ = ["load", "save"]
