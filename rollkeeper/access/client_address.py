# SPDX-License-Identifier: EUPL-1.2
"""The address from which a request comes, through the proxy: what limits count, and what nothing keeps."""

import re
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from django.http import HttpRequest

from rollkeeper.kernel.instance import InstanceKind, instance

_NETWORK_BITS: Final = 64
"""One customer of an access provider has this much of IPv6, so single addresses in it limit nothing."""

_PORT: Final = re.compile(r"^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?$")


def client_address(request: HttpRequest) -> str:
    """Return the client's address; of an IPv6 address its network alone.

    A production instance serves on the loopback, and its proxy puts the address that it saw last into X-Forwarded-For: what
    the client itself wrote there comes before that and is not believed.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For")
    if forwarded and instance().kind is InstanceKind.PRODUCTION:
        # Some proxies add the port, by which each connection would be another source.
        address = _PORT.sub(r"\1\2", forwarded.split(",")[-1].strip())
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read), _NETWORK_BITS), strict=False))
