from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from widgets.media import child
from widgets.media.child import DecoderError, in_child, result_of, start

if TYPE_CHECKING:
    from collections.abc import Callable


def greedy() -> int:
    return len(bytearray(2 << 30))


def abort() -> None:
    os.abort()


def crash() -> None:
    ctypes.string_at(0)


def sleepy() -> None:
    time.sleep(60)


def failing() -> None:
    raise ValueError("the third byte\nis wrong")


def deep() -> int:
    return deep() + 1


def fine(number: int, *, more: int = 0) -> int:
    return number + more


def test_work_is_done_in_another_process() -> None:
    assert in_child(os.getpid) != os.getpid()
    assert in_child(fine, 2, more=3) == 5


def test_the_process_is_kept_for_the_next_work() -> None:
    assert len({in_child(os.getpid) for _ in range(6)}) < 3


@pytest.mark.parametrize("work", [greedy, abort, crash])
def test_work_that_needs_too_much_or_breaks_is_an_error_and_the_next_one_works(work: Callable[[], object]) -> None:
    with pytest.raises(DecoderError, match="more than 512 MB to decode, or broke the decoder"):
        in_child(work)
    assert in_child(fine, 1) == 1


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


HOW_OFTEN = [20, pytest.param(200, marks=pytest.mark.long)]


@pytest.mark.parametrize("times", HOW_OFTEN)
def test_deaths_in_a_row_cost_no_other_reply(times: int) -> None:
    for _ in range(times):
        with pytest.raises(DecoderError, match="broke the decoder"):
            in_child(killed)
        assert in_child(fine, 1) == 1


@pytest.mark.parametrize("times", HOW_OFTEN)
def test_deaths_in_pairs_cost_no_reply_that_waits_behind_them(times: int) -> None:
    for _ in range(times):
        first, second, behind = start(killed), start(killed), [start(fine, number) for number in range(3)]
        for death in (first, second):
            with pytest.raises(DecoderError, match="broke the decoder"):
                result_of(death)
        assert [result_of(future) for future in behind] == [0, 1, 2]


def test_a_reply_is_not_blamed_for_a_process_that_was_killed_before_it_came() -> None:
    for _ in range(4):  # More than there are processes.
        os.kill(in_child(os.getpid), signal.SIGKILL)
        assert in_child(fine, 1) == 1


def hold(size: int) -> int:
    return len(bytearray(size))


def test_what_one_reply_held_is_not_missing_to_the_next() -> None:
    for _ in range(3):
        with pytest.raises(DecoderError, match="more than 512 MB"):
            in_child(hold, child.MEMORY)
        assert in_child(hold, 300_000_000) == 300_000_000


def test_a_large_result_that_does_not_fit_costs_only_itself() -> None:
    with pytest.raises(DecoderError, match="more than 512 MB"):
        in_child(bytes, 400_000_000)
    assert in_child(fine, 1) == 1


def unfit() -> Callable[[], None]:
    return lambda: None


def test_a_result_that_cannot_be_sent_is_an_error() -> None:
    with pytest.raises(DecoderError, match="it cannot be decoded"):
        in_child(unfit)
    assert in_child(fine, 1) == 1


def test_whoever_waits_in_vain_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 0.1)
    with pytest.raises(DecoderError, match="kept the decoders busy"):
        result_of(Future())


def test_work_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 0.3)
    started = time.monotonic()
    with pytest.raises(DecoderError, match="took longer than"):
        in_child(sleepy)
    assert time.monotonic() - started < 30, "it would have slept for a minute"


def test_an_error_in_the_work_is_said_in_one_line() -> None:
    with pytest.raises(DecoderError, match=r"it cannot be decoded: the third byte is wrong$"):
        in_child(failing)


def test_endless_depth_is_an_error() -> None:
    with pytest.raises(DecoderError, match="nested too deeply"):
        in_child(deep)


STARTER = """
import os, sys, time
from widgets.media.child import in_child
if __name__ == "__main__":
    sys.stdout.write(f"{in_child(os.getpid)}\\n")
    sys.stdout.flush()
    time.sleep(60)
"""


def test_decoders_end_with_the_process_that_started_them_even_when_it_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "starter.py"
    script.write_text(STARTER)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        decoder = Path("/proc") / process.stdout.readline().strip()
        assert decoder.is_dir()
        process.kill()
    end = time.monotonic() + 10
    while decoder.is_dir() and time.monotonic() < end:
        time.sleep(0.05)
    assert not decoder.is_dir()


ELSEWHERE = """
import sys
import psutil  # It has another way there.
sys.modules["resource"] = None  # As on Windows.
from widgets.media import render
from widgets.media import Piece
from tests.media.conftest import Seen
from tests.media.files import picture
for body, media_type in ((picture(), "image/png"), (b"%PDF-1.7", "application/pdf"), (b"plain words", "text/plain")):
    print(Seen(render(Piece("http://x.example/", body, media_type, "", ""))).html)
"""


def test_where_no_process_can_be_limited_nothing_is_decoded_and_the_reason_is_said() -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", ELSEWHERE], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.count("this machine cannot limit what a decoder takes") == 2
    assert "89 50 4e 47" in run.stdout
    assert "plain words" in run.stdout
