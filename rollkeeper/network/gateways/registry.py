# SPDX-License-Identifier: EUPL-1.2
"""The network of this instance. A gateway is imported where the settings name it, so that no process carries the others."""

from collections.abc import Callable, Mapping
from typing import Final

from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.settings import HomeKind, settings
from rollkeeper.network.gateways.base import Gateway
from rollkeeper.network.gateways.routing import ByService


class NoNetwork(RollkeeperError):
    """A production home has no network to tell."""

    code = "no_network"
    kind = Kind.MALFORMED
    sentence = "No network is set: commands stay where they are."
    remedy = "Set 'network_by_service' or 'network_webhook' in home.toml; docs/network.md says how."


def has_network() -> bool:
    """Tell whether this home has anything to tell; where it has not, nothing ever proves that a line is out of service."""
    return settings().kind is HomeKind.TRIAL or has_own_network()


def has_own_network() -> bool:
    """Tell whether elements or a webhook are named: then a bar that was asked for and never tried is known to bar nobody."""
    chosen = settings()
    return bool(chosen.network_by_service or chosen.network_webhook)


def network_gateway() -> Gateway:
    """Return the network of this home. Refuses: NoNetwork, TokenMissing.

    The elements that serve a kind of service; for the others the webhook where one is set, a file in a trial home.
    """
    rest = _rest()
    if settings().network_by_service:
        return elements_of_this_home(rest)
    if rest is None:
        raise NoNetwork
    return rest


def _rest() -> Gateway | None:
    if settings().network_webhook is not None:
        from rollkeeper.network.gateways.webhook import Webhook

        return Webhook.of_this_home()
    if settings().kind is HomeKind.TRIAL:
        from rollkeeper.network.gateways.trial import TrialNetwork

        return TrialNetwork.of_this_home()
    return None


def elements_of_this_home(rest: Gateway | None) -> ByService:
    """Return the elements that the settings name. `rest` serves what they do not. Refuses: TokenMissing."""
    by_service = settings().network_by_service
    return ByService(
        {name: _MAKERS[name]() for name in _MAKERS if any(name in names for names in by_service.values())},
        by_service=by_service,
        rest=rest,
    )


def _hlr() -> Gateway:
    from rollkeeper.network.gateways.osmo_hlr import OsmoHlr

    return OsmoHlr.of_this_home()


def _kamailio() -> Gateway:
    from rollkeeper.network.gateways.kamailio import Kamailio

    return Kamailio.of_this_home()


def _freeradius() -> Gateway:
    from rollkeeper.network.gateways.freeradius import FreeRadius

    return FreeRadius.of_this_home()


_MAKERS: Final[Mapping[str, Callable[[], Gateway]]] = {
    "osmo_hlr": _hlr,
    "kamailio": _kamailio,
    "freeradius": _freeradius,
}
