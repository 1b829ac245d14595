# SPDX-License-Identifier: EUPL-1.2
"""Hooks that sending calls, and for which higher packages register functions."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.ids import CampaignId

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack
    from rollkeeper.notices.campaign_facts import Promise

BEFORE_SENDING: Final[Hook[Callable[[dt.date], object]]] = Hook("notices: before sending")
"""Runs before each sending, with its day: what a package must do when a day comes. `disclosures` registers its due actions."""

PROMISES: Final[Hook["Callable[[CampaignId | None, dt.date], Promise | None]"]] = Hook(
    "notices: what a notice promises"
)
"""Says what a notice of a campaign promises if it is sent on a day, keyed by `NoticeKind`. `campaign` registers the first notice's."""

RETURNED_LETTERS: Final[Hook[Callable[[Sequence[str]], set[str]]]] = Hook(
    "notices: letters that are no notices"
)
"""Takes references of envelopes that came back and returns those of its own letters. `selfcare` registers its letters with codes."""

CAMPAIGN_LAWS: Final[Hook[Callable[[CampaignId], "Pack | None"]]] = Hook("notices: the law of a campaign")
"""Says of which law a notice of a campaign speaks, in the version of that campaign. `campaign` registers it."""


def revoke_returned(letters: Sequence[str]) -> set[str]:
    """Tell other packages which envelopes came back; return those that were their letters."""
    return {letter for revoke in RETURNED_LETTERS.each() for letter in revoke(letters)}
