# SPDX-License-Identifier: EUPL-1.2
"""An agent's counter: bound to its place, its hours, its device and its limit; it shows only the agent's own figures.

None of this limits accounts of the operator's own staff.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from rollkeeper.access.authority import Authority
from rollkeeper.access.services import authority_in
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.errors import DailyLimitReached, OutletClosed
from rollkeeper.agents.queries import may_register, own_agent
from rollkeeper.agents.registrations import register_at_outlet
from rollkeeper.agents.settings import settings as agents_settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.registration.submissions import Receipt


def require_outlet(request: HttpRequest, authority: Authority) -> None:
    """Refuse users who may not register people here and now. Refuses: as `agents.queries.may_register`."""
    may_register(authority, devices=devices_in(request), at=clock.now())


def require_outlet_to_help(request: HttpRequest, authority: Authority) -> None:
    """Refuse users who may not look after subscribers here and now; an agent that has reached its limit still helps.

    Refuses: NO_ASSIGNMENT, AGENT_MAY_NOT_REGISTER, DEVICE_NOT_REGISTERED, OutletClosed.
    """
    with suppress(DailyLimitReached):
        require_outlet(request, authority)


def obstacle_here(request: HttpRequest, authority: Authority) -> list[str]:
    """Return what prevents an agent's user from working here and now, to be shown before they type anything; else nothing."""
    try:
        require_outlet(request, authority)
    except RollkeeperError as fault:
        return translated_texts(fault)
    return []


def require_device(request: HttpRequest, authority: Authority) -> None:
    """Let a page record offline. Hours and limit are checked when the registration is submitted.

    Refuses: NO_ASSIGNMENT, AGENT_MAY_NOT_REGISTER, DEVICE_NOT_REGISTERED.
    """
    with suppress(OutletClosed, DailyLimitReached):
        require_outlet(request, authority)


def at_outlet(
    request: HttpRequest,
    authority: Authority,
    *,
    key: str,
    do: Callable[[], Receipt],
    copies: Sequence[bytes] = (),
) -> Receipt:
    """Do a registration at the outlet of the clerk. Refuses: as `agents.registrations.register_at_outlet`."""
    return register_at_outlet(
        authority, submission_key=key, devices=devices_in(request), do=do, on=clock.today(), copies=copies
    )


def devices_in(request: HttpRequest) -> list[int]:
    """Return the passkeys with which the user signed in."""
    return [
        int(record["id"])
        for record in get_authentication_records(request, request.user)
        if record.get("type") == "webauthn" and "id" in record
    ]


@require_safe
def own_figures(request: HttpRequest) -> HttpResponse:
    """Show an agent its own figures, checklist and findings."""
    authority, on = authority_in(request), clock.today()
    window = agents_settings().window_days
    agent = own_agent(authority, on=on, window_days=window)
    language = get_language() or "en"
    shown = {
        "agent": agent,
        "window": window,
        "requirements": [
            (checklist()[one.requirement].said(language), one)
            for one in (agent.requirements if agent else ())
        ],
        "findings": [
            (checklist()[one.requirement].said(language), one) for one in (agent.findings if agent else ())
        ],
        "state": agent.state.label if agent else "",
    }
    return render(request, "counter/figures.html", shown)
