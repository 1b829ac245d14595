# SPDX-License-Identifier: EUPL-1.2
"""Notices in the state that a test begins with."""

import datetime as dt
from typing import Any

from rollkeeper.notices.choices import NoticeState
from rollkeeper.notices.models import IMMEDIATELY, Notice

type Day = dt.date | str


def deliver_notices(on: Day, *, channel: str = "sms", **which: Any) -> None:
    """Mark notices as delivered: all of them, or those that the fields select."""
    Notice.objects.filter(**which).update(state=NoticeState.DELIVERED.value, delivered_on=on, channel=channel)


def bounce_notices(*, channel: str | None = None, **which: Any) -> None:
    """Mark notices as bounced."""
    changes = {"channel": channel} if channel else {}
    Notice.objects.filter(**which).update(state=NoticeState.BOUNCED.value, **changes)


def retry_notices(**which: Any) -> None:
    """Make notices due to be tried again now."""
    Notice.objects.filter(**which).update(next_try_at=IMMEDIATELY)


def lose_gateway(channel: str, **which: Any) -> None:
    """Assign notices to the gateway of a channel, which the instance may not have."""
    Notice.objects.filter(**which).update(next_channel=channel)
