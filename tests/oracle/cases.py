"""All documents that the engine is compared on, bin by bin."""

from __future__ import annotations

from .case import Case
from .cases_objects import OBJECTS
from .cases_select import SELECT
from .cases_values import VALUES
from .read import is_there

# Two files are too large for the repository; their cases run where the folder of samples lies beside the checkout.
CASES: list[Case] = [case for case in (*SELECT, *OBJECTS, *VALUES) if is_there(case.file)]
