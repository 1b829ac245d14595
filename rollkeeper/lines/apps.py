# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.vault.hooks import CANARY_MAKER, LINE_VALUE_TABLES, STAFF_OPERATIONS


class LinesConfig(AppConfig):
    """The package lines."""

    name = "rollkeeper.lines"

    def ready(self) -> None:
        """Register how sealed values of lines are renewed, how canaries are made, and what the vault service opens for staff."""
        LINE_VALUE_TABLES.register_by_name("rollkeeper.lines.encrypted_columns:EncryptedColumns")
        CANARY_MAKER.register_by_name("rollkeeper.lines.canaries:make_canary")
        STAFF_OPERATIONS.register_by_name(
            "rollkeeper.lines.vault_operations:open_field_for", key="open-field"
        )
        STAFF_OPERATIONS.register_by_name("rollkeeper.lines.vault_operations:open_copy_for", key="open-copy")
