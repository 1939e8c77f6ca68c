"""What an analysis runs over: named samples of files, or arrays in memory."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..errors import AnalysisError, FileError
from .files import is_remote, open_source, split_path
from .source import Source

Role = Literal["data", "background", "signal", ""]
_ROLES = ("data", "background", "signal", "")


@dataclass(frozen=True)
class Sample:
    """Files of one process.

    `files` are (path, tree) pairs, the tree "" for the only or usual one. `cross_section` in pb and the analysis'
    luminosity in fb⁻¹ normalise it; `sumw` is the sum of generator weights before any selection, taken from the
    files' Runs trees when it is None.
    """

    name: str
    files: tuple[tuple[str, str], ...] = ()
    role: Role = ""
    cross_section: float | None = None
    sumw: float | None = None

    @property
    def is_data(self) -> bool:
        return self.role == "data"


@dataclass(frozen=True)
class Dataset:
    """Samples in order. `named`: whether the user named them, so that histograms get an axis of datasets."""

    samples: tuple[Sample, ...]
    named: bool = False
    luminosity: float | None = None
    energy_unit: str = ""
    memory: Source | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.energy_unit not in ("", "MeV", "GeV", "TeV"):
            raise AnalysisError(f"the energy unit is MeV, GeV or TeV, not {self.energy_unit!r}")

    def sources(self) -> Iterator[tuple[Sample, Source]]:
        """Every table of events in file order, opened when it is reached."""
        for sample in self.samples:
            if self.memory is not None:
                yield sample, self.memory
            for path, tree in sample.files:
                yield sample, open_source(path, tree)

    def first(self) -> Source | None:
        return next((source for _, source in self.sources()), None)

    def is_normalised(self, sample: Sample) -> bool:
        return self.luminosity is not None and sample.cross_section is not None and not sample.is_data


def make_dataset(data: Any, luminosity: float | None = None, energy_unit: str = "") -> Dataset:
    """A dataset from a path, a list of paths, a pattern, a fileset (dict or .json file) or arrays in memory.

    Raises
    ------
    FileError : a pattern matches no file, or the data hold no named columns.
    AnalysisError : a fileset that is not of the form ``{"name": {"files": {"a.root": "Events"}}}``.
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Path):
        data = str(data)
    if isinstance(data, str) and data.endswith(".json"):
        return _fileset(_load_fileset(data), luminosity, energy_unit, Path(data).parent)
    if isinstance(data, str) or (
        isinstance(data, list | tuple) and data and all(isinstance(d, str | Path) for d in data)
    ):
        return Dataset((Sample("data", expand(data)),), False, luminosity, energy_unit)
    if isinstance(data, Mapping) and data and all(_describes_files(value) for value in data.values()):
        return _fileset(data, luminosity, energy_unit)
    from .memory import ArraySource

    return Dataset((Sample("data"),), False, luminosity, energy_unit, ArraySource(data))


def expand(paths: str | Path | Sequence[str | Path]) -> tuple[tuple[str, str], ...]:
    """(path, tree) of each file; patterns are expanded in alphabetical order."""
    found: list[tuple[str, str]] = []
    for given in [paths] if isinstance(paths, str | Path) else paths:
        path, tree = split_path(str(given))
        if is_remote(path) or not glob.has_magic(path) or Path(path).exists():
            found.append((path, tree))
            continue
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - the pattern may be absolute
        if not matches:
            raise FileError(f"no file matches {path!r}")
        found += [(match, tree) for match in matches]
    return tuple(found)


def _describes_files(value: Any) -> bool:
    if isinstance(value, str | Path):
        return True
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(v, str | Path) for v in value)
    return isinstance(value, Mapping) and "files" in value


def _load_fileset(path: str) -> Mapping[str, Any]:
    try:
        loaded = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise FileError(f"{path!r} is not JSON: {error}") from error
    if not isinstance(loaded, dict) or not loaded or not all(_describes_files(value) for value in loaded.values()):
        raise AnalysisError(
            f'{path!r} is no fileset; it should look like {{"ttbar": {{"files": {{"a.root": "Events"}}}}}}'
        )
    return loaded


def _fileset(data: Mapping[str, Any], luminosity: float | None, energy_unit: str, base: Path | None = None) -> Dataset:
    samples = tuple(_sample(str(name), value, base) for name, value in data.items())
    return Dataset(samples, True, luminosity, energy_unit)


def _sample(name: str, value: Any, base: Path | None) -> Sample:
    metadata: Mapping[str, Any] = {}
    files = value
    if isinstance(value, Mapping):
        files, metadata = value["files"], value.get("metadata") or {}
    pairs: list[tuple[str, str]] = []
    if isinstance(files, Mapping):
        for path, tree in files.items():
            if isinstance(tree, Mapping):
                tree = tree.get("object_path", "")
            pairs += [(p, str(tree or t)) for p, t in expand(_relative(str(path), base))]
    else:
        pairs += expand([_relative(str(f), base) for f in ([files] if isinstance(files, str | Path) else files)])
    role = str(metadata.get("role", "data" if metadata.get("is_data") or metadata.get("isData") else ""))
    if role not in _ROLES:
        raise AnalysisError(f"the role of {name!r} is data, background or signal, not {role!r}")
    return Sample(name, tuple(pairs), role, _number(name, metadata, "xsec"), _number(name, metadata, "sumw"))  # type: ignore[arg-type]


def _relative(path: str, base: Path | None) -> str:
    """Paths of a fileset file are relative to it when they are not found from here."""
    if base is None or is_remote(path) or Path(path).is_absolute() or Path(split_path(path)[0]).exists():
        return path
    return str(base / path)


def _number(name: str, metadata: Mapping[str, Any], key: str) -> float | None:
    value = metadata.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AnalysisError(f"{key} of {name!r} is a number, not {value!r}")
    return float(value)
