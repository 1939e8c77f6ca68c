"""A job on disk: the analysis, the plan, and what is done. Plain JSON and arrays, written atomically, never pickled."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.document import from_document, to_document
from ..analysis.value import is_weighted
from ..errors import JobError
from .environment import engine_version
from .orders import Piece
from .packed import Packed
from .stored import decode, encode, keys_in
from .wanted import Names, Wanted

if TYPE_CHECKING:
    from ..analysis.value import Analysis
    from .ledger import Ledger

VERSION = 1
_OURS = ("partials", "plan.json", "status.json")
_PREFIX, _SUFFIX = ".", ".tmp"  # of a file that is being written


class Record:
    """The directory of a job: ``job.json``, ``plan.json``, ``status.json`` and ``partials/*.npz``."""

    def __init__(self, directory: Path, analysis: Analysis, tiles: Names = (), wants: Sequence[Wanted] = ()) -> None:
        self.directory = directory
        self.analysis = analysis
        self.tiles = tiles
        self._keys = Keys(analysis, wants)

    @classmethod
    def create(cls, directory: Path, analysis: Analysis, tiles: Names = (), wants: Sequence[Wanted] = ()) -> Record:
        """Begin, or go on in a directory that has been used: partials of the same analysis and files are found again.

        Raises
        ------
        JobError : the directory cannot be written to, or holds something else.
        """
        try:
            (directory / "partials").mkdir(parents=True, exist_ok=True)
            others = [path.name for path in directory.iterdir() if not _is_ours(path.name)]
            if others and "job.json" not in others:
                raise JobError(
                    f"{str(directory)!r} holds other things ({others[0]}); give the job a directory of its own"
                )
            document = {"heplens_job": VERSION, "engine": engine_version(), "analysis": to_document(analysis)}
            if tiles:
                document["tiles"] = tiles if isinstance(tiles, str | bool) else list(tiles)
            write(directory / "job.json", json.dumps(document, indent=1).encode())
        except OSError as error:
            raise JobError(f"the job cannot be kept in {str(directory)!r}: {error.strerror}") from error
        return cls(directory, analysis, tiles, wants)

    @classmethod
    def open(cls, directory: Path) -> Record:
        """The job that is kept in a directory. Raises JobError when there is none, or one of another version."""
        path = directory / "job.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise JobError(f"there is no job in {str(directory)!r}: it has no job.json") from None
        except OSError as error:
            raise JobError(f"{str(path)!r} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise JobError(f"{str(path)!r} is damaged: {error}") from error
        if not isinstance(document, dict) or document.get("heplens_job") != VERSION or "analysis" not in document:
            raise JobError(f"{str(path)!r} is no job of version {VERSION}")
        return cls(directory, from_document(document["analysis"]), _names(document.get("tiles", ())))

    @property
    def name(self) -> str:
        """What the job was called when it ran last; "" when nothing tells."""
        try:
            status = json.loads((self.directory / "status.json").read_bytes())
            return str(status["name"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def write_plan(self, ledger: Ledger) -> None:
        """What the job consists of, for whoever looks into the directory."""
        files = [
            {
                "sample": file.where.sample,
                "path": file.where.path,
                "tree": file.plan.tree if file.plan else file.where.tree,
                "uuid": file.plan.uuid if file.plan else None,
                "entries": file.plan.entries if file.plan else None,
                "error": file.failure.error if file.failure else None,
                "blocks": [[p.block.start, p.block.stop, self._keys.of(p)] for p in ledger.pieces(file, all=True)],
            }
            for file in ledger.files
        ]
        self._write(self.directory / "plan.json", json.dumps({"heplens_job": VERSION, "files": files}).encode())

    def write_status(self, status: Mapping[str, Any]) -> None:
        """How the job is, for whoever looks into the directory; `docs/jobs.md` tells what is in it."""
        with suppress(OSError):  # a full disk ends the job where its partials are saved, with a sentence
            write(self.directory / "status.json", json.dumps({"heplens_job": VERSION, **status}).encode())

    def save(self, done: Mapping[Piece, Packed]) -> None:
        """Keep partials. They are on disk, whole, when this returns."""
        if not done:
            return
        keyed = {self._keys.of(piece): partial for piece, partial in done.items()}
        name = hashlib.sha256("".join(sorted(keyed)).encode()).hexdigest()[:32]
        buffer = io.BytesIO()
        encode(buffer, keyed)
        self._write(self.directory / "partials" / f"{name}.npz", buffer.getvalue())

    def load(self, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Packed]]:
        """The partials that are kept of these blocks, engine and analysis. Damaged files are passed over."""
        wanted: dict[Path, dict[str, list[Piece]]] = {}
        for piece in pieces if self._kept else ():  # a file that is in the dataset twice has the same blocks twice
            key = self._keys.of(piece)
            if key in self._kept:
                wanted.setdefault(self._kept[key], {}).setdefault(key, []).append(piece)
        for path, mine in wanted.items():
            for key, partial in decode(path, mine, self.analysis):
                yield from ((piece, partial) for piece in mine.pop(key, ()))

    @cached_property
    def _kept(self) -> dict[str, Path]:
        """Which file of an earlier run holds the partial of a key."""
        return {key: path for path in sorted((self.directory / "partials").glob("*.npz")) for key in keys_in(path)}

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write(path, data)
        except OSError as error:
            raise JobError(f"the job cannot be kept in {str(self.directory)!r}: {error.strerror}") from error


class Keys:
    """What a partial depends on, hashed: the engine, all of the analysis that is not its list of files, the block.

    Files are known by their UUID and length, not by their name: one that was replaced is not taken for the old one.
    """

    def __init__(self, analysis: Analysis, wants: Sequence[Wanted] = ()) -> None:
        document = to_document(analysis)
        assert analysis.dataset is not None
        common = {
            "engine": engine_version(),
            "tiles": [[[moved.id for moved, _, _ in want.own], want.values, want.form] for want in wants],
            "weighted": is_weighted(analysis),
            "energy_unit": analysis.dataset.energy_unit,
            **{part: document[part] for part in ("steps", "regions", "histograms")},
        }
        self._samples = {
            sample.name: _hashed(
                [common, sample.name, sample.role, analysis.dataset.is_normalised(sample) and sample.sumw is None]
            )
            for sample in analysis.dataset.samples
        }

    def of(self, piece: Piece) -> str:
        block = piece.block
        digest: Any = self._samples[block.sample].copy()
        digest.update(json.dumps([block.uuid, block.tree, piece.entries, block.start, block.stop]).encode())
        return str(digest.hexdigest())


def _hashed(value: Any) -> Any:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode())


def _is_ours(name: str) -> bool:
    """Whether it may be in a directory before its job.json is: of two jobs that begin at once, or of one that died."""
    return name in _OURS or (name.startswith(_PREFIX) and name.endswith(_SUFFIX))


def write(path: Path, data: bytes) -> None:
    """All or nothing, also when the machine stops half way."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX, suffix=_SUFFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _names(kept: Any) -> Names:
    """Steps as a record holds them; another's record may hold anything."""
    if isinstance(kept, list):
        return [name for name in kept if isinstance(name, str)]
    return kept if isinstance(kept, str | bool) else ()


def as_directory(path: Any) -> Path:
    return Path(path).expanduser().absolute()
