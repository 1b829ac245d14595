# SPDX-License-Identifier: EUPL-1.2
"""The address from which a request comes, also through a proxy. Limits count by it, and nothing stores it."""

import re
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from django.http import HttpRequest

from rollkeeper.kernel.instance import InstanceKind, instance

_NETWORK_BITS: Final = 64
"""One customer of an access provider has a whole network of this size, so limits on its single addresses would be useless."""

_PORT: Final = re.compile(r"^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?$")


def client_address(request: HttpRequest) -> str:
    """Return the client's address; for IPv6 only its network.

    A production instance serves on the loopback, and its proxy appends the address that it saw to X-Forwarded-For. Anything
    before that may come from the client and is ignored.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For")
    if forwarded and instance().kind is InstanceKind.PRODUCTION:
        # Some proxies add the port; with it, each connection would count as another source.
        address = _PORT.sub(r"\1\2", forwarded.split(",")[-1].strip())
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read), _NETWORK_BITS), strict=False))
