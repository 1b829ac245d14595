# SPDX-License-Identifier: EUPL-1.2
"""Which campaign a page shows: the campaign named in its address, or the first one. A choice is offered only if several are open."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from rollkeeper.campaign import queries
from rollkeeper.campaign.open_campaign import CampaignKey, campaigns_under_way, closed_campaigns
from rollkeeper.kernel import clock
from rollkeeper.kernel.side_by_side import ENGLISH, text_in


@dataclass(frozen=True, slots=True)
class ShownCampaign:
    """One of the open campaigns, as a page names it."""

    name: str
    title: str
    query: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """The campaign that a page shows, and the others."""

    key: CampaignKey | None
    offered: tuple[ShownCampaign, ...]
    """Empty if there is no choice."""

    @property
    def name(self) -> str | None:
        """Return the name of the campaign, None if none is open."""
        return self.key.name if self.key else None

    @property
    def reference(self) -> str:
        """Return the reference of the campaign, for the page's forms; empty if none is open."""
        return str(self.key.campaign_id) if self.key else ""

    def is_asked_in(self, request: HttpRequest) -> bool:
        """Tell whether the form that was sent was shown for this campaign, and not for an earlier one at the same address."""
        return request.POST.get("shown", self.reference) == self.reference

    @property
    def query(self) -> str:
        """Return the query part for addresses of other pages of the same campaign; empty if there is no choice."""
        return next((one.query for one in self.offered if one.is_shown), "")

    @property
    def further(self) -> str:
        """Return the same for an address that already has a query part."""
        return self.query.replace("?", "&")

    @property
    def title(self) -> str:
        """Return the pack's title of the campaign; empty if there is no choice."""
        return next((one.title for one in self.offered if one.is_shown), "")

    def overview(self) -> queries.CampaignOverview | None:
        """Return the figures of the campaign, None if none is open."""
        return queries.overview(clock.today(), self.name) if self.key else None


def campaign_choice(request: HttpRequest, *, also_closed: bool = False) -> CampaignChoice:
    """Return the campaign that a page shows. Refuses: a name that no open campaign has.

    `also_closed`: the page for closing a campaign is still shown after it was closed.
    """
    there, asked = campaigns_under_way(), request.GET.get("campaign")
    if also_closed and asked and all(asked != one.name for one in there):
        there = [*there, *closed_campaigns(asked)]
    if not there:
        return CampaignChoice(None, ())
    chosen = next((one for one in there if asked in {None, one.name}), None)
    if chosen is None:
        raise Http404
    offered = [ShownCampaign(one.name, title_of(one), query_of(one.name), one is chosen) for one in there]
    return CampaignChoice(chosen, tuple(offered) if len(offered) > 1 else ())


def query_of(name: str) -> str:
    """Return the query part of an address for this campaign."""
    return f"?{urlencode({'campaign': name})}"


def titles_of_open() -> dict[str, str]:
    """Return the pack's title of each open campaign, by its name; empty if there is only one."""
    there = campaigns_under_way()
    return {one.name: title_of(one) for one in there} if len(there) > 1 else {}


def title_of(campaign: CampaignKey) -> str:
    """Return the pack's title of a campaign, or else its name in the pack."""
    stated = {one.id: one.title for one in campaign.pack_now().stated_campaigns}
    return text_in(get_language() or ENGLISH, {ENGLISH: campaign.name} | stated.get(campaign.name, {}))[0]
