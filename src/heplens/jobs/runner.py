"""The work of a job, in a thread: look into the files, keep the workers busy, take in what comes back."""

from __future__ import annotations

import heapq
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from ..analysis.document import to_json
from ..errors import HeplensError
from .batches import Pace, Queue
from .ledger import Ledger
from .pool import Answer, ClientLostError, Pool
from .record import Record
from .task import FilePlan, Order, Outcome, Piece, Where, plan_files, process_pieces, without_files

_ATTEMPTS = 3  # at a block or file whose error may pass
_DEATHS = 2  # times a block on its own may end its task (Dask tries each several times)
_BACKOFF = 0.5  # seconds before the second attempt; doubled for the third
_FILES_PER_TASK = 8
_TICK = 0.25  # seconds between looks at the cancel flag


class Runner:
    """One pass over everything that is not done yet."""

    def __init__(
        self, ledger: Ledger, client: Any, record: Record | None, changed: Callable[[], None], seconds: float, name: str
    ) -> None:
        self.ledger = ledger
        self.record = record
        self.stop = threading.Event()
        self.error: HeplensError | None = None  # why nothing can run, or why it ended early
        self._changed = changed
        self._pace = Pace(seconds)
        self._document = to_json(without_files(ledger.analysis))
        self._pool = Pool(client, name, self.stop)
        self._attempts: dict[Any, int] = defaultdict(int)  # by Where or Piece
        self._later: list[tuple[float, int, Any]] = []  # what is tried again, and when
        self._suspects: list[Piece] = []  # blocks that were on a worker that died
        self._suspect: Order | None = None  # one of them at a time, so that no other is blamed for its deeds

    def run(self) -> None:
        """Sets the state at the end, whatever happened."""
        state = "failed"
        try:
            pieces = self._plan()
            self.ledger.enter("running")
            self._changed()
            self._process(pieces)
            if self.stop.is_set():
                state = "cancelled"
            elif not self.ledger.failures:
                state = "finished"
            elif self.ledger.done:
                state = "incomplete"
        except ClientLostError as error:
            self.error, state = error, "stopped"
        except HeplensError as error:
            self.error = error
        finally:
            self._pool.cancel()
            self.ledger.enter(state)

    # --- files ----------------------------------------------------------------------------------------------------

    def _plan(self) -> list[Piece]:
        """Look into every file that was not looked into, on the workers. Raises what the analysis is refused for."""
        waiting = [file.where for file in self.ledger.files if not file.looked]
        refused: dict[int, HeplensError] = {}
        while (waiting or self._later or len(self._pool)) and not self.stop.is_set():
            waiting += self._due()
            while waiting and self._pool.room > 0:
                share = max(1, min(_FILES_PER_TASK, len(waiting) // max(1, 2 * self._pool.threads)))
                items, waiting = waiting[:share], waiting[share:]
                self._pool.submit(plan_files, Order(self._document, tuple(items)))
            for answer in self._pool.answers(self._wait()):
                if answer.value is None:
                    self._no_plan(answer)
                    continue
                for plan in answer.value:
                    if plan.refused is not None:
                        refused[plan.where.index] = plan.refused
                    else:
                        self._file(plan)
            self._note_workers()
        if refused and not self.stop.is_set():
            raise refused[min(refused)]
        pieces = [piece for file in self.ledger.files if file.looked for piece in self.ledger.pieces(file)]
        return self._recorded(pieces)

    def _file(self, plan: FilePlan) -> None:
        attempts = self._attempts[plan.where] = self._attempts[plan.where] + 1
        if not plan.error:
            self.ledger.planned(plan)
        elif plan.transient and attempts < _ATTEMPTS:
            self._again(plan.where, attempts)
        else:
            self.ledger.file_failed(plan.where.index, plan.error, attempts, plan.worker)
        self._changed()

    def _no_plan(self, answer: Answer) -> None:
        for where in answer.order.items:
            attempts = self._attempts[where] = self._attempts[where] + 1
            if attempts < _ATTEMPTS:
                self._again(where, 0)
            else:
                self.ledger.file_failed(where.index, answer.error, attempts, "")

    def _recorded(self, pieces: list[Piece]) -> list[Piece]:
        """Take what an earlier run left in the record; give back the rest."""
        if self.record is None:
            return pieces
        self.record.write_plan(self.ledger)
        found = self.record.load(pieces)
        for piece, partial in found.items():
            self.ledger.add(piece, partial, reused=True)
        return [piece for piece in pieces if piece not in found]

    # --- blocks ---------------------------------------------------------------------------------------------------

    def _process(self, pieces: Iterable[Piece]) -> None:
        queue = Queue(pieces)
        again: list[Piece] = []
        while (queue or again or self._later or self._suspects or len(self._pool)) and not self.stop.is_set():
            again += self._due()
            if self._suspects and self._suspect is None:
                self._suspect = self._send([self._suspects.pop(0)])
            while self._pool.room > 0 and (queue or again):
                events = self._pace.events(queue.events, self._pool.threads)
                self._send([again.pop()] if again else queue.take(events))
            for answer in self._pool.answers(self._wait()):
                self._take(answer)
            self._note_workers()

    def _send(self, batch: list[Piece]) -> Order:
        order = Order(self._document, tuple(batch))
        self._pool.submit(process_pieces, order)
        return order

    def _take(self, answer: Answer) -> None:
        alone = answer.order is self._suspect
        if alone:
            self._suspect = None
        if answer.value is None:
            self._no_outcome(answer, alone)
        else:
            done: dict[Piece, Any] = {}
            for outcome in answer.value:
                if outcome.partial is not None:
                    self._pace.learn(outcome.seconds, outcome.piece.block.events)
                    done[outcome.piece] = outcome.partial
                else:
                    self._failed(outcome)
            if self.record is not None:
                self.record.save(done)
            for piece, partial in done.items():
                self.ledger.add(piece, partial)
        self._changed()

    def _failed(self, outcome: Outcome) -> None:
        piece = outcome.piece
        attempts = self._attempts[piece] = self._attempts[piece] + 1
        if outcome.transient and attempts < _ATTEMPTS:
            self._again(piece, attempts)
        else:
            self.ledger.failed(piece, outcome.error, attempts, outcome.worker)

    def _no_outcome(self, answer: Answer, alone: bool) -> None:
        """The task did not come back: its blocks are tried one by one, so that only the guilty one fails."""
        for piece in answer.order.items:
            attempts = self._attempts[piece] = self._attempts[piece] + alone
            if attempts < _DEATHS:
                self._suspects.append(piece)
            else:
                self.ledger.failed(piece, answer.error, attempts, "")

    # --- time -----------------------------------------------------------------------------------------------------

    def _again(self, item: Where | Piece, attempts: int) -> None:
        at = time.monotonic() + _BACKOFF * 2 ** max(0, attempts - 1)
        heapq.heappush(self._later, (at, id(item), item))

    def _due(self) -> list[Any]:
        found = []
        while self._later and self._later[0][0] <= time.monotonic():
            found.append(heapq.heappop(self._later)[2])
        return found

    def _wait(self) -> float:
        return min(_TICK, max(0.01, self._later[0][0] - time.monotonic())) if self._later else _TICK

    def _note_workers(self) -> None:
        if self._pool.workers != self.ledger.workers:
            self.ledger.workers = self._pool.workers
            self._changed()
