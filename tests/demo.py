# SPDX-License-Identifier: EUPL-1.2
"""The demo, made once for all workers of a run and copied by each who wants one."""

import subprocess
from pathlib import Path

from django.contrib.auth.hashers import ScryptPasswordHasher

from tests.instances import copy_empty, made_in_common, run_in

LINES = 1500


class QuickScrypt(ScryptPasswordHasher):
    """Makes what the true hasher checks, a thousand times as fast: journeys sign in hundreds of times."""

    work_factor = 16


def copy_demo(data_dir: Path) -> None:
    """Give this place a demo of `LINES` lines, at rest."""
    # Owners and modes as well: the servers' users own what lies in it.
    subprocess.run(["cp", "-a", made_in_common("demo", _make), data_dir], check=True)


def _make(data_dir: Path) -> None:
    copy_empty(data_dir)
    run_in(
        data_dir,
        "import django; django.setup(); from django.test import override_settings;"
        " from rollkeeper.operations.demo import make_demo;"
        f" override_settings(PASSWORD_HASHERS=['{__name__}.{QuickScrypt.__name__}']).enable();"
        f" make_demo(lines={LINES})",
        ROLLKEEPER_ROLE="console",
    )
