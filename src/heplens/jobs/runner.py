"""The work of a job, in a thread: look into the files, keep the workers busy, take in what comes back."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ..analysis.document import to_json
from ..errors import HeplensError, JobError
from .batches import Pace, Queue
from .environment import check_workers, mark
from .ledger import Ledger
from .packed import Packed
from .planning import KnownFiles, Planner
from .pool import Answer, ClientLostError, Pool
from .record import Record
from .task import Done, FilePlan, Order, Outcome, Piece, Where, plan_files, process_pieces, without_files
from .tiles import Wanted

_ATTEMPTS = 3  # at a block or file whose error may pass
_DEATHS = 2  # worker processes that a block or file on its own may end
_BACKOFF = 0.5  # seconds before the second attempt; doubled for the third
_FILES_PER_TASK = 8
_BEAT = 5.0  # seconds between signs of life when nothing happens
_TICK = 0.25  # seconds between looks at the cancel flag


class Runner:
    """One pass over everything that is not done yet."""

    def __init__(
        self,
        ledger: Ledger,
        client: Any,
        record: Record | None,
        changed: Callable[[], None],
        seconds: float,
        name: str,
        tile: Wanted | None,
    ) -> None:
        self._tile = tile
        self.ledger = ledger
        self.record = record
        self.stop = threading.Event()
        self.error: HeplensError | None = None  # why nothing can run, or why it ended early
        self._client = client
        self._changed = changed
        self._pace = Pace(seconds)
        self._document = to_json(without_files(ledger.analysis))
        self._pool = Pool(client, name, self.stop)
        self._attempts: dict[Where | Piece, int] = defaultdict(int)
        self._later: list[tuple[float, int, Where | Piece]] = []  # what is tried again, and when
        self._suspects: list[Where | Piece] = []  # what was on a worker that died
        self._suspect: Order | None = None  # one of them at a time, so that no other is blamed for its deeds
        self._asked: queue.SimpleQueue[Sequence[int]] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._noted = 0.0

    def retry(self, files: Sequence[int]) -> bool:
        """Try what failed of these files again, from another thread. Whether this pass still can."""
        with self._closing:
            if not self._closed:
                self._asked.put(files)
            return not self._closed

    def run(self) -> None:
        """Sets the state at the end, whatever happened."""
        state = "failed"
        try:
            pieces = self._plan()
            self.ledger.enter("running")
            self._changed()
            self._process(pieces)
            state = "cancelled" if self.stop.is_set() else self.ledger.outcome()
        except ClientLostError as error:
            self.error, state = error, "stopped"
        except HeplensError as error:
            self.error = error
        finally:
            with self._closing:
                self._closed = True
            self._pool.cancel()
            self.ledger.enter(state)

    # --- files ----------------------------------------------------------------------------------------------------

    def _plan(self) -> list[Piece]:
        """Look into every file that was not looked into, on the workers. Raises what the analysis is refused for."""
        dataset = self.ledger.analysis.dataset
        assert dataset is not None
        data = {sample.name: sample.is_data for sample in dataset.samples}
        known = KnownFiles()
        unknown = [file for file in self.ledger.files if not file.looked and not file.skipped]
        planner = Planner((file.where for file in unknown if file.plan is None), data, known)
        planner.waiting += [file.where for file in unknown if file.plan is not None]  # it is to be looked into anew
        try:
            refused = self._open(planner)
        finally:
            known.save()
        if refused and not self.stop.is_set():
            raise refused[min(refused)]
        pieces = [piece for file in self.ledger.files if file.looked for piece in self.ledger.pieces(file)]
        if self.record is not None:
            self.record.write_plan(self.ledger)
        return self._recorded(pieces)

    def _open(self, planner: Planner) -> dict[int, HeplensError]:
        """What the analysis is refused for, by number of the file."""
        refused: dict[int, HeplensError] = {}
        while (planner or self._later or self._suspects or len(self._pool)) and not self.stop.is_set():
            self._send_suspect()
            planner.waiting += self._due()  # type: ignore[arg-type]
            self._look_into(planner.waiting)
            for answer in self._pool.answers(self._wait()):
                for plan in self._plans(answer):
                    if plan.refused is not None:
                        refused[plan.where.index] = plan.refused
                    for settled in planner.settle(plan):
                        self.ledger.planned(settled)
            self._note_workers()
        return refused

    def _look_into(self, waiting: list[Where]) -> None:
        """Send as many of these files as there is room for; takes them off the list."""
        orders: list[Order] = []
        while waiting and self._pool.room > len(orders):
            share = max(1, min(_FILES_PER_TASK, len(waiting) // max(1, 2 * self._pool.threads)))
            orders.append(Order(self._document, tuple(waiting[:share])))
            del waiting[:share]
        self._pool.submit(plan_files, orders)

    def _plans(self, answer: Answer) -> list[FilePlan]:
        """The files about which an answer is the last word; the others are tried again."""
        ended: list[FilePlan] = []
        done = self._checked(answer)
        if done is None:
            for item in self._unanswered(answer):
                ended.append(FilePlan(item, error=answer.error, worker=answer.worker))
        for plan in [] if done is None else done.outcomes:
            attempts = self._attempts[plan.where] = self._attempts[plan.where] + 1
            if plan.transient and attempts < _ATTEMPTS:
                self._again(plan.where, attempts)
            else:
                ended.append(plan)
        for plan in ended:
            if plan.error:
                self.ledger.file_failed(plan.where.index, plan.error, self._attempts[plan.where], plan.worker)
            elif plan.refused is None:
                self.ledger.planned(plan)
        self._changed()
        return ended

    def _recorded(self, pieces: list[Piece]) -> list[Piece]:
        """Take what an earlier run left in the record; give back the rest."""
        if self.record is None or not pieces:
            return pieces
        found = self.record.load(pieces)
        for piece, packed in found.items():
            self.ledger.add(piece, packed, reused=True)
        return [piece for piece in pieces if piece not in found]

    # --- blocks ---------------------------------------------------------------------------------------------------

    def _process(self, pieces: list[Piece]) -> None:
        waiting = Queue(pieces)
        again: list[Piece] = []
        files: list[Where] = []  # to be looked into once more, as the user asked
        while not self.stop.is_set():
            self._requests(files)
            for item in self._due():
                (files if isinstance(item, Where) else again).append(item)  # type: ignore[arg-type]
            if not (waiting or again or files or self._later or self._suspects or len(self._pool)):
                with self._closing:
                    self._closed = self._asked.empty()
                if self._closed:
                    return
            self._send_suspect()
            self._look_into(files)
            self._send(waiting, again)
            for answer in self._pool.answers(self._wait()):
                if isinstance(answer.order.items[0], Piece):
                    self._take(answer)
                    continue
                for plan in self._plans(answer):
                    if plan.refused is not None:
                        self.ledger.file_failed(plan.where.index, str(plan.refused), 1, plan.worker)
                    elif not plan.error:
                        again += self._recorded(self.ledger.pieces(self.ledger.files[plan.where.index]))
            self._note_workers()

    def _requests(self, files: list[Where]) -> None:
        while not self._asked.empty():
            asked = self.ledger.forget_failures(self._asked.get())
            for where in asked:
                self._attempts.pop(where, None)
            for piece in [item for item in self._attempts if isinstance(item, Piece)]:
                if any(piece.file == where.index for where in asked):
                    del self._attempts[piece]
            files += asked

    def _send(self, waiting: Queue, again: list[Piece]) -> None:
        orders: list[Order] = []
        while (waiting or again) and self._pool.room > len(orders):
            events = self._pace.events(waiting.events, self._pool.threads)
            batch = [again.pop()] if again else waiting.take(events)
            batch = [piece for piece in batch if not self.ledger.files[piece.file].skipped]
            if batch:
                orders.append(Order(self._document, tuple(batch), self._tile))
        self._pool.submit(process_pieces, orders)

    def _take(self, answer: Answer) -> None:
        done = self._checked(answer)
        kept: dict[Piece, Packed] = {}
        if done is None:
            for piece in self._unanswered(answer):
                self.ledger.failed(piece, answer.error, self._attempts[piece], answer.worker)
        else:
            for piece, outcome in zip(answer.order.items, done.outcomes, strict=True):
                if outcome.packed is not None:
                    kept[piece] = outcome.packed
                else:
                    self._failed(piece, outcome, done.worker)
            if len(kept) == len(done.outcomes):
                self._pace.learn(done.seconds, sum(piece.block.events for piece in kept))
        if self.record is not None:
            self.record.save(kept)
        for piece, packed in kept.items():
            self.ledger.add(piece, packed)
        self._changed()

    def _failed(self, piece: Piece, outcome: Outcome, worker: str) -> None:
        attempts = self._attempts[piece] = self._attempts[piece] + 1
        if outcome.transient and attempts < _ATTEMPTS:
            self._again(piece, attempts)
        else:
            self.ledger.failed(piece, outcome.error, attempts, worker)

    # --- tasks that do not come back ------------------------------------------------------------------------------

    def _send_suspect(self) -> None:
        if self._suspects and self._suspect is None:
            item = self._suspects.pop(0)
            self._suspect = Order(self._document, (item,), self._tile)
            self._pool.submit(plan_files if isinstance(item, Where) else process_pieces, [self._suspect])

    def _unanswered(self, answer: Answer) -> list[Any]:
        """The task did not come back: its items are tried one by one, so that only the guilty one fails. Those."""
        alone = answer.order is self._suspect
        if alone:
            self._suspect = None
        guilty = []
        for item in answer.order.items:
            self._attempts[item] += max(1, answer.deaths) if alone else 0
            if self._attempts[item] >= _DEATHS:
                guilty.append(item)
            else:
                self._suspects.append(item)
        return guilty

    def _checked(self, answer: Answer) -> Done | None:
        """What a worker computed, with the versions of this process. Workers may have joined since the start."""
        if answer.value is None:
            return None
        if answer.order is self._suspect:
            self._suspect = None
        if answer.value.mark != mark():
            check_workers(self._client, again=True)
            raise JobError(f"worker {answer.value.worker} joined with other versions than those of this process")
        return answer.value

    # --- time -----------------------------------------------------------------------------------------------------

    def _again(self, item: Where | Piece, attempts: int) -> None:
        at = time.monotonic() + _BACKOFF * 2 ** max(0, attempts - 1)
        heapq.heappush(self._later, (at, id(item), item))

    def _due(self) -> list[Where | Piece]:
        found = []
        while self._later and self._later[0][0] <= time.monotonic():
            found.append(heapq.heappop(self._later)[2])
        return found

    def _wait(self) -> float:
        return min(_TICK, max(0.01, self._later[0][0] - time.monotonic())) if self._later else _TICK

    def _note_workers(self) -> None:
        now = time.monotonic()
        if self._pool.workers != self.ledger.workers or now - self._noted > _BEAT:
            self._noted = now
            self.ledger.workers = self._pool.workers
            self._changed()
