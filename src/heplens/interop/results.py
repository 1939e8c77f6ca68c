"""A result on disk and back; the suffix of the file tells the format."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileError

if TYPE_CHECKING:
    from ..engine.result import Result

FORMATS = (".json", ".root")


def save(result: Result, path: str | Path) -> None:
    """Write histograms and cutflow to a file, UHI JSON (.json) or ROOT (.root); both read back to the same bits.

    An existing file is replaced only when the new one is complete.

    Raises
    ------
    FileError : the suffix is another one, or the file cannot be written.
    AnalysisError : a histogram has more axes than the format knows.
    """
    path = Path(path)
    check_format(path)
    if path.suffix == ".json":
        from .uhi import write
    else:
        from .rootfile import write
    _replace(path, lambda temporary: write(result, temporary))


def load(path: str | Path) -> Result:
    """The result that `save` wrote. Of UHI JSON by other tools, the histograms.

    Raises
    ------
    FileError : the file is missing, or holds no result.
    """
    path = Path(path)
    check_format(path)
    if not path.is_file():
        raise FileError(f"there is no file {str(path)!r}")
    if path.suffix == ".json":
        from .uhi import read
    else:
        from .rootfile import read
    return read(path)


def check_format(path: Path) -> None:
    """Raises FileError when no result can be written there: the name has another suffix, or the folder is missing."""
    if path.suffix not in FORMATS:
        raise FileError(f"{str(path)!r} ends in neither .json (UHI) nor .root")
    if not path.absolute().parent.is_dir():
        raise FileError(f"there is no folder {str(path.absolute().parent)!r}")


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    temporary = None
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(0o666 & ~_umask())
        write(temporary)
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
