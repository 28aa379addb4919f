from __future__ import annotations

import subprocess
import sys
import threading

import ipywidgets

from widgets.kit.ceiling import MB, Ceiling, taken, watch

HUNGRY = """
import ipywidgets, time
from widgets.kit.ceiling import MB, Ceiling, taken, watch
watch(Ceiling(memory=taken()[0] + 60 * MB, widgets=10_000), look=0.01)
kept = []
while len(kept) < 500:
    kept.append(ipywidgets.Text("x" * MB))
    time.sleep(0.005)
"""


def test_a_page_that_opens_500_widgets_of_a_megabyte_loses_its_kernel() -> None:
    done = subprocess.run([sys.executable, "-c", HUNGRY], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "MB of memory" in done.stderr


def test_too_many_widgets_end_it_too() -> None:
    ended, codes = threading.Event(), list[int]()

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    boxes = [ipywidgets.Box() for _ in range(20)]
    thread = watch(Ceiling(widgets=taken()[1] - 10), end=end, look=0.01)
    assert ended.wait(20)
    thread.join(20)
    assert codes == [1]
    for box in boxes:
        box.close()


def test_an_ordinary_page_is_left_alone() -> None:
    stop = threading.Event()
    thread = watch(Ceiling(memory=100_000 * MB, widgets=10**7), end=lambda _: stop.set(), stop=stop, look=0.001)
    assert not stop.wait(0.2)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
