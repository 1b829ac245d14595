# SPDX-License-Identifier: EUPL-1.2
"""The porter beside the faces: started when they are up, started again when it ends, stopped with them.

Only where the portal is served; without it nobody knocks.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, cast

from rollkeeper.kernel.settings import home
from rollkeeper.site.face_logs import keep_what_is_said
from rollkeeper.site.faces import Face, FaceName

_PAUSE_S: Final = 2.0
_STOP_SECONDS: Final = 10


class Porter:
    """The process, or none where no portal is served."""

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0.0

    @classmethod
    @contextmanager
    def for_faces(cls, faces: Sequence[Face]) -> Iterator["Porter"]:
        """Have one for the length of a block, where these faces need it."""
        porter = cls(is_wanted=any(face.name == FaceName.PORTAL for face in faces))
        try:
            yield porter
        finally:
            porter.stop()

    def keep_going(self) -> None:
        """Start it, or start it again. Returns at once."""
        is_running = self._process is not None and self._process.poll() is None
        if not self._is_wanted or is_running or time.monotonic() < self._begun + _PAUSE_S:
            return
        self.stop()
        self._begun, self._process = time.monotonic(), _started()

    def stop(self) -> None:
        """End it: what it is at it ends first, if that takes no more than a few seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cast("IO[bytes]", self._process.stdin).close()
        self._process = None


def _started() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rollkeeper.site.porter_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
            "PYTHONUNBUFFERED": "1",
            "ROLLKEEPER_ROLE": "sweep",
        },
        start_new_session=True,  # Ctrl-C reaches the parent alone, who stops its children in order
    )
    keep_what_is_said(cast("IO[bytes]", process.stdout), home() / "logs" / "porter.log")
    return process
