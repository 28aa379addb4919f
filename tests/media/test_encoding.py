from __future__ import annotations

import pytest
import webencodings

from widgets.media.charset import decode
from widgets.media.encoding import known_as

NOT_READ = {"iso-2022-cn", "iso-2022-cn-ext", "replacement"}
"""What browsers show as a single sign, and Python has no codec for: read as if nothing were declared."""
READ_NEVERTHELESS = {"csiso2022kr": "iso2022_kr", "iso-2022-kr": "iso2022_kr", "hz-gb-2312": "hz"}
"""What browsers show as a single sign, since it could hide a script; here nothing runs, so it can be read."""


def test_the_table_is_that_of_the_standard() -> None:
    assert len(webencodings.LABELS) == 228


@pytest.mark.parametrize("label", sorted(webencodings.LABELS))
def test_every_label_of_the_encoding_standard_means_what_it_says_there(label: str) -> None:
    name = webencodings.LABELS[label]
    if name == "replacement":
        assert known_as(label) == ("" if label in NOT_READ else label)
        assert (label in NOT_READ) != (label in READ_NEVERTHELESS)
        return
    sign = "가" if name == "euc-kr" else "漢" if name in ("big5", "euc-jp", "gbk", "gb18030", "shift_jis") else "a"
    sign = "漢a" if name in ("iso-2022-jp", "utf-8", "utf-16le", "utf-16be") else sign
    read = decode(webencodings.encode(sign * 20, name), f" {label.upper()}\n")
    assert (read.text, read.used, read.why, read.faithful) == (sign * 20, name, "declared", True)


@pytest.mark.parametrize(("label", "codec"), READ_NEVERTHELESS.items())
def test_what_browsers_refuse_and_python_reads_is_read(label: str, codec: str) -> None:
    words = "汉字" if codec == "hz" else "가나 漢字"
    assert decode(words.encode(codec), label).text == words


@pytest.mark.parametrize("codec", ["cp437", "cp850", "utf-32-le", "utf-32-be"])
def test_a_few_labels_of_python_are_known_too(codec: str) -> None:
    label = {"utf-32-le": "utf-32le", "utf-32-be": "utf-32be"}.get(codec, codec)
    assert decode("größer".encode(codec), label).text == "größer"
