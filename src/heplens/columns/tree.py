"""Columns of a TTree, read with uproot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from . import records
from .schema import Column, Schema, group_branches, guess_units
from .source import column_of_form, missing, unreadable, widen

#: uproot keeps so much of what was read of a file, unless told otherwise.
_CACHE_BYTES = 100_000_000


class TreeSource:
    """One TTree of one open file."""

    def __init__(self, tree: Any, label: str) -> None:
        self.tree = tree
        self.label = label
        self.uuid = str(tree.file.uuid)
        self.entries = int(tree.num_entries)
        self._columns: dict[str, Column] = {}

    @cached_property
    def _branches(self) -> Mapping[str, Any]:
        """Leaf name to TBranch. A branch that only holds other branches is not data of its own."""
        found: dict[str, Any] = {}
        for branch in self.tree.itervalues(recursive=True):
            if len(branch.branches) == 0:
                found.setdefault(branch.name.rstrip("."), branch)
        return found

    @cached_property
    def _members(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Dotted name of an object's member (``muonp4.px``) to its branch and the path inside."""
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        for name, branch in self._branches.items():
            if not _may_hold_objects(branch):
                continue
            try:
                form = branch.interpretation.awkward_form(branch.file)
                if column_of_form(name, form).kind != "object":
                    continue
                for field, path in records.members(form):
                    found[f"{name}.{field}"] = (name, path)
            except Exception:  # what uproot cannot interpret is met again, with its reason, when it is asked for
                continue
        return found

    @cached_property
    def schema(self) -> Schema:
        names = (*self._branches, *self._members)
        counters = {name: counter for name, branch in self._branches.items() if (counter := _counter(branch))}
        energy, length = guess_units(names)
        return Schema(names, group_branches(names, counters), counters, self.column, energy, length)

    def column(self, name: str) -> Column:
        if name not in self._columns:
            branch_name, path = self._members.get(name, (name, ())) if name not in self._branches else (name, ())
            if branch_name not in self._branches:
                raise missing(self.label, self.schema.names, name)
            branch = self._branches[branch_name]
            try:
                form = records.descend_form(branch.interpretation.awkward_form(branch.file), path)
            except Exception as error:
                raise unreadable(self.label, name, error) from error
            self._columns[name] = column_of_form(name, form)
        return self._columns[name]

    def read(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        return {name: widen(array) for name, array in self._arrays(names, start, stop, _into_64_bits).items()}

    def stored(self, names: Sequence[str], start: int, stop: int) -> dict[str, Any]:
        return self._arrays(names, start, stop, lambda interpretation: None)

    def _arrays(self, names: Sequence[str], start: int, stop: int, interpreted: Callable[[Any], Any]) -> dict[str, Any]:
        """Arrays of columns; `interpreted` says how, None for as uproot does."""
        arrays: dict[str, Any] = {}
        wholes: dict[str, Any] = {}
        cache = "inherit" if self._is_small(names) else None
        for name in names:
            branch_name, path = (name, ()) if name in self._branches else self._members.get(name, (name, ()))
            if branch_name not in self._branches:
                raise missing(self.label, self.schema.names, name)
            try:
                if branch_name not in wholes:
                    branch = self._branches[branch_name]
                    wholes[branch_name] = branch.array(
                        interpreted(branch.interpretation),
                        entry_start=start,
                        entry_stop=stop,
                        library="ak",
                        array_cache=cache,
                    )
                array = records.descend(wholes[branch_name], path)
            except Exception as error:
                raise unreadable(self.label, name, error, (start, stop)) from error
            arrays[name] = array
        return arrays

    def _is_small(self, names: Sequence[str]) -> bool:
        """Whether all events of some columns fit into uproot's cache of arrays. If they do not, the first are gone
        before they are asked for again, and what is kept of them only makes the next ones go to fresh memory.
        """
        branches = {name if name in self._branches else self._members.get(name, (name, ()))[0] for name in names}
        size = sum(int(self._branches[name].uncompressed_bytes) for name in branches if name in self._branches)
        return 2 * size < _CACHE_BYTES  # twice: what is stored in 32 bits is held in 64

    def place(self, name: str) -> tuple[str, ...]:
        """The branch that holds a column, and the members below it."""
        branch, path = (name, ()) if name in self._branches else self._members.get(name, (name, ()))
        return (branch, *path)

    def edges(self, names: Sequence[str]) -> list[int]:
        common: set[int] | None = None
        for name in names:
            branch_name = name if name in self._branches else self._members.get(name, (name, ()))[0]
            if branch_name in self._branches:
                offsets = {int(offset) for offset in self._branches[branch_name].entry_offsets}
                common = offsets if common is None else common & offsets
        return sorted((common or set()) | {0, self.entries})


def _into_64_bits(interpretation: Any) -> Any:
    """The interpretation of plain numbers, but widened while uproot copies them to turn their bytes around."""
    import uproot

    if type(interpretation) is uproot.AsJagged and type(interpretation.content) is uproot.AsDtype:
        content = _into_64_bits(interpretation.content)
        return uproot.AsJagged(content, interpretation.header_bytes) if content is not None else None
    if type(interpretation) is not uproot.AsDtype or interpretation.inner_shape:
        return None
    stored = interpretation.from_dtype
    if stored.names is None and (stored.kind in "if" or (stored.kind == "u" and stored.itemsize < 8)):
        return uproot.AsDtype(stored, "f8" if stored.kind == "f" else "i8")
    return None


def _counter(branch: Any) -> str:
    leaves = list(branch.member("fLeaves", none_if_missing=True) or ())
    leaf = leaves[0].member("fLeafCount", none_if_missing=True) if leaves else None
    return str(leaf.member("fName")) if leaf is not None else ""


def _may_hold_objects(branch: Any) -> bool:
    """Cheap: numbers need no look at their interpretation, which costs a millisecond for each of 2,000 branches."""
    leaves = branch.member("fLeaves", none_if_missing=True) or ()
    if len(leaves) > 1:
        return True
    return bool(
        (branch.classname != "TBranch" and branch.streamer is not None) or branch.classname == "TBranchObject"
    ) or ("Vector" in str(branch.member("fClassName", none_if_missing=True) or ""))
