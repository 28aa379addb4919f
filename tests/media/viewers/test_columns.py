from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from widgets.media import child
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows

PARQUET = "application/vnd.apache.parquet"
FILE, STREAM = "application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream"


def table(rows: int = 2500) -> Any:
    columns = {
        "number": pa.array(range(rows), pa.int32()),
        "share": pa.array([number / 4 for number in range(rows)]),
        "name": pa.array([None if number == 1 else f"<b>{number % 7}" for number in range(rows)]),
        "when": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * rows, pa.timestamp("ns", "UTC")),
        "pair": pa.array([[number, number + 1] for number in range(rows)]),
    }
    return pa.table(columns)


def parquet(of: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(of, out, **options)
    return out.getvalue()


def arrow(of: Any, *, stream: bool = False, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(out, of.schema, options=options) as writer:
        writer.write_table(of, max_chunksize=400)
    return out.getvalue()


def feather(of: Any) -> bytes:
    out = io.BytesIO()
    pyarrow.feather.write_feather(of, out)
    return out.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "Parquet": (PARQUET, lambda: parquet(table(), row_group_size=700)),
    "Parquet in one group": (PARQUET, lambda: parquet(table(), compression="zstd", use_dictionary=False)),
    "Arrow file": (FILE, lambda: arrow(table(), compression="lz4")),
    "Arrow stream": (STREAM, lambda: arrow(table(), stream=True)),
    "Feather": ("application/x-feather", lambda: feather(table())),
}


def rows_in(seen: Any) -> list[list[str]]:
    html = seen.one(TableView)._grid.value
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in html.split("<tr>")[2:]]


@pytest.mark.parametrize("name", KINDS)
def test_the_schema_and_every_page_of_rows_are_shown(name: str, shows: Shows) -> None:
    media_type, make = KINDS[name]
    seen = shows(make(), media_type)
    assert seen.whole.verdict.agreed
    assert "2,500 rows, 5 columns" in seen.html
    assert '<th scope="row">when</th><td>timestamp[ns, tz=UTC]</td>' in seen.html
    assert rows_in(seen)[1] == ["1", "0.25", "", "2026-01-01 00:00:00.000000000Z", "[1, 2]"]
    assert rows_in(seen)[2][2] == "&lt;b&gt;2"
    chosen = seen.one(Chosen)
    chosen.choices["page"].value = 3
    chosen.join(20)
    assert (len(rows_in(seen)), rows_in(seen)[0][0], rows_in(seen)[-1][0]) == (500, "2000", "2499")


@pytest.mark.parametrize("declared", ["", "application/octet-stream", "application/parquet", "text/plain"])
def test_parquet_is_known_by_its_first_bytes(declared: str, shows: Shows) -> None:
    assert "Parquet, 3 rows" in shows(parquet(table(3)), declared).html


def test_an_arrow_stream_that_broke_off_shows_the_batches_that_came(shows: Shows) -> None:
    body = arrow(table(), stream=True)
    seen = shows(body[: len(body) // 2], STREAM)
    assert "the rest cannot be read: " in seen.html
    assert rows_in(seen)[0][0] == "0"
    assert "1,200 rows" in seen.html or "800 rows" in seen.html


def dictionary_bomb() -> bytes:
    """A million uses of one text of 4 MB."""
    text = pa.array(["x" * 4_000_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), text)
    return parquet(pa.table({"bomb": column}), compression="zstd")


def plain_bomb() -> bytes:
    """A text of 560 MB of zeros, packed."""
    return parquet(
        pa.table({"bomb": pa.array([bytes(560_000_000)])}),
        compression="snappy",
        use_dictionary=False,
        write_statistics=False,
    )


def nested_bomb() -> bytes:
    kind = pa.int8()
    for _ in range(50):
        kind = pa.list_(kind)
    return arrow(pa.table({"deep": pa.nulls(10, kind)}), stream=True)


BOMBS = {"dictionary": dictionary_bomb, "plain": plain_bomb, "nested": nested_bomb}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_columns_costs_its_decoder_only(name: str, shows: Shows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 5.0)
    seen = shows(BOMBS[name](), STREAM if name == "nested" else PARQUET)
    assert len(seen.html) < 5_000_000
    if name == "dictionary":  # The text is made once, so this one can be shown.
        assert "1,000,000 rows" in seen.html
        assert "x" * 2000 in seen.one(TableView)._grid.value
    elif name == "plain":
        assert "This is not shown: " in seen.html or "Shown as bytes: " in seen.html


@pytest.mark.parametrize("body", [b"PAR1", b"PAR1" + b"\xff" * 100 + b"PAR1", b"ARROW1\0\0" + b"\xff" * 64])
def test_what_is_no_such_file_is_bytes_with_the_reason(body: bytes, shows: Shows) -> None:
    assert "Shown as bytes: it cannot be decoded: " in shows(body, PARQUET).html
