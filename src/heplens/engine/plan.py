"""What has to be processed: blocks of every file, and the analysis bound to each file's branches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..analysis.bind import Bound, bind
from ..columns.dataset import Sample
from ..columns.source import Source, blocks, file_and_tree
from ..errors import AnalysisError, ExpressionError, FileError
from .partial import Block

if TYPE_CHECKING:
    from ..analysis.value import Analysis


@dataclass
class Plan:
    """The blocks in file order; `bound` and `source` look up what a block needs."""

    analysis: Analysis
    blocks: list[Block] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    opened: dict[tuple[str, str, str], tuple[Source, Bound]] = field(default_factory=dict, repr=False)

    @property
    def events(self) -> int:
        return sum(block.events for block in self.blocks)

    def events_by_sample(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for block in self.blocks:
            found[block.sample] = found.get(block.sample, 0) + block.events
        return found

    def of(self, block: Block) -> tuple[Source, Bound]:
        return self.opened[block.sample, block.file, block.tree]


def plan(
    analysis: Analysis,
    split: Callable[[Source, Bound], list[tuple[int, int]]] | None = None,
    columns: Callable[[Source], Source] | None = None,
) -> Plan:
    """Open every file, check the analysis against its branches, and cut it into blocks.

    `columns` is what reads in place of a source, such as a store of columns in memory.

    Raises
    ------
    AnalysisError : the analysis has no data.
    ExpressionError, FileError : the analysis does not go with a file; the message names it.
    """
    if analysis.dataset is None:
        raise AnalysisError("the analysis has no data; give them with on(…)")
    found = Plan(analysis)
    for sample, source in analysis.dataset.sources():
        bound = bind_to(analysis, sample, source)
        path, tree = file_and_tree(source)
        found.opened[sample.name, path, tree] = (columns(source) if columns else source, bound)
        found.warnings += [warning for warning in bound.warnings if warning not in found.warnings]
        ranges = split(source, bound) if split else blocks(source.edges(bound.demand.branches), source.entries)
        found.blocks += [Block(sample.name, path, tree, source.uuid, start, stop) for start, stop in ranges]
    return found


def bind_to(analysis: Analysis, sample: Sample, source: Source) -> Bound:
    """The analysis bound to one file; errors name the file."""
    try:
        bound = bind(analysis, source.schema, sample.is_data)
    except ExpressionError as error:
        raise ExpressionError(f"{source.label}: {error.message}", error.text, error.position) from error
    except FileError as error:
        raise FileError(f"{source.label}: {error}") from error
    except AnalysisError as error:
        raise AnalysisError(f"{source.label}: {error}") from error
    return bound
