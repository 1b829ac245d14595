# SPDX-License-Identifier: EUPL-1.2
"""The settings of the workers: whether this instance runs its background jobs.

A restored instance runs none until its operator says so, whatever the settings and the environment say: the instance that it
was restored from may still live, and two instances that notify people and command the network do harm.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.locks import try_exclusive_lock
from rollkeeper.kernel.settings import Table, check_all_tables, data_dir, registered_tables, table


class Jobs(Table):
    """The background jobs."""

    background_jobs: Annotated[
        bool,
        Field(
            description="Whether this instance runs its jobs. A restored instance runs none until 'rollkeeper finish-restore'."
        ),
    ] = True


settings = table("jobs", Jobs)


def restored_mark() -> Path:
    """Return the file whose presence says that this instance was restored and that its restore is not finished."""
    return data_dir() / "restored"


def restoring_mark() -> Path:
    """Return the file that exists, and is locked, while an instance is restored."""
    return data_dir() / "restoring"


def is_restore_abandoned() -> bool:
    """Tell whether a restore into this directory was killed: the next restore removes the secrets and servers that it may have left."""
    if not restoring_mark().exists():
        return False
    with try_exclusive_lock(restoring_mark()) as is_free:
        return is_free


def may_run_jobs() -> bool:
    """Tell whether this instance may do anything by itself."""
    return settings().background_jobs and not restored_mark().exists()


MODULES = (
    "kernel.instance", "access.settings", "ledger.settings", "vault.settings", "lines.settings", "notices.settings",
    "provisioning.settings", "campaign.settings", "registration.settings", "retention.settings", "agents.settings",
    "selfcare.settings", "counter.settings", "operations.settings",
)  # fmt: skip


def all_tables() -> Mapping[str, type[Table]]:
    """Return every table by name, in the order of the packages' layers."""
    modules = [f"rollkeeper.{module}" for module in MODULES]
    for module in modules:
        import_module(module)
    return dict(sorted(registered_tables().items(), key=lambda one: modules.index(one[1].__module__)))


def check_settings() -> None:
    """Validate the whole file and the environment. Refuses: SETTING_FAULT (all at once), as `check_all_tables`."""
    all_tables()
    check_all_tables()
