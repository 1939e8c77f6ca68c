"""From a path to what is inside: rows that say what can be read, and bounded previews. No Jupyter, no cuts.

Heavy libraries are imported when a file is opened, not when this package is: the Jupyter server imports it and must
stay light, because all reading happens in another process there (`heplens.files.sandbox`).
"""

from __future__ import annotations

from .listing import PROTOCOL, Listing, Row

__all__ = ["PROTOCOL", "Listing", "Row", "inspect"]


def inspect(path: object, node: str = "") -> Listing:
    """List what a ROOT file holds, one level at a time, or the files of a folder.

    Parameters
    ----------
    path : file name (or anything with a file name, such as `pathlib.Path`); a folder; a pattern such as
        ``data/*.root``; or a URL: ``https://``, ``root://``, ``s3://`` and what else fsspec reads, with
        ``pip install heplens[remote]``. A URL that ends in ``/`` is a folder.
    node : ``row.path`` of a row of an earlier listing; "" for the top level of the file.

    Returns
    -------
    A `Listing`: a sequence of `Row`, in the order of the file. A directory gives its keys, a tree its branches, a
    split branch its sub-branches. Things that cannot be read are rows, with the reason in ``error``.

    Raises
    ------
    FileError : the file is missing, unreadable, truncated or not a ROOT file, or has no such node; a pattern that
        nothing matches.
    """
    from .folders import is_many, list_many
    from .opening import as_path, remembered
    from .walking import list_node

    where = as_path(path)
    if not node and is_many(where):
        return list_many(where)
    return list_node(remembered(where), node)
