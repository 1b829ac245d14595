# SPDX-License-Identifier: EUPL-1.2
"""What a browser sealed and what it hands in: whatever it is, it is refused by name."""

import json

import pytest
from django.test import RequestFactory

from rollkeeper.counter import offline
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_MALFORMED, OFFLINE_REGISTRATION_REJECTED
from rollkeeper.offline.payloads import FORMAT, read_payload
from tests.refusals import refusing

WHOLE = {
    "v": FORMAT,
    "action_kind": "pause",
    "kind": "individual",
    "fields": {},
    "elapsed_ms": 1,
    "clock": "device",
}


@pytest.mark.usefixtures("data_dir")
def test_what_the_counter_seals_is_read():
    assert read_payload(json.dumps(WHOLE).encode()).elapsed_ms == 1


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    "clear",
    [
        b"[" * 50_000, b'{"v": ' + b"[" * 50_000, b"\xff", b"{}", b"[]", b"1" * 5000,
        *(json.dumps(WHOLE | {"elapsed_ms": strange}).encode() for strange in (float("inf"), float("nan"), "x", None, [])),
        json.dumps(WHOLE | {"fields": [1]}).encode(), json.dumps(WHOLE | {"clock": []}).encode(),
        json.dumps(WHOLE | {"kind": {}}).encode(),
    ],
)  # fmt: skip
def test_what_no_counter_seals_is_malformed(clear):
    with refusing(OFFLINE_REGISTRATION_MALFORMED):
        read_payload(clear)


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"a":' * 20_000, b"\xff", b"[]"])
def test_what_is_no_object_is_not_taken_in(body):
    with refusing(OFFLINE_REGISTRATION_REJECTED):
        offline._read(RequestFactory().post("/", body, content_type="application/json"))
