"""A JupyterLab of its own on loopback, and the browser that is on this machine."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def serve(home):
    """The address of a JupyterLab that shows this folder; kernels started in it can import ``kernel_side``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = home / "settings"
    news = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false"}')  # or a question about it lies over the page
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)]),
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={home}", "--LabApp.news_url=None"),
        "--expose-app-in-browser",
    ]
    log = home / "server.log"
    with log.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, log)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(address, log):
    for _ in range(240):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api", timeout=2).read()
            return
        time.sleep(0.5)
    raise TimeoutError(f"JupyterLab did not start: {log.read_text()[-2000:]}")


def keep_screenshot(page, name):
    """Keep what a page looks like in ``test-artifacts``."""
    folder = ROOT / "test-artifacts"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
