# SPDX-License-Identifier: EUPL-1.2
"""What a worker does about agents for staff who asked on a page: each is the service that a command calls."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import STAFF_REQUEST_UNREADABLE
from rollkeeper.access.staff_requests import day_in, text_in
from rollkeeper.agents import outlets, services, suspension
from rollkeeper.agents.choices import Severity

type Payload = Mapping[str, Any]

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def act(authority: Authority, payload: Payload, on: dt.date) -> Mapping[str, Any]:
    """Do one thing about an agent; return counts. Refuses: as the service, and STAFF_REQUEST_UNREADABLE."""
    do = _ACTIONS.get(text_in(payload, "do"))
    if do is None:
        raise STAFF_REQUEST_UNREADABLE()
    return do(authority, text_in(payload, "agent"), payload, on) or {}


def _add(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    limit = payload.get("limit")
    services.add_agent(authority, agent, daily_limit=int(limit) if limit else None, on=on)


def _attest(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    evidence = text_in(payload, "evidence")
    if not _DIGEST.fullmatch(evidence):
        raise STAFF_REQUEST_UNREADABLE()
    services.attest_requirement(authority, agent, text_in(payload, "requirement"), evidence=evidence, on=on)


def _approve(authority: Authority, agent: str, _: Payload, on: dt.date) -> None:
    services.approve_agent(authority, agent, on=on)


def _reinstate(authority: Authority, agent: str, _: Payload, on: dt.date) -> Payload:
    return {"accounts": suspension.reinstate_agent(authority, agent, on=on)}


def _terminate(authority: Authority, agent: str, _: Payload, on: dt.date) -> Payload:
    return {"accounts": suspension.terminate_agent(authority, agent, on=on)}


def _audit(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    found = []
    if payload.get("requirement"):
        severity = text_in(payload, "severity")
        if severity not in set(Severity):
            raise STAFF_REQUEST_UNREADABLE()
        requirement = text_in(payload, "requirement")
        found = [services.AuditFinding(requirement, Severity(severity), day_in(payload, "due_on"))]
    services.audit_agent(authority, agent, found, on=on)


def _remediate(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    try:
        finding = UUID(text_in(payload, "finding"))
    except ValueError:
        raise STAFF_REQUEST_UNREADABLE() from None
    services.remediate_finding(authority, finding, agent=agent, on=on)


def _open_outlet(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.open_outlet(
        authority, agent, text_in(payload, "outlet"), hours=text_in(payload, "hours"),
        needs_device=payload.get("needs_device") is not False, on=on,
    )  # fmt: skip


def _hours(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.change_hours(authority, agent, text_in(payload, "outlet"), hours=text_in(payload, "hours"), on=on)


def _close_outlet(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.close_outlet(authority, agent, text_in(payload, "outlet"), on=on)


def _assign(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.assign_staff(
        authority, text_in(payload, "username"), agent=agent, outlet=text_in(payload, "outlet"), on=on
    )


def _unassign(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.unassign_staff(authority, text_in(payload, "username"), agent=agent, on=on)


def _register_device(authority: Authority, agent: str, payload: Payload, on: dt.date) -> None:
    outlets.register_device(authority, text_in(payload, "username"), agent=agent, on=on)


def _remove_devices(authority: Authority, agent: str, payload: Payload, on: dt.date) -> Payload:
    return {"devices": outlets.remove_devices(authority, text_in(payload, "username"), agent=agent, on=on)}


_ACTIONS: Final[dict[str, Callable[[Authority, str, Payload, dt.date], Payload | None]]] = {
    "add": _add, "attest": _attest, "approve": _approve, "reinstate": _reinstate, "terminate": _terminate,
    "audit": _audit, "remediate": _remediate, "open_outlet": _open_outlet, "hours": _hours, "close_outlet": _close_outlet,
    "assign": _assign, "unassign": _unassign, "register_device": _register_device, "remove_devices": _remove_devices,
}  # fmt: skip
