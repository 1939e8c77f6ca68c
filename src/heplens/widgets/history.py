"""Undo and redo: two stacks of immutable values."""

from __future__ import annotations

from typing import Generic, TypeVar

V = TypeVar("V")

LIMIT = 200


class History(Generic[V]):
    """The current value, its revision, and the values before and after it.

    The revision only ever grows: undo is a new revision with an old value, so no two values share one.
    """

    def __init__(self, value: V) -> None:
        self.value = value
        self.revision = 1
        self._undo: list[V] = []
        self._redo: list[V] = []

    def commit(self, value: V) -> bool:
        """Make `value` current. False, and no new revision, when it is what is there already."""
        if value == self.value:
            return False
        self._undo = [*self._undo[-(LIMIT - 1) :], self.value]
        self._redo = []
        self._set(value)
        return True

    def undo(self) -> bool:
        if not self._undo:
            return False
        self._redo.append(self.value)
        self._set(self._undo.pop())
        return True

    def redo(self) -> bool:
        if not self._redo:
            return False
        self._undo.append(self.value)
        self._set(self._redo.pop())
        return True

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def _set(self, value: V) -> None:
        self.value = value
        self.revision += 1
