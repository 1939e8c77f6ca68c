"""Which blocks a task gets: all of them once, fair over samples, files kept together."""

from __future__ import annotations

from heplens.engine.partial import Block
from heplens.jobs.batches import Pace, Queue
from heplens.jobs.task import Piece


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


def drain(queue: Queue, events: float) -> list[list[Piece]]:
    batches = []
    while queue:
        batches.append(queue.take(events))
    return batches


def test_every_block_once_whatever_the_size_of_a_task() -> None:
    given = pieces({"a": [[10, 10, 10], [5]], "b": [[100] * 4, [0]]})
    for events in (0, 1, 15, 1e9):
        batches = drain(Queue(given), events)
        assert sorted((p.file, p.number) for batch in batches for p in batch) == [(p.file, p.number) for p in given]
        assert all(batches)
    assert drain(Queue([]), 10) == []


def test_a_task_stays_in_a_file_and_below_its_size() -> None:
    for batch in drain(Queue(pieces({"a": [[10] * 8, [10] * 8]})), 40):
        assert len({piece.file for piece in batch}) == 1
        assert len(batch) == 4


def test_small_files_share_a_task() -> None:
    assert [len(batch) for batch in drain(Queue(pieces({"a": [[10]] * 9})), 35)] == [3, 3, 3]


def test_samples_advance_together() -> None:
    given = pieces({"small": [[10] * 10], "large": [[1000] * 5, [1000] * 5]})
    done = {"small": 0, "large": 0}
    for batch in drain(Queue(given), 0):
        for piece in batch:
            done[piece.block.sample] += piece.block.events
        assert abs(done["small"] / 100 - done["large"] / 10_000) <= 0.1 + 1e-9


def test_the_order_is_the_same_every_time() -> None:
    given = pieces({"a": [[10]] * 20})
    assert drain(Queue(given), 0) == drain(Queue(given), 0)
    assert [batch[0].file for batch in drain(Queue(given), 0)] != list(range(20))  # but not that of the list


def test_pace_learns_and_leaves_work_for_everyone() -> None:
    pace = Pace(0.5)
    assert pace.events(10_000_000, 4) == 0
    pace.learn(1.0, 1_000_000)
    assert pace.events(1_000_000_000, 4) == 500_000
    assert pace.events(1_600_000, 4) == 200_000
