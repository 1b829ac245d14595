# SPDX-License-Identifier: EUPL-1.2
"""Invitations: a code good once, made for an administrator whose factors are settled, and never by an app alone."""

import datetime as dt
import json

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from rollkeeper.access import dual_control
from rollkeeper.access.dual_control import require_approver
from rollkeeper.access.errors import (
    FACTOR_CHANGED_LATELY,
    INVALID_ADDRESS,
    INVITATION_INVALID,
    NOT_ALLOWED,
    NOT_FOR_OWN_ACCOUNT,
    PASSWORD_TOO_WEAK,
    ROLE_TOO_RECENT,
)
from rollkeeper.access.field_encryption import encrypt
from rollkeeper.access.invitations import (
    accept_invitation,
    invite_again,
    invite_staff,
    open_invitations,
)
from rollkeeper.access.models import Invitation, RoleGrant, Staff
from rollkeeper.access.passwords import staff_with
from rollkeeper.access.queries import roles_on
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.second_factor import require_settled_factors
from rollkeeper.access.services import authority_of, reinstate_staff, sign_out_everyone, suspend_staff
from rollkeeper.access.settings import Access
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.notices import staff_invitations
from rollkeeper.notices.staff_invitations import send_invitations
from tests.builders.authenticators import AuthenticatorApp
from tests.builders.staff import employ
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register")
DAY = dt.date(2012, 3, 2)
PASSWORD = "nine plain words that no one would ever say"


@pytest.fixture
def administrator():
    clock.set_demo_date(DAY)
    return employ(StaffRole.ADMINISTRATOR)


def invited(administrator, username="clerk-07", *roles, address=""):
    return invite_staff(
        administrator, username=username, roles=roles or [StaffRole.CLERK], address=address, on=DAY
    )


def test_an_invited_person_sets_the_password_once(administrator):
    code = invited(administrator)

    accept_invitation(username="Clerk-07", code=code.lower().replace("-", " "), password=PASSWORD, on=DAY)

    assert staff_with("clerk-07", PASSWORD).username == "clerk-07"
    with refusing(INVITATION_INVALID):
        accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)


def test_the_code_of_one_account_opens_no_other(administrator):
    code = invited(administrator)
    invited(administrator, "clerk-08")

    with refusing(INVITATION_INVALID):
        accept_invitation(username="clerk-08", code=code, password=PASSWORD, on=DAY)


@pytest.mark.parametrize(("hours", "is_good"), [(71, True), (73, False)])
def test_a_code_is_good_for_three_days(administrator, hours, is_good):
    code = invited(administrator)
    Invitation.objects.update(coded_at=F("coded_at") - dt.timedelta(hours=hours))

    if is_good:
        accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)
    else:
        with refusing(INVITATION_INVALID):
            accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)


def test_a_weak_password_leaves_the_code_good(administrator):
    code = invited(administrator)

    with refusing(PASSWORD_TOO_WEAK):
        accept_invitation(username="clerk-07", code=code, password="clerk-07 is me", on=DAY)

    accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)


def test_a_mailed_code_is_in_the_mail_alone_and_the_address_is_forgotten(administrator, data_dir):
    assert invited(administrator, address="someone@example.org") == ""
    assert "example.org" not in Invitation.objects.get().sealed_to

    assert send_invitations() == 1

    (mail,) = [
        one
        for line in (data_dir / "outbox" / "messages.jsonl").read_text("utf-8").splitlines()
        if "clerk-07" in (one := json.loads(line))["text"]
    ]
    code = mail["text"].split("Code: ")[1].split()[0]
    (kept,) = Invitation.objects.all()
    assert (kept.sealed_to, kept.sent_at is None) == (None, False)
    assert code.encode() not in bytes(kept.code_mark)
    accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)


def test_an_invitation_whose_address_is_unreadable_keeps_no_other_back(
    administrator, as_role, monkeypatch, caplog
):
    invited(administrator, "clerk-07", address="someone@example.org")
    Invitation.objects.update(sealed_to=encrypt("x@example.org", secret="another", purpose=b"another"))
    unread = Invitation.objects.get().invitation_id
    invited(administrator, "clerk-08", address="another@example.org")
    monkeypatch.setattr(staff_invitations, "_MOST", 1)

    with as_role("worker"):
        sent = send_invitations()

    assert sent == 1
    assert [one.staff.username for one in Invitation.objects.filter(sent_at=None)] == ["clerk-07"]
    assert str(unread) in caplog.text


def test_a_mailed_invitation_says_where_the_back_office_is(administrator, data_dir, monkeypatch):
    chosen = Access(backoffice_address="https://backoffice.register.example")
    monkeypatch.setattr(staff_invitations, "access_settings", lambda: chosen)
    invited(administrator, address="someone@example.org")

    assert send_invitations() == 1

    sent = (data_dir / "outbox" / "messages.jsonl").read_text("utf-8").splitlines()[-1]
    assert json.loads(sent)["text"].count("\n\nhttps://backoffice.register.example") == 2


def test_an_address_that_is_none_is_refused(administrator):
    with refusing(INVALID_ADDRESS):
        invited(administrator, address="a@b@example.org")


def test_an_invitation_waits_in_the_list_until_it_is_used(administrator):
    code = invited(administrator)
    staff = Staff.objects.get(username="clerk-07")

    assert open_invitations()[staff.staff_id].is_sent
    accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)
    assert open_invitations() == {}


def test_who_lost_the_second_factor_has_none_after_the_new_code_and_counts_as_new(administrator):
    employ(StaffRole.SUPERVISOR, username="supervisor-1", since=DAY - dt.timedelta(days=90))
    staff = Staff.objects.get(username="supervisor-1")
    RoleGrant.objects.filter(staff=staff).update(granted_at=F("granted_at") - dt.timedelta(days=90))
    AuthenticatorApp("supervisor-1")

    code = invite_again(administrator, username="supervisor-1", address="", on=DAY)
    assert Authenticator.objects.filter(user_id=staff.staff_id).exists(), (
        "the old one works until the code is used"
    )
    accept_invitation(username="supervisor-1", code=code, password=PASSWORD, on=DAY)

    assert not Authenticator.objects.filter(user_id=staff.staff_id).exists()
    assert roles_on(DAY, staff_id=staff.staff_id) == {StaffRole.SUPERVISOR}
    (fresh,) = rows(
        "SELECT count(*) AS n FROM access_rolegrant WHERE staff_id = %s AND until IS NULL AND granted_at > now() - interval '1 hour'",
        [staff.staff_id],
    )
    assert fresh.n == 1


@pytest.mark.parametrize(
    ("permission", "submitted_by"),
    [
        (Permission.APPROVE_ACTION, ["another"]),
        (Permission.DECIDE_DISCLOSURE, ["another"]),
        (Permission.APPROVE_BATCH, []),
    ],
)
def test_who_was_invited_again_approves_nothing_that_takes_two_for_a_day(
    administrator, monkeypatch, permission, submitted_by
):
    monkeypatch.setattr(dual_control, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    employ(StaffRole.SUPERVISOR, username="supervisor-1")
    staff = Staff.objects.get(username="supervisor-1")
    RoleGrant.objects.update(granted_at=F("granted_at") - dt.timedelta(days=90))
    require_approver(authority_of(staff), permission, submitted_by=submitted_by)

    invite_again(administrator, username="supervisor-1", address="", on=DAY)

    with refusing(ROLE_TOO_RECENT):
        require_approver(authority_of(staff), permission, submitted_by=submitted_by)
    RoleGrant.objects.update(granted_at=F("granted_at") - dt.timedelta(hours=25))
    require_approver(authority_of(staff), permission, submitted_by=submitted_by)


def test_the_page_for_a_code_tells_no_one_which_user_names_there_are(administrator):
    invited(administrator)

    for name in ("clerk-07", "clerk-08"):
        with refusing(PASSWORD_TOO_WEAK):
            accept_invitation(username=name, code="AAAAA-AAAAA-AAAAA-AAAAA", password="short", on=DAY)
        with refusing(INVITATION_INVALID):
            accept_invitation(username=name, code="AAAAA-AAAAA-AAAAA-AAAAA", password=PASSWORD, on=DAY)


def test_no_one_invites_themselves_and_no_clerk_invites_anyone(administrator):
    me = Staff.objects.get(staff_id=administrator.staff_id)

    with refusing(NOT_FOR_OWN_ACCOUNT):
        invite_again(administrator, username=me.username, address="", on=DAY)
    with refusing(NOT_ALLOWED):
        invited(employ(StaffRole.CLERK))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_staff (staff_id, username, password, is_active, salt) VALUES (uuidv7(), 'me', '!', true, '\\x00')",
        "INSERT INTO access_rolegrant (grant_id, staff_id, role, since) VALUES (uuidv7(), %(staff)s, 'administrator', '2000-01-01')",
        "INSERT INTO access_invitation (staff_id, code_mark, coded_at) VALUES (%(staff)s, '\\x00', now())",
        "UPDATE access_invitation SET code_mark = '\\x00'",
        "UPDATE access_factorchange SET changed_at = '2000-01-01'",
        "SELECT sealed_to FROM access_invitation",
    ],
)
def test_the_back_office_itself_makes_no_account_role_or_invitation(administrator, as_role, statement):
    with as_role("backoffice"), pytest.raises(DatabaseError), transaction.atomic():
        run(statement, {"staff": administrator.staff_id})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_staff SET password = 'x' WHERE staff_id = %(staff)s",
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%(staff)s, 'webauthn', '{}', '2000-01-01')",
    ],
)
def test_factors_that_the_back_office_changed_add_no_staff_for_a_day(administrator, as_role, change):
    write_settings(access={"approver_cooldown_hours": 24})
    try:
        require_settled_factors(administrator.staff_id)
        with as_role("backoffice"):
            run(change, {"staff": administrator.staff_id})

        with refusing(FACTOR_CHANGED_LATELY):
            invited(administrator)
    finally:
        write_settings(access={"approver_cooldown_hours": None})


def test_the_back_office_in_its_own_role_accepts_an_invitation(administrator, as_role):
    code = invited(administrator)

    with as_role("backoffice"):
        accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)

    (entry,) = rows("SELECT staff_id FROM ledger_entry WHERE verb = 'access:invitation:accepted'")
    assert entry.staff_id == Staff.objects.get(username="clerk-07").staff_id


def test_an_invitation_ends_with_its_account_and_is_none_after_it_is_reopened(administrator, as_role):
    code = invited(administrator)

    with as_role("backoffice"):
        suspend_staff(administrator, username="clerk-07", on=DAY)
    with as_role("vault_service"):
        reinstate_staff(administrator, username="clerk-07", on=DAY)

    with as_role("backoffice"), refusing(INVITATION_INVALID):
        accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)
    assert open_invitations() == {}


def test_an_invitation_that_a_thief_made_ends_when_everyone_is_signed_out(administrator, as_role):
    code = invited(administrator)

    with as_role("worker"):
        ended = sign_out_everyone()

    assert ended == 1
    with as_role("backoffice"), refusing(INVITATION_INVALID):
        accept_invitation(username="clerk-07", code=code, password=PASSWORD, on=DAY)


def test_no_invitation_is_mailed_to_the_owner_of_a_closed_account(administrator):
    invited(administrator, address="someone@example.org")

    suspend_staff(administrator, username="clerk-07", on=DAY)

    assert send_invitations() == 0


@pytest.mark.parametrize("code", ["ABCDE-FGHJK-MNPQR-STVWX", ""])
def test_an_account_that_exists_is_asked_for_no_more_than_one_that_does_not(administrator, code):
    invited(administrator)
    asked = []

    for username in ("clerk-07", "clerk-08"):
        with CaptureQueriesContext(connection) as statements, refusing(INVITATION_INVALID):
            accept_invitation(username=username, code=code, password=PASSWORD, on=DAY)
        asked.append(len(statements))

    assert asked[0] == asked[1]
