from __future__ import annotations

import base64
import re
import struct
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest

from widgets.media.decoders import sound_facts
from widgets.media.viewers import sound as sound_viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/x-wav"])
def test_sound_has_controls_and_does_not_start_by_itself(
    shows: Callable[..., Any], sound: bytes, media_type: str
) -> None:
    html = shows(sound, media_type, description="A <bell>").html
    source = f"data:audio/wav;base64,{base64.b64encode(sound).decode()}"
    assert f'<audio src="{source}" controls aria-label="A &lt;bell&gt;" class="ww-player"></audio>' in html


def test_a_film_has_controls_and_does_not_start_by_itself(shows: Callable[..., Any]) -> None:
    html = shows(b"\0\0\0\x18ftypmp42", "video/mp4").html
    assert re.search('<video src="data:video/mp4;base64,[^"]+" controls aria-label="Film" class="ww-player">', html)


@pytest.mark.parametrize(("kind", "media_type"), [(ipywidgets.Audio, "audio/mpeg"), (ipywidgets.Video, "video/mp4")])
def test_what_is_too_large_for_markup_is_played_all_the_same(
    shows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, kind: type[Any], media_type: str
) -> None:
    monkeypatch.setattr(sound_viewer, "_MOST_IN_MARKUP", 10)
    player = shows(bytes(11), media_type, shown_as=media_type).one(kind)
    assert (player.controls, player.autoplay, player.loop) == (True, False, False)
    assert bytes(player.value) == bytes(11)


def test_a_wav_file_shows_its_wave_form_and_its_facts(shows: Shows, sound: bytes) -> None:
    html = shows(sound, "audio/wav").html
    assert "WAV, 1.0 s, 8,000 samples a second, 8 bits, mono" in html
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert found
    assert base64.b64decode(found[1]).startswith(b"<svg")


def test_a_broken_wav_file_can_still_be_tried(shows: Shows) -> None:
    assert "No wave form" in shows(b"RIFF\0\0\0\0WAVEjunk", "audio/wav").html


def test_flac_says_what_its_head_says(shows: Shows) -> None:
    numbers = (44_100 << 44 | 1 << 41 | 15 << 36 | 88_200).to_bytes(8)
    html = shows(b"fLaC\x80\0\0\x22" + bytes(10) + numbers + bytes(16), "audio/flac").html
    assert "FLAC, 2.0 s" in html
    assert "ww-reason" not in html


@pytest.mark.parametrize(("kind", "size"), [(0x80, 25), (0x84, 60)], ids=["cut", "another block first"])
def test_flac_without_its_numbers_says_no_length(shows: Shows, kind: int, size: int) -> None:
    numbers = (44_100 << 44 | 1 << 41 | 15 << 36 | 88_200).to_bytes(8)
    html = shows((b"fLaC" + bytes([kind, 0, 0, 0x22]) + bytes(10) + numbers + bytes(40))[:size], "audio/flac").html
    assert "FLAC" in html
    assert not re.search(r"\d s\b", html)


@pytest.mark.parametrize(
    ("head", "media_type", "words"),
    [
        (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska", "video/x-matroska", "Not every browser plays Matroska:"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska V_VP9", "video/x-matroska", "Not every browser plays Matroska:"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x84webm", "video/webm", "Its codec was not found"),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "Its codec was not found"),
        (b"OggS", "audio/ogg", "Its codec was not found"),
    ],
)
def test_a_player_that_may_stay_dead_says_so(shows: Shows, head: bytes, media_type: str, words: str) -> None:
    assert words in shows(head + bytes(99), media_type).html


def test_a_film_of_the_web_plays_without_a_word(shows: Shows) -> None:
    assert "ww-reason" not in shows(b"\x1a\x45\xdf\xa3\x42\x82\x84webm V_VP9 A_OPUS", "video/webm").html


def wav(samples: bytes, tag: int, bits: int, *, extensible: bool = False) -> bytes:
    head = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, 1, 8000, 1000 * bits, bits // 8, bits)
    if extensible:
        head += struct.pack("<HHIH", 22, bits, 4, tag) + b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
    chunks = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


LOUD = 8000 * [0.25]


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize(
    ("samples", "tag", "bits", "words"),
    [
        (struct.pack("<8000f", *LOUD), 3, 32, "32 bits floating point"),
        (struct.pack("<8000d", *LOUD), 3, 64, "64 bits floating point"),
        (8000 * b"\0\0\x20", 1, 24, "24 bits, mono"),
        (8000 * b"\0\0\0\x20", 1, 32, "32 bits, mono"),
        (8000 * b"\0\x20", 1, 16, "16 bits, mono"),
    ],
)
def test_wide_and_floating_point_samples_have_a_wave_form(
    samples: bytes, tag: int, bits: int, words: str, extensible: bool, shows: Shows
) -> None:
    facts = sound_facts(wav(samples, tag, bits, extensible=extensible))
    assert (facts.seconds, facts.rate, facts.bits) == (1.0, 8000, bits)
    assert set(facts.peaks) == {0.25}
    html = shows(wav(samples, tag, bits, extensible=extensible), "audio/wav").html
    assert words in html
    assert "No wave form" not in html


def test_floating_point_samples_that_are_no_numbers_or_too_loud_spoil_no_wave_form() -> None:
    peaks = sound_facts(wav(struct.pack("<4f", float("nan"), float("inf"), -9.0, 0.5), 3, 32)).peaks
    assert peaks == (0.0, 1.0, 1.0, 0.5)


def test_samples_of_another_kind_are_not_said_to_be_damaged(shows: Shows) -> None:
    html = shows(wav(bytes(8000), 6, 8), "audio/wav").html
    assert "No wave form: samples of its kind (0x0006) are not read here." in html


def test_the_head_is_found_among_the_chunks_and_not_by_its_name_within_one() -> None:
    whole, floating = wav(8000 * b"\0\x20", 1, 16), wav(struct.pack("<8000f", *LOUD), 3, 32)
    for before in (b"INFOISFT\x10\0\0\0made by fmt 1.0\0", b"fmt  a b c", bytes(5001)):
        chunk = b"LIST" + struct.pack("<I", len(before)) + before + bytes(len(before) % 2)
        for file in (whole, floating):
            size = struct.pack("<I", len(file) - 8 + len(chunk))
            facts = sound_facts(file[:4] + size + file[8:12] + chunk + file[12:])
            assert (facts.seconds, set(facts.peaks)) == (1.0, {0.25})


@pytest.mark.parametrize("extensible", [False, True])
def test_of_samples_whose_kind_is_not_told_none_is_drawn(extensible: bool, shows: Shows) -> None:
    html = shows(wav(bytes(8000), 0, 16, extensible=extensible), "audio/wav").html
    assert "No wave form: samples of its kind (0x0000) are not read here." in html


def test_samples_that_are_narrower_than_their_place_or_than_their_kind_have_no_wave_form() -> None:
    padded = bytearray(wav(8000 * b"\0\0\0\x20", 1, 24))
    padded[32:34] = b"\4\0"
    assert sound_facts(bytes(padded)).peaks == ()
    assert sound_facts(wav(bytes(range(256)), 3, 8)).peaks == ()


def test_the_lowest_sample_is_as_loud_as_there_is() -> None:
    assert sound_facts(wav(b"\0\x80\xff\x7f\0\0\1\0", 1, 16)).peaks == (1.0, 32767 / 32768, 0.0, 1 / 32768)
