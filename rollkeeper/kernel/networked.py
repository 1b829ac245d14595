# SPDX-License-Identifier: EUPL-1.2
"""Which elements of a network can serve which kind of service, and where they must be: the settings' own check."""

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import ValidationInfo

NetworkElement = Literal["osmo_hlr", "kamailio", "freeradius"]
_CAN_SERVE: Final[Mapping[str, set[str]]] = {
    "osmo_hlr": {"mobile", "data_card"},
    "kamailio": {"mobile", "fixed_line"},
    "freeradius": {"internet_access"},
}
_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "osmo_hlr": ("hlr_ctrl", "hlr_vty"),
    "kamailio": ("network_kamailio",),
    "freeradius": ("radius_coa", "radius_auth"),
}


def safe_webhook(url: str) -> str:
    """Hold an address to https, or to this machine, without a password."""
    parts = urlsplit(url)
    if parts.password:
        raise ValueError(
            "its secret lies in secrets/ (docs/provisioning.md): no password belongs into the address"
        )
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}:
        return url
    raise ValueError("write it as https://host/path; plain http is for this machine alone")


def known_place(place: str) -> str:
    """Hold a place to host:port."""
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise ValueError("write it as host:port")
    return place


def known_service(name: str) -> str:
    """Hold a name to the kinds of service. They are imported here: most processes that read settings need no Django."""
    from rollkeeper.kernel.choices import Service

    if name not in Service.values:
        raise ValueError(f"name one of {', '.join(Service.values)}")
    return name


def served(by_service: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
    """Hold the elements, their places and the kinds of service against each other, and name every fault."""
    from rollkeeper.kernel.choices import Service

    rest_is_served = info.data.get("network_webhook") or info.data.get("kind") == "demo"
    unserved = set(Service.values) - set(by_service)
    faults = [
        f"{element} cannot serve {service}"
        for service, elements in by_service.items()
        for element in elements
        if service not in _CAN_SERVE[element]
    ] + [
        f"{element} serves a kind of service, but '{place}' is not set"
        for element in sorted({one for elements in by_service.values() for one in elements})
        for place in _PLACES[element]
        if info.data.get(place) is None
    ]
    if len(by_service.get("mobile", _BOTH)) < len(_BOTH):
        faults.append("mobile needs osmo_hlr (data) and kamailio (calls): one alone would bar half a line")
    if by_service and unserved and not rest_is_served:
        faults.append(
            f"nothing serves {', '.join(sorted(unserved))}: name an element or set 'network_webhook'"
        )
    if faults:
        raise ValueError("; ".join(faults))
    return by_service


_BOTH: Final = ("osmo_hlr", "kamailio")
