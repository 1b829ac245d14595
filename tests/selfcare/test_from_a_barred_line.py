# SPDX-License-Identifier: EUPL-1.2
"""A line that a real Kamailio bars calls the care number, and its subscriber comes in with the code that the menu gives."""

import re

from rollkeeper.access.authority import console_authority
from rollkeeper.provisioning.choices import Answer
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.handed_codes import answer_calls, page_figures
from tests.provisioning.conftest import kamailio  # noqa: F401
from tests.provisioning.elements import CARE, HERE
from tests.provisioning.osmocom import Handset
from tests.provisioning.test_kamailio import order
from tests.selfcare.people import NUMBER, ON, ask
from tests.selfcare.test_handed_codes import OTHER, suspended_line

CALLER = re.compile(r"^P-Asserted-Identity: *<tel:([^>]+)>", re.MULTILINE | re.IGNORECASE)


def menu(invitation, figures):
    """What an operator's voice system does with a call: it takes the line that the network names, and no other."""
    (caller,) = CALLER.findall(invitation)
    (said,) = answer_calls(console_authority(), [f"{caller} {figures} own-network"], on=ON)
    return said["code"]


def care_call(kamailio, number, *claims):  # noqa: F811
    """Call the care number from a line, after an ordinary call was refused; return what came to the desk."""
    with (
        Handset(number, kamailio.sip) as phone,
        Handset("desk", kamailio.sip, port=kamailio.desk) as desk,
    ):
        phone.say("INVITE", f"sip:+8613900000099@{HERE}", "ordinary")
        assert phone.hear().startswith("SIP/2.0 403 Line suspended")
        phone.say("INVITE", f"sip:{CARE}@{HERE}", "care", *claims)
        invitation = desk.hear(first="INVITE")
        desk.answer(invitation)
    return invitation


def test_a_really_barred_line_gets_a_code_by_calling_the_care_number(at_portal, kamailio):  # noqa: F811
    line_id = suspended_line()
    assert kamailio.gateway().push([order(NUMBER, line=line_id)]) == [Answer.ACCEPTED]
    page = portal_client.request_code(NUMBER, source="203.0.113.9", language="en")

    code = menu(care_call(kamailio, NUMBER), page_figures(page))
    token = portal_client.redeem_code(page, code)

    assert at_portal.messages == []
    assert "done" in ask(token, PortalRequestKind.APPEAL)


def test_what_a_phone_says_of_itself_gets_no_code_of_another_line(at_portal, kamailio):  # noqa: F811
    mine, other = suspended_line(), suspended_line(OTHER)
    kamailio.gateway().push([order(NUMBER, line=mine), order(OTHER, line=other)])
    page = portal_client.request_code(OTHER, source="203.0.113.9", language="en")

    invitation = care_call(kamailio, NUMBER, f"P-Asserted-Identity: <tel:{OTHER}>")

    assert CALLER.findall(invitation) == [NUMBER]
    assert menu(invitation, page_figures(page)) is None
