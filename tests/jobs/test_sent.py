"""What tasks tell and answer: every item comes once, with its own outcome, or is asked for again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from heplens.jobs.orders import Done, Order, Outcome
from heplens.jobs.packed import Packed
from heplens.jobs.sent import Answer, Sent
from heplens.jobs.telling import MOST, on_told, tell


def done_of(first: int, end: int) -> Done:
    return Done([Outcome(error=str(item)) for item in range(first, end)], "worker", "mark", 1.0, first)


def items_of(answer: Answer | None) -> list[int]:
    """Those that have come, each with its own outcome."""
    if answer is None:
        return []
    assert answer.value is not None and answer.order.items
    came = [int(outcome.error) for outcome in answer.value.outcomes]
    assert list(answer.order.items[: len(came)]) == came
    return came


@given(st.data())
def test_every_item_comes_once_or_is_asked_for_again(data: st.DataObject) -> None:
    """Whatever is lost on the way, told twice by a task that is run again, or given up before its end."""
    count = data.draw(st.integers(1, 12))
    sent = Sent(Order("", tuple(range(count))), None)
    came: list[int] = []
    for _ in range(data.draw(st.integers(0, 6))):
        first = data.draw(st.integers(0, count - 1))
        came += items_of(sent.tells(done_of(first, data.draw(st.integers(first, count)))))
        assert came == list(range(len(came)))
        assert list(sent.order.items) == list(range(len(came), count))  # all that is lost with its worker
    first = data.draw(st.integers(0, count))
    last = sent.ends(done_of(first, data.draw(st.integers(first, count))))
    again = [] if last is None or last.value is None else list(last.order.items[len(last.value.outcomes) :])
    assert sorted(came + items_of(last) + again) == list(range(count))


def test_the_answer_to_all_of_an_order_is_about_that_order() -> None:
    """It may be one that is tried by itself, and known by identity."""
    for end in (0, 1):
        sent = Sent(Order("", (0,)), None)
        answer = sent.ends(done_of(0, end))
        assert answer is not None and answer.order is sent.asked


class Wire:
    """A worker, and a client that hears it."""

    id = "Client-1"

    def __init__(self) -> None:
        self.sent: list[tuple[str, object]] = []
        self._event_handlers: dict[str, object] = {}

    def get_current_task(self) -> str:
        return "heplens-1"

    def log_event(self, topic: str, message: object) -> None:
        self.sent.append((topic, message))

    def subscribe_topic(self, topic: str, handler: object) -> None:
        self._event_handlers[topic] = handler

    def unsubscribe_topic(self, topic: str) -> None:
        del self._event_handlers[topic]


def test_what_is_told_is_what_is_heard() -> None:
    import msgpack

    outcomes = [
        Outcome(Packed("layout", b"numbers", None, 3, 10)),
        Outcome(error="it is empty", transient=True),
        Outcome(Packed("layout", b"others", 1.5, 4, 20, {"pt": (1, 2)})),
        Outcome(Packed("another", b"", -0.0)),
    ]
    wire = Wire()
    heard: list[tuple[str, Done]] = []
    end = on_told(wire, "heplens-", lambda key, done: heard.append((key, done)))
    given = Done(outcomes, "tcp://1", "0.1", 0.5, 7)
    assert tell(wire, wire.id, given)
    ((topic, message),) = wire.sent
    assert isinstance(message, dict)
    handler = wire._event_handlers[topic]
    assert callable(handler)
    handler((0.0, msgpack.unpackb(msgpack.packb(message), use_list=False)))
    handler((0.0, {"action": "cancel", "count": 3}))  # the scheduler tells that there, too
    handler((0.0, {**message, "heplens": "other-1"}))
    assert heard == [("heplens-1", given)]
    end()
    assert wire._event_handlers == {}


def test_what_is_large_is_not_told() -> None:
    wire = Wire()
    assert not tell(wire, wire.id, Done([Outcome(Packed("", bytes(MOST)))], "", "", 0.0))
    assert wire.sent == []


def test_a_name_that_is_no_text_can_be_told() -> None:
    import msgpack

    wire = Wire()
    assert tell(wire, wire.id, Done([Outcome(error="'b\udcff.root' is empty")], "", "", 0.0))
    assert rb"'b\udcff.root' is empty" in msgpack.packb(wire.sent[0][1])
