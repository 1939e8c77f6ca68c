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
from .orders import Done, FilePlan, Order, Outcome, Piece, Where
from .packed import Packed
from .planning import KnownFiles, Planner
from .pool import ClientLostError, Pool
from .record import Record
from .sent import Answer
from .suspects import Suspects
from .task import plan_files, process_pieces, without_files
from .telling import MOST, size_of, topic_of
from .wanted import Wanted

_ATTEMPTS = 3  # at a block or file whose error may pass
_BACKOFF = 0.5  # seconds before the second attempt; doubled for the third
_FILES_PER_TASK = 8
_BEAT = 5.0  # seconds between signs of life when nothing happens
_BREATH = 0.004  # seconds that the thread of the client gets while thousands of files are gone through
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
        tiles: tuple[Wanted, ...],
    ) -> None:
        self._tiles = tiles
        self.ledger = ledger
        self.record = record
        self.stop = threading.Event()
        self.error: HeplensError | None = None  # why nothing can run, or why it ended early
        self._client = client
        self._changed = changed
        self._document = to_json(without_files(ledger.analysis))
        self._pool = Pool(client, name, self.stop)
        self._topic = "" if tiles else topic_of(client)
        self._pace = Pace(seconds)
        self._known = KnownFiles()
        self._again: list[Piece] = []
        self._planning = True
        self._attempts: dict[Where | Piece, int] = defaultdict(int)
        self._later: list[tuple[float, int, Where | Piece]] = []  # what is tried again, and when
        self._suspects = Suspects()
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
            self._work()
            state = "cancelled" if self.stop.is_set() else self.ledger.outcome()
        except ClientLostError as error:
            self.error, state = error, "stopped"
        except HeplensError as error:
            self.error = error
        finally:
            with self._closing:
                self._closed = True
            self._pool.cancel()
            self._known.save()
            self.ledger.enter(state)

    def _work(self) -> None:
        """Blocks are processed while other files are still looked into. Raises what the analysis is refused for."""
        self.ledger.enter("planning")
        self._waiting = Queue((file.where.index, file.where.sample) for file in self.ledger.files)
        self._planner = self._plan()
        for file in self.ledger.files:
            if file.looked:
                self._found(file.where)
        while not self.stop.is_set():
            self._requests()
            self._due()
            for plan in self._planner.step():
                self.ledger.planned(plan)
                self._found(plan.where)
            if self._planning and not self._planner:
                self._planned()
            if not (self._planner or self._waiting or self._again or self._later or self._suspects or len(self._pool)):
                with self._closing:
                    self._closed = self._asked.empty()
                if self._closed:
                    return
            self._send()
            for answer in self._pool.answers(self._wait()):
                if isinstance(answer.order.items[0], Piece):
                    self._take(answer)
                else:
                    self._learn(answer)
            self._note_workers()

    def _requests(self) -> None:
        while not self._asked.empty():
            asked = self.ledger.forget_failures(self._asked.get())
            numbers = {where.index for where in asked}
            for item in list(self._attempts):
                if (item.index if isinstance(item, Where) else item.file) in numbers:
                    del self._attempts[item]
                    self._suspects.forget(item)
            self._planner.ask(asked)

    # --- files ----------------------------------------------------------------------------------------------------

    def _plan(self) -> Planner:
        dataset = self.ledger.analysis.dataset
        assert dataset is not None
        files = [self.ledger.files[number] for number in self._waiting.order]
        unknown = [file for file in files if not file.looked and not file.skipped]
        new = (file.where for file in unknown if file.plan is None)
        anew = (file.where for file in unknown if file.plan is not None)
        return Planner(new, anew, {sample.name: sample.is_data for sample in dataset.samples}, self._known)

    def _found(self, where: Where) -> None:
        """A file was looked into: what an earlier run left of it in the record is taken, the rest is to be done."""
        if self.ledger.state == "planning":
            self.ledger.enter("running")
            self._changed()
        pieces = self.ledger.pieces(self.ledger.files[where.index])
        if self.record is not None:
            found: set[Piece] = set()
            for piece, packed in self.record.load(pieces):
                self.ledger.add(piece, packed, reused=True)
                found.add(piece)
            pieces = [piece for piece in pieces if piece not in found]
        self._waiting.add(pieces)

    def _planned(self) -> None:
        """All files were looked into."""
        self._planning = False
        self._known.save()
        if self.record is not None:
            self.record.write_plan(self.ledger)

    def _learn(self, answer: Answer) -> None:
        """What a worker found in some files. Errors that may pass are tried again."""
        ended: list[FilePlan] = []
        done = self._checked(answer)
        if done is None:
            for item in self._suspects.lost(answer.order, answer.blame, answer.alone):
                self._attempts[item] += self._suspects.deaths(item)
                ended.append(FilePlan(item, error=self._why(item, answer), worker=answer.worker))
        for plan in [] if done is None else done.outcomes:
            attempts = self._attempts[plan.where] = self._attempts[plan.where] + 1
            if plan.transient and attempts < _ATTEMPTS:
                self._try_later(plan.where, attempts)
            else:
                ended.append(plan)
        for plan in ended:
            self._planner.settle(plan)
            if plan.error:
                self.ledger.file_failed(plan.where.index, plan.error, self._attempts[plan.where], plan.worker)
            elif plan.refused is not None and self._planning:
                raise plan.refused
            elif plan.refused is not None:  # a file that was looked into again, as the user asked
                self.ledger.file_failed(plan.where.index, str(plan.refused), 1, plan.worker)
            else:
                self.ledger.planned(plan)
                self._found(plan.where)
        self._changed()

    # --- sending --------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        """As many tasks as there is room for. While files wait to be looked into, half of the workers do that.

        Until it is known how long a block takes, each thread has one and another waits for it.
        """
        room = self._pool.room
        for part in self._suspects.again():
            self._submit(part)
        if alone := self._suspects.next(not len(self._pool)) if self._pool.workers else ():
            self._suspects.sent(self._submit(alone, bound=True))
        if self._suspects.hold:
            return
        blocks = room
        if self._planner.waiting or not self._pace.known:
            under_way = sum(isinstance(order.items[0], Piece) for order in self._pool.orders)
            most = (self._pool.threads + 1) // 2 if self._planner.waiting else 2 * self._pool.threads
            blocks = min(room, max(0, most - under_way))
        orders: list[Order] = []
        while (self._waiting or self._again) and len(orders) < blocks:
            events = self._pace.task(self._waiting.events, self._pool.threads, MOST if self._topic else 0)
            batch = [self._again.pop()] if self._again else self._waiting.take(events, self._pace.portion)
            batch = [piece for piece in batch if not self.ledger.files[piece.file].skipped]
            if batch:
                orders.append(Order(self._document, tuple(batch), self._tiles, self._topic, self._pace.wanted))
        self._pool.submit(process_pieces, orders)
        self._look_into(self._planner.waiting, room - len(orders))

    def _submit(self, items: tuple[Any, ...], bound: bool = False) -> Order:
        order = Order(self._document, items, self._tiles)
        self._pool.submit(plan_files if isinstance(items[0], Where) else process_pieces, [order], bound)
        return order

    def _look_into(self, waiting: list[Where], room: int) -> None:
        """Send as many of these files as there is room for; takes them off the list."""
        orders: list[Order] = []
        while waiting and len(orders) < room:
            share = max(1, min(_FILES_PER_TASK, len(waiting) // max(1, 2 * self._pool.threads)))
            orders.append(Order(self._document, tuple(waiting[:share])))
            del waiting[:share]
        self._pool.submit(plan_files, orders)

    # --- taking in ------------------------------------------------------------------------------------------------

    def _take(self, answer: Answer) -> None:
        done = self._checked(answer)
        kept: dict[Piece, Packed] = {}
        if done is None:
            for piece in self._suspects.lost(answer.order, answer.blame, answer.alone):
                attempts = self._attempts[piece] = self._attempts[piece] + self._suspects.deaths(piece)
                self.ledger.failed(piece, self._why(piece, answer), attempts, answer.worker)
        else:
            items = answer.order.items
            self._again += items[len(done.outcomes) :]  # what it did not come to
            for piece, outcome in zip(items, done.outcomes, strict=False):
                if outcome.packed is not None:
                    kept[piece] = outcome.packed
                else:
                    self._failed(piece, outcome, done.worker)
            if len(kept) == len(done.outcomes):
                self._pace.learn(done.seconds, sum(piece.block.events for piece in kept), size_of(done.outcomes))
        if self.record is not None:
            self.record.save(kept)
        for piece, packed in kept.items():
            self.ledger.add(piece, packed)
        self._changed()

    def _failed(self, piece: Piece, outcome: Outcome, worker: str) -> None:
        attempts = self._attempts[piece] = self._attempts[piece] + 1
        if outcome.transient and attempts < _ATTEMPTS:
            self._try_later(piece, attempts)
        else:
            self.ledger.failed(piece, outcome.error, attempts, worker)

    def _checked(self, answer: Answer) -> Done | None:
        """What a worker computed, with the versions of this process. Workers may have joined since the start."""
        if answer.value is None:
            return None
        self._suspects.returned(answer.order)
        if answer.value.mark != mark():
            check_workers(self._client, again=True)
            raise JobError(f"worker {answer.value.worker} joined with other versions than those of this process")
        return answer.value

    def _why(self, item: Where | Piece, answer: Answer) -> str:
        if answer.error:
            return answer.error
        return (
            f"{self._suspects.deaths(item)} worker processes died that had it, the last, {answer.worker}, with nothing "
            "else to do (out of memory, or a crash)"
        )

    # --- time -----------------------------------------------------------------------------------------------------

    def _try_later(self, item: Where | Piece, attempts: int) -> None:
        at = time.monotonic() + _BACKOFF * 2 ** max(0, attempts - 1)
        heapq.heappush(self._later, (at, id(item), item))

    def _due(self) -> None:
        while self._later and self._later[0][0] <= time.monotonic():
            item = heapq.heappop(self._later)[2]
            if isinstance(item, Where):
                self._planner.ask([item])
            else:
                self._again.append(item)

    def _wait(self) -> float:
        if self._planner.busy:
            return _BREATH if len(self._pool) else 0.0
        return min(_TICK, max(0.01, self._later[0][0] - time.monotonic())) if self._later else _TICK

    def _note_workers(self) -> None:
        now = time.monotonic()
        if self._pool.workers != self.ledger.workers or now - self._noted > _BEAT:
            self._noted = now
            self.ledger.workers = self._pool.workers
            self._changed()
