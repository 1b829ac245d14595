# SPDX-License-Identifier: EUPL-1.2
"""Every package's table of settings, known in one place: what belongs to none of them is refused."""

from collections.abc import Mapping
from importlib import import_module

from rollkeeper.kernel.settings import Table, check_all_tables, registered_tables

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
