"""The analysis as a script with uproot, awkward, vector and hist alone, as a careful colleague would write it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import AnalysisError
from ..axes import Axis, Histogram
from ..show import describe_dataset
from ..value import is_weighted
from .files import main, samples
from .names import HELPERS
from .variants import variants

if TYPE_CHECKING:
    from ..value import Analysis

_ALWAYS = ("blocks", "wide")


def to_script(analysis: Analysis) -> str:
    """Python source that reads the same files and fills the same bins.

    Raises
    ------
    AnalysisError : there are no files (arrays in memory), no data at all, or nothing is read of them.
    """
    dataset = analysis.dataset
    if dataset is None:
        raise AnalysisError("a script needs files; give the analysis data with on(…)")
    if dataset.memory is not None:
        raise AnalysisError("a script reads files; this analysis is of arrays in memory: use on(…) with files first")
    found = variants(analysis)
    if not all(variant.branches for variant in found):
        raise AnalysisError("a script reads branches; this analysis needs none, every value in it is a plain number")
    helpers = {*_ALWAYS, *(helper for variant in found for helper in variant.helpers)}
    parts = [_header(analysis), samples(analysis, found), *(_source(name) for name in HELPERS if name in helpers)]
    parts += [_new_histograms(analysis), *(_process(variant.function, variant.lines) for variant in found)]
    parts.append(main(analysis, found))
    return _with_imports("\n\n\n".join(part.strip("\n") for part in parts) + "\n")


def _header(analysis: Analysis) -> str:
    shown = " ".join(describe_dataset(analysis.dataset).split()).replace("\\", "/").replace('"""', "'''")
    return f'"""Selection and histograms of {shown}."""\n\n@imports@\n\nvector.register_awkward()'


def _with_imports(text: str) -> str:
    standard = "import math\n\n" if "math." in text else ""
    others = [
        "import awkward as ak",
        "import hist",
        *(["import numpy as np"] if "np." in text else []),
        *(["import pyarrow.parquet"] if "pyarrow." in text else []),
        *(["import uproot"] if "uproot." in text else []),
        "import vector",
    ]
    return text.replace("@imports@", standard + "\n".join(others), 1)


def _source(helper: str) -> str:
    """A helper's source without the annotations, which say nothing in a script."""
    text = inspect.getsource(HELPERS[helper])
    text = re.sub(r": (Any|int)\b(?=[,)= ])", "", text)
    return re.sub(r"\) -> [^:]+:", "):", text, count=1).replace("weight = None", "weight=None")


def _new_histograms(analysis: Analysis) -> str:
    lines = ["def new_histograms():", '    """Empty histograms."""', "    return {"]
    storage = "hist.storage.Weight()" if is_weighted(analysis) else "hist.storage.Double()"
    for histogram in analysis.histograms:
        for key in _keys(analysis, histogram):
            axes = ", ".join(_axis(axis, name) for axis, name in zip(histogram.axes, ("x", "y", "z"), strict=False))
            lines.append(f"        {key}: hist.Hist({axes}, storage={storage}),")
    return "\n".join([*lines, "    }"])


def _keys(analysis: Analysis, histogram: Histogram) -> list[str]:
    name = json.dumps(histogram.name)
    return [f"({name}, {json.dumps(region.name)})" for region in analysis.regions] or [name]


def _axis(axis: Axis, name: str) -> str:
    label = f"name={json.dumps(name)}, label={json.dumps(axis.label or axis.expression, ensure_ascii=False)}"
    flow = "" if axis.underflow else ", underflow=False"
    flow += "" if axis.overflow else ", overflow=False"
    match axis.kind:
        case "regular":
            transform = f", transform=hist.axis.transform.{axis.transform}" if axis.transform else ""
            return (
                f"hist.axis.Regular({axis.bins}, {_number(axis.low)}, {_number(axis.high)}, {label}{flow}{transform})"
            )
        case "variable":
            return f"hist.axis.Variable([{', '.join(_number(edge) for edge in axis.edges)}], {label}{flow})"
        case "integer":
            return f"hist.axis.Integer({_number(axis.low)}, {_number(axis.high)}, {label}{flow})"
        case "boolean":
            return f"hist.axis.Boolean({label})"
        case "int_category":
            return f"hist.axis.IntCategory({[int(v) for v in axis.values]}, growth={axis.growth}, {label})"
        case _:
            return f"hist.axis.StrCategory({json.dumps(list(axis.values))}, growth={axis.growth}, {label})"


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _process(name: str, lines: Sequence[str]) -> str:
    head = [f"def {name}(events):", '    """Histograms and cutflow of one block of events."""']
    head += ["    histograms = new_histograms()", "    cutflow = {}"]
    inside = [f"    {line}" if line else "" for line in lines]
    return "\n".join([*head, *inside, "", "    return histograms, cutflow"])
