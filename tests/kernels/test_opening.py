"""The scripts of a page in one file: what is in it, what is left out, when it is made anew, how it is sent."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import tornado.testing
import tornado.web
from voila.paths import collect_static_paths
from voila.utils import get_voila_labextensions_path

from widgets.kernels.opening import CHARTS, EAGER, MANAGER, WIDGETS, Opening, afterwards, at_once, serve_opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUNTIME = """Promise.all([r.e(1),r.e(2)]).then(r.bind(r,1));
i("@jupyterlab/mathjax-extension","4.2.5",(()=>Promise.all([x.e(1),x.e(2)]).then((()=>()=>x(77)))))"""


def installed() -> Opening:
    return Opening(collect_static_paths(["voila", "nbconvert"], "waitwise"), get_voila_labextensions_path([]))


def text(opening: Opening, which: str) -> str:
    body = opening.body(opening.addresses()[which], packed=False)
    assert body is not None
    return body.decode()


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Voila's scripts in small: three parts, of which the runtime asks for two; the second is MathJax."""
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "voila.js").write_text(RUNTIME)
    for part in (1, 2, 3):
        (folder / f"{part}.voila.js").write_text(f'"use strict";part({part})')
    return folder


@pytest.fixture
def labextensions(tmp_path: Path) -> Path:
    """The extensions in small."""
    folder = tmp_path / "labextensions"
    remotes = {
        WIDGETS: "",
        MANAGER: '"./index":()=>Promise.all([t.e(8)]).then((()=>t(1)))',
        CHARTS: 'l("echarts-gl","2.0.9",(()=>Promise.all([S.e(7),S.e(8)]).then((()=>()=>S(66)))))',
    }
    for name, remote in remotes.items():
        (folder / name / "static").mkdir(parents=True)
        (folder / name / "static" / "remoteEntry.ab.js").write_text(remote)
        for part in (7, 8):
            (folder / name / "static" / f"{part}.cd.js").write_text(f"{name} {part}")
    return folder


def test_it_holds_what_the_runtime_asks_for_the_widgets_and_what_the_manager_exposes(
    static: Path, labextensions: Path
) -> None:
    made = text(Opening([str(static)], [str(labextensions)]), "opening")
    assert made.startswith(EAGER)
    assert '(()=>{"use strict";part(1)\n})();' in made
    assert "part(3)" not in made
    assert f"{WIDGETS} 7" in made
    assert f"{WIDGETS} 8" in made
    assert f"{MANAGER} 8" in made
    assert f"{MANAGER} 7" not in made


def test_mathjax_and_drawings_in_three_dimensions_are_left_out_and_the_rest_of_the_chart_is_for_later(
    static: Path, labextensions: Path
) -> None:
    opening = Opening([str(static)], [str(labextensions)])
    made = text(opening, "opening")
    assert "part(2)" not in made
    assert ".push([[2],{77:e=>{e.exports=[]}}])" in made
    assert CHARTS not in made
    later = text(opening, "later")
    assert f"{CHARTS} 7" in later
    assert f"{CHARTS} 8" not in later
    assert "(self.webpackChunkipecharts??=[]).push([[8],{66:e=>{e.exports=[]}}])" in later


def test_all_parts_that_the_installed_voila_asks_for_are_found() -> None:
    opening = installed()
    assert set(opening.addresses()) == {"opening", "later"}
    made = text(opening, "opening")
    assert made.count("webpackChunk_JUPYTERLAB_CORE_OUTPUT") > 40
    assert "jupyter_widgets_jupyterlab_manager" in made
    assert ".push([[" in made
    assert text(opening, "later").count("e.exports=[]") == 1


@pytest.mark.parametrize("lacking", [WIDGETS, MANAGER, CHARTS])
def test_an_extension_that_is_not_there_is_not_waited_for(static: Path, labextensions: Path, lacking: str) -> None:
    there = {each: labextensions / each / "static" for each in (WIDGETS, MANAGER, CHARTS) if each != lacking}
    assert f"{lacking} " not in at_once(static, there).text()
    assert bool(afterwards(there).files) is (lacking != CHARTS)


def test_without_voilas_scripts_there_is_no_file(tmp_path: Path) -> None:
    assert Opening([str(tmp_path)], [str(tmp_path)]).addresses() == {}


def test_a_runtime_that_says_it_in_another_way_leaves_the_widgets_alone(static: Path, labextensions: Path) -> None:
    (static / "voila.js").write_text("import('./elsewhere.js')")
    made = text(Opening([str(static)], [str(labextensions)]), "opening")
    assert "part(" not in made
    assert f"{WIDGETS} 7" in made


@pytest.mark.parametrize("change", ["part", "runtime", "gone"])
def test_it_is_made_anew_under_another_name_when_something_changed(
    static: Path, labextensions: Path, change: str
) -> None:
    opening = Opening([str(static)], [str(labextensions)])
    before = opening.addresses()["opening"]
    assert opening.addresses()["opening"] == before
    part, runtime = static / "1.voila.js", static / "voila.js"
    if change == "gone":
        part.unlink()
    elif change == "part":
        part.write_text("part(11)")
        os.utime(part, (1, 1))
    else:
        runtime.write_text(RUNTIME.replace("r.e(2)", "r.e(3)"))
        os.utime(runtime, (1, 1))
    after = opening.addresses()["opening"]
    assert after != before
    assert opening.body(before, packed=False) is None


@dataclass
class Configuration:
    page_config_hook: Callable[..., dict[str, Any]] | None = None


@dataclass
class Server:
    """What of Voila is used."""

    app: tornado.web.Application
    static_paths: list[str]
    labextensions_path: list[str]
    server_url: str = "/base/"
    voila_configuration: Configuration = field(default_factory=Configuration)


class SendingTest(tornado.testing.AsyncHTTPTestCase):
    """As the server sends it."""

    def get_app(self) -> tornado.web.Application:
        app = tornado.web.Application([(r"/.*", tornado.web.ErrorHandler, {"status_code": 418})])
        found = collect_static_paths(["voila", "nbconvert"], "waitwise")
        self.server = Server(app, found, get_voila_labextensions_path([]))
        self.server.voila_configuration.page_config_hook = lambda page, **_: page | {"before": True}
        serve_opening(self.server)
        return app

    def address(self) -> str:
        hook = self.server.voila_configuration.page_config_hook
        assert hook is not None
        told = hook({"baseUrl": "/base/"}, notebook_path="x.ipynb")
        assert told["before"]
        return str(told["waitwise"]["opening"])

    def test_the_page_is_told_an_address_which_never_changes_what_it_gives(self) -> None:
        answer = self.fetch(self.address())
        assert answer.code == 200
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.body.startswith(EAGER.encode())

    def test_it_is_packed_for_other_machines_only(self) -> None:
        wanted = {"Accept-Encoding": "gzip"}
        here = self.fetch(self.address(), headers=wanted, decompress_response=False)
        there = self.fetch(self.address(), headers=wanted | {"Host": "class.example"}, decompress_response=False)
        assert "Content-Encoding" not in here.headers
        assert there.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(there.body) == here.body
        assert len(there.body) < len(here.body) / 3

    def test_another_name_gives_nothing(self) -> None:
        assert self.fetch("/base/waitwise/opening-0123.js").code == 404
