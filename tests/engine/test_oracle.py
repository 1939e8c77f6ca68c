"""The engine against the event loop of `oracle`, bin by bin, on real files."""

from __future__ import annotations

import pytest
from compare import analysis_of, assert_same, plain_counts

from oracle.case import Case
from oracle.cases import CASES
from oracle.read import load
from oracle.run import run, without
from support import find, found

#: By file, so that each is read once.
ORDERED = sorted((case for case in CASES if found(case.file)), key=lambda case: case.sample)
WEIGHTED = [c for c in ORDERED if any(s["step"] == "weight" for s in c.document["steps"])]


def path(case: Case) -> str:
    return f"{find(case.file)}:{case.tree}"


@pytest.mark.parametrize("case", ORDERED, ids=lambda case: case.name)
def test_every_bin_is_that_of_the_loop(case: Case) -> None:
    result = analysis_of(case.document, path(case), case.unit).run()
    assert_same(result, case.expected(), case.document)


@pytest.mark.parametrize("case", WEIGHTED, ids=lambda case: case.name)
def test_counts_are_identical_without_weights(case: Case) -> None:
    document = plain_counts(case.document)
    events, schema = load(case.file, case.tree)
    assert_same(analysis_of(document, path(case), case.unit).run(), run(document, events, schema, case.unit), document)


def removable(case: Case) -> list[str]:
    """The filters and cuts of a case, but those at which a histogram is filled."""
    filled = [histogram["at"] for histogram in case.document["histograms"]]
    steps = [s["name"] for s in case.document["steps"] if s["step"] in ("cut", "keep") and s["enabled"]]
    return [name for name in steps if name not in filled]


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in ORDERED[::3] for name in removable(case)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_n_minus_one_is_the_loop_without_that_step(case: Case, name: str) -> None:
    document = without(case.document, name)
    events, schema = load(case.file, case.tree)
    result = analysis_of(case.document, path(case), case.unit).n_minus_one(name)
    assert_same(result, run(document, events, schema, case.unit), document)


def test_there_are_enough_cases() -> None:
    assert len(ORDERED) >= 25
    assert len({case.file for case in ORDERED}) >= 6
