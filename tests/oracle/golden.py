"""The counts that the rules quote, as documents with the number of events that must survive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .build import cut, document, keep

HZZ = ("uproot-HZZ.root", "events")
TTBAR = ("nanoAOD_2015_CMS_Open_Data_ttbar.root", "Events")
PHYSLITE = ("uproot-issue-798.root", "CollectionTree")

GOOD_MUONS = keep("Muon", "pt > 20 & abs(eta) < 2.4")


@dataclass(frozen=True)
class Golden:
    """Events left by a document."""

    document: dict[str, Any]
    events: int
    file: tuple[str, str] = HZZ


GOLDEN = {
    "two muons": Golden(document(cut("count(Muon) >= 2")), 1413),
    "two stored muons": Golden(document(cut("NMuon >= 2")), 1413),
    "two good muons": Golden(document(GOOD_MUONS, cut("count(Muon) >= 2")), 1258),
    "Z window typed": Golden(
        document(GOOD_MUONS, cut("count(Muon) >= 2"), cut("60 <= (Muon[0] + Muon[1]).mass < 120")), 1186
    ),
    "Z window as a window": Golden(
        document(GOOD_MUONS, cut("count(Muon) >= 2"), cut("(Muon[0] + Muon[1]).mass", "Z", 60, 120)), 1186
    ),
    "four muons": Golden(document(cut("count(Muon) >= 4")), 8),
    "any and any": Golden(document(cut("any(Muon.pt > 20) & any(Muon.Iso < 1)")), 1440),
    "any of both": Golden(document(cut("any(Muon.pt > 20 & Muon.Iso < 1)")), 1393),
    "three-valued or": Golden(document(cut("Muon[0].pt > 25 | Electron[0].pt > 25")), 2330),
}

# Objects that pass a keep: (document, collection in, objects left).
OBJECTS = {
    "bit 2 of jetId": (document(keep("Jet", "bit(jetId, 2)")), TTBAR, (537, 431)),
    "MeV": (document(keep("AnalysisMuons", "pt > 20")), PHYSLITE, (21, 21)),
    # In float64, as numbers are computed; the 9 that single precision gives are rounding of their own.
    "negative mass": (document(keep("Muon", "mass < 0")), HZZ, (3825, 21)),
}
