"""Which blocks go into the next task: fair over samples, near one another in a file, worth the trip."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Iterable

from .task import Piece


class Queue:
    """Blocks that wait.

    The files of every sample are shuffled (always in the same way), and all samples advance together by fraction, so
    that what is done at any time is a fair preview. Within a task blocks of one file stay together: it is open already.
    """

    def __init__(self, pieces: Iterable[Piece], seed: int = 0) -> None:
        self._files: dict[int, deque[Piece]] = {}
        samples: dict[str, list[int]] = {}
        for piece in pieces:
            if piece.file not in self._files:
                self._files[piece.file] = deque()
                samples.setdefault(piece.block.sample, []).append(piece.file)
            self._files[piece.file].append(piece)
        self._place: dict[Piece, float] = {}
        self._heap: list[tuple[float, int]] = []
        for files in samples.values():
            random.Random(seed).shuffle(files)
            total = sum(piece.block.events for file in files for piece in self._files[file]) or 1
            done = 0
            for file in files:
                for piece in self._files[file]:
                    self._place[piece] = done / total
                    done += piece.block.events
                heapq.heappush(self._heap, (self._place[self._files[file][0]], file))
        self.events = sum(piece.block.events for piece in self._place)

    def __bool__(self) -> bool:
        return bool(self._heap)

    def take(self, events: float) -> list[Piece]:
        """The next block, and those after it until `events` are reached."""
        taken: list[Piece] = []
        size = 0
        while self._heap:
            _, file = heapq.heappop(self._heap)
            pieces = self._files[file]
            while pieces and (not taken or size + pieces[0].block.events <= events):
                taken.append(pieces.popleft())
                size += taken[-1].block.events
            if pieces:
                heapq.heappush(self._heap, (self._place[pieces[0]], file))
                break
        self.events -= size
        return taken


class Pace:
    """How many events make a task of the wanted length, learnt from the tasks that came back."""

    def __init__(self, seconds: float) -> None:
        self.wanted = seconds
        self._seconds = 0.0
        self._events = 0
        self._blocks = 0

    def learn(self, seconds: float, events: int) -> None:
        # The last few seconds count most: the first blocks pay for opened files and for what is compiled.
        if self._seconds > 20:
            self._seconds, self._events, self._blocks = self._seconds / 2, self._events // 2, self._blocks // 2
        self._seconds += seconds
        self._events += events
        self._blocks += 1

    def events(self, waiting: int, threads: int) -> float:
        """One block until something is known; never so many that some threads are left without work at the end."""
        if not self._seconds:
            return 0.0
        return min(self.wanted * self._events / self._seconds, waiting / (2 * max(1, threads)))
