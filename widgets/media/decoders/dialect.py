"""How a table of text is written: what parts its cells, what quotes them, where its head is. Pure.

By hand, since on twenty-two tables as services send them (titles and comments above, decimal commas, missing heads,
lone CR, quotes of both kinds, ragged rows) duckdb's sniffer found 17 and clevercsv's 12; the first also wants a file on
the disk, 0.4 s and 59 MB. A dialect is judged as theirs are: by rows of the same width whose cells are of known kinds.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_USUAL = (",", ";", "\t", "|", "\u2401", "\u241f")
"""The last two are controls as they are marked: Hive's, and ASCII's own."""

_RARE = (":", "~", "^", " ")
"""Words, times, versions, paths and powers hold them as well."""

_DELIMITERS = (*_USUAL, *_RARE)
_LOOKED_AT = 60
_MOST_TITLES = 20
_MOST_CELLS = 500
"""Cells of a row that are looked at, from all of it: one line may hold a million, words before numbers."""
_FEWEST = 3
"""Rows below which a rare sign has to part numbers: words and times hold it as well."""
_YEARS = range(1500, 2200)
_COMMENT = re.compile(r"\s*(?:#|%|//|!)")
_SEP = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. '\u00a0\u202f]\d{3})+|\d*),\d+(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,'\u00a0\u202f ]\d{3})+(?:\.\d+)?")
_KNOWN = re.compile(
    r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?|[\w .()/&°µ*+-]*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ][\d:.]+Z?)?|"
    r"[\d:.]+|\S+@\S+|https?://\S+|[A-Za-z]:?\\?[\w\\/.-]+"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    Attributes:
        delimiter: Between cells; a blank stands for any number of them.
        quote: Around cells that hold a delimiter; empty for none.
        escape: Before a quote inside of quotes; empty where it is doubled.
        skip: How many lines stand above the table.
        above: Those lines.
        comment: What begins lines that do not belong to it, or empty.
        names: Its head, where it stands among the lines above.
        head: Whether its first row is the head.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip: int = 0
    above: tuple[str, ...] = ()
    comment: str = ""
    names: tuple[str, ...] = ()
    head: bool = True


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends; a lone CR ends one where no LF does, or where it is not quoted."""
    text = text.replace("\r\n", "\n")
    if "\n" not in text or '"' not in text:  # Some files were put together from several.
        text = text.replace("\r", "\n")
    if "\f" in text or "\v" in text:
        return text.splitlines(keepends=True)
    if "\r" in text and "\r" in _QUOTED.sub("", text):
        return list(io.StringIO(text, newline=""))
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]


_QUOTED = re.compile(r'"[^"]*"')


def as_number(cell: str, delimiter: str = ",") -> float | None:
    """Return the number that a cell holds, or None.

    >>> as_number("1.234,5", ";"), as_number("1,234", ","), as_number("-.25"), as_number("***")
    (1234.5, 1234.0, -0.25, None)

    Args:
        cell: Its text.
        delimiter: Of its table: where it is a comma, one inside of a number parts thousands.
    """
    if "_" in cell:  # Python reads 1_000 as a number; no service writes one so.
        return None
    try:
        return float(cell)
    except ValueError:
        plain = cell.strip()
    if "," not in plain and "'" not in plain and "\u00a0" not in plain and "\u202f" not in plain:
        return None
    if (delimiter == "," or plain.count(",") > 1) and _THOUSANDS.fullmatch(plain):
        return float(re.sub(r"[,'\u00a0\u202f ]", "", plain))
    if _DECIMAL_COMMA.fullmatch(plain):
        return float(re.sub(r"[.'\u00a0\u202f ]", "", plain).replace(",", "."))
    return None


def find_dialect(lines: Sequence[str], delimiter: str = "", *, head: bool | None = None) -> Dialect:
    """Return how a table is written.

    Args:
        lines: The first of it, with their ends.
        delimiter: Where it is declared.
        head: Whether there is one, where that is declared (RFC 4180).
    """
    skip, declared = 0, _SEP.match(lines[0]) if lines else None
    if declared:
        delimiter, skip = declared[1], 1
    above: list[str] = []
    comment = ""
    while skip < len(lines) - 1 and (not lines[skip].strip() or _COMMENT.match(lines[skip])):
        if lines[skip].strip():
            comment = _COMMENT.match(lines[skip])[0].strip()  # type: ignore[index]  # it matches, or is blank
        above.append(lines[skip].rstrip("\r\n"))
        skip += 1
    begun = lines[skip : skip + _LOOKED_AT]
    places = [place for place, line in enumerate(begun) if not (comment and line.startswith(comment))]
    sample = [begun[place] for place in places]
    delimiter, quote, escape = max(_candidates(sample, delimiter), key=lambda each: _score(sample, *each))
    rows = list(rows_of(sample, Dialect(delimiter, quote, escape)))
    titles = _titles(rows)
    above += [" ".join(filter(None, row)) for row in rows[:titles]]
    taken = _lines_taken(sample, Dialect(delimiter, quote, escape), titles)
    skip += places[taken - 1] + 1 if taken else 0  # Comments among them are lines as well.
    body = [row for row in rows[titles:] if row]
    names = _names_above(above, delimiter, body) if head is None else ()
    if head is None:
        head = not names and _has_head(body, delimiter)
    told = [lines[0].strip()] if declared else []
    above = [*told, *(line for line in above if line.strip())]
    return Dialect(delimiter, quote, escape, skip, tuple(above), comment, names, head)


def rows_of(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Yield the rows of a table, its lines already without what stands above."""
    if dialect.comment:
        lines = (line for line in lines if not line.startswith(dialect.comment))
    if dialect.delimiter == " ":
        for line in lines:
            yield line.split()
        return
    yield from _reader(lines, dialect)


def _reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = False) -> Any:
    return csv.reader(
        lines,
        strict=strict,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=not dialect.escape,
        skipinitialspace=bool(dialect.quote),
    )


def steady_rows(lines: Sequence[str], dialect: Dialect, stray: list[int]) -> Iterator[list[str]]:
    """Yield the rows as `rows_of` does, but for those that a stray quote would take in: they are rows all the same.

    Args:
        lines: Of the table, without what stands above.
        dialect: How it is written.
        stray: The numbers, from 0, of the lines that are read without quotes are added to it.
    """
    lines = [line for line in lines if not line.startswith(dialect.comment)] if dialect.comment else lines
    if not dialect.quote or dialect.delimiter == " ":
        yield from rows_of(lines, dialect)
        return
    start, reader = 0, _reader(lines, dialect)
    first, width, over_lines = start, len(dialect.names), False
    while start < len(lines):
        row: list[str] = []
        failed: csv.Error | None = None
        try:
            row = next(reader, row)
        except csv.Error as error:  # A cell that is longer than any may be many rows.
            failed = error
        end = first + reader.line_num
        if end - start > 1 and not over_lines:
            amiss = failed is not None or _is_amiss(lines[start:end], dialect)
            rows = _are_rows(lines[start : min(end, start + _LOOKED_AT)], dialect, width)
            split = rows and (amiss or dialect.delimiter == "\t")
            over_lines = not (split or amiss)  # Where one cell is quoted over several lines, others are as well.
        else:
            split = False
        if split:
            stray.append(start)
            row, end, failed = next(_reader([lines[start]], replace(dialect, quote="")), row), start + 1, None
            reader, first = _reader((lines[place] for place in range(end, len(lines))), dialect), end
        if failed:
            raise failed
        yield row
        start, width = max(end, start + 1), width or len(row)


def _are_rows(lines: Sequence[str], dialect: Dialect, width: int) -> bool:
    """Whether the first line, and most that a quote in it takes in, are rows as wide as the table is without quotes.

    Rows have something in their first cell, where lines of code or of an error are set in. In two columns nothing is
    told by it: a line of words often has one comma.

    Tables that are parted by tabs are mostly written without quotes (IANA, text/tab-separated-values): one may begin a
    title, and the next one end another.
    """
    own, *others = [len(row) if row and row[0][:1].strip() else 0 for row in _reader(lines, replace(dialect, quote=""))]
    alone = lines[0].count(dialect.quote) == 1  # Where other cells are quoted, this one is.
    return alone and own == width > _TOO_FEW and 2 * others.count(width) > len(others)


_TOO_FEW = 2


def _is_amiss(lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether a quote is open where the lines end, or closed within a cell; blanks behind it are no fault."""
    blanks = re.compile(rf"(?<={re.escape(dialect.quote)}) +(?={re.escape(dialect.delimiter)}|[\r\n]|$)")
    try:
        list(_reader((blanks.sub("", line) for line in lines), dialect, strict=True))
    except csv.Error:
        return True
    return False


def _candidates(sample: Sequence[str], delimiter: str) -> Iterator[tuple[str, str, str]]:
    text = "".join(sample)
    quotes = [('"', _escape(text, '"'))]
    if len(_SINGLE_QUOTED.findall(text)) > 1:
        quotes.append(("'", _escape(text, "'")))
    for each in [delimiter] if delimiter else _DELIMITERS:
        for quote, escape in quotes:
            yield each, quote, escape


def _escape(text: str, quote: str) -> str:
    r"""Return the backslash where it stands before quotes inside of cells, and none is doubled there.

    >>> _escape("'it\\'s',''", "'"), _escape("'it''s','C:\\'", "'") == ""
    ('\\\\', True)
    """
    rest = text.replace(f"\\{quote}", "")
    doubled = rf"[^\s,;|{quote}][^\S\r\n\t]?{quote * 2}|(?m:(?:^|[,;|\t]){quote * 3}(?!{quote}))"
    return "\\" if rest != text and not re.search(doubled, rest) else ""


_SINGLE_QUOTED = re.compile(r"(?m)(?:^|[,;|\t]) *'[^'\n]*' *(?=[,;|\t]|$)")
"""Blanks alone may stand beside a quote: a tab parts cells, and a row of nothing but tabs would be looked through anew
for each of them."""


def _score(sample: Sequence[str], delimiter: str, quote: str, escape: str) -> tuple[float, int]:
    """Return how well a dialect fits: rows of one width, of cells of known kinds; the usual ones win a tie."""
    try:
        rows = [row for row in rows_of(sample, Dialect(delimiter, quote, escape)) if row]
    except csv.Error:
        return -1.0, 0
    rank = -_DELIMITERS.index(delimiter) if delimiter in _DELIMITERS else 0
    if not rows:
        return 0.0, rank
    if delimiter in _SIGNS and not _parts(rows[0], delimiter, sample):
        return 0.0, rank
    widths = [len(row) for row in rows]
    usual = _usual(rows)
    alike = widths.count(usual) / len(rows)
    cells = [cell.strip() for row in rows if len(row) == usual for cell in row[:: usual // _MOST_CELLS + 1]]
    known = sum(bool(_KNOWN.fullmatch(cell[:200]) or as_number(cell, delimiter) is not None) for cell in cells) / max(
        1, len(cells)
    )
    if usual < 2:  # noqa: PLR2004 - one column is no reason to believe in a delimiter
        return 0.05 * known, rank
    rare = delimiter in _RARE
    first = [cell.strip() for row in rows for cell in row[:_MOST_CELLS]] if rare and len(rows) < _FEWEST else []
    if rare and (alike < 1 or any(as_number(cell, delimiter) is None for cell in first)):
        return 0.0, rank
    return alike * known * (0.5 if rare else 1.0) * (1 - 0.5 / usual), rank


def _usual(rows: Sequence[Sequence[str]]) -> int:
    """Return how many cells the rows of a table have: as most have, or the last ones where what is above has one each.

    Where little was found, the lines that say so are more than the rows.
    """
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    last = widths[-1]
    first = widths.index(last)
    is_below = (
        usual == 1 and last >= _FEWEST and first < len(rows) - 1 and widths[first:].count(last) == len(rows) - first
    )
    return last if is_below and set(widths[:first]) == {1} and _are_named(rows[first:]) else usual


def _are_named(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns of the others: a name has no digit, and most of what is below it have.

    Words alone tell nothing: a list of places or of names has some with commas, and they are no head of those below.
    """
    names, *below = rows
    if not all(cell.strip() and as_number(cell) is None for cell in names):
        return False
    columns = (
        [row[place] for row in below if place < len(row) and row[place].strip()]
        for place in range(min(len(names), _MOST_CELLS))
    )
    return any(
        cells and not _DIGIT.search(name) and 2 * sum(bool(_DIGIT.search(cell)) for cell in cells) > len(cells)
        for name, cells in zip(names, columns, strict=False)
    )


_DIGIT = re.compile(r"\d")
"""Numbers, dates and times hold one."""


def _another_above(rows: Sequence[list[str]]) -> int:
    """Return how many rows belong to another table that stands above this one, and is parted from it by a blank line.

    Services tell there of which place and in which units the values below are. It has other columns and fewer rows.
    """
    blank = next((number for number, row in enumerate(rows[: _MOST_TITLES + 1]) if not row), 0)
    first, second = ({len(row) for row in part if row} for part in (rows[:blank], rows[blank + 1 :]))
    if min(len(first), len(second)) != 1 or max(len(first), len(second)) != 1 or first == second:
        return 0
    below = rows[blank + 1 :]
    longer = len(below) > max(blank, 1) and min(second) > 1
    return blank + 1 if longer and _are_named(below) else 0


_SIGNS = ("~", "^")


def _parts(first: Sequence[str], sign: str, sample: Sequence[str]) -> bool:
    """Whether a sign that is seldom between cells is between these: `^4.17`, `~/bin`, `~5` and `x^2` hold it as well.

    No line begins with it, and it stands between names in the first row, or in all rows twice at least and in no sum.
    Where a usual sign is there too, that must not part each line alike, and three names must say that this one does.
    """
    if len(first) < 2 or any(line.startswith(sign) for line in sample):  # noqa: PLR2004 - nothing is parted
        return False
    named = all(_WORDY.match(cell.strip()) for cell in first)
    counts = [{line.count(other) for line in sample if line.strip()} for other in _USUAL]
    if any(count != {0} for count in counts):
        return named and len(first) > 2 and all(len(count) > 1 or count == {0} for count in counts)  # noqa: PLR2004
    return named or (len(first) > 2 and not any(_OF_A_SUM.search(line) for line in sample))  # noqa: PLR2004


_WORDY = re.compile(r"[^\W\d_]{2}")
_OF_A_SUM = re.compile(r"[+=*]|\s[-/]\s")


def _titles(rows: Sequence[list[str]]) -> int:
    """Return how many rows stand above the table: narrower than it, with next to nothing in them."""
    if not any(rows):
        return 0
    if above := _another_above(rows):
        return above
    usual = _usual([row for row in rows if row])
    for number, row in enumerate(rows[: _MOST_TITLES + 1]):
        filled = sum(bool(cell.strip()) for cell in row)
        if len(row) >= usual and (filled > 1 or usual == 1 or _is_over_an_index(rows[number : number + 3])):
            return number
        if filled > max(1, usual // 2):
            return number
    return 0


def _is_over_an_index(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a row names the second of two columns and the first one counts from 0, as pandas writes a series."""
    names, *below = rows
    named = len(names) == 2 and names[1].strip() and as_number(names[1]) is None  # noqa: PLR2004 - more tell it themselves
    counts = all(row[:1] == [str(number)] for number, row in enumerate(below))
    return bool(named and not names[0].strip() and below and counts)


def _lines_taken(sample: Sequence[str], dialect: Dialect, rows: int) -> int:
    """Return in how many lines the first rows stand."""
    if not rows:
        return 0
    if dialect.delimiter == " ":
        return rows
    reader = _reader(sample, dialect)
    for _ in range(rows):
        next(reader)
    return int(reader.line_num)


def _names_above(above: Sequence[str], delimiter: str, body: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the head where it is the last comment above: above data, or stuck to its sign as in `#id,name`."""
    last = next((line for line in reversed(above) if line.strip()), "")
    sign = _COMMENT.match(last)
    if not body or sign is None:
        return ()
    inner = last[sign.end() :].strip()
    names = next(iter(rows_of([inner + "\n"], Dialect(delimiter))), [])
    own = delimiter != " " and inner.startswith(delimiter)  # The sign itself is the name of a column that counts.
    if own:
        names = [sign[0].strip(), *names[1:]]
    numeric = [as_number(cell, delimiter) is not None for cell in body[0]]
    fits = len(names) == len(body[0]) and len(names) > 1
    words = all(_NAME_OF_COLUMN.fullmatch(name.strip()) for name in names[own:])
    stuck = (own or bool(_STUCK.match(last))) and words and (any(numeric) or _all_words(body))
    return tuple(name.strip() for name in names) if fits and (stuck or sum(numeric) > len(numeric) / 2) else ()


def _all_words(body: Sequence[Sequence[str]]) -> bool:
    """Whether no cell is a number: then a row of words tells nothing of whether it is the head."""
    return not any(as_number(cell) is not None for row in body[:_LOOKED_AT] for cell in row)


_STUCK = re.compile(r"\s*#\w")
_NAME_OF_COLUMN = re.compile(r"[^\W\d][\w .()/%°µ-]{0,39}")


def _has_head(body: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Whether the first row holds names: no numbers above numbers, but for years."""
    if len(body) < 2:  # noqa: PLR2004 - one row alone
        return not (body and all(as_number(cell, delimiter) is not None for cell in body[0]))
    first, rest = body[0], body[1:_LOOKED_AT]
    above = [as_number(cell, delimiter) for cell in first]
    columns = [
        place
        for place in range(len(first))
        if (cells := [row[place] for row in rest if place < len(row) and row[place].strip()])
        and sum(as_number(cell, delimiter) is not None for cell in cells) >= 0.8 * len(cells)
    ]
    numbers = [number for number in above if number is not None]
    if not numbers:
        return True
    below = [as_number(row[columns[0]], delimiter) or 0 for row in rest if columns and columns[0] < len(row)]
    if _are_years(numbers) and not _are_years(below):
        return True
    return any(above[place] is None and first[place].strip() for place in columns)


def _are_years(numbers: Sequence[float]) -> bool:
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    return len(numbers) > 1 and len(steps) == 1 and 0 not in steps and all(number in _YEARS for number in numbers)
