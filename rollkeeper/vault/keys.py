# SPDX-License-Identifier: EUPL-1.2
"""The second store: one wrapped key a person and holding. Only the vault comes here."""

from rollkeeper.kernel.database import sql


def schema() -> str:
    """Return the statements that make the store of keys, or leave it as it is."""
    return sql("vault", "keys")
