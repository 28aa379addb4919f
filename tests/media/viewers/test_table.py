from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.media.conftest import LINEAR, growth
from widgets.media.decoders import Table, as_number, read_table
from widgets.media.viewers.table import TableView, sorted_by, worth_drawing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


def test_csv_is_a_table_with_numbers_to_the_right(shows: Callable[..., Any]) -> None:
    seen = shows(b'name,mass\n"Mars, the red",0.107\nEarth,1.0\n<b>x</b>,2\n', "text/csv", description="Planets")
    assert '<th scope="col" class="ww-number">mass</th>' in seen.html
    assert '<td class="ww-text">Mars, the red</td>' in seen.html
    assert '<td class="ww-text">&lt;b&gt;x&lt;/b&gt;</td>' in seen.html
    assert 'role="region" aria-label="Planets"' in seen.html
    assert "3 rows, 2 columns" in seen.html


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"a;b\n1,5;2\n", "text/csv"), (b"a\tb\n1,5\t2\n", "text/tab-separated-values")]
)
def test_other_delimiters_are_found(shows: Callable[..., Any], body: bytes, media_type: str) -> None:
    assert ">1,5</td>" in shows(body, media_type).html


def test_a_long_table_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    body = b"n\n" + b"".join(b"%d\n" % number for number in range(5000))
    html = shows(body, "text/csv").html
    assert "1,000 rows, 1 column (only the first 1,000 rows)" in html
    assert html.count("<tr>") == 1001


def test_a_wide_table_is_cut_and_says_so(shows: Callable[..., Any]) -> None:
    html = shows(b",".join(b"%d" % number for number in range(600)) + b"\n", "text/csv").html
    assert "the first 500 of 600 columns" in html


def test_events_are_a_table(shows: Shows) -> None:
    body = b": hello\nid: 7\nevent: tick\ndata: one\ndata: two\n\ndata: <b>\n\ndata: unfinished"
    html = shows(body, "text/event-stream").html
    assert '<td class="ww-text">7</td><td class="ww-text">tick</td><td class="ww-text">one\ntwo</td>' in html
    assert '<td class="ww-text">message</td><td class="ww-text">&lt;b&gt;</td>' in html
    assert "unfinished" in html


def test_a_table_is_sorted_as_numbers_and_as_words(shows: Shows) -> None:
    view = shows(b"name,mass\nb,10\na,9\nc,\n", "text/csv").one(TableView)

    def order() -> list[str]:
        return re.findall(r'<td class="ww-text">(\w)</td>', view._grid.value)

    assert order() == ["b", "a", "c"]
    view.sort.value = 0
    assert order() == ["a", "b", "c"]
    view.sort.value = 1
    assert order() == ["a", "b", "c"]
    view.falling.value = True
    assert order() == ["c", "b", "a"]
    view.sort.value = -1
    assert order() == ["b", "a", "c"]


def test_a_column_of_numbers_is_drawn(shows: Shows) -> None:
    view = shows(b"name,mass\nb,10\na,9\nc,nan\nd,x\ne,1e308\nf,-1e308\n", "text/csv").one(TableView)
    assert [label for label, _ in view.plot.options] == ["nothing", "2. mass"]
    view.plot.value = 1
    assert "mass: from -1e+308 to 1e+308, 4 rows" in view._drawing.value


@pytest.mark.parametrize("first", ["1,2,3,4", "735.1,735.1,735.2,735.3", "5,5,5,5"])
def test_what_is_drawn_first_is_no_count_no_clock_and_no_constant(first: str) -> None:
    rows = tuple(zip(first.split(","), ("8", "3", "9", "1"), strict=True))
    assert worth_drawing(Table(("time", "rate"), rows, ("number", "number")), [0, 1]) == 1


def test_sorting_keeps_every_row() -> None:
    table = Table(("a",), (("nan",), ("2",), ("",), ("1",)), ("number",))
    assert [row[0] for row in sorted_by(table, 0).rows] == ["1", "2", "", "nan"]


def test_nuls_behind_a_table_are_no_row_of_it(shows: Shows) -> None:
    html = shows(b"a,b\n1,2\n3,4\n" + bytes(30), "text/csv").html
    assert "2 rows, 2 columns" in html
    assert "\u2400" not in html


def test_many_nuls_behind_a_table_take_no_row_of_it(shows: Shows) -> None:
    html = shows(b"a,b\n1,2\n3,4\n" + bytes(1_200_000), "text/csv").html
    assert "2 rows, 2 columns<" in html
    assert ">4</td>" in html
    rows = b"a,b\n" + b"1,2\n" * 900
    assert "(only the first 900 rows)" in shows(rows + bytes(1_200_000) + b"\n3,4\n", "text/csv").html


@pytest.mark.parametrize(
    ("body", "pages"),
    [
        (b"n\n" + b"1\n" * 900 + b"2\r" * 300, 2),
        (b"n\r\n" + b"1\r\n" * 1900, 2),
        (b"n\n" + b'"a\rb\rc"\n' * 800, 1),
    ],
)
def test_every_row_can_be_reached_whatever_ends_its_line(shows: Shows, body: bytes, pages: int) -> None:
    view = shows(body, "text/csv").whole._shown_now.widget
    assert view.page.max == pages
    view.page.value = pages
    view.join(30)


def test_comments_of_a_stream_can_be_read_where_no_event_came(shows: Shows) -> None:
    assert ": keep-alive" in shows(b": keep-alive\n\n: keep-alive\n\n", "text/event-stream").html
    assert "Source" not in shows(b"data: x\n\n: keep-alive\n\n", "text/event-stream").html


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ('a,b\r1,"x\ny"\r2,z\r', ("a", "b"), (("1", "x\ny"), ("2", "z"))),
        ('a,b\r\n1,"x"\r2,z\r\n', ("a", "b"), (("1", "x"), ("2", "z"))),
        ('a,b\r\r\n1,"x"\r\r\n', ("a", "b"), (("1", "x"),)),
        ('a,b\n1,"x\ry"\n', ("a", "b"), (("1", "x\ry"),)),
    ],
)
def test_a_lone_cr_ends_a_row_where_it_is_not_quoted(
    text: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    table = read_table(text)
    assert (table.columns, table.rows) == (columns, rows)


@pytest.mark.parametrize("below", ["Source: a bank\n", "Source: a bank\n\n", "Chad\n"])
def test_years_are_names_of_columns_also_where_a_row_is_short(below: str) -> None:
    table = read_table(f"Country,Code,1960,1961\nAruba,ABW,5,6\nAustria,AUT,7,8\n{below}")
    assert table.columns == ("Country", "Code", "1960", "1961")
    assert table.rows[:2] == (("Aruba", "ABW", "5", "6"), ("Austria", "AUT", "7", "8"))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("#,Name,Points\n1,Ann,30\n2,Bob,20\n", ("#", "Name", "Points")),
        ("# made by x\n#;Name\n1;Ann\n2;Bob\n", ("#", "Name")),
        ("#id,name\n1,a\n2,b\n", ("id", "name")),
    ],
)
def test_a_column_that_counts_may_be_named_by_the_sign_of_comments(text: str, columns: tuple[str, ...]) -> None:
    assert read_table(text).columns == columns


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('id,text,n\n1,"open,5\n2,fine,6\n3,fine,7\n', (("1", '"open', "5"), ("2", "fine", "6"), ("3", "fine", "7"))),
        (
            'id,text,n\n1,"one,5\n2,fine,6\n3,"other",7\n',
            (("1", '"one', "5"), ("2", "fine", "6"), ("3", "other", "7")),
        ),
        (
            'id\tname\tn\n1\t"Ran\t5\n2\tIkiru\t6\n3\tend"\t7\n',
            (("1", '"Ran', "5"), ("2", "Ikiru", "6"), ("3", 'end"', "7")),
        ),
    ],
)
def test_a_stray_quote_takes_in_no_rows(text: str, rows: tuple[tuple[str, ...], ...]) -> None:
    table = read_table(text)
    assert table.rows == rows
    assert table.said == "A quote that would take in the rows behind it is shown as it stands."
    assert read_table(text, more=True).rows == rows[:2]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('id,text,n\n1,"one, two\n3, 4\n5",6\n7,x,8\n', "one, two\n3, 4\n5"),
        ('id,text,n\n1,"cut off in\nwords, and words\nof one cell', "cut off in\nwords, and words\nof one cell\n"),
        ('id\ttext\n1\t"one\ntwo"\n', "one\ntwo"),
        ('id\ttext\tn\n1\t"one\ntwo"\t3\n', "one\ntwo"),
        ('"id"\t"text"\n"1"\t"one\nx\ty"\n', "one\nx\ty"),
        ('id,text,n\n1,"a, b\nc, d, e\nf, g, h",3\n', "a, b\nc, d, e\nf, g, h"),
        ('id\ttext\tn\n1\t"one\t\n\ttwo\t\tx"\t6\n', "one\t\n\ttwo\t\tx"),
        ('id\tcode\n1\t"def f():\n\treturn 1"\n2\tx = 1\n3\t"if a:\n\tb()"\n', "def f():\n\treturn 1"),
        ('id\tcode\tn\n1\t"def f():\n\treturn\t1"\t2\n', "def f():\n\treturn\t1"),
        ('name,address\nAcme,"1 Main\nOslo, N"\nBob,"2 Elm\nPortland, OR', "1 Main\nOslo, N"),
        ('name,address\nAcme,"1 Main\nOslo, N" \nBob,"2 Elm\nRome, I" \n', "1 Main\nOslo, N "),
        ('n,a,b\n1,Acme,"1 Main\nOslo, N, x" \n2,Bob,"2 Elm\nPortland, OR, US', "Acme"),
        ('time,msg\n1,"Error: x\n  at foo, line 1\n  at bar, line 2', "Error: x\n  at foo, line 1\n  at bar, line 2\n"),
    ],
)
def test_a_quote_holds_lines_that_are_no_rows(text: str, cell: str) -> None:
    table = read_table(text)
    assert (table.rows[0][1], table.said) == (cell, "")


@pytest.mark.parametrize("open_at", [1, 3000])
def test_many_stray_quotes_are_read_in_a_time_that_grows_with_their_number(open_at: int) -> None:
    def text(size: int) -> str:
        return "a\tb\tc\n" + "".join(f"{row}\t1\t{chr(34) if row % open_at == 0 else ''}x\n" for row in range(size))

    assert growth(lambda size: read_table(text(size), page=99), 8_000) < LINEAR


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ('"x","y"\n"1",1.5,2\n"2",2.5,3\n', ("", "x", "y"), "; its names stand over all but the first one."),
        ('"x";"y"\n"1";"a";2,5\n"2";"b";3\n', ("", "x", "y"), "; its names stand over all but the first one."),
        ("date,low\n2026-01-01,1,2\n2026-01-02,2,3\n", ("date", "low", ""), "."),
        ('"name","n"\n"Ann","5",3\n', ("name", "n", ""), "."),
        ('"id","name","qty"\n"17","Ann",12,"note"\n', ("id", "name", "qty", ""), "."),
        ('"id","name"\n"1","Ann",12\n', ("id", "name", ""), "."),
    ],
)
def test_rows_with_one_cell_more_than_their_head_names_say_so(text: str, columns: tuple[str, ...], said: str) -> None:
    table = read_table(text)
    assert (table.columns, table.said) == (columns, f"Its rows have one cell more than its head names{said}")


@pytest.mark.parametrize("text", ["a;b\n1;2;\n3;4;\n", "a,b\n1,2,3\n4,5\n", "a,b\n1,2,\n3,4,x\n5,6,\n", "a,b\n1,2\n"])
def test_a_delimiter_at_the_end_is_no_column_that_the_head_leaves_out(text: str) -> None:
    table = read_table(text)
    assert (table.columns[:2], table.said) == (("a", "b"), "")


def test_the_sign_by_which_dos_ends_a_file_is_no_row(shows: Callable[..., Any]) -> None:
    html = shows(b"a,b\r\n1,2\r\n3,4\r\n\x1a", "text/csv").html
    assert "2 rows, 2 columns" in html
    assert "\u241a" not in html


def test_a_line_of_a_column_without_a_name_says_so(shows: Callable[..., Any]) -> None:
    html = shows(b",a\n0,x\n1,y\n", "text/csv").html
    assert "The column without a name: from 0 to 1, 2 rows" in html


def test_the_name_over_a_series_is_its_head_and_a_title_is_none() -> None:
    assert read_table(",a\n0,x\n1,y\n").columns == ("", "a")
    assert read_table(",Table 1. Population by year\n2020,5\n").columns != ("", "Table 1. Population by year")
    titled = read_table(",Report\na,b\n1,2\n3,4\n")
    assert (titled.columns, titled.above) == (("a", "b"), ("Report",))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('id\tcode\n1\t"def f():\n\treturn 1"\n2\tx = 1\n3\t"if a:\n\tb()"\n', 3),
        ('id\tn\tcode\n1\t2\t"def f():\n\treturn\t1"\n2\t3\t"g(\n\tx\ty)"\n', 2),
        ('name,address\nAcme,"1 Main St\nSpringfield, IL"\nBob,"2 Elm\nPortland, OR', 2),
        ('name,address\nAcme,"1 Main St\nSpringfield, IL" \nBob,"2 Elm\nPortland, OR" \n', 2),
        ('n,a,b\n1,A,"1 Main\nOslo, N, EU" \n2,B,"2 Elm\nPortland, OR, US', 2),
        ('time,msg\n1,"Error: x\n  at foo, line 1\n  at bar, line 2', 1),
    ],
)
def test_cells_of_several_lines_stay_one_cell(text: str, rows: int) -> None:
    assert len(read_table(text).rows) == rows


STATE = "No errors\nNo warnings\n2 ms\ndata source=metars\n2 results\n"


@pytest.mark.parametrize(
    "above", [STATE, "-BEGIN HEADER-\nplace: latitude 48.1\nparameter(s):\nmissing: -999\n-END HEADER-\n"]
)
@pytest.mark.parametrize("rows", [1, 2, 5, 100])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_few_rows_below_many_lines_that_are_none_have_their_own_head(above: str, rows: int, sign: str) -> None:
    names = ("station", "time", "degrees")
    row = sign.join(("EDDF", "2026-11-28T11:50", "6.5"))
    table = read_table(f"{above}{sign.join(names)}\n" + f"{row}\n" * rows)
    assert (table.columns, len(table.rows)) == (names, rows)
    assert table.above == tuple(above.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "place\nWien\nGraz\nParis, Rue 5, 7\nRome, Via 9, 8\n",
        "words\nmore\nonly, one, row\n",
        "comment\nfine\ngood\nyes, well, ok\nno, never, ever\n",
        "Name\nMadonna\nCher\nPrince\nSmith, John, Jr.\nKing, Martin, Dr.\n",
    ],
)
def test_lines_of_words_stay_rows_where_no_head_stands_below_them(text: str) -> None:
    assert read_table(text).columns[0] == text.partition("\n")[0]


@pytest.mark.parametrize("rows", [3, 40, 100])
@pytest.mark.parametrize("end", ["", "\n"])
def test_values_below_the_table_of_a_place_are_not_called_by_its_names(rows: int, end: str) -> None:
    place = "latitude,longitude,elevation,timezone\n52.52,13.41,38.0,GMT\n"
    hours = "".join(f"2026-11-28T{number % 24:02}:00,{number / 10}\n" for number in range(rows))
    table = read_table(f"{place}\ntime,temperature_2m (°C)\n{hours}{end}")
    assert (table.columns, len(table.rows)) == (("time", "temperature_2m (°C)"), rows)
    assert table.above == ("latitude longitude elevation timezone", "52.52 13.41 38.0 GMT")


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n\n4,5,6\n7,8,9\n",  # the same table goes on
        "a,b,c\n1,2,3\n2,3,4\n3,4,5\n\nmean,3\nmost,5\n",  # a shorter one below
        "a,b,c\n1,2,3\n\n4,5\n6,7\n8,9\n",  # no names
        "a,b,c\n\nAnn,Wien\nBob,Graz\nCid,Linz\n",  # no values: the last column is empty
    ],
)
def test_a_blank_line_alone_parts_no_table_from_its_head(text: str) -> None:
    assert read_table(text).columns[:3] == ("a", "b", "c")


@pytest.mark.parametrize("note", ["", "# of it\n", "# of it\n# and more\n", "# 1\n# 2\n# 3\n# 4\n"])
@pytest.mark.parametrize("cell", ["GMT", '"of two\nlines"'])
def test_comments_within_what_stands_above_a_table_shift_no_row_of_it(note: str, cell: str) -> None:
    place = f"# a place\nlatitude,longitude,timezone,abbreviation\n{note}52.52,13.41,38.0, {cell}\n"
    table = read_table(f"{place}\ntime,degrees\n" + "2026-11-28T10:00,6.5\n" * 5)
    assert (table.columns, len(table.rows)) == (("time", "degrees"), 5)


def test_low_lines_within_digits_make_no_number() -> None:
    assert [as_number(cell) for cell in ("1_000", "2026_11", "1e1_0", "1000")] == [None, None, None, 1000.0]


def test_the_line_by_which_a_sheet_knows_its_sign_is_told_and_is_no_row(shows: Callable[..., Any]) -> None:
    html = shows(b"\xef\xbb\xbfsep=;\r\nid;total\r\n1;10,00\r\n2;20,00\r\n", "text/csv").html
    assert "1 line above the table" in html
    assert "sep=;" in html
    assert "2 rows, 2 columns" in html
