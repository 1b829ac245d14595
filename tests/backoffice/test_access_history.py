# SPDX-License-Identifier: EUPL-1.2
"""The back office's page for who looked, in the back office's own role of the database."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line
from tests.backoffice.conftest import DUE, NUMBER
from tests.backoffice.test_pages import signed_in  # noqa: F401


class Somebody:
    staff_id = None
    commitment = "ab" * 32


@pytest.fixture
def looked_at(batch):
    """The line of NUMBER, whose number was opened for a notice."""
    line_id = find_line(NUMBER).line_id
    append_entry(
        Somebody(), verb=Verb.SEALED_OPENED, role="supervisor", on=DUE, line_id=line_id,
        facts={"field": "number", "purpose": "complaint"},
    )  # fmt: skip


def test_every_look_is_said_in_plain_words_the_newest_first(looked_at, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.DATA_PROTECTION_OFFICER)

    page = ask("post", "/access-history/", {"number": NUMBER}).content.decode()

    assert "A supervisor" in page
    assert "Number of the line" in page
    assert "to answer a complaint, a dispute or an appeal" in page
    assert page.index("The data protection officer") < page.index("A supervisor")
    assert NUMBER not in page


def test_what_one_role_did_for_one_purpose_is_one_act_that_unfolds(looked_at, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.DATA_PROTECTION_OFFICER)
    for field in ("name", "address"):
        append_entry(
            Somebody(), verb=Verb.SEALED_OPENED, role="supervisor", on=DUE, line_id=find_line(NUMBER).line_id,
            facts={"field": field, "purpose": "complaint"},
        )  # fmt: skip

    page = ask("post", "/access-history/", {"number": NUMBER}).content.decode()
    acts = page.split("<details")[1:]

    assert [act.count("not published yet") for act in acts if "A supervisor" in act] == [3]


def test_it_is_said_in_chinese(looked_at, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.AUDITOR)
    ask("post", "/i18n/setlang/", {"language": "zh-hans"})

    page = ask("post", "/access-history/", {"number": NUMBER}).content.decode()

    assert "业务号码" in page
    assert "为答复投诉、登记异议或复查申请" in page


def test_an_unknown_or_unreadable_number_is_named_as_such_and_not_repeated(looked_at, signed_in):  # noqa: F811
    ask = signed_in(StaffRole.AUDITOR)

    assert ask("post", "/access-history/", {"number": "+8613900000000"}).status_code == 404
    unread = ask("post", "/access-history/", {"number": "nothing at all"})
    assert unread.status_code == 422
    assert "nothing at all" not in unread.content.decode()


@pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.CAMPAIGN_MANAGER])
def test_who_may_not_read_the_ledger_is_refused(looked_at, signed_in, role):  # noqa: F811
    assert signed_in(role)("get", "/access-history/").status_code == 403
