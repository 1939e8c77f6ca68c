"""Reading a bounded number of entries of one branch, and what they look like."""

from __future__ import annotations

from typing import Any

import awkward as ak
import numpy as np

from ..errors import FileError
from .binning import bin_numbers, bin_words
from .fields import Fields
from .limits import PREVIEW_BYTES, PREVIEW_ENTRIES, PREVIEW_VALUES, TEXT, size_text
from .preview import Preview
from .table import object_table

# Asking each basket for its size is a read; more baskets than this are not asked.
_BASKETS = 500


def sample_branch(branch: Any, path: str) -> Preview:
    """Histogram and summary of the first entries of a TTree's branch."""
    stop = _branch_stop(branch, path)
    array = branch.array(entry_stop=stop, library="ak")
    return _summarise(array, branch.name, branch.title or "", int(branch.num_entries), stop)


def sample_field(ntuple: Any, fields: Fields, index: int, path: str) -> Preview:
    """Histogram and summary of the first entries of an RNTuple's field."""
    stop, _ = field_stop(ntuple, fields, index, path, PREVIEW_ENTRIES)
    array = ntuple.all_fields[index].array(entry_start=0, entry_stop=stop)
    record = fields.records[index]
    return _summarise(array, record.field_name, record.field_desc or "", fields.entries, stop)


def _branch_stop(branch: Any, path: str) -> int:
    """How many entries fit the limits, going by what the baskets say of their size before they are unpacked."""
    offsets = [int(offset) for offset in branch.entry_offsets]
    total, stop = 0, 0
    for number, end in enumerate(offsets[1 : _BASKETS + 1]):
        total += int(branch.basket_uncompressed_bytes(number))
        if total > PREVIEW_BYTES:
            return _partly(stop, path, total)
        stop = end
        if stop >= PREVIEW_ENTRIES:
            break
    return min(stop, PREVIEW_ENTRIES)


def field_stop(ntuple: Any, fields: Fields, index: int, path: str, wanted_entries: int) -> tuple[int, int]:
    """The same for an RNTuple, from its page lists; and the uncompressed bytes that reading them takes."""
    wanted = set(fields.subtree(index))
    columns = {c.idx: c.nbits for c in ntuple.column_records if c.field_id in wanted}
    bits = {c.idx: c.nbits for c in ntuple.column_records}
    columns |= {a.physical_id: bits[a.physical_id] for a in ntuple.alias_column_records if a.field_id in wanted}
    total, stop = 0, 0
    for cluster, pages in zip(ntuple.cluster_summaries, ntuple.page_link_list, strict=True):
        for column, width in columns.items():
            if column < len(pages):
                total += sum(int(page.num_elements) for page in pages[column].pages) * width // 8
        if total > PREVIEW_BYTES:
            return _partly(stop, path, total), total
        stop = int(cluster.num_first_entry + cluster.num_entries)
        if stop >= wanted_entries:
            break
    return min(stop, wanted_entries), total


def _partly(stop: int, path: str, needed: int) -> int:
    if stop == 0:
        limit = size_text(PREVIEW_BYTES)
        raise FileError(
            f"{path!r} is not previewed: its first entries take {size_text(needed)} uncompressed, "
            f"more than the {limit} that a preview reads"
        )
    return min(stop, PREVIEW_ENTRIES)


def _summarise(array: Any, name: str, title: str, entries: int, used: int) -> Preview:
    summary: dict[str, Any] = {}
    note = ""
    if array.fields:
        return object_table(array, name, title, entries)
    words = _is_text(array)
    if array.ndim > 1:
        multiplicity = ak.to_numpy(ak.num(array, axis=1))
        if len(multiplicity):
            summary["multiplicity"] = {
                "min": int(multiplicity.min()),
                "max": int(multiplicity.max()),
                "mean": float(multiplicity.mean()),
                "empty": int(np.count_nonzero(multiplicity == 0)),
            }
        for _ in range(array.ndim - 1):
            array = ak.flatten(array, axis=1)
    array = ak.drop_none(array)
    if len(array) > PREVIEW_VALUES:
        note = f"the first {PREVIEW_VALUES:,} values of {used:,} entries"
        array = array[:PREVIEW_VALUES]
    summary["values"] = len(array)
    bins = bin_words(ak.to_list(array)) if words else bin_numbers(ak.to_numpy(array))
    if not words:
        summary |= _moments(ak.to_numpy(array))
    return Preview(
        kind="histogram",
        title=title[:TEXT],
        x_label=name,
        y_label="values" if "multiplicity" in summary else "entries",
        edges=bins.edges,
        values=bins.counts,
        variances=bins.counts,
        labels=bins.labels,
        flow={"underflow": bins.underflow, "overflow": bins.overflow},
        entries=entries,
        entries_used=used,
        summary=summary,
        note=note,
    )


def _is_text(array: Any) -> bool:
    return "string" in str(array.type).rpartition("*")[2]


def _moments(values: Any) -> dict[str, Any]:
    """Counts of what is no number, then range, mean and standard deviation of the rest, in float64."""
    numbers = values.astype(np.float64)
    good = numbers[np.isfinite(numbers)]
    found: dict[str, Any] = {"nan": int(np.isnan(numbers).sum()), "inf": int(np.isinf(numbers).sum())}
    if len(good):
        with np.errstate(over="ignore", invalid="ignore"):
            found |= {
                "min": float(good.min()),
                "max": float(good.max()),
                "mean": float(good.mean()),
                "std": float(good.std()),
            }
    return found
