# SPDX-License-Identifier: EUPL-1.2
"""The settings of provisioning: the elements of the network, the kinds of service that each serves, and the webhook."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from rollkeeper.kernel.errors import Phrase
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.kernel.setting_values import (
    HTTPS,
    PORT,
    address_parts,
    each_once,
    https_or_this_machine,
    is_port,
)
from rollkeeper.kernel.settings import INSTANCE, Table, table

NetworkElement = Literal["osmo_hlr", "kamailio", "freeradius"]
_CAN_SERVE: Final[Mapping[str, set[str]]] = {
    "osmo_hlr": {"mobile", "data_card"},
    "kamailio": {"mobile", "fixed_line"},
    "freeradius": {"internet_access"},
}
_BOTH: Final = ("osmo_hlr", "kamailio")
_PLACES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "osmo_hlr": (("hlr", "ctrl"), ("hlr", "vty")),
    "kamailio": (("kamailio", "url"),),
    "freeradius": (("radius", "coa"), ("radius", "auth")),
}


def _safe_webhook(url: str) -> str:
    if address_parts(url, form=HTTPS).password:
        raise ValueError(
            "its secret lies in secrets/ (docs/provisioning.md): no password belongs into the address"
        )
    return https_or_this_machine(url)


def _known_place(place: str) -> str:
    host, _, port = place.rpartition(":")
    if not host:
        raise ValueError("write it as host:port")
    if not is_port(port):
        raise ValueError(PORT)
    return place


def known_service(name: str) -> str:
    """Return the name of a kind of service. Refuses any other name: ValueError."""
    # These bring in Django's models, which a process that only starts others must not carry.
    from rollkeeper.kernel.choices import Service

    if name not in Service.values:
        raise ValueError(Phrase("a kind of service is one of {names}", names=", ".join(Service.values)))
    return name


def _served(by_service: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
    """Compare the elements, their places and the kinds of service, and name every fault."""
    from rollkeeper.kernel.choices import Service

    here = (info.context or {}).get(INSTANCE)
    is_demo = isinstance(here, Instance) and here.kind is InstanceKind.DEMO
    unserved = set(Service.values) - set(by_service)
    faults = [
        f"{element} cannot serve {service}"
        for service, elements in by_service.items()
        for element in elements
        if service not in _CAN_SERVE[element]
    ] + [
        f"{element} serves a kind of service, but '{place}.{key}' is not set"
        for element in sorted({one for elements in by_service.values() for one in elements})
        for place, key in _PLACES[element]
        if _chosen(info.data, place, key) is None
    ]
    if len(by_service.get("mobile", _BOTH)) < len(_BOTH):
        faults.append("mobile needs osmo_hlr (data) and kamailio (calls): one alone would bar half a line")
    if by_service and unserved and not (is_demo or _chosen(info.data, "webhook", "url")):
        faults.append(f"nothing serves {', '.join(sorted(unserved))}: name an element or set 'webhook.url'")
    if faults:
        raise ValueError("; ".join(faults))
    return by_service


def _chosen(tables: Mapping[str, Any], name: str, key: str) -> object:
    """Return what is set in a table that was found valid, None where it is not."""
    return getattr(tables.get(name), key, None)


class WebhookSettings(Table):
    """The webhook that takes commands, signed."""

    url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _safe_webhook(url)),
        Field(description="The address for signed commands; empty in a demo instance: a file."),
    ] = None
    numbers: Annotated[
        bool,
        Field(description="Send the line's number too, opened at the moment of sending."),
    ] = True


class KamailioSettings(Table):
    """A Kamailio, for calls."""

    url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _safe_webhook(url)),
        Field(
            description="The address of a Kamailio with ops/kamailio/rollkeeper.cfg, such as "
            "http://127.0.0.1:8060/rollkeeper; token in secrets/kamailio.token."
        ),
    ] = None


class HlrSettings(Table):
    """An Osmocom HLR, for data."""

    ctrl: Annotated[
        str | None,
        AfterValidator(lambda place: place and _known_place(place)),
        Field(description="host:port of an Osmocom HLR's control interface, usually 127.0.0.1:4259."),
    ] = None
    vty: Annotated[
        str | None,
        AfterValidator(lambda place: place and _known_place(place)),
        Field(description="host:port of the same HLR's terminal (VTY), usually 127.0.0.1:4258."),
    ] = None


class RadiusSettings(Table):
    """A FreeRADIUS, for internet access."""

    coa: Annotated[
        str | None,
        AfterValidator(lambda place: place and _known_place(place)),
        Field(
            description="host:port for changes of authorization at a FreeRADIUS with ops/freeradius, usually 127.0.0.1:3799; "
            "shared secret in secrets/freeradius.secret."
        ),
    ] = None
    auth: Annotated[
        str | None,
        AfterValidator(lambda place: place and _known_place(place)),
        Field(description="host:port for read-backs of the same FreeRADIUS, usually 127.0.0.1:1822."),
    ] = None


class Provisioning(Table):
    """Commands to the network."""

    webhook: WebhookSettings = WebhookSettings()
    kamailio: KamailioSettings = KamailioSettings()
    hlr: HlrSettings = HlrSettings()
    radius: RadiusSettings = RadiusSettings()
    by_service: Annotated[
        dict[
            Annotated[str, AfterValidator(known_service)],
            Annotated[list[NetworkElement], Field(min_length=1), AfterValidator(each_once)],
        ],
        AfterValidator(_served),
        Field(
            description="The elements of each kind of service: `{mobile = ['osmo_hlr', 'kamailio']}`; others use the webhook "
            "(in a demo instance a file)."
        ),
    ] = {}
    tries: Annotated[
        int,
        Field(
            gt=0,
            description="Tries of a bar or termination that the network accepts and does not carry out. Restores are never "
            "given up; absent elements are waited for.",
        ),
    ] = 8
    demo_faults: Annotated[
        float,
        Field(ge=0, le=1, description="Demo instances: share of lines on which the file network fails."),
    ] = 0.0


settings = table("provisioning", Provisioning)
