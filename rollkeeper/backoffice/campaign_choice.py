# SPDX-License-Identifier: EUPL-1.2
"""Which campaign a page shows: the one named in its address, or the one that began first. A choice is offered only where several are open."""

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
    """Empty where there is no choice."""

    @property
    def name(self) -> str | None:
        """Return the name of the campaign, None where none is open."""
        return self.key.name if self.key else None

    @property
    def reference(self) -> str:
        """Return which campaign a form of the page is about; empty where none is open."""
        return str(self.key.campaign_id) if self.key else ""

    def is_asked_in(self, request: HttpRequest) -> bool:
        """Tell whether a form was drawn for this campaign, and not for an earlier one that was open at its address."""
        return request.POST.get("shown", self.reference) == self.reference

    @property
    def query(self) -> str:
        """Return what the address of another page of the same campaign ends with; empty where there is no choice."""
        return next((one.query for one in self.offered if one.is_shown), "")

    @property
    def further(self) -> str:
        """Return the same for an address that asks for something already."""
        return self.query.replace("?", "&")

    @property
    def title(self) -> str:
        """Return what the pack calls the campaign; empty where there is no choice."""
        return next((one.title for one in self.offered if one.is_shown), "")

    def overview(self) -> queries.CampaignOverview | None:
        """Return the campaign as a picture, None where none is open."""
        return queries.overview(clock.today(), self.name) if self.key else None


def campaign_choice(request: HttpRequest, *, also_closed: bool = False) -> CampaignChoice:
    """Return which campaign a page shows. Refuses: a name that no open campaign has.

    `also_closed`: the page of a campaign's end goes on being shown once it has ended.
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
    """Return what the address of a page of this campaign ends with."""
    return f"?{urlencode({'campaign': name})}"


def titles_of_open() -> dict[str, str]:
    """Return what the pack calls each open campaign, by its name; empty where there is only one."""
    there = campaigns_under_way()
    return {one.name: title_of(one) for one in there} if len(there) > 1 else {}


def title_of(campaign: CampaignKey) -> str:
    """Return what the pack calls a campaign, or its name there."""
    stated = {one.id: one.title for one in campaign.pack_now().stated_campaigns}
    return text_in(get_language() or ENGLISH, {ENGLISH: campaign.name} | stated.get(campaign.name, {}))[0]
