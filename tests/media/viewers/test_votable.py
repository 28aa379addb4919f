from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import votable
from astropy.table import MaskedColumn, Table

from widgets.media.child import in_child
from widgets.media.decoders import votable as decoder
from widgets.media.decoders import votables
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from pathlib import Path

    from tests.media.conftest import Shows

VOTABLE = "application/x-votable+xml"


def made(rows: int = 3, form: str = "tabledata") -> bytes:
    table = Table({"id": np.arange(rows), "name": [f"<b>{n}" for n in range(rows)]})
    table["mass"] = MaskedColumn(
        np.arange(rows) + 0.5, mask=[n == 1 for n in range(rows)], unit="kg", description="how heavy"
    )
    out = io.BytesIO()
    votable.writeto(table, out, tabledata_format=form)
    return out.getvalue()


def rows_in(seen: Any) -> list[list[str]]:
    html = seen.one(TableView)._grid.value
    return [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row) for row in html.split("<tr>")[1:]]


@pytest.mark.parametrize("form", ["tabledata", "binary", "binary2"])
@pytest.mark.parametrize("declared", [VOTABLE, "text/x-votable+xml", ""])
def test_a_votable_is_a_table_with_its_units(declared: str, form: str, shows: Shows) -> None:
    seen = shows(made(form=form), declared)
    assert seen.whole.verdict.agreed
    assert rows_in(seen) == [
        ["id", "name", "mass (kg)"],
        ["0", "&lt;b&gt;0", "0.5"],
        ["1", "&lt;b&gt;1", ""],
        ["2", "&lt;b&gt;2", "2.5"],
    ]
    assert "<td>kg; double; how heavy</td>" in seen.html


def test_all_rows_of_a_votable_can_be_reached(shows: Shows) -> None:
    seen = shows(made(1500), VOTABLE)
    chosen = seen.one(Chosen)
    chosen.choices["page"].value = 2
    chosen.join(20)
    assert rows_in(seen)[-1][0] == "1499"


def test_rows_that_lie_elsewhere_are_never_fetched(tmp_path: Path, shows: Shows) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\0\0\0\x2a")
    stream = f'<BINARY><STREAM href="{secret.as_uri()}"/></BINARY>'
    body = (
        '<VOTABLE version="1.3" xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
        f'<FIELD name="n" datatype="int"/><DATA>{stream}</DATA></TABLE></RESOURCE></VOTABLE>'
    )
    for coded in (body.encode(), body.encode("utf-16")):
        html = shows(coded, VOTABLE).html
        assert "No table: it cannot be decoded: its rows lie elsewhere, at file://" in html
        assert ">42<" not in html


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE V [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><VOTABLE version="1.3"><RESOURCE>&b;</RESOURCE></VOTABLE>',
        b'<VOTABLE version="1.3">' + b"<RESOURCE>" * 100_000,
        b'<VOTABLE version="1.3"></VOTABLE>',
    ],
)
def test_what_is_no_table_is_shown_otherwise_with_the_reason(body: bytes, shows: Shows) -> None:
    html = shows(body, VOTABLE).html
    assert "No table: " in html or "Shown as" in html


def test_a_votable_is_parsed_once_until_it_is_shown(shows: Shows, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(work: Any, *given: Any) -> Any:
        asked.append(work.__name__)
        return in_child(work, *given)

    monkeypatch.setattr("widgets.media.viewers.votable.in_child", counted)
    seen = shows(made(1500), VOTABLE)
    assert asked == ["votables"]
    seen.one(Chosen).choices["page"].value = 2
    seen.one(Chosen).join(20)
    seen.one(Chosen).choices["page"].value = 1
    seen.one(Chosen).join(20)
    assert rows_in(seen)[1][0] == "0"


def test_a_table_whose_rows_cannot_be_read_leaves_the_names_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> Table:
        raise TypeError("not these rows")

    monkeypatch.setattr(decoder, "_page", unreadable)
    tables, first = votables(made(3))
    assert [table.rows for table in tables] == [3]
    assert first is None
