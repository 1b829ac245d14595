# SPDX-License-Identifier: EUPL-1.2
"""Where each app is, and in a demo with which logins one looks around: for the first page and the pages to sign in.

Each app has an origin, a host or a port: a fault in one app's page does not reach into another. Where an operator has one host name only,
each has a path of it, and the portal runs no script (decision 100).
"""

import json
import os
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject

from rollkeeper.access.models import Staff
from rollkeeper.access.roles import ROLE_TITLES, StaffRole
from rollkeeper.access.services import authority_in
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.site.web_apps import APPS, App, app_named, this_app


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login of a demo."""

    username: str
    password: str
    title: str | Promise
    role: StaffRole


@dataclass(frozen=True, slots=True)
class Entrances:
    """What a page says of the ways in."""

    addresses: dict[str, str]
    """By the app's name; without those of which only the operator knows where they are."""
    demo_logins: tuple[DemoLogin, ...]
    """Those that open this app."""
    other_demo_logins: tuple[DemoLogin, ...]


def entrances_context(request: HttpRequest) -> dict[str, object]:
    """Give every page the ways in; worked out only where a page says them."""
    return {"entrances": SimpleLazyObject(lambda: entrances(request))}


def entrances(request: HttpRequest) -> Entrances:
    """Return the ways in, as seen from this request."""
    found = {app.name: _address(request, app) for app in APPS}
    here = app_named(this_app() or APPS[0].name)
    logins = demo_logins()
    return Entrances(
        {name: address for name, address in found.items() if address is not None},
        tuple(one for one in logins if one.role in here.opens_to),
        tuple(one for one in logins if one.role not in here.opens_to),
    )


def own_apps(request: HttpRequest) -> list[App]:
    """Return the apps that the roles of a signed-in person open, other than this one."""
    if not isinstance(request.user, Staff):
        return []
    roles = authority_in(request).roles
    return [app for app in APPS if app.is_staffs and app.name != this_app() and app.opens_to & roles]


def demo_logins() -> list[DemoLogin]:
    """Return the logins of a demo instance; another instance has none, even if it has the file."""
    file = data_dir() / "demo-logins.json"
    if instance().kind is not InstanceKind.DEMO or not file.exists():
        return []
    return [
        DemoLogin(one["user"], one["password"], ROLE_TITLES[StaffRole(one["role"])], StaffRole(one["role"]))
        for one in json.loads(file.read_text("utf-8"))
    ]


def _address(request: HttpRequest, app: App) -> str | None:
    """Return where an app is: as the settings say, or at its port where this one is reached at its own."""
    said: str | None = getattr(access_settings(), f"{app.name}_address")
    if said or app.name == this_app():
        return said or ""  # here
    served_on = os.environ.get("ROLLKEEPER_PORT", "")
    host, _, port = request.get_host().rpartition(":")
    own_offset = app_named(this_app() or APPS[0].name).port_offset
    if not served_on or port != str(int(served_on) + own_offset):
        return None
    return f"{request.scheme}://{host}:{int(served_on) + app.port_offset}"
