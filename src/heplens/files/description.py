"""From the stored bytes of a TTree to its `records`: one pass over the description, without a generated class.

ROOT streams members in fixed order, base classes first, each behind a byte count and a version. Versions other than
those that are known here (ROOT 4 to 6) raise `UnknownLayoutError`: then uproot has to read the tree.
"""

from __future__ import annotations

import struct
from typing import Any

from .compression import usual_algorithm
from .headers import TREE_BASES, object_bytes
from .records import Branch, Leaf, Tree

_COUNT, _NEW_CLASS, _CLASS = 0x40000000, 0xFFFFFFFF, 0x80000000
# References are positions in ROOT's buffer, plus this.
_OFFSET = 2
_REFERENCED = 1 << 4

_U32, _I32, _I64 = struct.Struct(">I"), struct.Struct(">i"), struct.Struct(">q")
_HEAD = struct.Struct(">IH")
_OBJECT = struct.Struct(">HII")
_LEAF = struct.Struct(">iii??")
_ELEMENT = {8: struct.Struct(">Iiiiii"), 9: struct.Struct(">Iiiiii"), 10: struct.Struct(">Ihiiii")}
# fCompress, fBasketSize, fEntryOffsetLen, fWriteBasket, fEntryNumber; then in version 13 what kind of I/O
_BRANCH_FIRST = struct.Struct(">iiiiq")
# fOffset, fMaxBaskets, fSplitLevel, fEntries, (fFirstEntry,) fTotBytes, fZipBytes
_BRANCH_THEN = {v: struct.Struct(">iIiqqq" if v == 10 else ">iIiqqqq") for v in (10, 11, 12, 13)}
# From fEntries to the cluster ranges
_TREE = {
    16: struct.Struct(">qqqqdiiiqqqqq"),
    17: struct.Struct(">qqqqdiiiiqqqqq"),
    18: struct.Struct(">qqqqqdiiiiqqqqqq"),
    19: struct.Struct(">qqqqqdiiiiIqqqqqq"),
    20: struct.Struct(">qqqqqdiiiiIqqqqqq"),
}
_CLUSTERS = 10  # which of these is the number of cluster ranges, from version 19 on


class UnknownLayoutError(ValueError):
    """A class or version that this module does not know, or damage."""


def read_tree(key: Any) -> Tree:
    """The tree of a key.

    Raises
    ------
    UnknownLayoutError, struct.error, IndexError, RecursionError : its layout is not known, or it is damaged.
    TooLargeError : it takes too much memory.
    """
    return _Reader(bytes(object_bytes(key)), key).tree(key)


class _Reader:
    def __init__(self, data: bytes, key: Any) -> None:
        self.data = data
        self.file = key.file
        self.shift = key.fKeylen + _OFFSET
        self.known: dict[int, Any] = {}

    def tree(self, key: Any) -> Tree:
        at = version = 0
        for _ in range(TREE_BASES[key.fClassName] + 1):
            at, _, version = self.start(at)
        layout = _TREE.get(version)
        if layout is None:
            raise UnknownLayoutError(f"TTree of version {version}")
        at, _, title = self.named(at)
        for _ in range(3):  # how lines, areas and markers are drawn
            at = self.start(at)[1]
        members = layout.unpack_from(self.data, at)
        at += layout.size
        if version >= 19:
            at += 2 * (1 + 8 * members[_CLUSTERS])
        if version >= 20:
            at = self.start(at)[1]
        tree = Tree(key, title, members[0], usual_algorithm(key))
        tree.branches = [b for b in self.array(at)[1] if isinstance(b, Branch)]
        for place, branch in enumerate(tree.branches):
            branch.place(tree, place)
        return tree

    def start(self, at: int) -> tuple[int, int, int]:
        """Of an object with a byte count: where its members begin, where it ends, and its version."""
        count, version = _HEAD.unpack_from(self.data, at)
        end = at + 4 + (count & ~_COUNT)
        if not count & _COUNT or version & 0x4000 or end > len(self.data):
            raise UnknownLayoutError("an object without its length, or too long")
        return at + 6, end, version

    def text(self, at: int) -> tuple[int, str]:
        length = self.data[at]
        at += 1
        if length == 255:
            length = _I32.unpack_from(self.data, at)[0]
            at += 4
        if not 0 <= length <= len(self.data) - at:
            raise UnknownLayoutError("a text longer than the description")
        return at + length, self.data[at : at + length].decode(errors="surrogateescape")

    def named(self, at: int) -> tuple[int, str, str]:
        """Of a TNamed: where it ends, its name and its title."""
        at, end, _ = self.start(at)
        at = self.object(at)
        at, name = self.text(at)
        return end, name, self.text(at)[1]

    def object(self, at: int) -> int:
        version, _, bits = _OBJECT.unpack_from(self.data, at)
        if version & 0x4000:
            raise UnknownLayoutError("a TObject with its length")
        return at + _OBJECT.size + (2 if bits & _REFERENCED else 0)

    def array(self, at: int) -> tuple[int, list[Any]]:
        """Of a TObjArray: where it ends, and what is in it."""
        at, end, _ = self.start(at)
        at = self.object(at)
        at, _ = self.text(at)
        size = _I32.unpack_from(self.data, at)[0]
        at += 8
        items = []
        for _ in range(size):
            at, item = self.any(at)
            items.append(item)
        return end, items

    def any(self, at: int) -> tuple[int, Any]:
        """An object of any class, or a reference to one that was read before."""
        begin, name = at, ""
        count = tag = _U32.unpack_from(self.data, at)[0]
        at += 4
        counted = bool(count & _COUNT) and count != _NEW_CLASS
        if counted:
            tag = _U32.unpack_from(self.data, at)[0]
            at += 4
        if not tag & _CLASS:
            return at, self.known.get(tag)
        if not counted:
            raise UnknownLayoutError("an object without its length")
        end = begin + 4 + (count & ~_COUNT)
        if tag == _NEW_CLASS:
            stop = self.data.index(b"\0", at)
            self.known[at - 4 + self.shift] = name = self.data[at:stop].decode(errors="surrogateescape")
            at = stop + 1
        else:
            found = self.known.get(tag & ~_CLASS)
            name = found if isinstance(found, str) else ""
        if not name or end > len(self.data):
            raise UnknownLayoutError("an object of unknown class")
        item: Any = None
        if name.startswith("TLeaf"):
            item = self.leaf(at, name)
        elif name in ("TBranch", "TBranchElement", "TBranchObject"):
            item = Branch(name, self.file)
            self.branch(at, item)
        elif name.startswith("TBranch"):
            raise UnknownLayoutError(f"a {name}")
        self.known[begin + self.shift] = item
        return end, item

    def leaf(self, at: int, name: str) -> Leaf:
        leaf = Leaf(name)
        if name != "TLeaf":
            at, _, _ = self.start(at)
        at, base_end, _ = self.start(at)
        at, leaf.name, leaf.title = self.named(at)
        leaf.length, _, _, _, leaf.unsigned = _LEAF.unpack_from(self.data, at)
        _, leaf.count = self.any(at + _LEAF.size)
        if name == "TLeafElement":
            leaf.type_code = _I32.unpack_from(self.data, base_end + 4)[0]
        return leaf

    def branch(self, at: int, branch: Branch) -> None:
        members = branch._members
        end, version = at, 0
        if branch.classname != "TBranch":
            at, _, version = self.start(at)
        at, end, base_version = self.start(at)
        then = _BRANCH_THEN.get(base_version)
        if then is None:
            raise UnknownLayoutError(f"TBranch of version {base_version}")
        at, members["fName"], members["fTitle"] = self.named(at)
        at = self.start(at)[1]  # how areas are drawn
        members["fCompress"], _, _, written, _ = _BRANCH_FIRST.unpack_from(self.data, at)
        at += _BRANCH_FIRST.size
        if base_version >= 13:
            at = self.start(at)[1]
        found = then.unpack_from(self.data, at)
        most, members["fEntries"] = found[1], found[3]
        members["fTotBytes"], members["fZipBytes"] = found[-2:]
        at, below = self.array(at + then.size)
        branch._branches = [b for b in below if isinstance(b, Branch)]
        for place, member in enumerate(branch._branches):
            member.place(branch, place)
        at, leaves = self.array(at)
        branch.leaves = [leaf for leaf in leaves if isinstance(leaf, Leaf)]
        for leaf in branch.leaves:
            leaf.branch = branch
        at, embedded = self.baskets(at)
        branch.baskets = embedded + self.stored_baskets(at, most, written)
        if version:
            self.object_members(end, version, branch)

    def object_members(self, at: int, version: int, branch: Branch) -> None:
        members = branch._members
        at, members["fClassName"] = self.text(at)
        if branch.classname == "TBranchObject":
            return
        layout = _ELEMENT.get(version)
        if layout is None:
            raise UnknownLayoutError(f"TBranchElement of version {version}")
        at, members["fParentName"] = self.text(at)
        at, members["fClonesName"] = self.text(at)
        _, _, members["fID"], members["fType"], members["fStreamerType"], _ = layout.unpack_from(self.data, at)
        at += layout.size
        for _ in range(2):  # the branches that count: read, because others may refer to them
            at, _ = self.any(at)

    def baskets(self, at: int) -> tuple[int, int]:
        """Past the baskets that are kept in the description itself, and how many they are."""
        at, end, _ = self.start(at)
        at = self.object(at)
        at, _ = self.text(at)
        size = _I32.unpack_from(self.data, at)[0]
        at += 8
        if at + 4 * size == end:
            return end, 0
        found = 0
        while at < end:
            count = _U32.unpack_from(self.data, at)[0]
            at += 4 + (count & ~_COUNT)
            found += count != 0
        return end, found

    def stored_baskets(self, at: int, most: int, written: int) -> int:
        """How many baskets have a place in the file: up to the first without, or the one being written."""
        at += 1 + 4 * most + 1 + 8 * most + 1
        count = max(0, min(most, written))
        places = struct.unpack_from(f">{count}q", self.data, at)
        return places.index(0) if 0 in places else count
