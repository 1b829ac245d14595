# SPDX-License-Identifier: EUPL-1.2
"""All outside partners that get data of this register, and which data: gateways, network elements, witnesses, authorities, agents.

The page changes nothing. The register has no interface through which a partner's machine could query it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents.choices import AgentState
from rollkeeper.agents.queries import agent_list
from rollkeeper.disclosures.queries import count_authorities
from rollkeeper.kernel.choices import Channel
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.notices.gateways.registry import SETTINGS_OF
from rollkeeper.notices.settings import settings as notice_settings
from rollkeeper.provisioning.settings import settings as provisioning_settings

_GIVEN: Final = {
    Channel.SMS: _("Telephone numbers and the text of notices"),
    Channel.VOICE: _("Telephone numbers and the text of notices"),
    Channel.EMAIL: _("E-mail addresses and the text of notices"),
    Channel.POST: _("Postal addresses and the text of notices"),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """One kind of partner."""

    title: str | Promise
    gets: str | Promise
    names: tuple[str, ...] = ()
    """Their names, or the settings that name them; empty if none is set."""
    count: int | None = None
    """How many there are, for partners that are admitted on pages."""
    where: str = ""
    """The page that lists them, if administrators may see it."""


@require_safe
def partners_page(request: HttpRequest) -> HttpResponse:
    """Show which outside partners get which data."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    return render(request, "backoffice/partners.html", {"partners": list(_partners())})


def _partners() -> Iterator[Partner]:
    notices = notice_settings()
    for name in notices.channels:
        channel = Channel(name)
        setting = SETTINGS_OF[channel]
        # Pages do not get the mail server's address, so this page cannot tell whether it is set.
        is_set = channel is Channel.EMAIL or getattr(notices, setting)
        yield Partner(channel.label, _GIVEN[channel], (f"notices.{setting}",) if is_set else ())
    network = provisioning_settings()
    elements = sorted({element for named in network.by_service.values() for element in named})
    yield Partner(
        _("The network's elements"), _("Numbers of lines, and what is barred or restored"),
        tuple(elements) or (("provisioning.webhook.url",) if network.webhook.url else ()),
    )  # fmt: skip
    witnesses = ledger_settings().witnesses
    yield Partner(
        _("Witnesses"), _("Checkpoints of the published ledger: nothing about anyone"),
        tuple(one.url for one in witnesses), len(witnesses),
    )  # fmt: skip
    yield Partner(
        _("Authorities"), _("Of one person at a time, what two people disclose"), count=count_authorities()
    )
    admitted = [one for one in agent_list() if one.state is AgentState.APPROVED]
    yield Partner(
        _("Agents"),
        _("Their own figures, and what their clerks record"),
        count=len(admitted),
        where=reverse("backoffice:agents"),
    )
