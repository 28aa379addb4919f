"""Media folders: with a catalogue, without one, and with one that is wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import requests

from server import create_app
from server.catalogue import CatalogueError, guess_media_type, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

ENTRY = '[[resource]]\nfile = "a.txt"\ntype = "text/plain; charset=utf-8"\n'


def write(folder: Path, catalogue: str, **files: bytes) -> Path:
    (folder / "catalogue.toml").write_text(catalogue, "utf-8")
    for name, content in files.items():
        (folder / f"{name}.txt").write_bytes(content)
    return folder


def test_a_folder_of_ones_own_is_served_as_its_catalogue_says(serve: Callable[[Flask], str], folder: Path) -> None:
    write(folder, ENTRY + 'description = "Mine"\ncredit = "Me"\n', a=b"hello", hidden=b"not listed")
    base = serve(create_app({"MEDIA": str(folder)}))
    reply = requests.get(f"{base}/NASA", timeout=20)
    assert (reply.content, reply.headers["X-Description"], reply.headers["X-Credit"]) == (b"hello", "Mine", "Me")
    assert requests.get(f"{base}/NASA/hidden.txt", timeout=20).status_code == 404
    assert requests.get(f"{base}/NASA/catalogue.toml", timeout=20).status_code == 404


def test_a_folder_without_a_catalogue_is_served_by_names_with_a_warning(
    serve: Callable[[Flask], str], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "sound.wav").write_bytes(b"RIFF")
    (folder / "däta 1.csv").write_bytes(b"a,b\n")
    (folder / ".secret").write_bytes(b"no")
    (folder / "below").mkdir()
    with caplog.at_level(logging.WARNING, "server"):
        base = serve(create_app({"MEDIA": str(folder)}))
    assert "has no catalogue.toml: 2 file(s) are served under their names" in caplog.text
    assert requests.get(f"{base}/NASA/sound.wav", timeout=20).headers["Content-Type"] == "audio/wav"
    reply = requests.get(f"{base}/NASA/däta 1.csv", timeout=20)
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Location"] == "/NASA/d%C3%A4ta%201.csv"
    assert requests.get(f"{base}/NASA/.secret", timeout=20).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["../outside.txt", "..%2Foutside.txt", "%2e%2e/outside.txt", "....//outside.txt", "..%5Coutside.txt", "a.txt%00",
     "%252e%252e%252foutside.txt", "%c0%ae%c0%ae/outside.txt",
     "/etc/hostname", "%2Fetc%2Fhostname", "link.txt"],
)  # fmt: skip
def test_nothing_outside_the_folder_can_be_read(serve: Callable[[Flask], str], folder: Path, path: str) -> None:
    (folder.parent / "outside.txt").write_text("secret")
    (folder / "a.txt").write_text("public")
    (folder / "link.txt").symlink_to(folder.parent / "outside.txt")
    base = serve(create_app({"MEDIA": str(folder)}))
    with requests.Session() as session:
        request = requests.Request("GET", base).prepare()
        request.url = f"{base}/NASA/{path}"
        reply = session.send(request, timeout=20)
    assert reply.status_code == 404
    assert "secret" not in reply.text


def test_a_file_that_becomes_a_link_to_the_outside_is_not_followed(serve: Callable[[Flask], str], folder: Path) -> None:
    outside = folder.parent / "outside.txt"
    outside.write_text("secret")
    base = serve(create_app({"MEDIA": str(write(folder, ENTRY, a=b"hello"))}))
    (folder / "a.txt").unlink()
    assert requests.get(f"{base}/NASA/a.txt", timeout=20).status_code == 404
    (folder / "a.txt").symlink_to(outside)
    assert requests.get(f"{base}/NASA/a.txt", timeout=20).status_code == 404


def test_a_range_of_a_random_resource_is_answered_although_another_file_has_gone(folder: Path) -> None:
    write(folder, ENTRY + ENTRY.replace("a.txt", "b.txt"), a=b"hello", b=b"there")
    client = create_app({"MEDIA": str(folder)}).test_client()
    with client.get("/NASA/b.txt") as whole:
        headers = {"Range": "bytes=0-1", "If-Range": whole.headers["ETag"]}
    (folder / "a.txt").unlink()
    with client.get("/NASA", headers=headers) as part:
        assert (part.status_code, part.data) == (206, b"th")


def test_a_folder_below_that_becomes_a_link_to_the_outside_is_not_followed(
    serve: Callable[[Flask], str], folder: Path
) -> None:
    for made in (folder / "below", folder.parent / "outside"):
        made.mkdir()
    (folder / "below" / "b.txt").write_text("public")
    (folder.parent / "outside" / "b.txt").write_text("secret")
    base = serve(create_app({"MEDIA": str(write(folder, ENTRY.replace("a.txt", "below/b.txt")))}))
    assert requests.get(f"{base}/NASA/below/b.txt", timeout=20).text == "public"
    (folder / "below" / "b.txt").unlink()
    (folder / "below").rmdir()
    (folder / "below").symlink_to(folder.parent / "outside")
    reply = requests.get(f"{base}/NASA/below/b.txt", timeout=20)
    assert (reply.status_code, "secret" in reply.text) == (404, False)


def test_a_media_folder_that_is_itself_a_link_is_served(serve: Callable[[Flask], str], folder: Path) -> None:
    (folder.parent / "link").symlink_to(write(folder, ENTRY, a=b"hello"))
    base = serve(create_app({"MEDIA": str(folder.parent / "link")}))
    assert requests.get(f"{base}/NASA/a.txt", timeout=20).text == "hello"


def test_a_file_that_changes_gets_a_new_entity_tag(serve: Callable[[Flask], str], folder: Path) -> None:
    base = serve(create_app({"MEDIA": str(write(folder, ENTRY, a=b"hello"))}))
    first = requests.get(f"{base}/NASA/a.txt", timeout=20)
    (folder / "a.txt").write_bytes(b"hello again")
    second = requests.get(f"{base}/NASA/a.txt", headers={"If-None-Match": first.headers["ETag"]}, timeout=20)
    assert (second.status_code, second.content) == (200, b"hello again")


def test_a_catalogue_may_name_files_in_folders_below(serve: Callable[[Flask], str], folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "b.txt").write_text("deep")
    write(folder, ENTRY.replace("a.txt", "below/b.txt"))
    base = serve(create_app({"MEDIA": str(folder)}))
    assert requests.get(f"{base}/NASA/below/b.txt", timeout=20).text == "deep"


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        ("[[resource]\n", "cannot be read"),
        ("resource = 3", "write each resource as a table"),
        ('[[resource]]\ntype = "text/plain"', "entry 1 ('without a file'): 'file' is missing"),
        ('[[resource]]\nfile = "a.txt"', "entry 1 ('a.txt'): 'type' is missing"),
        (ENTRY + "colour = 'red'", "entry 1 ('a.txt'): 'colour' is not known; the keys are file, type"),
        (ENTRY + "credit = 3", "entry 1 ('a.txt'): 'credit' must be a text, got 3"),
        (ENTRY.replace("text/plain", "text"), "is not a media type such as 'image/png'"),
        (ENTRY.replace("utf-8", "utf-8\\r\\nSet-Cookie: a=b"), "is not a media type"),
        (ENTRY + ENTRY.replace("a.txt", "b.txt"), "entry 2 ('b.txt'): there is no such file"),
        (ENTRY + ENTRY, "'a.txt' has two entries"),
        (ENTRY.replace("a.txt", "../outside.txt"), "there is no such file inside"),
        (ENTRY.replace("a.txt", "."), "there is no such file inside"),
        (ENTRY.replace("a.txt", "a\\u0000.txt"), "there is no such file inside"),
        ("", "holds nothing to serve"),
    ],
)
def test_a_wrong_catalogue_is_an_error_that_names_the_entry(folder: Path, catalogue: str, said: str) -> None:
    (folder.parent / "outside.txt").write_text("secret")
    write(folder, catalogue, a=b"hello")
    with pytest.raises(CatalogueError) as error:
        read_catalogue(folder)
    assert said in error.value.format_message()
    assert str(folder) in error.value.format_message()


def test_an_empty_or_missing_folder_is_an_error_that_names_it(folder: Path) -> None:
    with pytest.raises(CatalogueError, match="holds nothing to serve"):
        read_catalogue(folder)
    with pytest.raises(CatalogueError, match="is not a folder"):
        read_catalogue(folder / "nowhere")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.wav", "audio/wav"),
        ("a.FITS", "application/fits"),
        ("a.md", "text/markdown; charset=utf-8"),
        ("a.csv.gz", "application/gzip"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.unheard_of", "application/octet-stream"),
        ("Makefile", "application/octet-stream"),
    ],
)
def test_types_are_guessed_from_names(folder: Path, name: str, media_type: str) -> None:
    (folder / name).write_bytes(b"x")
    assert guess_media_type(folder / name) == media_type


def test_no_charset_is_claimed_for_a_text_that_is_not_utf8(folder: Path) -> None:
    (folder / "old.txt").write_bytes("Ångström".encode("latin-1"))
    assert guess_media_type(folder / "old.txt") == "text/plain"
