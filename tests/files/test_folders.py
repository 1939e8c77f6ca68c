"""Folders, patterns and files elsewhere."""

from __future__ import annotations

import functools
import http.server
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

import heplens as hl
from heplens.errors import FileError
from heplens.files import opening
from ranges import Ranges


@pytest.fixture
def folder(tmp_path: Path, data: Path) -> Path:
    for name in ("b10.root", "b9.root", "x.pool.root.1", "sub/c.root", ".hidden.root", "odd [1].root"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((data / "uproot-HZZ.root").read_bytes())
    (tmp_path / "notes.txt").write_text("not ROOT")
    (tmp_path / "gone.root").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.root")
    return tmp_path


def test_the_files_of_a_folder(folder: Path) -> None:
    listing = hl.inspect(folder)
    assert [(row.name, row.kind) for row in listing] == [
        ("sub", "folder"),
        ("b9.root", "file"),
        ("b10.root", "file"),
        ("gone.root", "file"),
        ("odd [1].root", "file"),
        ("pipe.root", "file"),
        ("x.pool.root.1", "file"),
    ]
    rows = {row.name: row for row in listing}
    assert rows["b9.root"].bytes == (folder / "b9.root").stat().st_size
    assert re.fullmatch(r"there is no file '.*gone.root'", rows["gone.root"].error or "")
    assert "a named pipe, so it is not opened" in (rows["pipe.root"].error or "")
    assert hl.inspect(rows["b9.root"].path)[0].name == "events"
    assert listing.children(rows["b9.root"])[0].name == "events"
    assert [row.name for row in listing.children(rows["sub"].path)] == ["c.root"]
    assert "b9.root" in repr(listing)
    assert "b9.root" in listing._repr_html_()


def test_patterns(folder: Path) -> None:
    assert [row.name for row in hl.inspect(str(folder / "b*.root"))] == ["b9.root", "b10.root"]
    assert [row.name for row in hl.inspect(folder / "**" / "*c.root")] == ["sub/c.root"]
    assert hl.inspect(folder / "odd [1].root")[0].name == "events"
    with pytest.raises(FileError, match=r"no file matches '.*z\*.root'"):
        hl.inspect(folder / "z*.root")
    assert len(hl.inspect(folder / "sub")) == 1
    (folder / "empty").mkdir()
    assert len(hl.inspect(folder / "empty")) == 0


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranges, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_at_a_url(address: str, data: Path) -> None:
    listing = hl.inspect(f"{address}/b9.root")
    assert listing.path == f"{address}/b9.root"
    here = hl.inspect(data / "uproot-HZZ.root")
    assert [(row.path, row.entries, row.bytes) for row in listing] == [
        (row.path, row.entries, row.bytes) for row in here
    ]
    assert listing.children("events").rows == here.children("events").rows


def test_a_folder_at_a_url(address: str) -> None:
    listing = hl.inspect(f"{address}/")
    names = [row.name for row in listing]
    assert {"sub", "b9.root", "b10.root", "x.pool.root.1"} <= set(names)
    assert "notes.txt" not in names
    assert [row.name for row in hl.inspect(f"{address}/b*.root")] == ["b9.root", "b10.root"]
    with pytest.raises(FileError, match=r"no file matches 'http://.*z\*.root'"):
        hl.inspect(f"{address}/z*.root")
    assert listing.children(listing[names.index("b9.root")])[0].name == "events"
    assert [row.name for row in listing.children(listing[names.index("sub")])] == ["c.root"]


def test_what_is_not_there_is_a_sentence(address: str) -> None:
    for url in (f"{address}/none.root", f"{address}/notes.txt", "http://127.0.0.1:9/x.root", "nosuch://host/x.root"):
        with pytest.raises(FileError) as caught:
            hl.inspect(url)
        assert url in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.fixture
def secure(folder: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server with a certificate, and the file of the authority that signed it."""
    authority = trustme.CA()
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(certificates)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranges, directory=str(folder)))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", certificates
    server.shutdown()
    server.server_close()


def test_a_file_behind_a_certificate(secure: tuple[str, Path]) -> None:
    address, certificates = secure
    command = [sys.executable, "-m", "heplens", "list", f"{address}/b9.root"]
    # A process of its own: which authorities are trusted is read once.
    trusted = subprocess.run(
        command, env=os.environ | {"SSL_CERT_FILE": str(certificates)}, capture_output=True, text=True, check=False
    )
    assert trusted.returncode == 0, trusted.stderr
    assert "Muon_Px" in trusted.stdout
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert f"{address}/b9.root" in refused.stderr
    assert "certificate" in refused.stderr.lower()
    assert "Traceback" not in refused.stderr


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "REMOTE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x.root"
        for asked in (url, url.removesuffix("x.root")):
            with pytest.raises(FileError, match=r"cannot be read: .*[Tt]imeout") as caught:
                hl.inspect(asked)
            assert "\n" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("aiohttp", "s3fs", "fsspec_xrootd", "XRootD"):
        monkeypatch.setitem(sys.modules, package, None)
    for url in ("https://host.example/x.root", "s3://bucket/x.root", "root://eos.example//x.root", "s3://bucket/data/"):
        with pytest.raises(FileError, match=r"needs a package that is missing: pip install 'heplens\[remote\]'"):
            hl.inspect(url)
