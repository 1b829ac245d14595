# SPDX-License-Identifier: EUPL-1.2
"""Keeps Django's tables in the register: the key store has its own schema without Django."""

from typing import Any


class RegisterOnly:
    """Let migrations run on the register alone."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether Django may make tables there."""
        return db == "default"
