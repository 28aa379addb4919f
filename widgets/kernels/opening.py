"""A page's scripts in one file, which a browser has by the time that the page's kernel has run its notebook.

Voila's own script asks for its parts one after another when the page has come, some eighty files. All of them are known
beforehand: they are what the installed scripts say that they load. `Opening` puts them into two files, one that the
page needs and one for what it can have later (the chart), and tells the page's template their addresses. A part that is
not in them is loaded as ever, and where nothing is found there is no such file, and the page loads as ever too.

What the parts define is the same; two libraries are left out, since a dashboard uses neither and they would be loaded
with it: MathJax, and ECharts' drawings in three dimensions.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tornado.web
from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EAGER = "//# allFunctionsCalledOnLoad\n"
"""Has Chromium compile all of a file beside the page, not in pieces while the page waits; a comment to others."""
RUNTIME, CORE = "voila.js", "webpackChunk_JUPYTERLAB_CORE_OUTPUT"
WIDGETS, MANAGER, CHARTS = "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "ipecharts"
MATH, SOLID = "@jupyterlab/mathjax-extension", "echarts-gl"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where packing a file takes longer than sending it."""
YEAR = 365 * 24 * 3600
_asks = re.compile(r"\.e\((\d+)\)")
_entry = re.compile(r"Promise\.all\(\[([^\]]*)\]\)\.then\(\w+\.bind\(\w+,\d+\)\)")
_fallback = re.compile(r"(\d+):\(\)=>\w+\(\"default\",(\"[^\"]+\"),(.*?)\)\)\)\)\)")
_offered = re.compile(r"\w\((\"[^\"]+\"),\"[^\"]+\",\(\(\)=>(.*?)\.then\(")
_shares = re.compile(r"[{,](\d+):\[([\d,]+)\]")
_exposed = re.compile(r"\"\./\w+\":\(\)=>(.*?)\.then\(")


def first_parts(runtime: str) -> list[str]:
    '''The numbers of all parts that an application loads before its first line runs, by what its runtime says.

    An application of webpack names the parts of its first module; a part may share a package, which has parts in turn:
    those of the package that is offered, or where there is none those of a copy.

    >>> first_parts("""
    ...     Promise.all([r.e(1),r.e(20)]).then(r.bind(r,1))
    ...     y={300:()=>c("default","left-pad",!1,[1,2],(()=>Promise.all([x.e(4),x.e(1)]).then((()=>()=>x(9)))))}
    ...     P={20:[300]}
    ...     i("left-pad","1.2.1",(()=>Promise.all([x.e(4),x.e(5)]).then((()=>()=>x(9)))))
    ... """)
    ['1', '20', '4', '5']
    '''
    entry = _entry.search(runtime)
    offered = {found[1]: _asks.findall(found[2]) for found in _offered.finditer(runtime)}
    loads = {found[1]: _asks.findall(found[3]) + offered.get(found[2], []) for found in _fallback.finditer(runtime)}
    uses = {found[1]: found[2].split(",") for found in _shares.finditer(runtime)}
    waiting, seen = _asks.findall(entry[1]) if entry else [], dict[str, None]()
    while waiting:
        part = waiting.pop(0)
        if part not in seen:
            seen[part] = None
            waiting += [each for module in uses.get(part, ()) for each in loads.get(module, ())]
    return list(seen)


def exposed_parts(remote: str) -> list[str]:
    """The numbers of the parts that an extension's modules are in, by what its entry says.

    >>> exposed_parts('a={"./index":()=>Promise.all([t.e(88),t.e(26)]).then((()=>()=>t(7)))}')
    ['88', '26']
    """
    return list(dict.fromkeys(part for found in _exposed.finditer(remote) for part in _asks.findall(found[1])))


@dataclass(frozen=True, slots=True)
class Share:
    """Where a shared package is: its own part, and in it its module."""

    part: str
    module: str

    def empty(self, chunks: str) -> str:
        """A script that puts nothing in its place.

        >>> Share("308", "6308").empty("webpackChunkipecharts")
        '(self.webpackChunkipecharts??=[]).push([[308],{6308:e=>{e.exports=[]}}])'
        """
        return f"(self.{chunks}??=[]).push([[{self.part}],{{{self.module}:e=>{{e.exports=[]}}}}])"


def share(runtime: str, package: str) -> Share | None:
    """Find a shared package in a runtime.

    >>> share('i("three","5.0",(()=>Promise.all([S.e(8),S.e(3)]).then((()=>()=>S(6)))))', "three")
    Share(part='3', module='6')
    """
    loaded = r"\(\(\)=>(?:Promise\.all\(\[)?([^\]]*?)\]?\)?\.then\(\(\(\)=>\(\)=>\w+\((\d+)\)"
    found = re.search(rf"\"{re.escape(package)}\",\"[^\"]+\",{loaded}", runtime)
    parts = _asks.findall(found[1] + ")") if found else []
    return Share(parts[-1], found[2]) if found and parts else None


@dataclass(frozen=True, slots=True)
class Script:
    """Parts as one file.

    Attributes:
        files: What it is made of.
        left: Parts that are empty in it, by their files.
    """

    files: tuple[Path, ...]
    left: Mapping[Path, str]

    def text(self) -> str:
        """All of it; each part keeps its own strictness."""
        parts = (self.left.get(file) or file.read_text("utf-8") for file in self.files)
        return EAGER + "".join(f"(()=>{{{part}\n}})();\n" for part in parts)


def at_once(static: Path, extensions: Mapping[str, Path]) -> Script:
    """What the page needs: all that Voila loads first, and the widgets.

    Args:
        static: The folder of Voila's scripts.
        extensions: The folders of the extensions' scripts.
    """
    runtime = (static / RUNTIME).read_text("utf-8")
    ours = [static / f"{part}.voila.js" for part in first_parts(runtime)]
    math = share(runtime, MATH)
    left = {static / f"{math.part}.voila.js": math.empty(CORE)} if math else {}
    widgets = numbered(extensions[WIDGETS]) if WIDGETS in extensions else []
    if (manager := extensions.get(MANAGER)) is not None:
        exposed = exposed_parts(entry_of(manager))
        widgets += [each for each in numbered(manager) if number_of(each) in exposed]
    return Script(tuple(each for each in [*ours, *widgets] if each.is_file()), left)


def afterwards(extensions: Mapping[str, Path]) -> Script:
    """What can be had when the page stands: the chart's library."""
    charts = extensions.get(CHARTS)
    if charts is None:
        return Script((), {})
    files, solid = numbered(charts), share(entry_of(charts), SOLID)
    left = {each: solid.empty(f"webpackChunk{CHARTS}") for each in files if solid and number_of(each) == solid.part}
    return Script(tuple(files), left)


def numbered(static: Path) -> list[Path]:
    """The parts of an extension, `870.f3….js`."""
    return sorted(static.glob("[0-9]*.js"))


def number_of(file: Path) -> str:
    """The number of a part.

    >>> number_of(Path("static/870.f3ab.js"))
    '870'
    """
    return file.name.partition(".")[0]


def entry_of(static: Path) -> str:
    """The script by which an extension begins."""
    return "".join(each.read_text("utf-8") for each in sorted(static.glob("remoteEntry.*js")))


class Opening:
    """The two files of a server, made anew when one of their parts has changed.

    Args:
        statics: Folders of Voila's scripts, the first that has them counts.
        labextensions: Folders of extensions, the first that has one counts.
    """

    def __init__(self, statics: Iterable[str], labextensions: Iterable[str]) -> None:
        self._static = next((Path(each) for each in statics if (Path(each) / RUNTIME).is_file()), None)
        self._folders = [Path(each) for each in labextensions]
        self._stamps: Mapping[Path, float] = {}
        self._addresses: Mapping[str, str] = {}
        self._bodies: dict[str, bytes] = {}
        self._packed: dict[str, bytes] = {}

    def addresses(self) -> Mapping[str, str]:
        """The file names of `opening` and `later`, of those that there are."""
        if self._static is None:
            return {}
        if not self._stamps or any(changed(file) != when for file, when in self._stamps.items()):
            self._make(self._static)
        return self._addresses

    def _make(self, static: Path) -> None:
        names = (WIDGETS, MANAGER, CHARTS)
        places = ((name, folder / name / "static") for name in names for folder in reversed(self._folders))
        found = {name: place for name, place in places if place.is_dir()}
        scripts = {"opening": at_once(static, found), "later": afterwards(found)}
        files = {file for script in scripts.values() for file in script.files}
        entries = [static / RUNTIME, *(each for folder in found.values() for each in folder.glob("remoteEntry.*js"))]
        self._stamps = {file: changed(file) for file in [*entries, *files]}
        addresses, bodies = {}, {}
        for name, script in scripts.items():
            if script.files:
                body = script.text().encode()
                addresses[name] = f"{name}-{hashlib.sha256(body).hexdigest()[:20]}.js"
                bodies[addresses[name]] = body
        self._addresses, self._bodies, self._packed = addresses, bodies, {}

    def body(self, name: str, *, packed: bool) -> bytes | None:
        """A file, packed by gzip or as it is; `None` where there is none of that name (any more)."""
        body = self._bodies.get(name)
        if body is None or not packed:
            return body
        if name not in self._packed:
            self._packed[name] = gzip.compress(body, 6)
        return self._packed[name]


def changed(file: Path) -> float:
    """When a file last changed; -1 when it is gone."""
    try:
        return file.stat().st_mtime
    except OSError:
        return -1.0


class OpeningHandler(tornado.web.RequestHandler):
    """Sends the files: to anybody, as Voila does with each part of them."""

    def initialize(self, opening: Opening) -> None:
        """Take what there is."""
        self._opening = opening

    def get(self, name: str) -> None:
        """Send one, which never changes under its name."""
        host = urlsplit(f"//{self.request.host}").hostname
        packs = "gzip" in self.request.headers.get("Accept-Encoding", "") and host not in HERE
        body = self._opening.body(name, packed=packs)
        if body is None:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", f"public, max-age={YEAR}, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if packs:
            self.set_header("Content-Encoding", "gzip")
        self.finish(body)


def serve_opening(server: Any) -> None:
    """Add the files to a Voila server, and their addresses to what it tells each page."""
    configuration, before = server.voila_configuration, server.voila_configuration.page_config_hook
    opening = Opening(server.static_paths, server.labextensions_path)
    rule = Rule(
        PathMatches(url_path_join(server.server_url, r"/waitwise/((?:opening|later)-\w+\.js)")),
        OpeningHandler,
        {"opening": opening},
    )
    server.app.default_router.rules.insert(0, rule)

    def told(page: dict[str, Any], **others: Any) -> dict[str, Any]:
        """What the page is told: the addresses too."""
        page = before(page, **others) if before else page
        there = opening.addresses()
        base = page.get("baseUrl", "/")
        return page | {"waitwise": {name: url_path_join(base, "waitwise", file) for name, file in there.items()}}

    configuration.page_config_hook = told
    opening.addresses()


__all__ = [
    "Opening",
    "Script",
    "Share",
    "afterwards",
    "at_once",
    "exposed_parts",
    "first_parts",
    "serve_opening",
    "share",
]
