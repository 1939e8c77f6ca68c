"""Hostile texts are refused with a message and evaluate nothing."""

from __future__ import annotations

import builtins
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hostile import CODE, LARGE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heplens as hl
from heplens.analysis.literals import literals
from heplens.columns import syntax as s
from heplens.columns.functions import functions
from heplens.columns.parse import parse
from heplens.errors import ExpressionError, HeplensError
from support import muons

EVENTS = muons([{"pt": 1.0}], x=[1.0], s=["a"])
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), max_examples=400)

TOKENS = [
    "Muon",
    "pt",
    ".pt",
    "x",
    "count",
    "any(",
    "(",
    ")",
    "[",
    "]",
    "0",
    "1.5",
    "-1",
    "20*GeV",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "<",
    "<=",
    ">",
    "==",
    "!=",
    "=",
    "&",
    "&&",
    "|",
    "||",
    "!",
    "~",
    "not ",
    "and ",
    " or ",
    ",",
    ":",
    ".",
    "'a'",
    '"',
    "`m`",
    "True",
    "p4(",
    "px=",
    "leading(",
    "pairs(Muon)",
    "\n",
    " ",
    "^",
    "\x00",
    "é",
    "²",
    "٣",
    "default(",
    "bit(",
    "raw(",
    "where(",
]


def test_the_corpus_is_large() -> None:
    assert len(set(CODE)) >= 60


@pytest.mark.parametrize("text", [*CODE, *LARGE.values()], ids=[*map(ascii, CODE), *LARGE])
def test_hostile_text_is_refused_and_evaluates_nothing(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    text = text.replace("{marker}", str(marker)).replace("{{", "{").replace("}}", "}")

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("text was evaluated")

    analysis = hl.Analysis(EVENTS)
    functions()  # modules that are imported when first used are executed, of course
    with monkeypatch.context() as patch:
        for name in ("eval", "exec", "compile"):
            patch.setattr(builtins, name, forbidden)
        start = time.process_time()
        for attempt in (
            lambda: analysis.cut(text, low=0),
            lambda: analysis.cut(text),
            lambda: analysis.keep("Muon", text),
            lambda: analysis.define("New", text),
            lambda: analysis.weight(text),
            lambda: analysis.hist(text, bins=1, range=(0, 1)),
            lambda: analysis.hist("x", bins=1, range=(0, 1), weight=text),
        ):
            with pytest.raises(HeplensError) as caught:
                attempt()
            assert str(caught.value)
        spent = time.process_time() - start
    assert spent < 2
    assert not marker.exists()


@pytest.mark.parametrize("value", [None, 1, 1.5, True, b"x", ["x"], {"x": 1}, object()])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ExpressionError, match="text"):
        parse(value)  # type: ignore[arg-type]


@QUICK
@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_an_error(text: str) -> None:
    _parse_or_refuse(text)


@QUICK
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_token_soup_is_an_expression_or_an_error(text: str) -> None:
    if _parse_or_refuse(text):
        with suppress(HeplensError):
            hl.Analysis(EVENTS).define("New", text)


@QUICK
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
def test_what_is_accepted_can_be_run(text: str) -> None:
    try:
        analysis = hl.Analysis(EVENTS).cut(text, name="cut")
    except HeplensError:
        return
    assert analysis.run().cutflow["cut"].passed in (0, 1)


def _parse_or_refuse(text: str) -> bool:
    tree, refusal = None, None
    try:
        tree = parse(text)
    except ExpressionError as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
        assert refusal.position is None or 0 <= refusal.position <= len(text)
        return False
    assert isinstance(tree, s.Syntax)
    assert 0 <= tree.start <= tree.stop <= len(text)
    for literal in literals(text):
        assert text[literal.start : literal.stop]
    return True
