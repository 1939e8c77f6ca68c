"""Makes `support` and the `oracle` importable from every test, and says which tests may run beside which."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TESTS = str(Path(__file__).resolve().parent)
if TESTS not in sys.path:
    sys.path.insert(0, TESTS)

# No example of hypothesis is too slow: the machine may be.
settings.register_profile("heplens", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("heplens")


class ByPlace(LoadScopeScheduling):
    """Of two processes one has the browser, whose tests mostly wait for it; the other goes file by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if file.startswith("tests/browser/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPlace:
    return ByPlace(config, log)
