"""What is typed: completed, checked as it stands, and given an axis."""

from __future__ import annotations

from collections.abc import Callable

import awkward as ak
import pytest

import heplens as hl
from heplens.errors import HeplensError
from heplens.widgets.completion import complete
from support import find

from .conftest import Page


@pytest.fixture(scope="module")
def hzz() -> hl.Analysis:
    """Muons are filtered first; Z is defined after that."""
    return (
        hl.Analysis(f"{find('uproot-HZZ.root')}:events", energy_unit="GeV")
        .keep("Muon", "pt > 20", name="good")
        .define("Z", "pairs(Muon)")
        .cut("count(Muon) >= 2", name="two")
    )


@pytest.mark.parametrize(
    ("text", "collection", "first"),
    [
        ("Mu", "", ["Muon"]),
        ("count(Muon) >= 2 & Jet.p", "", ["px", "py", "pz", "pt"]),
        ("p", "Muon", ["px", "py", "pz", "pt"]),
        ("any(Jet[p", "", ["px", "py", "pz", "pt"]),
        ("Z.fi", "", ["first"]),
        ("Z.first.I", "", ["Iso"]),
        ("Z[charge == 0].mas", "", ["mass"]),
        ("Muon[0].et", "", ["eta"]),
        ("delta", "", ["deltaR", "deltaPhi"]),
        ("20*Ge", "", ["GeV"]),
        ("Muon.nothing.", "", []),
        ("))..((", "", []),
    ],
)
def test_names_are_completed(hzz: hl.Analysis, text: str, collection: str, first: list[str]) -> None:
    made = complete(hzz, 3, text, len(text), collection)
    assert [option.text for option in made.options[: len(first)]] == first
    if first:
        assert text[: made.start] + first[0] != text
    else:
        assert made.options == () or text.endswith("(")


def test_a_name_is_offered_where_it_exists(hzz: hl.Analysis) -> None:
    def offered(place: int, text: str) -> list[str]:
        return [option.text for option in complete(hzz, place, text, len(text)).options]

    assert "Z" in offered(2, "Z")
    assert "Z" not in offered(1, "Z")
    assert "Muon_Px" in offered(0, "Muon_P")
    assert "Muon_Px" not in offered(1, "Muon_P"), "a raw branch of what is filtered would be a second truth"
    assert len(offered(0, "")) <= 40


def test_what_is_typed_is_checked_and_not_committed(make_page: Callable[..., Page], hzz: hl.Analysis) -> None:
    page = make_page(hzz)
    step = {"step": "cut", "name": "new", "expression": "Muon.pt > 30"}
    edit = {"op": "add", "step": step}
    reply = page.ask("completions", place=3, text="Muon.pt > 30", cursor=12, edit=edit)
    assert "one value per Muon" in reply["problem"]["reason"]
    offer = reply["problem"]["instead"]
    assert offer["label"] == "Keep the Muon objects that pass"
    assert page.session.revision == 1
    assert page.edit(**offer["edit"])["kind"] == "accepted"
    assert isinstance(page.session.analysis.steps[-1], type(hzz.steps[0]))
    right = {**edit, "step": {**step, "name": "right", "expression": "count(Jet) > 1"}}
    assert page.ask("completions", place=3, text="count(Jet) > 1", cursor=5, edit=right)["problem"] is None
    wrong = {**edit, "step": {**step, "name": "wrong", "expression": "count(Jat) > 1"}}
    assert page.ask("completions", place=3, text="count(Jat) > 1", cursor=5, edit=wrong)["problem"]["position"] == 6


def test_an_axis_is_found_for_an_expression(make_page: Callable[..., Page], hzz: hl.Analysis) -> None:
    page = make_page(hzz)

    def axis(expression: str) -> dict[str, object]:
        reply = page.ask("range", place=3, expression=expression)
        return reply["axis"] if reply["kind"] == "range" else reply

    assert axis("count(Jet)")["range"][0] == -0.5  # type: ignore[index]
    mass = axis("Z.mass")
    assert isinstance(mass["bins"], int)
    assert 20 <= mass["bins"] <= 61
    assert axis("Muon.pt > 30")["kind"] == "boolean"
    for wrong, said in (
        ("Muon", "field"),
        ("Moun.pt", "Moun"),
        ("Muon.pt + nan", "nan"),
        ("sqrt(0 - Muon.pt)", "range"),
    ):
        reply = axis(wrong)
        assert reply["kind"] == "failed"
        assert said in str(reply["reason"])
    for made in (axis("Z.mass"), axis("Muon.pt > 30"), axis("count(Jet)")):
        name = str(made["expression"])
        assert page.edit(op="add_histogram", histogram={"name": name, "axes": [made]})["kind"] == "accepted"
    assert page.ask("counts", revision=page.session.revision)["kind"] == "counts"


def test_reset_goes_back_and_can_be_undone(page: Page) -> None:
    first = page.session.analysis
    page.edit(op="set_window", name="window", low=30, high=80)
    page.edit(op="remove", name="low y")
    assert page.ask("reset")["kind"] == "accepted"
    assert page.session.analysis == first
    page.ask("undo")
    assert len(page.session.analysis.steps) == 2
    assert page.session.reset()
    assert not page.session.reset()


@pytest.mark.parametrize(
    ("text", "rest"), [("any(V0s.fIn", " > 0)"), ("any(V0s.`fIn", " > 0)"), ("count(V0s[fInv", " > 0]) > 0")]
)
def test_odd_names_are_completed_as_they_are_typed(text: str, rest: str) -> None:
    odd = hl.Analysis({"V0s": ak.Array([[{"fInvMass[2]": 0.5}], []]), "a b": [1.0, -2.0]})
    made = complete(odd, 0, text, len(text))
    assert made.options[0].text == "`fInvMass[2]`"
    whole = text[: made.start] + made.options[0].text + rest
    assert odd.cut(whole).run().cutflow.rows[-1].passed == 1
    assert "`a b`" in [option.text for option in complete(odd, 0, "a", 1).options]


def test_a_message_spells_odd_names_as_they_are_typed() -> None:
    odd = hl.Analysis({"V0s": ak.Array([[{"fInvMass[2]": 0.5}], []])})
    with pytest.raises(HeplensError, match=r"did you mean '`fInvMass\[2\]`'"):
        odd.cut("any(V0s.fInvMass > 1)")
