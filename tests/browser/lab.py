"""The JupyterLab process that the browser tests talk to."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

# Nothing that asks the outside, and no toast over the corner of a picture.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": False},
}

PATIENCE = 120.0  # seconds until a server that does not answer is given up; it is shared with all that runs beside


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab. `root` is the folder it serves."""

    base: str
    token: str
    root: Path
    settings: Path
    log: Path

    def url(self, path: str) -> str:
        """The address of a page, with the token."""
        return f"{self.base}{path}?token={self.token}"

    def api(self, path: str, method: str = "GET") -> Any:
        """Ask the REST API; None for an empty answer."""
        request = urllib.request.Request(f"{self.base}api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            body = response.read()
        return json.loads(body) if body else None

    def shut_kernels(self) -> None:
        """End all sessions and kernels, so that no widget of one test lives on in the next."""
        for kind in ("sessions", "kernels"):
            for one in self.api(kind):
                try:
                    self.api(f"{kind}/{one['id']}", "DELETE")
                except urllib.error.HTTPError as error:
                    if error.code not in (404, 410):  # it has gone by itself meanwhile
                        raise

    def set_theme(self, theme: str) -> None:
        """Light or dark, for pages that are opened from now on."""
        name = "JupyterLab Dark" if theme == "dark" else "JupyterLab Light"
        write_setting(self.settings, "apputils-extension/themes", {"theme": name})


def write_setting(settings: Path, plugin: str, values: dict[str, Any]) -> None:
    """One file of user settings."""
    file = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values), encoding="utf-8")


def write_notebook(path: Path, cells: list[str]) -> None:
    """A notebook of these code cells that asks for no kernel when it is opened."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


@contextmanager
def start_lab(home: Path) -> Iterator[Lab]:
    """Run JupyterLab on a free port until the block ends. All its directories are below `home`."""
    folders = {name: home / name for name in ("root", "config", "data", "runtime", "settings", "workspaces", "ipython")}
    for folder in folders.values():
        folder.mkdir()
    for plugin, values in SETTINGS.items():
        write_setting(folders["settings"], plugin, values)
    token = secrets.token_hex(16)
    log = home / "jupyterlab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={folders['root']}"),
                # Gives the tests `window.jupyterapp`: waiting for it beats looking for it.
                *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            ],
            env=_environment(folders) | {"JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        base = _wait_for_server(process, folders["runtime"], log)
        yield Lab(base, token, folders["root"], folders["settings"], log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(folders: dict[str, Path]) -> dict[str, str]:
    ours = {
        "IPYTHONDIR": folders["ipython"],
        "JUPYTER_CONFIG_DIR": folders["config"],
        "JUPYTER_DATA_DIR": folders["data"],
        "JUPYTER_RUNTIME_DIR": folders["runtime"],
        "JUPYTERLAB_SETTINGS_DIR": folders["settings"],
        "JUPYTERLAB_WORKSPACES_DIR": folders["workspaces"],
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JPY_"))}
    return inherited | {name: str(folder) for name, folder in ours.items()}


def _wait_for_server(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """The server's address, once it answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        for file in runtime.glob(f"jpserver-{process.pid}.json"):
            try:
                found = json.loads(file.read_text(encoding="utf-8"))
                base = f"http://127.0.0.1:{found['port']}{found['base_url']}"
                urllib.request.urlopen(f"{base}api", timeout=5).close()
            except (json.JSONDecodeError, OSError, urllib.error.URLError):
                continue
            return base
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")
