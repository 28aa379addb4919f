from __future__ import annotations

import hashlib
import http.client
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from widgets.fetch.body import Body
from widgets.media.sandbox import loopback_link
from widgets.media.saving import PART, Save

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 95_000_000


@pytest.fixture(scope="module")
def large() -> Body:
    """95 MB that lie in a file, as fetched ones do."""
    body = Body()
    for number in range(LARGE // 100_000):
        body.append(bytes([number % 251]) * 100_000)
    return body


@pytest.fixture
def save(large: Body) -> Iterator[Save]:
    saved = Save(large, "set95.dat", near=True)
    yield saved
    saved.close()


def address_of(save: Save) -> str:
    found = re.search(r'href="([^"]+)"', save._link.value)
    assert found
    return found[1]


def asked(address: str, host: str = "") -> http.client.HTTPResponse:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", parts.path, headers={"Host": host or parts.netloc})
    return connection.getresponse()


def memory() -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def test_a_large_body_is_saved_exactly_and_takes_no_memory(save: Save, large: Body) -> None:
    Path("/proc/self/clear_refs").write_text("5")
    before = memory()
    digest = hashlib.sha256()
    with asked(address_of(save)) as response, tempfile.TemporaryFile() as file:
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''set95.dat"
        assert response.headers["Content-Type"] == "application/octet-stream"
        while piece := response.read(1 << 20):
            file.write(piece)
            digest.update(piece)
        assert file.tell() == LARGE
    assert memory() - before < 64_000_000
    assert digest.hexdigest() == hashlib.sha256(bytes(large)).hexdigest()
    assert len(save._link.value) < 1000


def test_the_progress_is_said_and_the_next_address_is_another_one(save: Save) -> None:
    first = address_of(save)
    with asked(first) as response:
        while response.read(1 << 20):
            pass
    until = time.monotonic() + 20
    while address_of(save) == first and time.monotonic() < until:
        time.sleep(0.01)  # The one who sends says so after the last byte.
    assert "All 95,000,000 bytes were sent." in save._progress.value
    assert address_of(save) != first
    assert asked(first).status == 404


def test_nobody_else_gets_it(save: Save) -> None:
    address = address_of(save)
    assert asked(re.sub(r"/[\w-]{43}/", f"/{'x' * 43}/", address)).status == 404
    assert asked(address, host="evil.example").status == 404
    assert asked(address).status == 200


def test_a_closed_view_hands_out_nothing(large: Body) -> None:
    save = Save(large, "a.dat", near=True)
    address = address_of(save)
    save.close()
    assert asked(address).status == 404


def test_where_the_browser_is_far_away_the_body_comes_in_parts(large: Body) -> None:
    save = Save(large, "a.dat", near=False)
    assert "127.0.0.1" not in "".join(str(getattr(child, "value", "")) for child in save.children)
    save.next_part()
    assert f"Save part 1 of 12 ({PART:,} bytes)" in save._progress.value
    assert 'download="a.dat.001"' in save._progress.value
    for _ in range(11):
        save.next_part()
    assert f"Save part 12 of 12 ({LARGE - 11 * PART:,} bytes)" in save._progress.value


@pytest.mark.parametrize("address", ["http://evil.example/", "javascript:alert(1)", 'http://127.0.0.1:1/x"onclick="'])
def test_no_other_address_becomes_a_link(address: str) -> None:
    with pytest.raises(ValueError, match="only an address that this kernel"):
        loopback_link("Save", address)


@pytest.mark.long
def test_a_gigabyte_is_saved_exactly_within_64_mb() -> None:
    body = Body()
    piece = bytes(range(256)) * 4096
    for _ in range(1024):
        body.append(piece)
    save = Save(body, "gigabyte.dat", near=True)
    Path("/proc/self/clear_refs").write_text("5")
    before, digest, size = memory(), hashlib.sha256(), 0
    with asked(address_of(save)) as response:
        while got := response.read(1 << 20):
            digest.update(got)
            size += len(got)
    grown = memory() - before
    expected = hashlib.sha256()
    for _ in range(1024):
        expected.update(piece)
    assert (size, digest.hexdigest()) == (1 << 30, expected.hexdigest())
    assert grown < 64_000_000
    save.close()
