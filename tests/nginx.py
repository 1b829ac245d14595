# SPDX-License-Identifier: EUPL-1.2
"""A real nginx with a configuration of `ops/nginx`, in which ports and files of a test replace those of an operator."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

OPS = Path(__file__).parents[1] / "ops" / "nginx"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="NO NGINX HERE: Debian: apt-get install nginx")
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(name: str, folder: Path, replaced: Mapping[str, str], *, port: int) -> Iterator[None]:
    """Run it with this file until the end of a block; it listens on this port."""
    shipped = (OPS / name).read_text("utf-8")
    for ours, theirs in replaced.items():
        assert ours in shipped, ours
        shipped = shipped.replace(ours, theirs)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} http {{ {temporary}\n{shipped} }}", "utf-8"
    )
    assert NGINX
    running = subprocess.Popen([NGINX, "-p", folder, "-e", folder / "errors", "-c", folder / "nginx.conf"])
    try:
        deadline = time.monotonic() + 10
        while not _listens(port):
            assert running.poll() is None, (folder / "errors").read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield
    finally:
        running.terminate()
        running.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
