# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

import datetime as dt

from django.apps import AppConfig


class LinesConfig(AppConfig):
    """The room lines."""

    name = "rollkeeper.lines"

    def ready(self) -> None:
        """Hand down to the vault how lines' sealed values are renewed, and how a canary gets among the people."""
        from rollkeeper.lines.sealed_values import SealedColumns
        from rollkeeper.vault.canaries import make_canaries_with
        from rollkeeper.vault.rotation import reseal_lines_with

        reseal_lines_with(SealedColumns())
        make_canaries_with(_make_canary)


def _make_canary(on: dt.date) -> None:
    # What invents one reads packs and numbers: every start of every face would wait for it.
    from rollkeeper.lines.canaries import make_canary

    make_canary(on)
