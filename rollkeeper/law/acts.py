# SPDX-License-Identifier: EUPL-1.2
"""What a law allows to be done on a day: the one check that every package asks before it acts on people.

A pack allows no act if it is a draft, or if the law was struck down or stayed, has not begun or is over; nor if nothing here supports one
of its fields, or no named reader confirmed a value that the act rests on. Acts that protect people need no such check: erasing, restoring,
pausing, hearing, showing.
"""

import datetime as dt
from enum import StrEnum
from typing import Final

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.law.errors import (
    PACK_IS_A_DRAFT,
    PACK_NOT_BEGUN,
    PACK_NOT_IN_FORCE,
    PACK_OVER,
    PACK_WITHOUT_CAMPAIGN,
    UNCONFIRMED_PACK_VALUE,
)
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.retention_rules import IDENTITY
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.schema_stages import Campaign


class Act(StrEnum):
    """What may be done to people because a law says so."""

    COLLECT = "collect"
    """Record or ask for anybody's identity."""
    PLAN = "plan"
    """Take lines into a campaign."""
    NOTIFY = "notify"
    """Demand something of people, or tell them what will follow."""
    SUSPEND = "suspend"
    TERMINATE = "terminate"
    DISCLOSE = "disclose"
    """Answer a third party about a person."""
    ENTRUST = "entrust"
    """Let an agent register people."""


_PREPARING: Final = frozenset({Act.COLLECT, Act.PLAN, Act.NOTIFY, Act.ENTRUST})
"""The acts that are allowed from the day on which the law itself tells the operator to prepare."""
_OF_A_CAMPAIGN: Final = frozenset({Act.PLAN, Act.NOTIFY, Act.SUSPEND, Act.TERMINATE})
_CUTTING: Final = frozenset({Act.PLAN, Act.SUSPEND, Act.TERMINATE})


def pack_for(act: Act, *, on: dt.date) -> Pack:
    """Return the instance's pack if the law allows this act on a day. Refuses: as `require_act`."""
    pack = load_pack(instance().pack)
    require_act(pack, act, on=on)
    return pack


def may_act(pack: Pack, act: Act, *, on: dt.date) -> bool:
    """Tell whether the law allows this act on a day."""
    try:
        require_act(pack, act, on=on)
    except RollkeeperError:
        return False
    return True


def require_act(pack: Pack, act: Act, *, on: dt.date) -> None:
    """Refuse an act that the law does not allow on a day. Refuses: PACK_IS_A_DRAFT, PACK_NOT_IN_FORCE, PACK_NOT_BEGUN, PACK_OVER,
    UNSUPPORTED_PACK_FIELD, PACK_WITHOUT_CAMPAIGN, UNCONFIRMED_PACK_VALUE, EMERGENCY_NUMBERS_MISSING.
    """
    if pack.file.status == "draft":
        raise PACK_IS_A_DRAFT(pack=pack.id, action=act.value)
    if pack.file.status != "confirmed":
        raise PACK_NOT_IN_FORCE(pack=pack.id, action=act.value, status=pack.file.status)
    begins, ends = first_day(pack, act), pack.file.valid.ends
    if on < begins:
        raise PACK_NOT_BEGUN(pack=pack.id, action=act.value, day=begins)
    if ends is not None and on > ends:
        raise PACK_OVER(pack=pack.id, action=act.value, day=ends)
    pack.refuse_unsupported()
    if act in _OF_A_CAMPAIGN and not pack.has_campaign:
        raise PACK_WITHOUT_CAMPAIGN(pack=pack.id)
    doubtful = dict.fromkeys(leaf for leaf, because in _grounds(pack, act) if not because.confirmed)
    if doubtful:
        raise UNCONFIRMED_PACK_VALUE(pack=pack.id, action=act.value, leaves=", ".join(doubtful))
    if act in _CUTTING:
        pack.country()


def is_told(pack: Pack) -> bool:
    """Tell whether people may be told, as a fact, what a pack's campaign does now or later."""
    valid = pack.file.valid
    return may_act(pack, Act.TERMINATE, on=valid.ends or valid.begins)


def first_day(pack: Pack, act: Act) -> dt.date:
    """Return the first day on which an act is allowed: when the law begins or, for acts that prepare, when its own words tell the operator to."""
    valid = pack.file.valid
    if act in _PREPARING and valid.prepares and valid.prepares.because.confirmed:
        return min(valid.begins, valid.prepares.first)
    return valid.begins


def _grounds(pack: Pack, act: Act) -> list[tuple[str, Citation]]:
    """Return every value that an act rests on; if the law has several campaigns, the values of the chosen one, or of all if none is chosen."""
    file = pack.file
    if act is Act.COLLECT:
        # No identity is recorded before it is known when it is erased.
        return [("retention", rule.because) for rule in file.retention if rule.data_class == IDENTITY]
    if act is Act.ENTRUST:
        return [("agents", file.agents.because)] if file.agents else []
    if act not in _OF_A_CAMPAIGN:
        return []
    named = [ground for one in pack.stated_campaigns for ground in _campaign_grounds(one, act)]
    return [("calendar", file.calendar.because), *named]


def _campaign_grounds(campaign: Campaign, act: Act) -> list[tuple[str, Citation]]:
    bars = [stage for stage in campaign.stages if stage.reversible]
    grounds = [
        ("cohort", campaign.cohort.because),
        ("deadline", campaign.deadline.because),
        *(("notices", notice.because) for notice in campaign.notices),
        *((f"stage '{stage.id}'", stage.because) for stage in bars),
    ]
    # A notice names every stage, so every stage must be confirmed.
    ends = [stage for stage in campaign.stages if not stage.reversible]
    return (
        grounds if act is Act.SUSPEND else [*grounds, *((f"stage '{one.id}'", one.because) for one in ends)]
    )
