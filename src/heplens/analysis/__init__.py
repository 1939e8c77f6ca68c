"""The analysis as one immutable value: its steps, its JSON, its script. It does not know how it is computed."""

from .value import Analysis as Analysis

__all__ = ["Analysis"]
