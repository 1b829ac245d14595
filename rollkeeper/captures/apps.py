# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from rollkeeper.access.authority import Authority


class CapturesConfig(AppConfig):
    """The room captures."""

    name = "rollkeeper.captures"

    def ready(self) -> None:
        """Hand down to the room that forgets how captures are erased that came to nothing."""
        from rollkeeper.retention.abandoned import abandoned_elsewhere

        abandoned_elsewhere(_give_up_held)


def _give_up_held(authority: "Authority", on: dt.date) -> int:
    # What carries reads packs and forms: every start of every face would wait for it.
    from rollkeeper.captures.carrying import give_up_held

    return give_up_held(authority, on=on)
