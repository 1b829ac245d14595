# SPDX-License-Identifier: EUPL-1.2
"""The demo, made once for all workers of a run and copied by each who wants one."""

import os
import subprocess
import sys
from pathlib import Path

from django.contrib.auth.hashers import ScryptPasswordHasher

from rollkeeper.kernel.locks import exclusive_lock

LINES = 1500


class QuickScrypt(ScryptPasswordHasher):
    """Makes what the true hasher checks, a thousand times as fast: journeys sign in hundreds of times."""

    work_factor = 16


def copy_demo(data_dir: Path) -> None:
    """Give this place a demo of `LINES` lines, at rest."""
    # Owners and modes as well: the servers' users own what lies in it.
    subprocess.run(["cp", "-a", _demo(), data_dir], check=True)


def _demo() -> Path:
    """Make the demo if no worker has; return its path, which is only copied."""
    # Named by `tests/conftest.py`, which a bench that shares code with tests must not import: it moves the instance.
    in_common = Path(os.environ["TESTS_HAVE_IN_COMMON"])
    made, draft = in_common / "demo", in_common / "demo.new"
    in_common.mkdir(exist_ok=True)
    with exclusive_lock(in_common / "demo.lock"):
        if not made.exists():
            program = (
                "import django; django.setup(); from django.test import override_settings;"
                " from rollkeeper.operations.demo import make_demo;"
                f" override_settings(PASSWORD_HASHERS=['{__name__}.{QuickScrypt.__name__}']).enable();"
                f" make_demo(lines={LINES})"
            )
            environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"}
            subprocess.run(
                [sys.executable, "-c", program],
                check=True,
                capture_output=True,
                cwd=Path(__file__).parents[1],
                env=environment | {"ROLLKEEPER_HOME": str(draft), "ROLLKEEPER_ROLE": "console"},
            )
            draft.rename(made)
    return made
