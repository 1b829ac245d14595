# SPDX-License-Identifier: EUPL-1.2
"""What a notice says of the law's stages: what is barred, what works, what follows.

Separate from the texts, which put these facts into words, because it reads the pack. It is only for a law that has several bars, a bar
that leaves something, no end or an end after months, or that asks registered subscribers again. For other laws the texts are enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rollkeeper.kernel.choices import BarLevel, Bars
from rollkeeper.law.calendars import Term
from rollkeeper.law.pack import Pack
from rollkeeper.notices.choices import NoticeKind

STAGED: Final = (NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED)
"""The notices that say what a law's stages take and leave."""
ASKED_AGAIN: Final = (*STAGED, NoticeKind.TERMINATED)
"""The notices that say something else to a registered subscriber who must verify the registration again."""


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a notice says of the law's stages, if the law has several bars or a bar that leaves something."""

    level: BarLevel
    """What is barred, or will be if no one registers."""
    follows: BarLevel | None
    """What is barred next."""
    more_follow: bool
    """Whether a further bar follows."""
    ends: bool
    """Whether the contract ends at last; in a notice of a bar that is in place, whether it ends next."""
    length: str = ""
    """The phrase for the time from the first bar to the end, if it has months: `month` or `months`, with `_days` or `days_` for its days."""
    asks_again: bool = False
    """Whether the notice goes to registered subscribers, who verify their registration again."""
    lines: int | None = None
    """How many lines the law lets one person have, if the notice goes to subscribers who have more."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The law's own names, by language, for the present bar (`bars`) and the next one (`next_bars`), if it has any."""

    def phrases(self, kind: NoticeKind) -> dict[str, str]:
        """Name the phrases that go into the text of a kind of notice."""
        if kind.is_statutory:
            later = "_".join(
                part
                for part, said in (
                    ("later", True),
                    ("bars", self.more_follow),
                    ("end", self.ends),
                    ("months", self.ends and self.length),
                )
                if said
            )
        else:
            later = "then_bars" if self.follows else "then_end" if self.ends else "then"
        named = {"bars": f"bars_{self.level.value}", "works": f"works_{self.level.value}", "follows": later}
        named |= {"length": f"length_{self.length}"} if later.endswith("months") else {}
        return named | ({"next_bars": f"bars_{self.follows.value}"} if self.follows else {})


def stage_facts(pack: Pack, kind: NoticeKind, *, step: int | None) -> StageFacts | None:
    """Return what a notice says of the law's stages: of the next stage, or of the stage in place.

    None if one bar takes all but the emergency floor and then the contract ends, or if the notice does not speak of stages; never None if
    the law asks registered subscribers again. The plain text of a suspension says that nothing is charged, so it is for laws that say so.
    """
    if kind not in ASKED_AGAIN or len(pack.stated_campaigns) != 1:
        return None
    rules = pack.campaign
    is_plain = rules.has_plain_stages and (kind is not NoticeKind.SUSPENDED or _charges_nothing(pack))
    if not rules.asks_again and (kind not in STAGED or is_plain):
        return None
    at = 0 if kind.is_statutory else min(max(step or 1, 1), len(rules.bars)) - 1
    level, follows = BarLevel.of(rules.bars[at].bars or Bars.ALL), rules.after(at + 1)
    return StageFacts(
        level,
        names={
            name: rule.title
            for name, rule in (("bars", rules.bars[at]), ("next_bars", follows))
            if rule is not None and rule.title
        },
        follows=BarLevel.of(follows.bars) if follows and follows.bars is not None else None,
        more_follow=len(rules.bars) > at + 1,
        ends=rules.end is not None if kind.is_statutory else follows is not None and follows.is_end,
        length=said_length(rules.time_to_end, days_first=rules.days_come_first),
        asks_again=rules.asks_again,
        lines=rules.lines_over,
    )


def _charges_nothing(pack: Pack) -> bool:
    return pack.charges_while_suspended.charges == "frozen"


def said_length(time: Term | None, *, days_first: bool = False) -> str:
    """Name the phrase for the time from the first bar to the end, empty if it is in days alone, which the text itself says."""
    if time is None or not time.months:
        return ""
    months = f"month{'s' * (time.months > 1)}"
    if not time.days:
        return months
    return f"days_{months}" if days_first else f"{months}_days"
