"""Small real files that come with the package, so that examples run from any folder."""

from __future__ import annotations

from importlib.resources import files
from typing import overload

from .errors import FileError, nearest

_SAMPLES = {
    "HZZ": "uproot-HZZ.root",
    "Zmumu": "uproot-Zmumu.root",
    "dimuon": "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root",
    "ttbar": "nanoAOD_2015_CMS_Open_Data_ttbar.root",
}


@overload
def sample(name: None = None) -> list[str]: ...
@overload
def sample(name: str) -> str: ...
def sample(name: str | None = None) -> str | list[str]:
    """The path of a sample file; without a name, the names that there are.

    ``ttbar`` is CMS NanoAOD (TTree ``Events``, 200 events, 947 branches), ``HZZ`` a small tree of jagged muons and jets
    (``events``, 2,421 events), ``Zmumu`` flat columns of muon pairs (``events``, 2,304 entries), ``dimuon`` an RNTuple
    of CMS muons (``Events``, 1,000 events). Full file names are accepted as well. Origin and licence are in the README
    beside the files.

    Raises
    ------
    FileError : there is no such sample; the nearest names are offered.
    """
    if name is None:
        return sorted(_SAMPLES)
    by_name = {known.casefold(): file for known, file in _SAMPLES.items()}
    by_name |= {file.casefold(): file for file in _SAMPLES.values()}
    file = by_name.get(name.casefold())
    if file is None:
        offered = nearest(name, _SAMPLES) or f"; there are {', '.join(sorted(_SAMPLES))}"
        raise FileError(f"there is no sample {name!r}{offered}")
    return str(files("heplens") / "data" / file)
