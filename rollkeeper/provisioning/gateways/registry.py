# SPDX-License-Identifier: EUPL-1.2
"""The network of this instance. A gateway is imported only if the settings name it, so that no process loads the others."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.provisioning.errors import NO_NETWORK
from rollkeeper.provisioning.gateways.base import Gateway
from rollkeeper.provisioning.gateways.element_routing import ServiceRouter
from rollkeeper.provisioning.settings import settings


def has_network() -> bool:
    """Tell whether this instance has a network; without one, nothing ever proves that a line is out of service."""
    return instance().kind is InstanceKind.DEMO or has_own_network()


def has_own_network() -> bool:
    """Tell whether elements or a webhook are configured: if so, an untried bar command is known to be ineffective."""
    chosen = settings()
    return bool(chosen.by_service or chosen.webhook.url)


ELEMENT_GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "network": frozenset(),
    "hlr-kamailio": frozenset({"osmo_hlr", "kamailio"}),
    "hlr": frozenset({"osmo_hlr"}),
    "kamailio": frozenset({"kamailio"}),
    "freeradius": frozenset({"freeradius"}),
}
"""Elements that serve a line together, by the name of their job; 'network': the webhook, or the file of a demo instance."""
_OF_NO_LINE: Final = ""
"""The service of a command whose line the register no longer has."""


def all_services() -> list[str]:
    """Return every value that the service of a command can have."""
    return [*map(str, Service.values), _OF_NO_LINE]


def services_of_group(group: str) -> list[str]:
    """Return the services that exactly these elements serve in this instance; none if the instance does not have the elements."""
    if not has_network():
        return []
    elements, by_service = ELEMENT_GROUPS[group], settings().by_service
    served = [one for one in Service.values if frozenset(by_service.get(one, ())) == elements]
    has_fallback = instance().kind is InstanceKind.DEMO or settings().webhook.url is not None
    if not elements:
        return [*served, _OF_NO_LINE] if has_fallback else []
    return [*served, _OF_NO_LINE] if served and not has_fallback else served


def name_of_elements(service: str) -> str:
    """Return the names of the elements that serve a service, or of the fallback that serves it."""
    elements = settings().by_service.get(service)
    return " and ".join(elements) if elements else ("webhook" if settings().webhook.url else "file")


def network_gateway(services: Collection[str] | None = None) -> Gateway:
    """Return the network of this instance, or of some services only: then a fault in the settings of other elements does not matter.

    Elements serve their kinds of service; the others are served by the webhook if one is set, or by a file in a demo instance.
    Refuses: NO_NETWORK, ELEMENT_SECRET_MISSING.
    """
    fallback = _fallback()
    if settings().by_service:
        return elements_of_this_instance(fallback, services)
    if fallback is None:
        raise NO_NETWORK()
    return fallback


def _fallback() -> Gateway | None:
    if settings().webhook.url is not None:
        from rollkeeper.provisioning.gateways.webhook import Webhook

        return Webhook.of_this_instance()
    if instance().kind is InstanceKind.DEMO:
        from rollkeeper.provisioning.gateways.file import FileGateway

        return FileGateway.of_this_instance()
    return None


def elements_of_this_instance(
    fallback: Gateway | None, services: Collection[str] | None = None
) -> ServiceRouter:
    """Return the elements that the settings name, for all or some services. `fallback` serves the other services.

    Refuses: ELEMENT_SECRET_MISSING.
    """
    by_service = {
        service: elements
        for service, elements in settings().by_service.items()
        if services is None or service in services
    }
    return ServiceRouter(
        {name: _MAKERS[name]() for name in _MAKERS if any(name in names for names in by_service.values())},
        by_service=by_service,
        fallback=fallback,
    )


def _hlr() -> Gateway:
    from rollkeeper.provisioning.gateways.osmo_hlr import OsmoHlr

    return OsmoHlr.of_this_instance()


def _kamailio() -> Gateway:
    from rollkeeper.provisioning.gateways.kamailio import Kamailio

    return Kamailio.of_this_instance()


def _freeradius() -> Gateway:
    from rollkeeper.provisioning.gateways.freeradius import FreeRadius

    return FreeRadius.of_this_instance()


_MAKERS: Final[Mapping[str, Callable[[], Gateway]]] = {
    "osmo_hlr": _hlr,
    "kamailio": _kamailio,
    "freeradius": _freeradius,
}
