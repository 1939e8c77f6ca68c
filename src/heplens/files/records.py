"""The branches of a TTree as they are described in the file: what a listing needs, with uproot's own interface.

uproot makes some ten objects of each branch, among them arrays with the places of all its baskets; these here are read
a multiple faster (`heplens.files.description`). They are branches of uproot in all that decides on their type, so that
there is one answer to what a branch holds; to read data, take `Branch.real`.
"""

from __future__ import annotations

import re
from typing import Any

from uproot.behaviors.TBranch import TBranch

_DIMENSIONS = re.compile(r"\[[^\[\]]*\]")
_NUMBERS = {
    "TLeafO": ("bool", "bool"),
    "TLeafB": ("int8", "uint8"),
    "TLeafS": ("int16", "uint16"),
    "TLeafI": ("int32", "uint32"),
    "TLeafL": ("int64", "uint64"),
    "TLeafG": ("int64", "uint64"),
    "TLeafF": ("float32", "float32"),
    "TLeafD": ("float64", "float64"),
}


class Leaf:
    """A TLeaf. ``count`` is the leaf that says how many there are, ``branch`` the one it lies in."""

    __slots__ = ("branch", "classname", "count", "length", "name", "title", "type_code", "unsigned")

    def __init__(self, classname: str) -> None:
        self.classname = classname
        self.name = self.title = ""
        self.length = 0
        self.unsigned = False
        self.count: Leaf | None = None
        self.type_code = -1
        self.branch: Branch | None = None

    def member(self, name: str) -> Any:
        """As uproot's models."""
        return getattr(self, _LEAF_MEMBERS[name])


_LEAF_MEMBERS = {
    "fName": "name",
    "fTitle": "title",
    "fLen": "length",
    "fIsUnsigned": "unsigned",
    "fLeafCount": "count",
    "fType": "type_code",
}


class Tree:
    """A TTree and its branches, in the order of the file. ``compression`` is the usual algorithm."""

    def __init__(self, key: Any, title: str, entries: int, compression: str = "") -> None:
        self.key = key
        self.compression = compression
        self.title = title
        self.num_entries = entries
        self.branches: list[Branch] = []
        self.types: dict[Any, Any] = {}
        self._real: Any = None

    @property
    def real(self) -> Any:
        """uproot's own tree."""
        if self._real is None:
            self._real = self.key.get()
        return self._real

    def member(self, name: str, none_if_missing: bool = False) -> Any:
        return self.real.member(name, none_if_missing=none_if_missing)

    @property
    def object_path(self) -> str:
        return f"{self.key.object_path}"


class Branch(TBranch):  # type: ignore[misc]
    """A TBranch, TBranchElement or TBranchObject."""

    def __init__(self, classname: str, file: Any) -> None:
        self._classname = classname
        self._file = file
        self._parent: Any = None
        self._place = 0
        self._members: dict[str, Any] = {}
        self._interpretation = self._streamer = None
        self._streamer_isTClonesArray = False
        self._branches: list[Branch] = []
        self.leaves: list[Leaf] = []
        self.baskets = 0

    def place(self, parent: Tree | Branch, place: int) -> None:
        """Say where it is: the `place`-th branch of `parent`."""
        self._parent, self._place = parent, place

    @property
    def real(self) -> Any:
        """uproot's own branch, which can read."""
        return self._parent.real.branches[self._place]

    @property
    def tree(self) -> Tree:
        above = self._parent
        while isinstance(above, Branch):
            above = above._parent
        found: Tree = above
        return found

    # What uproot asks a branch for when it decides on its type.

    @property
    def classname(self) -> str:
        return self._classname

    @property
    def file(self) -> Any:
        return self._file

    @property
    def parent(self) -> Any:
        return self._parent

    @property
    def branches(self) -> list[Branch]:
        return self._branches

    @property
    def top_level(self) -> bool:
        return not isinstance(self._parent, Branch)

    @property
    def object_path(self) -> str:
        return f"{self._parent.object_path}/{self.name}"

    @property
    def count_branch(self) -> Any:
        count = self.leaves[0].count if len(self.leaves) == 1 else None
        return None if count is None else count.branch

    @property
    def num_baskets(self) -> int:
        return self.baskets

    def member(self, name: str, none_if_missing: bool = False) -> Any:
        if name == "fLeaves":
            return self.leaves
        return self._members.get(name) if none_if_missing else self._members[name]

    def has_member(self, name: str) -> bool:
        return name in self._members

    # Quick answers to what uproot would say after a longer look.

    def number_text(self) -> str | None:
        """The type of a plain number or a list of them; None when it takes uproot to say."""
        if self._classname != "TBranch" or len(self.leaves) != 1 or self._branches:
            return None
        leaf = self.leaves[0]
        names = _NUMBERS.get(leaf.classname)
        if names is None:
            return None
        if "[" in leaf.title and (leaf.length > 1 or any(d[1:-1].isdigit() for d in _DIMENSIONS.findall(leaf.title))):
            return None
        text = names[leaf.unsigned]
        return text if leaf.count is None else f"var * {text}"

    def type_key(self) -> Any:
        """Equal for branches of one type: what uproot looks at in an object that lies in the tree itself, unsplit."""
        class_name = self._members.get("fClassName")
        if not class_name or self._branches or not self.top_level:
            return None
        leaves = tuple((x.classname, x.type_code, x.length, x.unsigned, x.title) for x in self.leaves if "[" in x.title)
        plain = tuple((x.classname, x.type_code, x.unsigned, x.count is None) for x in self.leaves)
        return self._classname, class_name, self._members.get("fStreamerType"), leaves, plain

    def is_split(self) -> bool:
        """Whether it only holds other branches, as far as can be told without looking at the file's classes."""
        return bool(self._branches) and self.top_level and self._members.get("fClassName") not in (None, "TClonesArray")


def real(what: Any) -> Any:
    """A tree or branch that can read."""
    return what.real if isinstance(what, Tree | Branch) else what
