# SPDX-License-Identifier: EUPL-1.2
"""An empty instance, made once for all workers of a run and copied by each who wants one: to make one takes ten times as long.

The copies have the same keys, passwords and ledger key. A test that compares two instances, or tries how one is made, makes its own.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rollkeeper.kernel import stores
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.locks import exclusive_lock

ROOT = Path(__file__).parents[1]
_CONFIGURATION = "ROLLKEEPER_SERVER_CONFIGURATION"
QUICK_SERVERS = (
    # Tests crash the servers only where they say so; there they start their own.
    "fsync = off\nfull_page_writes = off\n"
    # Hundreds of small servers start, and thousands of connections. No one guesses the roles' passwords: they are random.
    "scram_iterations = 1\nio_method = sync\nshared_buffers = 64MB\nmax_logical_replication_workers = 0\n"
    # Instances are copied, backed up and removed: no zeros are written ahead into their logs.
    "wal_init_zero = off\nwal_recycle = off\n"
    # Tables of tests are small: to start a second process for a query takes longer than the query.
    "max_parallel_workers_per_gather = 0\n"
)
_COMMON = "TESTS_HAVE_IN_COMMON"  # set by `tests/conftest.py`, which a bench that shares code with tests must not import
_MAKE = (
    "import django; django.setup();"
    " from rollkeeper.kernel.instance import InstanceKind; from rollkeeper.operations import bootstrap;"
    " bootstrap.set_up_instance(InstanceKind.DEMO)"
)


def copy_empty(data_dir: Path, *, configuration: str | None = None) -> None:
    """Give this place an empty demo instance at rest, its servers configured as those that this process would make, or as given.

    Where the place has settings of its own they stay, and the copy waits for a `setup`, which takes what follows from them over.
    """
    settings = data_dir / "settings.toml"
    own = settings.read_bytes() if settings.exists() else None
    data_dir.mkdir(parents=True, exist_ok=True)
    # Owners and modes as well: the servers' users own what lies in it. The folder itself stays as closed as it is.
    # `made` is copied last: until then a process that starts meanwhile finds no instance, and not one without settings.
    files = sorted(made_in_common("empty", _make).iterdir(), key=lambda one: one.name == "made")
    subprocess.run(["cp", "-a", *files, data_dir], check=True)
    if own is not None:
        settings.write_bytes(own)
        (data_dir / "made").unlink()
    wanted = os.environ.get(_CONFIGURATION, "") if configuration is None else configuration
    for store in stores.STORES:
        file = data_dir / store.name / "pg" / "postgresql.conf"
        text = file.read_text("utf-8")
        assert text.endswith(QUICK_SERVERS)
        file.write_text(text.removesuffix(QUICK_SERVERS) + wanted, "utf-8")


def set_up_copy() -> None:
    """Make this process's instance a demo instance and start its servers; by hand, outside a run of tests, it is made from the start."""
    from django.db import connections

    from rollkeeper.kernel.database import address
    from rollkeeper.kernel.settings import data_dir, forget_settings
    from rollkeeper.operations import bootstrap
    from rollkeeper.platform import embedded_postgres

    if _COMMON not in os.environ:
        bootstrap.set_up_instance(InstanceKind.DEMO)
        return
    copy_empty(data_dir())
    forget_settings()
    if not (data_dir() / "made").exists():
        bootstrap.set_up_instance(InstanceKind.DEMO)
        return
    embedded_postgres.ensure_running()
    # Where the servers are was settled when Django was set up: there was none, nor the user that a server runs as.
    for alias in connections:
        place = connections[alias].settings_dict
        store = stores.KEYS if place["NAME"] == f"rollkeeper_{stores.KEYS.name}" else stores.REGISTER
        place.update(address(store, place["USER"]))


def made_in_common(name: str, make: Callable[[Path], None]) -> Path:
    """Have it made if no worker has; return its path, which is only copied."""
    in_common = Path(os.environ[_COMMON])
    made, draft = in_common / name, in_common / f"{name}.new"
    in_common.mkdir(exist_ok=True)
    with exclusive_lock(in_common / f"{name}.lock"):
        if not made.exists():
            make(draft)
            draft.rename(made)
    return made


def run_in(data_dir: Path, program: str, **surroundings: str) -> None:
    """Run a program of Python in a separate process, in another instance than this one's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
    subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, cwd=ROOT,
        env=kept | {"ROLLKEEPER_HOME": str(data_dir), _CONFIGURATION: QUICK_SERVERS} | surroundings,
    )  # fmt: skip


def _make(data_dir: Path) -> None:
    run_in(data_dir, _MAKE, ROLLKEEPER_ROLE="migrator")
    for store in stores.STORES:
        (data_dir / store.name / "server.log").unlink()
