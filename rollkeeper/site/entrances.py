# SPDX-License-Identifier: EUPL-1.2
"""Where each app is, and the logins of a demo: for the first page and the sign-in pages.

Each app has its own origin, by a host or a port: so a fault in one app's page does not reach into another. If an operator has only one
host name, each app has a path there, and the portal runs no script (decision 100).
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
    """The addresses of apps and the logins that a page shows."""

    addresses: dict[str, str]
    """By the app's name; without apps whose address only the operator knows."""
    demo_logins: tuple[DemoLogin, ...]
    """The logins that open this app."""
    other_demo_logins: tuple[DemoLogin, ...]


def entrances_context(request: HttpRequest) -> dict[str, object]:
    """Give every page the entrances, found only if the page shows them."""
    return {"entrances": SimpleLazyObject(lambda: entrances(request))}


def entrances(request: HttpRequest) -> Entrances:
    """Return the entrances, as seen from this request."""
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
    """Return the address of an app: from the settings, or by its port if this app is reached at its own port."""
    said: str | None = getattr(access_settings(), f"{app.name}_address")
    if said or app.name == this_app():
        return said or ""  # here
    served_on = os.environ.get("ROLLKEEPER_PORT", "")
    host, _, port = request.get_host().rpartition(":")
    own_offset = app_named(this_app() or APPS[0].name).port_offset
    if not served_on or port != str(int(served_on) + own_offset):
        return None
    return f"{request.scheme}://{host}:{int(served_on) + app.port_offset}"
