# SPDX-License-Identifier: EUPL-1.2
"""Typed references: random, without meaning, safe to print.

A reference contains nothing about a person, and the register alone does not reveal who the person is. Version 7 of RFC 9562 keeps rows that
were made together near each other on disk.
"""

import os
import time
from typing import NewType
from uuid import UUID

LineId = NewType("LineId", UUID)
PersonId = NewType("PersonId", UUID)
TenureId = NewType("TenureId", UUID)
StaffId = NewType("StaffId", UUID)
CampaignId = NewType("CampaignId", UUID)
BatchId = NewType("BatchId", UUID)
NoticeId = NewType("NoticeId", UUID)
CommandId = NewType("CommandId", UUID)
EntryId = NewType("EntryId", int)


def new_uuid() -> UUID:
    """Make a UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    return new_uuids(1)[0]


def new_uuids(count: int) -> list[UUID]:
    """Make `count` UUIDs of version 7, ascending in time and random within the millisecond."""
    return [UUID(bytes=value) for value in new_uuid_bytes(count)]


def new_uuid_bytes(count: int) -> list[bytes]:
    """Make `count` UUIDs of version 7 as 16 bytes each: for millions, the objects would cost more than the bytes."""
    head = (time.time_ns() // 1_000_000).to_bytes(6)
    noise = os.urandom(10 * count)
    return [
        head
        + bytes((0x70 | noise[i] & 0x0F, noise[i + 1], 0x80 | noise[i + 2] & 0x3F))
        + noise[i + 3 : i + 10]
        for i in range(0, 10 * count, 10)
    ]
