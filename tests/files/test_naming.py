"""Any name can be a component of a path, and comes back as it was."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from heplens.files.naming import component, join, split

names = st.text(st.characters(exclude_categories=()), max_size=20)


@given(st.lists(st.tuples(names, st.none() | st.integers(1, 9999)), min_size=1, max_size=4))
def test_paths_come_apart_as_they_were_put_together(parts: list[tuple[str, int | None]]) -> None:
    path = ""
    for name, cycle in parts:
        path = join(path, name, cycle)
    assert split(path) == parts
    path.encode()  # can be sent


def test_ordinary_names_stay_readable() -> None:
    assert join("Events", "Muon_pt") == "Events/Muon_pt"
    assert join("", "again", 1) == "again;1"
    assert component("a/b%c") == "a%2Fb%25c"
    assert split("") == []
    assert not re.search("[/;]", component("a/b;1"))
