# SPDX-License-Identifier: EUPL-1.2
"""An access by the operator's own reference on a real FreeRADIUS: its customer comes as the BRAS writes the name, and no one else is cut."""

import time

import pytest
from pyrad import packet

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel.database import rows
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.provisioning.choices import Answer, ReadBack
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.registration.services import register_subscriber, terminate_line
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import suspend_line
from tests.imports.conftest import written  # noqa: F401 - a fixture that is shared
from tests.imports.test_import import take_in
from tests.provisioning.test_elements import (
    AT,
    BAR,
    END,
    ON,
    RESTORE,
    STOPS,
    ask_in,
    customer,  # noqa: F401 - a fixture that is shared
    dial_in,
    nas,  # noqa: F401 - a fixture that is shared
    order,
    tell,
    whole_network,  # noqa: F401 - a fixture that is shared
)
from tests.registration.people import person, submission

FLOOR, OPEN = (packet.AccessAccept, "rollkeeper-floor"), (packet.AccessAccept, "")
REFERENCES = [
    ("tashi@isp.example", "Tashi@ISP.example"),
    ("acc-000123", "acc-000123"),
    ("#100200300", "100200300"),
    ("#my-shop.cn", "my-shop.cn"),
]
"""As the register writes it, and as the customer comes."""
RAW = {
    "number": {"column": "account", "accounts": True},
    "service": {"constant": "internet_access"},
    "activated_on": {"column": "since"},
}


@pytest.mark.parametrize(("reference", "name"), REFERENCES)
def test_an_access_is_barred_restored_and_ended_by_its_reference(radius, customer, nas, reference, name):  # noqa: F811 - the fixture
    gateway, line = radius.gateway(), order(reference).line_id
    tell(customer, f"s-{name}", name, classes=ask_in(customer, name)["Class"])

    found = []
    for sequence, kind in enumerate([BAR, RESTORE, END], start=int(time.time())):
        assert gateway.push([order(reference, kind, sequence)]) == [Answer.ACCEPTED]
        found.append((gateway.read_back([line]), dial_in(customer, name)))

    assert found == [
        ([ReadBack.BARRED], FLOOR),
        ([ReadBack.OPEN], OPEN),
        ([ReadBack.ABSENT], (packet.AccessReject, "")),
    ]
    assert nas.names == {name}
    assert [word for _, session, word in nas.heard if session == f"s-{name}"] == [
        "rollkeeper-floor", "rollkeeper-open", "",
    ]  # fmt: skip


def test_nothing_is_proved_of_a_reference_under_which_no_customer_came(radius):
    asked = order("pema@isp.example", BAR)

    assert radius.gateway().push([asked]) == [Answer.ACCEPTED]
    assert radius.gateway().read_back([asked.line_id]) == [ReadBack.UNKNOWN]


@pytest.mark.parametrize(
    "name", ["dolma@other.example", "dolma", "dolma@isp.example.org", "#dolma@isp.example"]
)
def test_no_other_name_is_cut_with_an_access(radius, customer, name):  # noqa: F811 - the fixture
    radius.gateway().push([order("dolma@isp.example", BAR, int(time.time()))])

    assert dial_in(customer, name) == OPEN
    assert dial_in(customer, "DOLMA@isp.example") == FLOOR


def test_figures_that_look_like_a_telephone_need_the_operator_s_table(radius, customer):  # noqa: F811 - the fixture
    """As a telephone they are another line's number: nothing is cut by a guess, and nothing is proved."""
    radius.gateway().push([order("+8613800009999", BAR, int(time.time()))])
    before = dial_in(customer, "13800009999")

    radius.change("INSERT INTO rk_account VALUES (?, ?)", ["13800009999", "#13800009999"])

    assert before == FLOOR
    assert dial_in(customer, "13800009999") == OPEN


def test_a_session_gets_the_number_that_the_table_got_for_its_name_since(radius, customer, nas):  # noqa: F811 - the fixture
    number, name = "+868916330707", "norbu@isp.example"
    classes = ask_in(customer, name)["Class"]
    tell(customer, "s-since", name, classes=classes)
    radius.change("INSERT INTO rk_account VALUES (?, ?)", [name, number])
    tell(customer, "s-since", name, classes=classes)

    assert radius.gateway().push([order(number, BAR, int(time.time()))]) == [Answer.ACCEPTED]

    assert [word for _, session, word in nas.heard if session == "s-since"] == ["rollkeeper-floor"]
    assert radius.gateway().read_back([order(number).line_id]) == [ReadBack.BARRED]
    tell(customer, "s-since", name, STOPS)


def test_a_line_of_a_file_is_cut_registered_and_ended_by_its_reference(
    whole_network, customer, nas, written,  # noqa: F811
):  # fmt: skip
    begin_first_epoch()
    take_in(
        written([{"account": one, "since": "2011-05-01"} for one in ("Karma@ISP.example", "700800900")]), RAW
    )
    who, seen = person(), []
    for typed, name in (("karma@isp.example", "Karma@ISP.example"), ("#700800900", "700800900")):
        line = find_line_by_input(typed).line_id
        suspend_line(line, reason=SuspensionReason.REGISTRATION, on=ON)
        queue_command(line, kind=BAR, reason="registration", at=AT)
        tell(customer, f"s-{name}", name)
        push_due(worker_authority(), on=ON)
        seen.append(dial_in(customer, name))
        register_subscriber(console_authority(), submission(typed, who), on=ON)
        push_due(worker_authority(), on=ON)
        seen.append(dial_in(customer, name))
        terminate_line(
            console_authority(), submission_key=f"end-{line}", number=typed, on=ON,
            document=(who["document_type"], who["document_number"]),
        )  # fmt: skip
        push_due(worker_authority(), on=ON)
        seen.append(dial_in(customer, name))

    assert seen == [FLOOR, OPEN, (packet.AccessReject, "")] * 2
    states = rows("SELECT kind, state FROM provisioning_command ORDER BY position")
    assert {row.state for row in states} == {"confirmed"}
    assert {"Karma@ISP.example", "700800900"} <= nas.names
