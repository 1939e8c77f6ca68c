"""The parts of a script that know files: which are read, how, and how samples are normalised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...columns.parquet import ParquetSource
from ...columns.source import file_and_tree
from ...columns.tree import TreeSource
from ...errors import AnalysisError
from .variants import Variant

if TYPE_CHECKING:
    from ..value import Analysis


def samples(analysis: Analysis, variants: list[Variant]) -> str:
    """The constants at the top: files and trees, branches, members of objects."""
    dataset = analysis.dataset
    assert dataset is not None
    listed: dict[str, list[tuple[str, str]]] = {sample.name: [] for sample in dataset.samples}
    members: dict[str, tuple[str, ...]] = {}
    branches = sorted({branch for variant in variants for branch in variant.branches})
    for sample, source in dataset.sources():
        path, tree = file_and_tree(source)
        listed[sample.name].append((path, tree))
        if isinstance(source, TreeSource):
            members.update({b: way for b in branches if len(way := source.place(b)) > 1})
    lines = ["# Files and their trees, by sample.", "SAMPLES = {"]
    for name, files in listed.items():
        lines += [
            f"    {json.dumps(name)}: [",
            *(f"        ({json.dumps(p)}, {json.dumps(t)})," for p, t in files),
            "    ],",
        ]
    lines += ["}", "", "# What is read; no other branch is."]
    if len(variants) == 1:
        lines += ["BRANCHES = [", *(f"    {json.dumps(b)}," for b in branches), "]"]
    else:
        by_sample = {sample: variant.branches for variant in variants for sample in variant.samples}
        lines += ["BRANCHES = {"]
        for name in listed:
            lines += [f"    {json.dumps(name)}: [", *(f"        {json.dumps(b)}," for b in by_sample[name]), "    ],"]
        lines += ["}"]
    if members:
        lines += ["", "# Members of objects: the branch, and the way to the number inside.", "MEMBERS = {"]
        lines += [
            f"    {json.dumps(b)}: ({', '.join(map(json.dumps, way))})," for b, way in sorted(members.items())
        ] + ["}"]
    return "\n".join(lines)


_READ = '''
def read(tree, name, start, stop):
    """One column of some events."""
    array = tree[name].array(entry_start=start, entry_stop=stop)
    return wide(array)
'''

_READ_MEMBERS = '''
def read(tree, name, start, stop):
    """One column of some events; a member of an object is found inside its branch."""
    branch, *members = MEMBERS.get(name, (name,))
    array = tree[branch].array(entry_start=start, entry_stop=stop)
    for member in members:
        array = array[member]
    return wide(array)
'''

_EDGES = '''
def edges(tree, branches):
    """Entries at which all branches can be cut without reading anything twice."""
    if hasattr(tree, "cluster_summaries"):  # an RNTuple
        return [cluster.num_first_entry for cluster in tree.cluster_summaries]
    return sorted(set.intersection(*(set(tree[{branch}].entry_offsets) for name in branches)))
'''

_RUN = '''
def run(files, branches, process):
    """Add up the blocks of some files, in order."""
    histograms, cutflow = new_histograms(), {}
    for path, name in files:
        tree = uproot.open(path, array_cache=None)[name]  # nothing is read twice
        for start, stop in blocks(edges(tree, branches), tree.num_entries):
            events = ak.zip({name: read(tree, name, start, stop) for name in branches}, depth_limit=1)
            part, passed = process(events)
            histograms = {key: histograms[key] + part[key] for key in part}
            cutflow = {step: cutflow.get(step, 0) + number for step, number in passed.items()}
    return histograms, cutflow
'''

_READ_PARQUET = '''
def read(path, branches, start, stop):
    """Columns of some events; only the row groups that hold them are read."""
    ends = edges(path)
    groups = [i for i in range(len(ends) - 1) if ends[i] < stop and ends[i + 1] > start]
    first = ends[groups[0]]
    table = ak.from_parquet(path, columns=branches, row_groups=groups)[start - first : stop - first]
    columns = {}
    for name in branches:
        columns[name] = table
        for field in name.split("."):
            columns[name] = columns[name][field]
    return ak.zip({name: wide(without_room(column)) for name, column in columns.items()}, depth_limit=1)
'''

_WITHOUT_ROOM = '''
def without_room(array):
    """Columns come with room for missing values whether there are any or not; without where there are none."""
    def action(layout, **_):
        if layout.is_option and not np.any(layout.mask_as_bool(valid_when=False)):
            return ak.transform(action, layout.project(), highlevel=False)

    return ak.transform(action, array)
'''

_EDGES_PARQUET = '''
def edges(path):
    """The entries at which the row groups of a file begin, and their number."""
    metadata = pyarrow.parquet.read_metadata(path)
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    return [sum(sizes[:i]) for i in range(len(sizes) + 1)]
'''

_RUN_PARQUET = '''
def run(files, branches, process):
    """Add up the blocks of some files, in order."""
    histograms, cutflow = new_histograms(), {}
    for path, _ in files:
        ends = edges(path)
        for start, stop in blocks(ends, ends[-1]):
            part, passed = process(read(path, branches, start, stop))
            histograms = {key: histograms[key] + part[key] for key in part}
            cutflow = {step: cutflow.get(step, 0) + number for step, number in passed.items()}
    return histograms, cutflow
'''

_SUM_OF_WEIGHTS = '''
def sum_of_weights(files):
    """The sum of generator weights before any selection, from the Runs trees."""
    return sum(float(sum(uproot.open(path)["Runs"]["genEventSumw"].array())) for path, _ in files)
'''


def main(analysis: Analysis, variants: list[Variant]) -> str:
    """Reading, adding up, normalising, printing."""
    dataset = analysis.dataset
    assert dataset is not None
    has_members = "MEMBERS = " in samples(analysis, variants)
    reader = (_READ_MEMBERS if has_members else _READ).strip()
    if not has_members:
        reader = reader.replace("    array = tree[name]", "    return wide(tree[name]").replace(
            "stop=stop)\n    return wide(array)", "stop=stop))"
        )
    branch = "MEMBERS.get(name, (name,))[0]" if has_members else "name"
    parts = [reader, _EDGES.strip().replace("{branch}", branch), _RUN.strip()]
    parquet = [isinstance(source, ParquetSource) for _, source in dataset.sources()]
    if any(parquet):
        if not all(parquet):
            raise AnalysisError("a script reads ROOT files or Parquet files; give them as two analyses")
        parts = [part.strip() for part in (_WITHOUT_ROOM, _READ_PARQUET, _EDGES_PARQUET, _RUN_PARQUET)]
    normalised = [sample for sample in dataset.samples if dataset.is_normalised(sample)]
    if any(sample.sumw is None for sample in normalised):
        parts.append(_SUM_OF_WEIGHTS.strip())
    lines = ["def main():", '    """Results by sample."""', "    results = {}"]
    if normalised:
        lines += ["    # cross section [pb] x luminosity [1/fb] x 1000 / sum of generator weights", "    scales = {"]
        for sample in normalised:
            sumw = (
                repr(sample.sumw) if sample.sumw is not None else f"sum_of_weights(SAMPLES[{json.dumps(sample.name)}])"
            )
            lines.append(
                f"        {json.dumps(sample.name)}: {sample.cross_section!r} * {dataset.luminosity!r} * 1000 / {sumw},"
            )
        lines.append("    }")
    lines.append("    for sample, files in SAMPLES.items():")
    if len(variants) == 1:
        lines.append("        histograms, cutflow = run(files, BRANCHES, process)")
    else:
        functions = ", ".join(f"{json.dumps(sample)}: {v.function}" for v in variants for sample in v.samples)
        lines.insert(2, f"    functions = {{{functions}}}")
        lines.append("        histograms, cutflow = run(files, BRANCHES[sample], functions[sample])")
    if normalised:
        lines.append("        if sample in scales:")
        lines.append(
            "            histograms = {name: histogram * scales[sample] for name, histogram in histograms.items()}"
        )
    lines += ["        results[sample] = histograms, cutflow", "    return results"]
    parts.append("\n".join(lines))
    parts.append(_PRINT.strip())
    return "\n\n\n".join(parts)


_PRINT = """
if __name__ == "__main__":
    for sample, (histograms, cutflow) in main().items():
        print(sample)
        for step, number in cutflow.items():
            print(f"  {step:40s} {number:14,.8g}")
        for name, histogram in histograms.items():
            print(name, histogram, sep="\\n")
"""
