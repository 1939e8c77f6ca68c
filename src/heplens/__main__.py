"""The command line: ``heplens list FILE`` and ``heplens run ANALYSIS.json -o OUT``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .errors import FileError, HeplensError

if TYPE_CHECKING:
    from .analysis import Analysis
    from .engine.result import Result

OK, ERROR, INCOMPLETE, INTERRUPTED = 0, 1, 3, 130
_SHOWN = 10  # problems
_EVERY = 0.5  # seconds between lines of progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 for a complete result, 1 for an error, 3 for an incomplete result, 130 when interrupted."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.command(given)
        sys.stdout.flush()
    except HeplensError as error:
        print(f"heplens: {error}", file=sys.stderr)
        return ERROR
    except BrokenPipeError:  # the reader of our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("heplens: interrupted, nothing was written", file=sys.stderr)
        return INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="heplens", description="Look into ROOT files and run analyses.")
    parser.add_argument("--version", action="version", version=f"heplens {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="show what a ROOT file holds, or which files a folder does")
    listing.add_argument("file", metavar="FILE", help="a file, a folder, a pattern in quotes, or a URL")
    listing.add_argument("--json", action="store_true", help="one JSON object per line: the row and its depth")
    listing.set_defaults(command=_list)
    run = commands.add_parser("run", help="fill the histograms of an analysis")
    run.add_argument("analysis", metavar="ANALYSIS.json", help="as written by Analysis.to_json()")
    run.add_argument("--dataset", metavar="F", help="other data: a fileset .json, a ROOT file or a pattern")
    run.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask scheduler, such as tcp://10.0.0.1:8786")
    run.add_argument("--workers", metavar="N", type=_positive, help="processes of a Dask cluster on this machine")
    run.add_argument("--directory", metavar="DIR", help="keep what is done here, and go on from it (with Dask)")
    run.add_argument("-o", "--output", metavar="OUT", required=True, type=Path, help=".json (UHI) or .root")
    run.set_defaults(command=_run)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1, not {number}")
    return number


def _list(given: argparse.Namespace) -> int:
    from .files import inspect
    from .files.outline import line, outline
    from .files.text import title_text

    listing = inspect(given.file)
    if listing.error:
        print(f"heplens: {listing.error}", file=sys.stderr)
    if not given.json:
        print(title_text(listing))
    for item in outline(listing):
        print(json.dumps(asdict(item)) if given.json else line(item))
    return OK


def _run(given: argparse.Namespace) -> int:
    from .interop.results import check_format, save

    if given.scheduler and given.workers:
        raise HeplensError("give --scheduler or --workers, not both")
    check_format(given.output)
    analysis = _analysis(given.analysis, given.dataset)
    stop = threading.Event()
    with _interrupts(stop):
        if given.scheduler or given.workers or given.directory:
            result = _on_dask(analysis, given, stop)
        else:
            result = _here(analysis, stop)
        save(result, given.output)
    print(result)
    for problem in result.problems[:_SHOWN]:
        print(f"heplens: {problem}", file=sys.stderr)
    if len(result.problems) > _SHOWN:
        print(f"heplens: and {len(result.problems) - _SHOWN:,} more problems", file=sys.stderr)
    if stop.is_set():
        print(f"heplens: interrupted; the partial result is in {given.output}", file=sys.stderr)
        return INTERRUPTED
    return OK if result.complete else INCOMPLETE


def _analysis(path: str, dataset: str | None) -> Analysis:
    from .analysis import Analysis

    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise FileError(f"{path!r} is no text, so no analysis") from None
    analysis = Analysis.from_json(text)
    if dataset is not None:
        old = analysis.dataset
        lumi, unit = (None, "") if old is None else (old.luminosity, old.energy_unit)
        return analysis.on(dataset, lumi=lumi, energy_unit=unit)
    return analysis


def _here(analysis: Analysis, stop: threading.Event) -> Result:
    show = _Line()
    result = analysis.run(lambda done, total: show(f"{done:,} of {total:,} events"), stop.is_set)
    show.end()
    return result


def _on_dask(analysis: Analysis, given: argparse.Namespace, stop: threading.Event) -> Result:
    from .jobs import submit
    from .jobs.cluster import local_cluster

    own = None if given.scheduler else local_cluster(given.workers)
    try:
        job = submit(analysis, own or given.scheduler, directory=given.directory, name=Path(given.analysis).stem)
        show = _Line()
        while not job.wait(_EVERY):
            show(job.progress.text)
            if stop.is_set():
                job.cancel()
        show(job.progress.text)
        show.end()
        return job.result()
    finally:
        if own is not None:
            own.shutdown()


@contextmanager
def _interrupts(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C, and the end of a batch job's time, ask for the partial result; a second Ctrl-C means it."""

    def asked(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        print("\nheplens: stopping; what is done will be written", file=sys.stderr)
        stop.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Line:
    """One line of progress that is overwritten on a terminal; nothing elsewhere but the last."""

    def __init__(self) -> None:
        self.text = ""
        self.terminal = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        if self.terminal:
            print(f"\r{text.ljust(len(self.text))}", end="", file=sys.stderr, flush=True)
        self.text = text

    def end(self) -> None:
        print("" if self.terminal else self.text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
