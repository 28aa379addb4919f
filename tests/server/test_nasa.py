"""/NASA and /Slow-NASA over a real socket."""

from __future__ import annotations

import hashlib
import io
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import requests

from server import create_app
from server.catalogue import read_catalogue
from server.settings import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from server.catalogue import Resource

TWELVE = {
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/svg+xml",
    "audio/wav",
    "video/mp4",
    "application/pdf",
    "application/json",
    "application/fits",
    "text/html",
    "text/csv",
    "text/plain",
}
RESOURCES = list(read_catalogue(BUNDLED))
WAV = "/NASA/eagle_has_landed.wav"
SIZE = (BUNDLED / "eagle_has_landed.wav").stat().st_size


def essence(reply: requests.Response) -> str:
    return reply.headers["Content-Type"].partition(";")[0]


def test_twelve_types_come_up_at_random_and_no_resource_twice_in_a_row(base: str) -> None:
    replies = [requests.head(f"{base}/NASA", timeout=20) for _ in range(150)]
    places = [reply.headers["Content-Location"] for reply in replies]
    assert {essence(reply) for reply in replies} == TWELVE
    assert all(one != other for one, other in pairwise(places))


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_each_resource_comes_whole_with_type_description_and_credit(base: str, resource: Resource) -> None:
    name, media_type = resource.name, resource.media_type
    reply = requests.get(f"{base}/NASA/{name}", timeout=20)
    assert reply.status_code == 200
    assert reply.content == (BUNDLED / name).read_bytes()
    assert reply.headers["Content-Type"] == media_type
    assert reply.headers["Content-Length"] == str(len(reply.content))
    assert reply.headers["X-Description"].isascii()
    assert reply.headers["X-Credit"]
    assert reply.headers["Content-Location"] == f"/NASA/{name}"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_each_text_type_states_its_charset(base: str) -> None:
    for each in (resource for resource in RESOURCES if resource.essence.startswith("text/")):
        reply = requests.head(f"{base}/NASA/{each.name}", timeout=20)
        assert reply.headers["Content-Type"].endswith("; charset=utf-8")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("image", {"image/jpeg", "image/png", "image/gif", "image/svg+xml"}),
        ("image/*", {"image/jpeg", "image/png", "image/gif", "image/svg+xml"}),
        ("IMAGE/PNG", {"image/png"}),
        ("application/fits", {"application/fits"}),
        ("audio", {"audio/wav"}),
    ],
)
def test_type_narrows_the_choice(base: str, wanted: str, found: set[str]) -> None:
    replies = [requests.head(f"{base}/NASA", params={"type": wanted}, timeout=20) for _ in range(40)]
    assert {essence(reply) for reply in replies} == found


@pytest.mark.parametrize("typed", ["image/svg+xml", "image/svg%2Bxml", "%20image/svg+xml"])
def test_a_plus_in_a_type_may_be_typed_as_it_is(base: str, typed: str) -> None:
    reply = requests.head(f"{base}/NASA?type={typed}", timeout=20)
    assert (reply.status_code, essence(reply)) == (200, "image/svg+xml")


def test_a_type_that_nothing_has_is_a_404_that_lists_the_types_there_are(base: str) -> None:
    reply = requests.get(f"{base}/NASA?type=model/gltf", headers={"Accept": "application/json"}, timeout=20)
    assert reply.status_code == 404
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert set(reply.json()["available"]) == TWELVE
    assert "'model/gltf'" in reply.json()["detail"]


def test_an_unknown_name_is_a_404_that_lists_the_names(base: str) -> None:
    reply = requests.get(f"{base}/NASA/pluto.jpg", headers={"Accept": "application/json"}, timeout=20)
    assert reply.status_code == 404
    assert set(reply.json()["available"]) == {each.name for each in RESOURCES}


def test_one_seed_draws_the_same_sequence(serve: Callable[[Flask], str]) -> None:
    def draws(base: str) -> list[str]:
        return [requests.head(f"{base}/NASA", timeout=20).headers["Content-Location"] for _ in range(12)]

    assert draws(serve(create_app({"SEED": 5}))) == draws(serve(create_app({"SEED": 5})))


def test_head_says_what_get_says_and_sends_no_body(base: str) -> None:
    head, get = requests.head(f"{base}{WAV}", timeout=20), requests.get(f"{base}{WAV}", timeout=5)
    assert head.content == b""
    assert {**head.headers, "Date": ""} == {**get.headers, "Date": ""}


def test_each_field_comes_once(base: str) -> None:
    reply = requests.get(f"{base}{WAV}", timeout=20)
    names = [name.lower() for name in reply.raw.headers]
    assert sorted(names) == sorted(set(names))
    assert reply.headers["Date"].count("GMT") == 1


def test_the_entity_tag_is_of_the_bytes(base: str) -> None:
    reply = requests.get(f"{base}{WAV}", timeout=20)
    assert reply.headers["ETag"] == f'"{hashlib.sha256(reply.content).hexdigest()[:32]}"'


@pytest.mark.parametrize("field", ["If-None-Match", "If-Modified-Since"])
def test_what_the_client_has_is_not_sent_again(base: str, field: str) -> None:
    first = requests.head(f"{base}{WAV}", timeout=20)
    known = first.headers["ETag" if field == "If-None-Match" else "Last-Modified"]
    reply = requests.get(f"{base}{WAV}", headers={field: known}, timeout=20)
    assert (reply.status_code, reply.content) == (304, b"")
    assert reply.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("0-99", 0, 100), ("1000-", 1000, SIZE), ("-44", SIZE - 44, SIZE), ("9-9999999", 9, SIZE)],
)
def test_a_range_of_bytes_is_sent_alone(base: str, asked: str, start: int, stop: int) -> None:
    reply = requests.get(f"{base}{WAV}", headers={"Range": f"bytes={asked}"}, timeout=20)
    assert reply.status_code == 206
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert reply.content == (BUNDLED / "eagle_has_landed.wav").read_bytes()[start:stop]


def test_a_range_past_the_end_is_416_and_says_how_long_the_file_is(base: str) -> None:
    reply = requests.get(f"{base}{WAV}", headers={"Range": f"bytes={SIZE}-"}, timeout=20)
    assert reply.status_code == 416
    assert reply.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=abc", "seconds=1-2", "bytes=5-2", "bytes=0-1,4-5", "bytes"])
def test_a_range_that_cannot_be_served_alone_is_ignored(base: str, asked: str) -> None:
    # RFC 9110, section 14.2: an unknown unit MUST be ignored, an invalid set and several ranges MAY be.
    reply = requests.get(f"{base}{WAV}", headers={"Range": asked}, timeout=20)
    assert (reply.status_code, len(reply.content)) == (200, SIZE)


def test_a_range_is_for_get_only(base: str) -> None:
    assert requests.head(f"{base}{WAV}", headers={"Range": "bytes=0-9"}, timeout=20).status_code == 200


def test_a_fresh_copy_goes_before_a_range(base: str) -> None:
    tag = requests.head(f"{base}{WAV}", timeout=20).headers["ETag"]
    headers = {"Range": "bytes=0-9", "If-None-Match": tag}
    assert requests.get(f"{base}{WAV}", headers=headers, timeout=20).status_code == 304


@pytest.mark.parametrize(("tag", "status"), [("same", 206), ('"other"', 200)])
def test_if_range_keeps_the_range_only_of_what_did_not_change(base: str, tag: str, status: int) -> None:
    known = requests.head(f"{base}{WAV}", timeout=20).headers["ETag"] if tag == "same" else tag
    reply = requests.get(f"{base}{WAV}", headers={"Range": "bytes=0-9", "If-Range": known}, timeout=20)
    assert reply.status_code == status


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("If-Match", '"other"', 412),
        ("If-Match", "*", 200),
        ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:01 GMT", 412),
        ("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 200),
    ],
)
def test_a_precondition_that_fails_is_412(base: str, field: str, value: str, status: int) -> None:
    assert requests.get(f"{base}{WAV}", headers={field: value}, timeout=20).status_code == status


def test_a_player_seeks_in_what_it_plays_although_nasa_is_random(base: str) -> None:
    first = requests.get(f"{base}/NASA?type=audio", timeout=20)
    for start in range(0, 20_000, 1_000):
        headers = {"Range": f"bytes={start}-{start + 9}", "If-Range": first.headers["ETag"]}
        part = requests.get(f"{base}/NASA?type=audio", headers=headers, timeout=20)
        assert (part.status_code, part.content) == (206, first.content[start : start + 10])


def test_the_audio_has_a_duration(base: str) -> None:
    body = requests.get(f"{base}{WAV}", timeout=20).content
    with wave.open(io.BytesIO(body)) as sound:
        assert sound.getnframes() / sound.getframerate() > 1


@pytest.mark.parametrize("name", ["moxie_oxygen_from_mars.html", "planet_orbits.svg"])
def test_a_page_from_the_media_folder_cannot_act_as_the_service(base: str, name: str) -> None:
    reply = requests.head(f"{base}/NASA/{name}", timeout=20)
    assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_sixteen_clients_at_once_all_get_whole_files(base: str) -> None:
    def fetch(_: int) -> bool:
        reply = requests.get(f"{base}/NASA", timeout=10)
        return reply.ok and len(reply.content) == int(reply.headers["Content-Length"])

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(fetch, range(64)))


def test_of_many_at_once_only_the_first_is_served(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1}))
    with ThreadPoolExecutor(24) as pool:
        statuses = list(pool.map(lambda _: requests.get(f"{base}/Slow-NASA", timeout=10).status_code, range(24)))
    assert sorted(statuses) == [200] + [503] * 23


def test_a_refusal_says_why_in_a_sentence_and_not_when_to_come_back(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1}))
    assert requests.get(f"{base}/Slow-NASA", timeout=20).headers["X-Description"]
    refused = requests.get(f"{base}/Slow-NASA", timeout=20)
    assert refused.status_code == 503
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert refused.text == "The service is overloaded. Please wait longer between requests, and try again.\n"
    assert not {name for name in map(str.lower, refused.headers) if "retry" in name or "rate" in name}


@pytest.mark.parametrize(
    "second", ["/Slow-NASA", "/Slow-NASA?type=audio", "/Slow-NASA/planets.csv", "/Slow-NASA/no_such_thing"]
)
def test_every_address_below_it_shares_the_one_limit(serve: Callable[[Flask], str], second: str) -> None:
    base = serve(create_app({"SEED": 1}))
    assert requests.head(f"{base}/Slow-NASA", timeout=20).status_code == 200
    assert requests.get(f"{base}{second}", timeout=20).status_code == 503


def test_it_offers_what_nasa_offers(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app({"SEED": 1, "TIME_SCALE": 0.0001}))
    pause = 0.002

    def ask(path: str) -> requests.Response:
        time.sleep(pause)
        return requests.get(f"{base}{path}", timeout=20)

    assert ask("/Slow-NASA?type=audio").headers["Content-Type"] == "audio/wav"
    assert ask("/Slow-NASA/planets.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ask("/Slow-NASA/no_such_thing").status_code == 404
    assert ask("/Slow-NASA?type=nothing").status_code == 404


def test_two_applications_do_not_share_a_limit(serve: Callable[[Flask], str]) -> None:
    one, other = serve(create_app()), serve(create_app())
    assert requests.get(f"{one}/Slow-NASA", timeout=20).status_code == 200
    assert requests.get(f"{other}/Slow-NASA", timeout=20).status_code == 200


def test_nasa_itself_has_no_limit_and_does_not_use_that_of_slow_nasa(serve: Callable[[Flask], str]) -> None:
    base = serve(create_app())
    assert all(requests.head(f"{base}/NASA", timeout=20).ok for _ in range(20))
    assert requests.get(f"{base}/Slow-NASA", timeout=20).status_code == 200
