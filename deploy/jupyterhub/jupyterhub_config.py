"""A JupyterHub that gives each user a Waitwise dashboard: `jupyterhub -f deploy/jupyterhub/jupyterhub_config.py`.

Run it in the folder of the project, after `pip install -r deploy/jupyterhub/requirements.txt` and
`npm install -g configurable-http-proxy`. As it stands it is for trying, on one machine: whoever types the password
below gets in under any name, and all servers run as you. What to change for others to use it is marked CHANGE; the same
values for Kubernetes stand in `values.yaml` beside this file.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - JupyterHub gives it
HERE = Path.cwd()
BIN = Path(sys.executable).parent
PORT = int(os.environ.get("HUB_PORT", "8000"))
SERVICE = int(os.environ.get("HUB_SERVICE_PORT", "5009"))

# Where people come. CHANGE: behind a proxy with TLS this stays on the loopback address; without one, name the
# certificate (ssl_key, ssl_cert) and bind to all addresses.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{int(os.environ.get('HUB_API_PORT', '8081'))}"
c.JupyterHub.db_url = os.environ.get("HUB_DB", "sqlite:///jupyterhub.sqlite")
c.JupyterHub.cookie_secret_file = os.environ.get("HUB_COOKIE_SECRET", "jupyterhub_cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{int(os.environ.get('HUB_PROXY_PORT', '8001'))}"
c.ConfigurableHTTPProxy.command = os.environ.get("HUB_PROXY", "configurable-http-proxy").split()
c.ConfigurableHTTPProxy.pid_file = os.environ.get("HUB_PROXY_PID", "jupyterhub-proxy.pid")

# Who gets in. CHANGE: "dummy" is one password for all; oauthenticator has GitHub, Google, and your university's login.
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ.get("HUB_PASSWORD", "waitwise")
c.Authenticator.allow_all = True

# How a user's server runs. CHANGE: "simple" starts it as whoever runs the Hub, so that users share files and limits;
# "systemd", "docker" or Kubernetes give each an own account or container, with limits on memory and processors.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = os.environ.get("HUB_HOMES", "/tmp/waitwise-homes") + "/{username}"
# jupyter-server-proxy asks the Hub who a visitor is, and only then passes the request on to Voila: there is no Jupyter
# server in between that would run code. Voila gets the path without the user's part, and puts that part into its page.
# It refuses foreign names by itself (DNS rebinding); here the Hub's login does that, and the name is the Hub's.
c.Spawner.cmd = [
    str(BIN / "jupyter-standaloneproxy"),
    "--timeout=60",
    "--",
    str(BIN / "voila"),
    str(HERE / "dashboard.ipynb"),
    "--no-browser",
    "--port={port}",
    "--Voila.base_url={base_url}/",
    "--Voila.server_url=/",
    "--Voila.tornado_settings={{'allow_remote_access': True, 'ws_ping_interval': 10000, 'ws_ping_timeout': 25000}}",
]
c.Spawner.start_timeout = 60
c.Spawner.http_timeout = 60
c.Spawner.environment = {
    # A server starts in its user's folder: this is where Voila finds the project's voila.json.
    "JUPYTER_CONFIG_PATH": str(HERE),
    # Public mode holds by itself under a Hub; said here so that nobody has to know that.
    "WAITWISE_MODE": "public",
    # One service for the class: puzzles are the same for all, and their score is one.
    "WAITWISE_SERVICE": f"http://127.0.0.1:{SERVICE}",
    # Pages of one user at once.
    "WAITWISE_VISITORS": "3",
    # CHANGE: what all users together may ask of strangers is shared through it. A file does for one machine; for
    # several it is PostgreSQL: postgresql+psycopg://waitwise:…@database/waitwise (pip install 'waitwise[postgresql]').
    "WAITWISE_STORE": os.environ.get("HUB_STORE", "sqlite:////tmp/waitwise-hub.sqlite"),
}

c.JupyterHub.services = [
    {
        "name": "waitwise",
        "command": [sys.executable, "-m", "server", "--serve", "--port", str(SERVICE)],
        "cwd": str(HERE),
    },
]
# CHANGE: jupyterhub-idle-culler ends servers that nobody uses (pip install jupyterhub-idle-culler):
# culler = [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]
# c.JupyterHub.services += [{"name": "culler", "command": culler}]
# c.JupyterHub.load_roles = [{"name": "culler", "services": ["culler"],
#                             "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]}]
