# SPDX-License-Identifier: EUPL-1.2
"""Where a request comes from, as it is counted: an address of IPv4, a network of IPv6, however it is written."""

import pytest
from django.test import RequestFactory

from rollkeeper.access import client_address as client_address_module
from rollkeeper.access.client_address import client_address
from rollkeeper.kernel.instance import InstanceKind


def source(address):
    return client_address(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.parametrize(
    "other", ["2001:db8::2", "2001:db8::a:b:c:d", "2001:DB8:0:0:ffff::", "2001:0db8:0:0:1:2:3:4"]
)
def test_one_network_of_ipv6_is_one_source_however_it_is_written(other):
    assert source(other) == source("2001:db8::1")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("203.0.113.9", "203.0.113.9"), ("203.0.113.9:40001", "203.0.113.9"), ("[2001:db8::1]:40001", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::/64"), ("2001:db8::1", "2001:db8::/64"), ("198.51.100.1, 203.0.113.9:40002", "203.0.113.9"),
    ],
)  # fmt: skip
def test_a_port_that_a_proxy_adds_makes_no_other_source(monkeypatch, written, read):
    real = client_address_module.instance()
    monkeypatch.setattr(
        client_address_module, "instance", lambda: real.model_copy(update={"kind": InstanceKind.PRODUCTION})
    )

    asked = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=written)

    assert client_address(asked) == read


def test_networks_and_addresses_are_told_apart():
    addresses = (
        "2001:db8::1",
        "2001:db8:0:1::1",
        "203.0.113.9",
        "203.0.113.10",
        "::ffff:203.0.113.11",
        "nobody",
    )

    assert len({source(one) for one in addresses}) == len(addresses)
    assert source("::ffff:203.0.113.9") == source("203.0.113.9")
