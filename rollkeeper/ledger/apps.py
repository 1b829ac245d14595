# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The package ledger."""

    name = "rollkeeper.ledger"
