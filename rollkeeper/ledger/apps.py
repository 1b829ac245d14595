# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The room ledger."""

    name = "rollkeeper.ledger"
