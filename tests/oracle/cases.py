"""All documents that the engine is compared on, bin by bin."""

from __future__ import annotations

from .case import Case
from .cases_objects import OBJECTS
from .cases_select import SELECT
from .cases_values import VALUES

CASES: list[Case] = [*SELECT, *OBJECTS, *VALUES]
