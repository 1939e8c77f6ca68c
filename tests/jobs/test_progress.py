"""How a job says how far it is."""

from __future__ import annotations

import pytest

from heplens.jobs.progress import Progress, SampleProgress, count, duration, size


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (999.6, "1.0 k"), (12_345, "12.3 k"), (123_456_789, "123 M")]
)
def test_count(number: float, text: str) -> None:
    assert count(number) == text


def test_size_and_duration() -> None:
    assert (size(12), size(1_500_000)) == ("12 B", "1.5 MB")
    assert (duration(3.21), duration(75), duration(150), duration(7300)) == (
        "3.2 s",
        "75 s",
        "2 min 30 s",
        "2 h 01 min",
    )


def test_rate_and_time_left() -> None:
    sample = SampleProgress(3000, 10_000, done=3, total=10, reused=1, reused_events=1000)
    progress = Progress("running", {"a": sample}, 500, 2.0, 2)
    assert progress.rate == 1000  # what came from an earlier run took no time
    assert progress.remaining == 7.0
    assert "3 of 10 blocks" in repr(progress) and "7.0 s left" in repr(progress)
    lost = Progress("running", {"a": sample}, 500, 2.0, 0)  # its last worker has died
    assert lost.remaining is None and lost.text.endswith("waiting for workers")
    assert Progress("running").remaining is None and Progress("finished").fraction == 0


def test_names_are_text() -> None:
    progress = Progress("running", {"<b>a</b>": SampleProgress(1, 2, 1, 0, 2), "b": SampleProgress()}, 0, 1.0, 1)
    assert "<b>a" not in progress._repr_html_() and "&lt;b&gt;a" in progress._repr_html_()
    assert "100 %" in repr(progress).splitlines()[-1]  # a sample without events is done
