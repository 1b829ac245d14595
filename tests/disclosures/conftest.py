# SPDX-License-Identifier: EUPL-1.2
"""The operator's staff, an approved authority, a subscriber, and a disclosure request about them."""

import datetime as dt
import json
from types import SimpleNamespace

import pyrage
import pytest
from django.contrib.auth.hashers import make_password

from rollkeeper.access.roles import StaffRole
from rollkeeper.disclosures import authorities, services
from rollkeeper.disclosures.answers import answer_disclosure, write_new
from rollkeeper.disclosures.choices import Instrument
from rollkeeper.kernel import clock
from rollkeeper.vault.fields import Field
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.staff import employ
from tests.disclosures.lawful import lawful_pack
from tests.selfcare.people import NUMBER, PERSON, register_line

ON = dt.date(2012, 3, 2)
DAY = dt.timedelta(days=1)
SCAN = b"%PDF-1.4 an invented order about the subscriber of a line"
PEOPLE = {
    "clerk": [StaffRole.CLERK], "supervisor": [StaffRole.SUPERVISOR], "officer": [StaffRole.DATA_PROTECTION_OFFICER],
    "supervisor-2": [StaffRole.SUPERVISOR], "officer-2": [StaffRole.DATA_PROTECTION_OFFICER],
}  # fmt: skip
PASSWORD = "seven plain words of nothing"


@pytest.fixture
def law(committed, law_put_back):
    """Give the instance another law: the reference law, plus an invented power."""

    def changed(**changes):
        use_pack(lawful_pack(**changes) if changes != {"pack": None} else REFERENCE)

    changed()
    return changed


@pytest.fixture(scope="session")
def hashed():
    """The password that everybody has, hashed once: to hash takes a tenth of a second."""
    return make_password(PASSWORD)


@pytest.fixture
def instance(law, tmp_path, hashed):
    """All people and rows that the tests need; `instance.day` is the instance's current day."""
    clock.set_demo_date(ON)
    who = {}
    for name, roles in PEOPLE.items():
        who[name] = employ(*roles, username=name, password=hashed, since=ON)
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    court = authorities.propose_authority(
        who["supervisor"],
        title="Invented Court",
        kind="court",
        public_key=public,
        valid_until=ON + 300 * DAY,
        on=ON,
    )
    authorities.approve_authority(who["officer"], court, read_out=authorities.fingerprint(public), on=ON)

    def enter(**changes):
        given = {
            "instrument": Instrument.WARRANT, "reference": "2012 no. 17", "file": SCAN, "fields": [Field.NAME],
            "number": NUMBER, "held_on": ON, "received_on": ON, "expires_on": ON + 90 * DAY, "on": ON,
        } | changes  # fmt: skip
        return services.enter_disclosure(who["clerk"], court, **given)

    def approved(disclosure_id=None, **changes):
        disclosure_id = disclosure_id or enter(**changes)
        for name in ("supervisor", "officer"):
            services.approve_disclosure(
                who[name],
                disclosure_id,
                number=changes.get("number", NUMBER),
                held_on=changes.get("held_on", ON),
                on=ON,
            )
        return disclosure_id

    def answered(
        disclosure_id, *, by="officer", second="supervisor", on=ON, number=NUMBER, held_on=ON, into=None
    ):
        into = into or tmp_path / f"{disclosure_id}-{on}.age"
        write_new(
            into,
            lambda: (
                answer_disclosure(
                    who[by], who[second], disclosure_id, number=number, held_on=held_on, on=on
                ).sealed
            ),
        )
        return json.loads(pyrage.decrypt(into.read_bytes(), [key]))

    return SimpleNamespace(
        who=who,
        court=court,
        key=key,
        enter=enter,
        approved=approved,
        answered=answered,
        register_line=register_line,
        person=PERSON,
        folder=tmp_path,
    )
