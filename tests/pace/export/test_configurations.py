"""What is exported for tools that are no Python of ours: run by the tool, or read by its own language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.pace.export.test_code import HOSTILE, pace
from widgets.model.pace import Pace, Target
from widgets.pace.export.code import CODE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPIDER = """
import json
import scrapy
from scrapy.crawler import CrawlerProcess

statuses = []

class Asking(scrapy.Spider):
    name = "asking"
    handle_httpstatus_all = True

    async def start(self):
        for _ in range(11):
            yield scrapy.Request({url!r}, dont_filter=True)

    def parse(self, response):
        statuses.append(response.status)

settings = dict(vars(__import__("settings")))
settings = {{name: value for name, value in settings.items() if name.isupper()}}
process = CrawlerProcess(settings | {{"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}})
process.crawl(Asking)
process.start()
print(json.dumps([statuses, sorted(settings)]))
"""


def test_a_spider_of_scrapy_with_these_settings_keeps_the_pace_and_sees_no_refusal(
    start_service: Callable[..., str], tmp_path: Path
) -> None:
    # Twice the longest gap of the service: Scrapy paces its starts, and a busy machine stretches some of them.
    url = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    (tmp_path / "settings.py").write_text(CODE["Scrapy"][1](pace(url, 0.26)))
    (tmp_path / "spider.py").write_text(SPIDER.format(url=url))
    done = subprocess.run([sys.executable, "spider.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    statuses, names = json.loads(done.stdout.splitlines()[-1])
    assert statuses == [200] * 11
    assert known_to_scrapy(names) == names


def known_to_scrapy(names: list[str]) -> list[str]:
    """Those that Scrapy has a default of: a misspelt setting would be passed over in silence."""
    from scrapy.settings import default_settings  # noqa: PLC0415 - slow to load

    return [name for name in names if hasattr(default_settings, name)]


K6 = """
import script, { options } from "./paced.mjs";
import { asked } from "./k6-http.mjs";
script();
console.log(JSON.stringify({ options, asked }));
"""
HTTP = """
export const asked = [];
export default { request: (...call) => asked.push(call) };
"""


@pytest.mark.parametrize("address", ["http://127.0.0.1:5009/Slow-NASA", HOSTILE])
def test_a_script_of_k6_is_a_module_that_asks_the_address_once_in_each_pace(address: str, tmp_path: Path) -> None:
    target = Target(address[:21], address[21:], "GET")
    text = CODE["k6"][1](Pace(target, 2.5001, "x\ny", 0.0)).replace('"k6/http"', '"./k6-http.mjs"')
    for name, source in {"paced.mjs": text, "k6-http.mjs": HTTP, "run.mjs": K6}.items():
        (tmp_path / name).write_text(source)
    node, _ = compute_driver_executable()  # the one that Playwright brings along: nobody need have another
    done = subprocess.run([node, "run.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    scenario = said["options"]["scenarios"]["paced"]
    assert (scenario["executor"], scenario["rate"], scenario["timeUnit"]) == ("constant-arrival-rate", 1, "2510ms")
    assert said["asked"] == [["GET", target.url]]


@pytest.mark.parametrize("address", ["http://127.0.0.1:5009/Slow-NASA", HOSTILE])
def test_a_hostile_address_stays_one_string_of_r(address: str) -> None:
    text = CODE["R httr2"][1](Pace(Target(address[:21], address[21:], "GET"), 6.6, "x\ny", 0.0))
    assert run_in_r("cat(response$url)", "req_perform <- identity\n" + text) == address


def test_r_keeps_the_pace_and_sees_no_refusal(start_service: Callable[..., str]) -> None:
    text = CODE["R httr2"][1](pace(start_service(TIME_SCALE=0.05) + "/Slow-NASA", 0.5))
    assert run_in_r("cat(resp_status(response), '')", text, times=11).split() == ["200"] * 11


def run_in_r(said: str, text: str, times: int = 1) -> str:
    """What `said` prints in R after a script has run, each of so many times."""
    program = f"for (n in 1:{times}) {{ eval(parse(text = commandArgs(TRUE))); {said} }}"
    done = subprocess.run(
        ["Rscript", "-e", program, text],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    return done.stdout
