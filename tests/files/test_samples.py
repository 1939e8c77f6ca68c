"""The files that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import heplens as hl
from heplens.errors import FileError


def test_every_sample_is_there_and_opens() -> None:
    names = hl.sample()
    assert names == ["HZZ", "Zmumu", "dimuon", "ttbar"]
    for name in names:
        path = hl.sample(name)
        assert Path(path).is_file()
        assert hl.inspect(path)[0].entries
    assert hl.sample("hzz") == hl.sample("uproot-HZZ.root") == hl.sample("HZZ")


def test_an_unknown_sample_offers_the_nearest() -> None:
    with pytest.raises(FileError, match=r"no sample 'Zmum'; did you mean 'Zmumu'\?"):
        hl.sample("Zmum")
    with pytest.raises(FileError, match="no sample 'q'; there are HZZ, Zmumu, dimuon, ttbar"):
        hl.sample("q")


def test_origin_and_licence_are_beside_them() -> None:
    folder = Path(hl.sample("HZZ")).parent
    readme = (folder / "README.md").read_text()
    assert all(path.name in readme for path in folder.glob("*.root"))
    assert "BSD 3-Clause" in readme
    assert "Redistribution" in (folder / "LICENSE").read_text()
