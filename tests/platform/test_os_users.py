# SPDX-License-Identifier: EUPL-1.2
"""Users of the operating system: one for each part, made once however many processes ask for it at once."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from rollkeeper.platform.os_users import system_user

ASK = "import sys, pwd; from rollkeeper.platform.os_users import system_user; print(pwd.getpwnam(system_user(sys.argv[1])).pw_uid)"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users of the operating system")
def test_processes_that_make_one_user_at_once_all_get_the_same():
    name = f"rollkeeper-t{os.getpid()}"
    try:
        asking = [
            subprocess.Popen([sys.executable, "-c", ASK, name], stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]

        notified = {process.communicate(timeout=60)[0].strip() for process in asking}

        assert notified == {str(pwd.getpwnam(name).pw_uid)}
        assert [line.split(":")[0] for line in Path("/etc/passwd").read_text("utf-8").splitlines()].count(
            name
        ) == 1
    finally:
        subprocess.run(["userdel", name], check=False, capture_output=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root makes users")
def test_an_ordinary_user_runs_every_part_alone():
    assert system_user("rollkeeper-anything") is None
