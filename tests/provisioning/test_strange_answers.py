# SPDX-License-Identifier: EUPL-1.2
"""An element that answers strangely of one line keeps no other line waiting: a restore may be among them."""

import pytest
from pyrad import packet

from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.gateways import webhook
from rollkeeper.provisioning.gateways.osmo_hlr import _mode
from rollkeeper.provisioning.gateways.osmo_wire import NotUnderstood
from rollkeeper.provisioning.gateways.radius_wire import Radius, values_of

STRANGE = [[], {}, [[]], None, 1, True, "", "Barred", {"barred": 1}, ["barred"]]


@pytest.mark.parametrize("state", STRANGE)
def test_a_webhook_whose_word_for_one_line_is_no_word_is_believed_of_the_others(monkeypatch, state):
    one, other = LineId(new_uuid()), LineId(new_uuid())
    gateway = webhook.Webhook(
        "http://127.0.0.1:9/", secret="whsec_AAAA", with_number=False, care_number="10086"
    )
    said = {"lines": {str(one): {"state": state}, str(other): {"state": "open"}}}
    monkeypatch.setattr(gateway, "_post", lambda *_: (200, webhook.canonical_bytes(said)))

    assert gateway.read_back([one, other], bars={other: Bars(0)}) == [ReadBack.UNKNOWN, ReadBack.OPEN]


@pytest.mark.parametrize("bars", [[[]], [{}], [None], ["outgoing", []], {"outgoing": 1}, "outgoing", 3])
def test_what_names_no_bars_bars_everything(bars):
    said = {"state": "barred", "allows": ["emergency", "care", "registration"], "bars": bars}

    assert webhook._read(said, Bars.ALL) is ReadBack.BARRED
    assert webhook._read(said, Bars.OUTGOING) is not ReadBack.BARRED


@pytest.mark.parametrize("mode", ["", "2", "true", "\u0661"])
def test_a_mode_that_no_hlr_has_is_not_understood(mode):
    with pytest.raises(NotUnderstood):
        _mode({"nam_cs": mode, "nam_ps": "1"})


@pytest.mark.parametrize("raw", [b"", b"\0", b"\0\0\1", b"\0\0\0\0\1"])
def test_a_cause_of_another_length_is_no_cause(raw):
    with Radius("127.0.0.1:9", secret="a secret", patience_s=1, tries=1) as client:
        said = client.CreateCoAPacket(code=packet.CoANAK)
        said[101] = [raw]

        assert values_of(said, "Error-Cause") == []
