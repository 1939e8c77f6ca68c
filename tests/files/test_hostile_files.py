"""Files that ask for more than they are, that go round in circles, and whose names mean something elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import cramjam
import numpy as np
import pytest
import uproot

import heplens as hl
from heplens.errors import FileError
from heplens.files import Listing, Row
from heplens.files.opening import OpenFile, identity_of
from heplens.files.outline import outline
from heplens.files.preview import preview
from heplens.files.sandbox import Pool, ReadError

# ROOT compresses blocks of at most 16 MB, this one from zeros to half a kilobyte.
BLOCK = 0xFFFFFF
BLOCKS = 52


def zeros(count: int = BLOCKS) -> bytes:
    """870 MB of nothing."""
    packed = bytes(cramjam.zstd.compress(bytes(BLOCK), 1))
    sizes = len(packed).to_bytes(3, "little") + BLOCK.to_bytes(3, "little")
    return (b"ZS\x01" + sizes + packed) * count


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A histogram and a basket whose 28 kB each expand to 870 MB; what is beside them is sound."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.root"
    with uproot.recreate(path, compression=None) as file:
        file["h"] = np.histogram([1.0, 2.0])
        file.mktree("t", {"x": "f8", "y": "f8"}).extend({"x": np.arange(100.0), "y": np.arange(100.0)})
    content = bytearray(path.read_bytes())
    full = BLOCKS * BLOCK
    file = uproot.open(path)
    key = next(key for key in file._keys if key.fName == "h")
    packed = zeros()
    head = struct.pack(">ihi", key.fNbytes, key.fVersion, key.fObjlen)
    larger = struct.pack(">ihi", key.fKeylen + len(packed), key.fVersion, full)
    assert content.count(head) == 2, "in its record and in the list of keys"
    content[:] = content.replace(head, larger)
    listed = content.rindex(larger) if content.index(larger) == key.fSeekKey else content.index(larger)
    content[listed + 18 : listed + 22] = struct.pack(">i", len(content))
    content += content[key.fSeekKey : key.fSeekKey + key.fKeylen] + packed
    branch = file["t/x"]
    where, size = int(branch.member("fBasketSeek")[0]), int(branch.member("fBasketBytes")[0])
    basket = content[where : where + struct.unpack_from(">h", content, where + 14)[0]]
    basket[:4], basket[6:10] = struct.pack(">i", len(basket) + len(packed)), struct.pack(">i", full)
    pointers = [at for at in range(len(content)) if content[at : at + 8] == struct.pack(">q", where)]
    pointer = next(at for at in pointers if not where <= at < where + 100)
    content[pointer : pointer + 8] = struct.pack(">q", len(content))
    counted = content.rindex(struct.pack(">i", size), 0, pointer)
    content[counted : counted + 4] = basket[:4]
    content += basket + packed
    path.write_bytes(content)
    assert len(content) < 110_000
    return path


def memory() -> int:
    """Resident MB of this process at its highest; 0 where the system does not say."""
    status = Path("/proc/self/status")
    found = status.read_text().partition("VmHWM:")[2].split() if status.exists() else []
    return int(found[0]) // 1024 if found else 0


def test_small_files_that_expand(bomb: Path) -> None:
    before = memory()
    rows = {row.name: row for row in hl.inspect(bomb)}
    assert rows["h"].error == "it cannot be read: it takes 872 MB uncompressed, more than the 256 MB that are read"
    assert (rows["t"].entries, rows["t"].error) == (100, None)
    file = OpenFile(bomb)
    with pytest.raises(FileError, match=r"'h' of .* it takes 872 MB uncompressed"):
        preview(file, "h")
    with pytest.raises(FileError, match="'t/x' is not previewed: its first entries take 872 MB uncompressed"):
        preview(file, "t/x")
    assert preview(file, "t/y").summary["max"] == 99
    table = preview(file, "t")
    assert [c["error"] for c in table.columns] == ["its first entries take 872 MB uncompressed", None]
    assert table.rows[5] == ["", "5"]
    assert memory() - before < 50


def test_the_server_stays_small_while_workers_die(bomb: Path, tmp_path: Path) -> None:
    """Also when a file lies about its size, and only unpacking shows it."""
    path = tmp_path / "liar.root"
    path.write_bytes(bomb.read_bytes().replace(struct.pack(">i", BLOCKS * BLOCK), struct.pack(">i", 40 * 10**6)))
    pool, before = Pool(), memory()
    try:
        for node in ("h", "t/x"):
            with pytest.raises(ReadError, match=r"'liar.root'[^\n]*$"):
                pool.preview(str(path), identity_of(path.stat()), node, shown="liar.root")
        assert pool.listing(str(path), identity_of(path.stat()))["rows"][0]["name"] in ("h", "t")
    finally:
        pool.close()
    assert memory() - before < 50


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    """A directory whose keys are those of the directory that it lies in."""
    path = tmp_path / "circle.root"
    with uproot.recreate(path) as file:
        file.mkdir("inside")
        file["h"] = np.histogram([1.0, 2.0])
        file["inside/h"] = np.histogram([1.0, 2.0])
    content = bytearray(path.read_bytes())
    with uproot.open(path) as top:
        inner, outer = top["inside"], top
        # Bytes of the keys, bytes of the name, where it lies, where its parent lies, where its keys are.
        at = content.index(struct.pack(">iii", inner._fNbytesKeys, inner._fNbytesName, inner._fSeekDir))
        content[at : at + 4] = struct.pack(">i", outer._fNbytesKeys)
        content[at + 16 : at + 20] = struct.pack(">i", outer._fSeekKeys)
    path.write_bytes(content)
    return path


def test_a_directory_inside_itself(circle: Path) -> None:
    listing = hl.inspect(circle)
    assert {row.name for row in listing} == {"inside", "h"}
    assert {row.path for row in hl.inspect(circle, "inside/inside/inside")} >= {"inside/inside/inside/inside"}
    assert preview(OpenFile(circle), "inside/inside/h").kind == "histogram"
    assert len(repr(listing)) < 1000
    items = list(outline(listing))
    assert {(item.row.path, item.depth) for item in items} == {
        ("inside", 0),
        ("inside/inside", 1),
        ("inside/h", 1),
        ("h", 0),
    }
    assert next(item.note for item in items if item.row.path == "inside/inside") == "it is listed above"


def walk(listing: Listing) -> Iterator[Row]:
    for row in listing:
        yield row
        if row.expandable:
            yield from walk(listing.children(row))


def test_names_with_every_separator_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "names.root"
    with uproot.recreate(path, compression=None) as file:
        file["A0000000"] = np.histogram([1.0, 2.0])
        file.mktree("B0000000", {"C0000000": "f8"}).extend({"C0000000": [1.0]})
    content = path.read_bytes()
    for old, new in ((b"A0000000", b"a/b;1:%#"), (b"B0000000", b"{[/;2]}%"), (b"C0000000", b"\xff<b>/;:1")):
        assert content.count(old) >= 2
        content = content.replace(old, new)
    path.write_bytes(content)
    rows = list(walk(hl.inspect(path)))
    assert [row.name for row in rows] == ["a/b;1:%#", "{[/;2]}%", "\udcff<b>/;:1"]
    file = OpenFile(path)
    assert preview(file, rows[0].path).kind == "histogram"
    assert preview(file, rows[2].path).summary["values"] == 1
    assert hl.inspect(path, rows[1].path)[0].path == rows[2].path
    assert "\n" not in rows[2].path and "<b>" not in hl.inspect(path)._repr_html_()


def test_titles_are_text() -> None:
    row = Row("t", "<i>", "branch", "<u>", title="<img src=x onerror=alert(1)>", error="<script>")
    shown = Listing(
        "<b>.root", "", (row, Row("u", "x", "branch", "y", title="<img src=x onerror=alert(1)>"))
    )._repr_html_()
    for tag in ("<i>", "<u>", "<img", "<script", "<b>"):
        assert tag not in shown
