"""Which collection a branch belongs to, from its name and its counter. The same names that expressions use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

# PHYSLITE keeps a container's variables as "AnalysisMuonsAuxDyn.pt".
_AUXILIARY = re.compile(r"^(?P<group>.+?)Aux(?:Dyn)?\.[^.]+$")


def groups_of(names: Iterable[str], counters: Mapping[str, str]) -> dict[str, str]:
    """Branch name to group; branches that stand alone are left out.

    Parameters
    ----------
    names : all branches of a tree.
    counters : branch name to the branch that counts its elements (``Muon_pt`` to ``nMuon``).
    """
    names = list(names)
    found = {name: _group_of(name, counters.get(name, "")) for name in names}
    sizes = Counter(found.values())
    counted = {counter: found[name] for name, counter in counters.items() if found.get(name)}
    groups = {name: group for name, group in found.items() if group and (sizes[group] > 1 or name in counters)}
    for counter, group in counted.items():
        if counter in found and group in groups.values() and counter[1:] == group:
            groups[counter] = group
    return groups


def _group_of(name: str, counter: str) -> str:
    if match := _AUXILIARY.match(name):
        return match["group"]
    if "." in name:
        return name.rpartition(".")[0].rstrip(".")
    if counter[:1] in ("n", "N") and name.startswith(counter[1:] + "_"):
        return counter[1:]
    group, _, field = name.partition("_")
    return group if field else ""
