"""Which blocks go into the next task: fair over samples, near one another in a file, worth the trip."""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Iterable, Sequence

from .orders import Piece

_REMEMBERED = 6  # tasks of the wanted length, for how long the next ones will take
_LEAST = 0.25  # of a portion: towards the end, shorter tasks would cost more than they even out
_PORTIONS = 8  # of a task, if they can be told while it goes on


class Queue:
    """Blocks that wait, of files that are looked into one after the other.

    The files of every sample are shuffled (always in the same way), and all samples advance together by fraction, so
    that what is done at any time is a fair preview. Within a task blocks of one file stay together: it is open already.
    """

    def __init__(self, files: Iterable[tuple[int, str]], seed: int = 0) -> None:
        """`files` are all of the dataset: number and sample of each."""
        samples: dict[str, list[int]] = {}
        for number, sample in files:
            samples.setdefault(sample, []).append(number)
        self._place: dict[int, tuple[float, float]] = {}  # of a file in its sample: from which to which fraction
        for numbers in samples.values():
            random.Random(seed).shuffle(numbers)
            for i, number in enumerate(numbers):
                self._place[number] = (i / len(numbers), (i + 1) / len(numbers))
        self._files: dict[int, deque[Piece]] = {}
        self._heap: list[tuple[float, int]] = []
        self.events = 0

    @property
    def order(self) -> list[int]:
        """The numbers of all files in the order in which their turn comes."""
        return sorted(self._place, key=lambda number: (self._place[number][0], number))

    def __bool__(self) -> bool:
        return bool(self._heap)

    def add(self, pieces: Sequence[Piece]) -> None:
        """Blocks of one file."""
        if pieces:
            number = pieces[0].file
            if number not in self._files:
                self._files[number] = deque()
            if not self._files[number]:
                heapq.heappush(self._heap, (self._at(pieces[0]), number))
            self._files[number] += pieces
            self.events += sum(piece.block.events for piece in pieces)

    def take(self, events: float, portion: float = math.inf) -> list[Piece]:
        """The next block, and those after it until `events` are reached; at most a `portion` of one file at a time."""
        taken: list[Piece] = []
        size = 0
        while self._heap:
            _, file = heapq.heappop(self._heap)
            pieces = self._files[file]
            begun = size
            while pieces:
                after = size + pieces[0].block.events
                if taken and (after > events or (size > begun and after > begun + portion)):
                    break
                taken.append(pieces.popleft())
                size = after
            if pieces:
                heapq.heappush(self._heap, (self._at(pieces[0]), file))
                if size + pieces[0].block.events > events:
                    break
        self.events -= size
        return taken

    def _at(self, piece: Piece) -> float:
        first, end = self._place[piece.file]
        return first + (end - first) * piece.block.start / max(1, piece.entries)


class Pace:
    """How many events make a portion of the wanted length, and how many a task, learnt from those that came back."""

    def __init__(self, seconds: float) -> None:
        self.wanted = seconds
        self._seconds = 0.0
        self._events = 0
        self._bytes = 0

    def learn(self, seconds: float, events: int, size: int) -> None:
        """What a portion took, and the bytes of its outcomes."""
        # The last few count most: the first blocks pay for opened files and for what is compiled.
        if self._seconds > _REMEMBERED * self.wanted:
            self._seconds, self._events, self._bytes = self._seconds / 2, self._events // 2, self._bytes // 2
        self._seconds += seconds
        self._events += events
        self._bytes += size

    @property
    def known(self) -> bool:
        return self._seconds > 0

    @property
    def portion(self) -> float:
        """Events; one block until something is known."""
        return self.wanted * self._events / self._seconds if self.known else 0.0

    def task(self, waiting: int, threads: int, most: int) -> float:
        """Events; towards the end less and less, so that all threads end together.

        Of one portion if its outcomes have more than `most` bytes.
        """
        if not self.known:
            return 0.0
        small = self.wanted * self._bytes / self._seconds <= most
        wanted = (_PORTIONS if small else 1) * self.portion
        return min(wanted, max(_LEAST * self.portion, waiting / (2 * max(1, threads))))
