"""Numbers as text that is the number."""

from __future__ import annotations


def exact(value: float) -> str:
    """All digits of a number and no more: ``20`` and ``91.18761``, where six digits would be another cut."""
    return str(value).removesuffix(".0")
