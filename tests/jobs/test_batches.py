"""Which blocks a task gets: all of them once, fair over samples, files kept together."""

from __future__ import annotations

from heplens.engine.partial import Block
from heplens.jobs.batches import Pace, Queue
from heplens.jobs.orders import Piece


def pieces(sizes: dict[str, list[list[int]]]) -> list[Piece]:
    """Sample name to files to events of each block."""
    found: list[Piece] = []
    file = 0
    for sample, files in sizes.items():
        for blocks in files:
            start = 0
            for number, size in enumerate(blocks):
                found.append(
                    Piece(file, number, Block(sample, f"{file}.root", "t", "u", start, start + size), sum(blocks))
                )
                start += size
            file += 1
    return found


def queue_of(given: list[Piece]) -> Queue:
    files: dict[int, list[Piece]] = {}
    for piece in given:
        files.setdefault(piece.file, []).append(piece)
    queue = Queue((number, mine[0].block.sample) for number, mine in files.items())
    for mine in files.values():
        queue.add(mine)
    return queue


def drain(queue: Queue, events: float) -> list[list[Piece]]:
    batches = []
    while queue:
        batches.append(queue.take(events))
    return batches


def test_every_block_once_whatever_the_size_of_a_task() -> None:
    given = pieces({"a": [[10, 10, 10], [5]], "b": [[100] * 4, [0]]})
    for events in (0, 1, 15, 1e9):
        batches = drain(queue_of(given), events)
        assert sorted((p.file, p.number) for batch in batches for p in batch) == [(p.file, p.number) for p in given]
        assert all(batches)
    assert drain(queue_of([]), 10) == []


def test_a_task_stays_in_a_file_and_below_its_size() -> None:
    for batch in drain(queue_of(pieces({"a": [[10] * 8, [10] * 8]})), 40):
        assert len({piece.file for piece in batch}) == 1
        assert len(batch) == 4


def test_small_files_share_a_task() -> None:
    assert [len(batch) for batch in drain(queue_of(pieces({"a": [[10]] * 9})), 35)] == [3, 3, 3]


def test_samples_advance_together() -> None:
    given = pieces({"small": [[10] * 10], "large": [[1000] * 5, [1000] * 5]})
    done = {"small": 0, "large": 0}
    for batch in drain(queue_of(given), 0):
        for piece in batch:
            done[piece.block.sample] += piece.block.events
        assert abs(done["small"] / 100 - done["large"] / 10_000) <= 0.1 + 1e-9


def test_the_order_is_the_same_every_time() -> None:
    given = pieces({"a": [[10]] * 20})
    assert drain(queue_of(given), 0) == drain(queue_of(given), 0)
    assert [batch[0].file for batch in drain(queue_of(given), 0)] != list(range(20))  # but not that of the list


def test_files_come_while_others_are_taken() -> None:
    """They are looked into in the order in which their turn comes, so that their blocks are fair whenever they come."""
    given = pieces({"a": [[10, 10]] * 6, "b": [[10]] * 3})
    samples = {piece.file: piece.block.sample for piece in given}
    queue = Queue(samples.items())
    order = queue.order
    assert sorted(order) == sorted(samples) and {samples[file] for file in order[:2]} == {"a", "b"}
    taken: list[Piece] = []
    for file in order:
        queue.add([piece for piece in given if piece.file == file])
        taken += queue.take(0)
    while queue:
        taken += queue.take(0)
    assert queue.events == 0
    assert sorted((p.file, p.number) for p in taken) == [(p.file, p.number) for p in given]
    queue.add(given[:1])  # one that is tried again
    assert queue.take(0) == given[:1] and not queue


def test_a_long_task_is_as_fair_as_short_ones() -> None:
    given = pieces({"a": [[10] * 8] * 2, "b": [[30] * 8]})
    short, long = queue_of(given), queue_of(given)
    batches = [short.take(30) for _ in range(4)]
    assert long.take(sum(p.block.events for batch in batches for p in batch), 30) == [
        p for batch in batches for p in batch
    ]
    assert {piece.block.sample for batch in batches for piece in batch} == {"a", "b"}


def test_pace_learns_and_leaves_work_for_everyone() -> None:
    pace = Pace(0.5)
    assert pace.task(10_000_000, 4, most=1000) == pace.portion == 0 and not pace.known
    pace.learn(1.0, 1_000_000, 1500)
    assert pace.known and pace.portion == 500_000
    assert pace.task(1_000_000_000, 4, most=1000) == 4_000_000
    assert pace.task(1_000_000_000, 4, most=500) == 500_000  # what it has done is too much to be told
    assert pace.task(1_000_000_000, 4, most=0) == 500_000  # nothing is told
    assert pace.task(1_600_000, 4, most=1000) == 200_000
    assert pace.task(80_000, 4, most=1000) == 125_000  # a task has its price, however little is left
