# SPDX-License-Identifier: EUPL-1.2
"""Reminds subscribers whose registration has a last day: some days before it, and once more when it is over. Nothing else follows."""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.packs import load_pack
from rollkeeper.notices.settings import settings


def remind_of_last_days(authority: Authority, *, on: dt.date, limit: int) -> int:
    """Queue the reminders that are due, at most `limit`; return how many. A reminder of a day that was extended is withdrawn.

    If the law does not allow registrations now, there is nothing to extend, and no one is reminded. Again: nothing. Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.SEND_NOTICES)
    pack = load_pack(instance().pack)
    if not may_act(pack, Act.COLLECT, on=on):
        return 0
    values = {"on": on, "ahead": settings().last_day_days, "pack_hash": pack.hash, "limit": limit}
    with action():
        run(sql("notices", "withdraw_last_days"))
        return int(rows(sql("notices", "remind_of_last_days"), values)[0].lines)
