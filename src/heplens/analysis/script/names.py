"""Names for the variables of a script: readable, unique, never a name that means something already."""

from __future__ import annotations

import builtins
import keyword
import re
from inspect import isfunction

from . import prelude

# In the order in which they stand in the file, which is that of reading.
HELPERS = {
    name: function
    for name, function in vars(prelude).items()
    if isfunction(function) and function.__module__ == prelude.__name__
}

_RESERVED = {
    "ak",
    "np",
    "hist",
    "uproot",
    "vector",
    "math",
    "Any",
    "events",
    "cutflow",
    "histograms",
    "weight",
    "passed",
    "process",
    "main",
}


class Names:
    """Hands out variable names."""

    def __init__(self) -> None:
        self.taken = {*_RESERVED, *HELPERS, *dir(builtins), *keyword.kwlist}

    def new(self, wish: str) -> str:
        """`wish` in lower case with underscores; numbered when it is taken."""
        base = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", wish)).strip("_").lower() or "value"
        base = f"x{base}" if base[0].isdigit() else base
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name
