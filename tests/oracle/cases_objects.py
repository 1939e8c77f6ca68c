"""Cases: pairs and other combinations, four-vectors, cleaning, slices, sorting."""

from __future__ import annotations

from .build import axis, cut, define, hist, keep, weight
from .case import case

GOOD = keep("Muon", "pt > 5 & abs(eta) < 2.5", "good muons")
MASS = (60, 60, 120)

OBJECTS = [
    case(
        "closest pair to the Z of opposite charge",
        "hzz",
        (14, 15, 8),
        keep("Muon", "pt > 20*GeV & abs(eta) < 2.4", "good muons"),
        cut("count(Muon) >= 2", "two"),
        define("Z", "closest(pairs(Muon)[charge == 0], mass, 91.1876)"),
        cut("Z.mass", "window", 60, 120),
        weight("EventWeight"),
        hists=[
            hist("mass", axis("Z.mass", *MASS)),
            hist("pt", axis("Z.pt", 40, 0, 200)),
            hist("first", axis("Z.first.pt", 40, 0, 200), axis("Z.second.pt", 20, 0, 100)),
        ],
    ),
    case(
        "H to four muons with disjoint pairs",
        "hzz",
        (15,),
        GOOD,
        define("Zs", "pairs(Muon)[charge == 0]"),
        define("Z1", "closest(Zs, mass, 91.1876)"),
        define("Z2", "leading(disjoint(Zs, Z1), first.pt + second.pt)"),
        cut("40 < Z1.mass < 120", "Z1 window"),
        hists=[
            hist("z1", axis("Z1.mass", 40, 40, 120)),
            hist("z2", axis("Z2.mass", 20, 0, 120)),
            hist("h", axis("(Z1 + Z2).mass", 20, 70, 270)),
            hist("left", axis("count(disjoint(Zs, Z1))", 5, 0, 5)),
        ],
    ),
    case(
        "four leptons of any flavour",
        "hzz",
        (15,),
        define("Lepton", "concat(Electron, Muon)"),
        keep("Lepton", "pt > 5", "leptons"),
        cut("count(Lepton) >= 3", "three"),
        hists=[
            hist("triple", axis("combinations(Lepton, 3).mass", 30, 0, 300)),
            hist("third", axis("combinations(Lepton, 3).third.pt", 30, 0, 90)),
            hist("charge", axis("combinations(Lepton, 3).charge", 9, -4, 5)),
            hist("quad", axis("combinations(Lepton, 4).mass", 30, 0, 300)),
            hist("lead", axis("leading(Lepton).pt", 20, 0, 100)),
        ],
    ),
    case(
        "cartesian of two collections",
        "hzz",
        (15,),
        cut("count(Muon) >= 1 & count(Electron) >= 1", "both"),
        define("EMu", "cartesian(Electron, Muon)"),
        hists=[
            hist("mass", axis("EMu.mass", 30, 0, 150)),
            hist("dr", axis("deltaR(EMu.first, EMu.second)", 25, 0, 5)),
            hist("os", axis("EMu[charge == 0].mass", 30, 0, 150)),
            hist("same", axis("count(EMu[first.Charge * second.Charge > 0])", 4, 0, 4)),
        ],
    ),
    case(
        "jets cleaned of leptons",
        "ttbar",
        (4, 14, 15),
        keep("Muon", "pt > 15 & abs(eta) < 2.4", "muons"),
        keep("Jet", "pt > 20 & default(deltaR_min(Jet, Muon), 9) > 0.4", "clean"),
        cut("count(Jet) >= 1", "one jet"),
        hists=[
            hist("pt", axis("Jet.pt", 40, 0, 200)),
            hist("dr", axis("deltaR_min(Jet, Electron)", 25, 0, 5)),
            hist("nearest", axis("min(deltaR_min(Jet, Electron))", 25, 0, 5)),
        ],
    ),
    case(
        "objects with a missing mask are dropped",
        "ttbar",
        (14, 8),
        keep("Jet", "deltaR_min(Jet, Muon) > 0.4", "clean"),
        define("Far", "Electron[deltaR(Electron, Muon[0]) > 1]"),
        hists=[hist("n", axis("count(Jet)", 10, 0, 10)), hist("far", axis("count(Far)", 4, 0, 4))],
    ),
    case(
        "last, slices, order, position",
        "hzz",
        (14,),
        cut("count(Jet[:2]) == 2", "two"),
        hists=[
            hist("last", axis("Jet[-1].pt", 20, 0, 100)),
            hist("third", axis("Jet[2].pt", 20, 0, 100)),
            hist("two", axis("Jet[:2].pt", 20, 0, 100)),
            hist("rest", axis("Jet[2:].pt", 20, 0, 100)),
            hist("not last", axis("sum(Jet[:-1].pt)", 20, 0, 200)),
            hist("central", axis("sort(Jet, -abs(eta))[0].eta", 20, -3, 3)),
            hist("second", axis("sort(Jet)[1].pt", 20, 0, 100)),
            hist("best", axis("Jet[argmax(btag)].btag", 20, -2, 6)),
        ],
    ),
    case(
        "flat columns to four-vectors",
        "zmumu",
        (16,),
        define("A", "p4(px=px1, py=py1, pz=pz1, E=E1)"),
        define("B", "p4(px=px2, py=py2, pz=pz2, E=E2)"),
        cut("(A + B).mass", "window", 70, 110),
        cut("Q1*Q2 == -1", "opposite"),
        hists=[
            hist("mass", axis("(A + B).mass", 40, 70, 110)),
            hist("stored", axis("M", 40, 70, 110)),
            hist("dphi", axis("deltaPhi(A, B)", 32, -3.2, 3.2)),
            hist("dr", axis("deltaR(A, B)", 30, 0, 6)),
            hist("mt", axis("mT(A, B)", 30, 0, 120)),
            hist("pt", axis("A.pt - pt1", 11, -1, 1)),
            hist("eta", axis("A.eta", 25, -2.5, 2.5), axis("B.eta", 25, -2.5, 2.5)),
        ],
    ),
    case(
        "four-vectors from pt, eta, phi and a mass",
        "zmumu",
        (16,),
        define("A", "p4(pt1, eta1, phi1, 0.10566)"),
        define("B", "p4(pt=pt2, eta=eta2, phi=phi2, mass=0.10566)"),
        hists=[
            hist("mass", axis("(A + B).mass", 60, 0, 120)),
            hist("pz", axis("(A + B).pz", 40, -400, 400)),
            hist("energy", axis("(A + B).E", 40, 0, 800)),
        ],
    ),
    case(
        "negative masses",
        "hzz",
        (16,),
        hists=[hist("mu", axis("Muon.mass", edges=[-1, 0, 0.1, 0.11, 1])), hist("jet", axis("Jet.mass", 30, -5, 25))],
    ),
    case(
        "transverse mass with missing energy",
        "hzz",
        (15, 16, 17),
        cut("count(Muon) == 1 & triggerIsoMu24", "one"),
        define("W", "mT(Muon[0], MET)"),
        cut("W > 40", "W cut"),
        hists=[
            hist("mt", axis("W", 30, 0, 120)),
            hist("dphi", axis("deltaPhi(Muon[0], MET)", 20, -3.2, 3.2)),
            hist("jets", axis("deltaPhi(Jet, MET)", 20, -3.2, 3.2)),
            hist("phi", axis("MET.phi", 20, -3.2, 3.2)),
        ],
    ),
    case(
        "dimuons from an RNTuple",
        "dimuon",
        (12, 15, 17),
        cut("count(Muon) == 2 & nMuon == 2", "two"),
        cut("Muon[0].charge != Muon[1].charge", "opposite"),
        hists=[
            hist("mass", axis("pairs(Muon).mass", edges=[0.25, 1, 2, 3, 3.2, 9, 10, 60, 80, 90, 100, 300])),
            hist("dr", axis("deltaR(Muon[0], Muon[1])", 30, 0, 6)),
            hist("y", axis("(Muon[0] + Muon[1]).rapidity", 20, -2.5, 2.5)),
        ],
    ),
    case(
        "four-vectors whose mass is given",
        "physlite",
        (16, 17, 18),
        keep("AnalysisMuons", "pt > 10*GeV", "ten GeV"),
        define("Mu", "p4(AnalysisMuons.pt, AnalysisMuons.eta, AnalysisMuons.phi, 105.66*MeV)"),
        cut("count(Mu) >= 1", "one"),
        hists=[
            hist("pt", axis("AnalysisMuons.pt/1000", 20, 0, 100)),
            hist("mass", axis("pairs(Mu).mass", 20, 0, 200000)),
            hist("energy", axis("Mu.E", 20, 0, 200000)),
        ],
        note="the collection of AnalysisMuonsAuxDyn.* is called AnalysisMuons",
    ),
]
