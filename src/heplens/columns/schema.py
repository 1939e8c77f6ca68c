"""How the branches of a tree group into collections and records, from their names and counters alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .types import Kind

# PHYSLITE keeps a container's variables as "AnalysisMuonsAuxDyn.pt".
_AUXILIARY = re.compile(r"^(?P<group>.+?)Aux(?:Dyn)?\.(?P<field>[^.]+)$")

# What a component is called in files, and what the vector library calls it; first come, first taken.
_SPELLINGS = {
    "pt": ("pt",),
    "eta": ("eta",),
    "phi": ("phi",),
    "mass": ("mass", "m"),
    "px": ("px",),
    "py": ("py",),
    "pz": ("pz",),
    "E": ("e", "energy"),
}
_SYSTEMS = (
    ("pt", "phi", "eta", "mass"),
    ("pt", "phi", "eta", "E"),
    ("px", "py", "pz", "E"),
    ("px", "py", "pz", "mass"),
    ("pt", "phi", "eta"),
    ("px", "py", "pz"),
    ("pt", "phi"),
    ("px", "py"),
)


@dataclass(frozen=True)
class Column:
    """What one branch holds: its kind, and how many levels of lists lie below the event (0: one value per event)."""

    name: str
    kind: Kind
    depth: int
    optional: bool = False


@dataclass(frozen=True)
class Group:
    """Branches that describe the same objects: field name to branch name."""

    name: str
    fields: Mapping[str, str]
    counter: str = ""

    @cached_property
    def coordinates(self) -> tuple[tuple[str, str], ...]:
        return coordinates(self.fields)


@dataclass(frozen=True)
class Schema:
    """The names that expressions can use. `column` looks one branch up (its type may need the file)."""

    names: tuple[str, ...]
    groups: Mapping[str, Group]
    counters: Mapping[str, str]
    column: Callable[[str], Column]
    energy_unit: str = ""
    length_unit: str = ""

    @cached_property
    def name_set(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """Branch name to the group that it is a field of."""
        return {branch: group.name for group in self.groups.values() for branch in group.fields.values()}

    @cached_property
    def counted_group(self) -> Mapping[str, str]:
        """Counter branch to the group that it counts; told by its name for arrays in memory, which have no counters."""
        counted = {group.counter: group.name for group in self.groups.values() if group.counter}
        for name in self.groups:
            for counter in (f"n{name}", f"N{name}"):
                if counter in self.name_set:
                    counted.setdefault(counter, name)
        return counted


def coordinates(fields: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The vector that these fields describe: (component, field) pairs, 4, 3, 2 or none of them."""
    folded: dict[str, str] = {}
    for field in fields:
        folded.setdefault(field.casefold(), field)
    found = {
        component: next((folded[s] for s in spellings if s in folded), "")
        for component, spellings in _SPELLINGS.items()
    }
    for system in _SYSTEMS:
        if all(found[component] for component in system):
            return tuple((component, found[component]) for component in system)
    return ()


def group_branches(names: Iterable[str], counters: Mapping[str, str]) -> dict[str, Group]:
    """Sort branches into groups.

    ``Muon_pt`` counted by ``nMuon`` (or ``NMuon``) is Muon.pt; without a counter the part before the first underscore
    is the group (``MET_pt``, ``HLT_IsoMu24``); ``AnalysisMuonsAuxDyn.pt`` is AnalysisMuons.pt; ``evt.x`` is evt.x.
    What begins like a branch of four-vectors belongs to them: ``muoniso`` beside ``muonp4`` is muonp4.iso.
    """
    names = list(names)
    fields: dict[str, dict[str, str]] = {}
    group_counters: dict[str, str] = {}
    for name in names:
        group, field = split_name(name, counters.get(name, ""))
        if not group or not field:
            continue
        fields.setdefault(group, {}).setdefault(field, name)
        if counter := counters.get(name, ""):
            group_counters.setdefault(group, counter)
    for group in [group for group in fields if group.endswith("p4") and coordinates(fields[group])]:
        for name in names:
            field = name.removeprefix(group.removesuffix("p4"))
            if field != name and field.isidentifier() and name != group and not any(split_name(name, "")):
                fields[group].setdefault(field, name)
    return {name: Group(name, members, group_counters.get(name, "")) for name, members in fields.items()}


def split_name(name: str, counter: str) -> tuple[str, str]:
    """The group and the field that a branch name spells; ("", "") when it stands alone."""
    if match := _AUXILIARY.match(name):
        return match["group"], match["field"]
    if "." in name:
        group, _, field = name.rpartition(".")
        return group.rstrip("."), field
    if counter[:1] in ("n", "N") and name.startswith(counter[1:] + "_"):
        return counter[1:], name[len(counter) :]
    group, _, field = name.partition("_")
    return (group, field) if field else ("", "")


def guess_units(names: Iterable[str]) -> tuple[str, str]:
    """Energy and length unit of a file, from how its branches are called; empty where nothing tells."""
    names = list(names)
    if any("AuxDyn." in name for name in names):
        return "MeV", "mm"
    if {"run", "luminosityBlock", "event"} <= set(names) or {"nMuon", "nElectron", "nJet"} & set(names):
        return "GeV", "cm"
    return "", ""
