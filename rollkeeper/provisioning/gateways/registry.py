# SPDX-License-Identifier: EUPL-1.2
"""The network of this instance. A gateway is imported where the settings name it, so that no process carries the others."""

from collections.abc import Callable, Mapping
from typing import Final

from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.provisioning.errors import NO_NETWORK
from rollkeeper.provisioning.gateways.base import Gateway
from rollkeeper.provisioning.gateways.element_routing import ServiceRouter
from rollkeeper.provisioning.settings import settings


def has_network() -> bool:
    """Tell whether this instance has anything to tell; where it has not, nothing ever proves that a line is out of service."""
    return instance().kind is InstanceKind.DEMO or has_own_network()


def has_own_network() -> bool:
    """Tell whether elements or a webhook are configured: if so, an untried bar command is known to be ineffective."""
    chosen = settings()
    return bool(chosen.by_service or chosen.webhook.url)


def network_gateway() -> Gateway:
    """Return the network of this instance. Refuses: NO_NETWORK, ELEMENT_SECRET_MISSING.

    The elements that serve a kind of service; for the others the webhook where one is set, a file in a demo instance.
    """
    fallback = _fallback()
    if settings().by_service:
        return elements_of_this_instance(fallback)
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


def elements_of_this_instance(fallback: Gateway | None) -> ServiceRouter:
    """Return the elements that the settings name. `fallback` serves what they do not. Refuses: ELEMENT_SECRET_MISSING."""
    by_service = settings().by_service
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
