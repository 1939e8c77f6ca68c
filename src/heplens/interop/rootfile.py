"""Results as ROOT histograms: one TH1, TH2 or TH3 for each histogram, in folders by sample and region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..engine.result import Result
from ..errors import AnalysisError, FileError, first_line
from .described import cutflow_histogram, describe, free_name, restore

_RESULT = "heplens_result"
_AXES = "heplens_axes"
_LABELS = ("dataset", "region")
_MOST_AXES = 3


def write(result: Result, path: Path) -> None:
    """ROOT's axes know less than those of hist (flow, categories, logarithms): the full ones go along as text."""
    import uproot
    from boost_histogram.serialization import to_uhi

    described: dict[str, Any] = {}
    taken = {_RESULT, _AXES}
    with uproot.recreate(path) as file:
        for name, histogram in result.histograms.items():
            keys: list[list[Any]] = []
            for place, folder in _slices(histogram):
                part = histogram[(*place, ...)] if place else histogram
                if len(part.axes) > _MOST_AXES:
                    raise AnalysisError(
                        f"{name!r} has {len(part.axes)} axes, ROOT's histograms at most three; use .json"
                    )
                key = free_name("/".join(map(_plain, (*folder, name))), taken)
                taken.add(key)
                file[key] = _for_root(part)
                keys.append([list(place), key])
            described[name] = {"axes": to_uhi(histogram, keep_storage=False), "keys": keys}
        file[free_name("cutflow", taken)] = cutflow_histogram(result)
        file[_AXES] = json.dumps(described, default=_listed)
        file[_RESULT] = describe(result)


def read(path: Path) -> Result:
    import hist
    import uproot

    try:
        with uproot.open(path) as file:
            if _RESULT not in file or _AXES not in file:
                raise FileError(f"{str(path)!r} is no result of heplens; hl.inspect shows what it holds")
            histograms: dict[str, Any] = {}
            for name, described in json.loads(str(file[_AXES])).items():
                whole = hist.Hist(described["axes"])
                for place, key in described["keys"]:
                    _take(whole, tuple(place), file[key])
                histograms[name] = whole
            description = str(file[_RESULT])
    except FileError:
        raise
    except Exception as error:
        first = first_line(error) or type(error).__name__
        raise FileError(f"{str(path)!r} cannot be read: {first}") from error
    return restore(description, histograms, path)


def _slices(histogram: Any) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Bin numbers along the axes of samples and regions, and their names; one empty pair when there are none."""
    import itertools

    labels = list(itertools.takewhile(lambda axis: axis.name in _LABELS, histogram.axes))
    for pairs in itertools.product(*(list(enumerate(axis)) for axis in labels)):
        yield tuple(number for number, _ in pairs), tuple(str(name) for _, name in pairs)


def _for_root(part: Any) -> Any:
    """The same bins on axes that ROOT has: both flow bins or none (uproot loses a single one), and what is beyond the
    categories as a category of its own."""
    import hist

    axes = list(part.axes)
    whole = [_axis_for_root(axis) for axis in axes]
    if all(axis is other for axis, other in zip(axes, whole, strict=True)):
        return part
    made = hist.Hist(*whole, storage=part.storage_type(), name=part.name, label=part.label)
    inner = tuple(
        slice(None) if axis is other or _is_category(axis) else _inside(axis)
        for axis, other in zip(axes, whole, strict=True)
    )
    made.view(flow=True)[inner] = part.view(flow=True)
    return made


def _axis_for_root(axis: Any) -> Any:
    import hist

    if axis.traits.underflow == axis.traits.overflow:
        return axis
    text = {"name": axis.name, "label": axis.label}
    if _is_category(axis):
        names = [str(value) for value in axis]
        return hist.axis.StrCategory([*names, free_name("other", names)], overflow=False, **text)
    return hist.axis.Variable(axis.edges, **text)


def _is_category(axis: Any) -> bool:
    import hist

    return isinstance(axis, hist.axis.StrCategory | hist.axis.IntCategory)


def _inside(axis: Any) -> slice:
    """Where the bins of an axis, with the flow bins it has, lie among those of one that has both."""
    if _is_category(axis):
        return slice(1, -1)
    return slice(0 if axis.traits.underflow else 1, None if axis.traits.overflow else -1)


def _take(whole: Any, place: tuple[int, ...], stored: Any) -> None:
    """Put the bins of a ROOT histogram, which always has both flow bins, into a slice of `whole`."""
    view = whole.view(flow=True)
    inner = tuple(_inside(axis) for axis in list(whole.axes)[len(place) :])
    values = stored.values(flow=True)[inner]
    if view.dtype.names:
        view["value"][place] = values
        view["variance"][place] = stored.variances(flow=True)[inner]
    else:
        view[place] = values


def _plain(name: str) -> str:
    """A name that is one component of a path in a ROOT file; the histogram's title keeps the full one."""
    return "".join("_" if c in "/;:" else c for c in name) or "_"


def _listed(value: Any) -> Any:
    return value.tolist()
