"""Small functions that a script carries along when it needs them; their source is copied into it.

They say once what a careful author would otherwise repeat at every place: how missing values, NaN and lists of
different depth are treated.
"""

from __future__ import annotations

import math
from typing import Any

import awkward as ak
import numpy as np


def blocks(edges: Any, entries: Any) -> Any:
    """Ranges of at least 200,000 events that end where the file can be cut; sums per range add in a fixed order."""
    start = 0
    for edge in [*(e for e in edges if 0 < e < entries), entries]:
        if edge - start < 200_000 and edge != entries:
            continue
        while edge - start > 1_000_000:
            yield start, start + 1_000_000
            start += 1_000_000
        if edge > start:
            yield start, edge
        start = edge


def wide(array: Any) -> Any:
    """Numbers in 64 bits, whatever the file stores: float32(0.1) > 0.1, and nMuon - 2 does not wrap."""
    kind = str(ak.type(array))
    if kind.count(" * ") > 1 + kind.count("var * "):  # lists of a fixed length
        array = ak.from_regular(array, axis=None)
    if "float" in kind:
        return ak.values_astype(array, np.float64)
    if "uint64" in kind and ak.any(array > np.iinfo(np.int64).max, axis=None):
        return array
    return ak.values_astype(array, np.int64) if "int" in kind else array


def fill(histogram: Any, *columns: Any, weight: Any = None) -> None:
    """Fill one value per object (or per event); what is missing or NaN is left out."""
    arrays = [*columns, *([] if weight is None else [weight])]
    arrays = ak.broadcast_arrays(*arrays) if len(arrays) > 1 else arrays
    flat = [ak.to_numpy(ak.flatten(array, axis=None)) for array in arrays]
    wrong = np.any([np.isnan(numbers) for numbers in flat], axis=0)
    flat = [numbers[~wrong] for numbers in flat] if wrong.any() else flat
    histogram.fill(*flat[: len(columns)], **({} if weight is None else {"weight": flat[-1]}))


def fill_text(histogram: Any, *columns: Any, weight: Any = None) -> None:
    """As `fill`, when some columns are text."""
    texts = [np.asarray(ak.to_list(c), dtype=object) if "string" in str(ak.type(c)) else None for c in columns]
    numbers = [c if text is None else np.arange(len(text)) for c, text in zip(columns, texts, strict=True)]
    arrays = ak.broadcast_arrays(*numbers, *([] if weight is None else [weight]))
    flat = [ak.to_numpy(ak.flatten(array, axis=None)) for array in arrays]
    good = np.all([x == x for x in flat], axis=0)  # NaN is not equal to itself
    values = [x[good] if text is None else text[x[good]] for x, text in zip(flat, texts, strict=False)]
    histogram.fill(*values, **({} if weight is None else {"weight": flat[-1][good]}))


def total(weight: Any) -> Any:
    """The sum of weights; what is missing or NaN does not count."""
    return float(np.sum(np.asarray([w for w in ak.to_list(weight) if w is not None and w == w])))


def both(left: Any, right: Any) -> Any:
    """``&`` with missing values: false if either is false, true if both are true, else missing."""
    true = ak.fill_none(left, False, axis=-1) & ak.fill_none(right, False, axis=-1)
    false = ak.fill_none(~left, False, axis=-1) | ak.fill_none(~right, False, axis=-1)
    return ak.mask(true, true | false)


def either(left: Any, right: Any) -> Any:
    """``|`` with missing values: true if either is true, false if both are false, else missing."""
    true = ak.fill_none(left, False, axis=-1) | ak.fill_none(right, False, axis=-1)
    false = ak.fill_none(~left, False, axis=-1) & ak.fill_none(~right, False, axis=-1)
    return ak.mask(true, true | false)


def choose(condition: Any, left: Any, right: Any) -> Any:
    """``ak.where`` that is missing where the condition is."""
    return ak.mask(ak.where(ak.fill_none(condition, False, axis=-1), left, right), ~ak.is_none(condition, axis=-1))


def momentum(objects: Any, coordinates: Any) -> Any:
    """Objects as vectors of these coordinates alone: others that they carry, such as x, would contradict them."""
    return ak.with_name(objects[coordinates], f"Momentum{len(coordinates)}D")


def item(objects: Any, index: int) -> Any:
    """One element of each list, missing where there is none."""
    if ak.all(ak.num(objects, axis=1) > index, axis=None):
        return objects[:, index]
    return ak.firsts(objects[:, index : index + 1], axis=1)


def spread(value: Any, like: Any) -> Any:
    """A value per event, possibly missing, repeated for each object of its event."""
    counts = ak.num(like, axis=1)
    return ak.unflatten(ak.Array(value)[np.repeat(np.arange(len(counts)), counts)], counts)


def best(objects: Any, key: Any, place: Any) -> Any:
    """One object per event, the one that `place` (ak.argmax, ak.argmin) finds by its key; NaN is passed over."""
    number = ~np.isnan(ak.fill_none(key, np.nan, axis=-1))
    objects, key = objects[number], key[number]
    return ak.firsts(objects[place(key, axis=1, keepdims=True)], axis=1)


def descending(objects: Any, key: Any) -> Any:
    """Objects ordered by their key, largest first, NaN last, stored order on a tie."""
    keyless = ak.is_none(key, axis=-1) | ak.fill_none(np.isnan(key), True, axis=-1)
    by_key = ak.argsort(-ak.where(keyless, 0, ak.fill_none(key, 0, axis=-1)), axis=1, stable=True)
    return objects[by_key][ak.argsort(keyless[by_key] * 1, axis=1, stable=True)]


def joined(*collections: Any) -> Any:
    """Several collections as one, with the fields they share."""
    common = [f for f in collections[0].fields if all(f in c.fields for c in collections)]
    names = [c.layout.purelist_parameter("__record__") for c in collections]
    fields = {f: ak.concatenate([c[f] for c in collections], axis=1) for f in common}
    return ak.zip(fields, depth_limit=2, with_name=min(names) if all(names) else None)


def numbers(array: Any) -> Any:
    """Without NaN, which would win or lose every comparison of extremes."""
    return ak.drop_none(ak.to_packed(ak.nan_to_none(array)), axis=-1)


def extreme_place(array: Any, place: Any, worst: Any) -> Any:
    """Index of the extreme (ak.argmax, ak.argmin), NaN passed over, missing when there is none."""
    found = place(ak.where(np.isnan(array), worst, array), axis=-1)
    return ak.mask(found, ak.num(ak.drop_none(ak.to_packed(ak.nan_to_none(array)), axis=-1), axis=-1) > 0)


def mean(array: Any) -> Any:
    """The mean of each list, missing for an empty one."""
    count = ak.count(array, axis=-1)
    return ak.mask(ak.sum(array * 1.0, axis=-1) / ak.where(count > 0, count, 1), count > 0)


def remainder(left: Any, right: Any) -> Any:
    """``%``, NaN where the divisor is zero."""
    return left % (right * 1.0 if ak.any(left * 0 + right == 0, axis=None) else right)


def delta_phi(first: Any, second: Any) -> Any:
    """Difference of azimuth in [-pi, pi)."""
    difference = (first - second + math.pi) % (2 * math.pi) - math.pi
    return difference - 2 * math.pi * (difference >= math.pi)  # the remainder may round up to the divisor


def delta_r(eta1: Any, phi1: Any, eta2: Any, phi2: Any) -> Any:
    """Distance in pseudorapidity and azimuth."""
    return np.sqrt((eta1 - eta2) ** 2 + ((phi1 - phi2 + math.pi) % (2 * math.pi) - math.pi) ** 2)


def transverse_mass(pt1: Any, phi1: Any, pt2: Any, phi2: Any) -> Any:
    """Transverse mass of two massless objects."""
    return np.sqrt(2 * pt1 * pt2 * (1 - np.cos((phi1 - phi2 + math.pi) % (2 * math.pi) - math.pi)))


def nearest_distance(eta1: Any, phi1: Any, eta2: Any, phi2: Any) -> Any:
    """For each object of the first kind, the distance to the nearest of the second; missing when there is none."""
    pairs = ak.cartesian(
        {"a": ak.zip({"eta": eta1, "phi": phi1}), "b": ak.zip({"eta": eta2, "phi": phi2})}, nested=True
    )
    around = (pairs.a.phi - pairs.b.phi + math.pi) % (2 * math.pi) - math.pi
    distance = np.sqrt((pairs.a.eta - pairs.b.eta) ** 2 + around**2)
    return ak.min(ak.drop_none(ak.to_packed(ak.nan_to_none(distance)), axis=-1), axis=-1)


def differ(mine: Any, other: Any) -> Any:
    """Whether each object is another one than the event's `other`, by their places in the event."""
    counts = ak.num(mine, axis=1)
    return mine != ak.unflatten(ak.Array(other)[np.repeat(np.arange(len(counts)), counts)], counts)
