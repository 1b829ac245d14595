"""Whatever is a process of Rollkeeper cannot be dumped, from its first import on."""

import subprocess
import sys

import pytest

ASK = "import ctypes, resource; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))"
PARTS = ("cli", "app_process", "job_process", "wsgi", "settings")


def asked(*before):
    done = subprocess.run(
        [sys.executable, "-c", "\n".join((*before, ASK))], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere there is the limit alone.")
def test_a_process_that_is_none_of_the_register_can_be_dumped():
    assert asked()[0] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere there is the limit alone.")
@pytest.mark.parametrize("part", PARTS)
def test_no_process_of_the_register_can_be_dumped(part):
    # To find a module imports the package that it lies in, as starting it does.
    found = asked("import importlib.util", f"importlib.util.find_spec('rollkeeper.site.{part}')")

    assert found == ["0", "0", "0"]
