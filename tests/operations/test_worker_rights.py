"""An attacker has the database session of a worker: what it does only because a person asked for it on a page, and once."""

import json
from contextlib import suppress

import pytest
from django.db import DatabaseError

from rollkeeper.access.authority import rule_for
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.roles import StaffRole as Role
from rollkeeper.access.staff_requests import ask, do_staff_requests
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from tests.builders.staff import employ
from tests.operations.test_app_roles import refused

pytestmark = pytest.mark.usefixtures("register")
BEGUN = (
    "INSERT INTO campaign_campaign (campaign_id, pack_id, law_id, pack_hash, begins_on, planned_at)"
    " VALUES (uuidv7(), %s, %s, 'a', '2012-01-01', now())"
)
IMPORTED = (
    "INSERT INTO imports_import (import_id, file_hash, started_at, rows_done, lines_made, rows_known, rows_refused, rows_left_out,"
    " lines_barred, lines_completed, registered) VALUES (%s, %s, now(), 0, 0, 0, 0, 0, 0, 0, 0)"
)
MOVED = "UPDATE campaign_campaign SET begins_on = '2001-01-01'"
CLOSED = "UPDATE campaign_campaign SET closed_on = '2012-02-01'"
UNDONE = "UPDATE imports_import SET undone_at = now()"


def begin(law="a law"):
    return BEGUN, [law, law]


def take_in(file="a file"):
    return IMPORTED, [new_uuid(), file]


@pytest.fixture
def under_way(register):
    """A campaign and an import that people began."""
    run(*begin())
    run(*take_in())


@pytest.fixture
def asked(as_role):
    """What a page writes down when a person asks for it."""

    def asking(kind, **more):
        manager = employ(StaffRole.CAMPAIGN_MANAGER)
        with as_role("backoffice"):
            return manager, ask(manager, kind, job=RequestJob.CAMPAIGN, **more)

    return asking


@pytest.mark.usefixtures("under_way")
@pytest.mark.parametrize(
    "statement", [begin("another"), take_in("another"), (MOVED, []), (CLOSED, []), (UNDONE, [])]
)
def test_a_worker_begins_closes_imports_and_undoes_nothing_by_itself(as_role, statement):
    with as_role("worker"):
        assert refused(*statement)


@pytest.mark.usefixtures("under_way")
@pytest.mark.parametrize(
    "statement", [begin("another"), take_in("another"), (MOVED, []), (CLOSED, []), (UNDONE, [])]
)
def test_who_types_commands_on_the_machine_asks_no_page(as_role, statement):
    with as_role("console"):
        assert not refused(*statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_staffrequest (request_id, staff_id, kind, payload, is_recent) VALUES (uuidv7(), %s, 'campaign-plan', '{}', true)",
        "SELECT access_ask(uuidv7(), %s, 'campaign-plan', 'campaign', NULL, '{}', '{}', true, false, 1)",
        "SELECT access_use_request('{campaign-plan}', %s)",
    ],
)
def test_a_worker_makes_up_no_request(as_role, statement):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)

    with as_role("worker"):
        assert refused(statement, [manager.staff_id])


@pytest.mark.parametrize("other", ["console", "backoffice", "migrator"])
def test_a_worker_becomes_no_other_role(other):
    (may,) = rows("SELECT pg_has_role('worker', %s, 'MEMBER') AS may", [other])

    assert not may.may


@pytest.mark.parametrize(
    "changed",
    [
        "kind = 'campaign-close'",
        "payload = '{}'",
        "staff_id = uuidv7()",
        "used_in = NULL",
        "state = 'approved'",
        "made_at = now()",
    ],
)
def test_a_worker_changes_nothing_of_what_was_asked(asked, as_role, changed):
    asked("campaign-plan")

    with as_role("worker"):
        assert refused(f"UPDATE access_staffrequest SET {changed}")  # noqa: S608 - our own words
        assert refused("DELETE FROM access_staffrequest")


def test_a_request_is_good_for_one_campaign_and_for_nothing_else(asked, as_role):
    asked("campaign-plan")

    with as_role("worker"):
        done = [refused(*one) for one in (take_in(), begin(), begin("a second"), (CLOSED, []))]

    assert done == [True, False, True, True]


HUGE = '{"day": %s}' % ("9" * 5000)


@pytest.mark.parametrize(
    ("kind", "facts", "payload"),
    [
        ("campaign-plan", "{}", HUGE),
        ("campaign-plan", HUGE, "{}"),
        ("campaign-plan", "[]", "[]"),
        ("campaign-plan", "1", '"x"'),
        ("x", "{}", "{}"),
    ],
)
def test_no_request_of_a_page_keeps_the_others_from_their_turn(asked, as_role, kind, facts, payload):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)
    with suppress(DatabaseError), as_role("backoffice"):
        run(
            "SELECT access_ask(uuidv7(), %s, %s, 'campaign', NULL, %s, %s, true, false, 1)",
            [manager.staff_id, kind, facts, payload],
        )
    asked("campaign-close")

    with as_role("worker"):
        do_staff_requests(limit=9, job=RequestJob.CAMPAIGN)

    assert rows("SELECT FROM access_staffrequest WHERE state = 'approved'") == []


@pytest.fixture
def two_campaigns(register):
    """Two campaigns that people began."""
    for law in ("a law", "another"):
        run(*begin(law))
    return [row.campaign_id for row in rows("SELECT campaign_id FROM campaign_campaign ORDER BY law_id")]


CLOSED_ONE = f"{CLOSED} WHERE campaign_id = %s"


@pytest.mark.parametrize("kind", ["campaign-close", "cancel-campaign"])
def test_who_asked_to_close_one_campaign_asked_for_no_other(asked, as_role, two_campaigns, kind):
    meant, other = two_campaigns
    asked(kind, subject=meant)

    with as_role("worker"):
        before = refused(CLOSED_ONE, [other])
        done = refused(CLOSED_ONE, [meant])
        after = refused(CLOSED_ONE, [other])

    assert (before, done, after) == (True, False, True)


@pytest.mark.parametrize("kind", ["campaign-close", "cancel-campaign"])
def test_a_request_that_names_no_campaign_closes_none(asked, as_role, two_campaigns, kind):
    asked(kind)

    with as_role("worker"):
        assert refused(CLOSED_ONE, [two_campaigns[0]])


@pytest.mark.parametrize(
    ("kind", "verb"),
    [("campaign-close", "campaign:campaign:closed"), ("cancel-campaign", "campaign:campaign:cancelled")],
)
def test_the_entry_of_a_close_names_the_campaign_that_was_asked_for(
    asked, as_role, two_campaigns, kind, verb
):
    meant, other = two_campaigns
    asked(kind, subject=meant)

    with as_role("worker"):
        tried = [refused(*entry_of(verb, one)) for one in (other, meant)]
        again = refused(*entry_of(verb, other))

    assert (tried, again) == ([True, False], True)


def entry_of(verb, campaign):
    """An entry that says so of a campaign."""
    article, facts = ENTRIES[verb]
    (made,) = rows(
        "SELECT ledger_body(%s, '2012-03-02T00:00:00Z', '2012-03-02', 'console', 'console', %s, %s, NULL, NULL, %s::jsonb) AS body",
        [verb, "ab" * 32, article, json.dumps(facts | {"campaign": str(campaign)})],
    )
    return (
        "INSERT INTO ledger_entry (at, day, verb, body) VALUES ('2012-03-02T00:00:00Z', '2012-03-02', %s, %s)",
        [verb, made.body],
    )


@pytest.mark.usefixtures("under_way")
def test_an_import_that_was_cut_short_goes_on_without_another_request(as_role):
    statement, parameters = take_in()

    with as_role("worker"):
        assert not refused(f"{statement} ON CONFLICT (file_hash) DO NOTHING", parameters)


@pytest.mark.usefixtures("under_way")
def test_a_request_of_yesterday_of_a_closed_account_or_answered_is_good_for_nothing(asked, as_role):
    for spoiled in (
        "UPDATE access_staffrequest SET made_at = now() - interval '25 hours'",
        "UPDATE access_staff SET is_active = false",
        "UPDATE access_staffrequest SET state = 'done'",
    ):
        run("DELETE FROM access_staffrequest")
        asked("campaign-close")
        run(spoiled)

        with as_role("worker"):
            assert refused(CLOSED), spoiled


ENTRIES = {
    "campaign:campaign:planned": ("art. 3", {"campaign": "%s", "added": 1, "members": 1}),
    "campaign:campaign:closed": (
        "art. 3",
        {"campaign": "%s", "terminated": 0, "waived": 0, "out_of_scope": 0},
    ),
    "campaign:campaign:cancelled": (None, {"campaign": "%s", "members": 0, "notified": 0}),
}


@pytest.mark.parametrize("verb", ENTRIES)
def test_a_worker_enters_nothing_of_this_that_no_person_asked_for(as_role, verb):
    article, facts = ENTRIES[verb]
    said = json.dumps(facts | {"campaign": str(new_uuid())})
    (made,) = rows(
        "SELECT ledger_body(%s, '2012-03-02T00:00:00Z', '2012-03-02', 'console', 'console', %s, %s, NULL, NULL, %s::jsonb) AS body",
        [verb, "ab" * 32, article, said],
    )

    with pytest.raises(DatabaseError, match="access_no_person_asked_for_it"), as_role("worker"):
        run(
            "INSERT INTO ledger_entry (at, day, verb, body) VALUES ('2012-03-02T00:00:00Z', '2012-03-02', %s, %s)",
            [verb, made.body],
        )


@pytest.mark.parametrize(
    "permission", [Permission.IMPORT_LINES, Permission.PLAN_CAMPAIGN, Permission.CLOSE_CAMPAIGN]
)
def test_the_worker_has_no_such_permission_itself(permission):
    assert Role.WORKER not in rule_for(permission).roles


@pytest.mark.parametrize("seconds", ["infinity", "NaN", 10**9])
def test_a_worker_puts_no_request_off_for_ever(asked, as_role, seconds):
    _, request_id = asked("campaign-undo")

    with as_role("worker"):
        run("SELECT access_postpone_request(%s, %s, NULL)", [request_id, seconds])

    asked_for = "SELECT again_at BETWEEN now() AND now() + interval '1 hour 1 minute' AS is_soon FROM access_staffrequest"
    assert [row.is_soon for row in rows(asked_for)] == [True]


def test_requests_of_yesterday_that_no_one_answers_keep_no_page_from_asking(as_role):
    manager = employ(StaffRole.CAMPAIGN_MANAGER)
    one = "SELECT access_ask(uuidv7(), %s, 'a kind', 'keys', NULL, '{}', '{}', true, true, 400)"
    run(
        "INSERT INTO access_staffrequest (request_id, staff_id, kind, job, facts, payload, is_recent, state, keep_days)"
        " SELECT uuidv7(), %s, 'a kind', 'keys', '{}', '{}', true, 'pending', 400 FROM generate_series(1, 999)",
        [manager.staff_id],
    )
    with as_role("backoffice"):
        assert not refused(one, [manager.staff_id])
        assert refused(one, [manager.staff_id])
    run("UPDATE access_staffrequest SET made_at = made_at - interval '25 hours'")

    with as_role("backoffice"):
        assert not refused(one, [manager.staff_id])


def test_a_request_of_a_person_who_may_not_is_refused_and_uses_nothing_up(as_role):
    clerk = employ(StaffRole.CLERK)
    with as_role("backoffice"):
        ask(clerk, "campaign-close", job=RequestJob.CAMPAIGN, is_kept=True)

    with as_role("worker"):
        do_staff_requests(limit=1, job=RequestJob.CAMPAIGN)

    (row,) = rows("SELECT state, refusal, used_in FROM access_staffrequest")
    assert (row.state, row.refusal[0]["code"], row.used_in) == ("failed", "not_allowed", None)


@pytest.fixture
def officer(register):
    """An account that decides, and one of a person who is no longer there."""
    one = employ(StaffRole.DATA_PROTECTION_OFFICER)
    gone = employ(StaffRole.DATA_PROTECTION_OFFICER)
    run("UPDATE access_staff SET is_active = false WHERE staff_id = %s", [gone.staff_id])
    run(
        "INSERT INTO access_invitation (invitation_id, staff_id, code_mark) VALUES (uuidv7(), %s, '\\x00')",
        [one.staff_id],
    )
    return one


APPROVED = (
    "INSERT INTO access_approval (permission, subject, content, staff_id, approves, day)"
    " VALUES ('{}', uuidv7(), 'a', %(officer)s, true, '2012-03-02')"
)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_staff (staff_id, username, salt, password, is_active) VALUES (uuidv7(), 'ann', '\\x00', '!', true)",
        "INSERT INTO access_rolegrant (grant_id, staff_id, role, since) VALUES (uuidv7(), %(officer)s, 'supervisor', '2012-01-01')",
        "UPDATE access_rolegrant SET until = '2011-01-01' WHERE staff_id = %(officer)s",
        "UPDATE access_staff SET is_active = true WHERE NOT is_active",
        "UPDATE access_staff SET password = 'mine'",
        "INSERT INTO access_invitation (invitation_id, staff_id, code_mark) VALUES (uuidv7(), %(officer)s, '\\x00')",
        "UPDATE access_invitation SET code_mark = '\\x01'",
        "DELETE FROM access_invitation",
        "DELETE FROM access_attempt",
        "INSERT INTO access_attempt (name_mark, counted_by, tries, since) VALUES ('\\x00', 'worker', 0, now())",
        *(APPROVED.format(one) for one in (
            "approve_batch", "approve_undo", "end_stay", "decide_disclosure", "approve_authority", "defer_notification",
            "approve_erasure", "notify_affected", "renew_keys_after_incident", "approve_action", "publish_report", "decide_forgery")),
    ],
)  # fmt: skip
def test_a_worker_makes_no_account_role_invitation_or_approval(officer, as_role, statement):
    with as_role("worker"):
        assert refused(statement, {"officer": officer.staff_id})


@pytest.mark.parametrize(
    "table",
    [
        "disclosures_authority", "disclosures_deferral", "languages_acceptance", "ledger_deferreddisclosuremark",
        "reporting_auditsample", "reporting_auditsampleline", "vault_file",
    ],
)  # fmt: skip
@pytest.mark.parametrize("right", ["INSERT", "UPDATE"])
def test_a_worker_has_no_right_that_only_the_vault_service_and_commands_need(data_dir, table, right):
    (may,) = rows("SELECT has_any_column_privilege('worker', %s, %s) AS may", [table, right])

    assert not may.may


def test_a_worker_settles_no_alarm(as_role, register):
    with as_role("worker"):
        assert refused("UPDATE vault_alarm SET settled_at = now()")
        assert not refused("UPDATE vault_alarm SET notified_at = now()")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_tenure SET person_id = uuidv7()",
        "UPDATE lines_tenure SET line_id = uuidv7()",
        "UPDATE lines_number SET line_id = uuidv7()",
        "UPDATE lines_pause SET line_id = uuidv7()",
    ],
)
def test_a_worker_gives_no_line_to_another_without_its_entry(as_role, register, statement):
    with as_role("worker"):
        assert refused(statement)


def test_a_worker_takes_no_one_out_of_protection(as_role, register):
    with as_role("worker"):
        assert refused("UPDATE subscribers_subscriber SET is_protected = false")
        assert not refused("SELECT subscribers_protect(uuidv7())")
    with as_role("console"):
        assert not refused("UPDATE subscribers_subscriber SET is_protected = false")


def test_a_worker_opens_no_account_but_of_an_agent(officer, asked, as_role):
    asked("agent-action")

    with as_role("worker"):
        assert refused("UPDATE access_staff SET is_active = true WHERE NOT is_active")


ANOTHER = (
    "INSERT INTO campaign_campaign (campaign_id, pack_id, law_id, campaign_name, pack_hash, begins_on, planned_at)"
    " VALUES (uuidv7(), %s, %s, %s, %s, '2012-01-01', now())"
)


def test_one_request_begins_all_campaigns_of_one_version_of_a_law(asked, as_role):
    asked("campaign-plan")

    with as_role("worker"):
        run(ANOTHER, ["a law", "a law", "early", "a"])
        run(ANOTHER, ["a law", "a law", "late", "a"])

    assert [row.name for row in rows("SELECT campaign_name AS name FROM campaign_campaign ORDER BY 1")] == [
        "early",
        "late",
    ]


@pytest.mark.parametrize(
    "more",
    [
        ["another law", "another law", "late", "a"],
        ["a law", "a law", "late", "b"],
        ["b law", "a law", "late", "a"],
    ],
)
def test_one_request_begins_no_campaign_of_another_law_or_version(asked, as_role, more):
    asked("campaign-plan")

    with as_role("worker"):
        run(ANOTHER, ["a law", "a law", "early", "a"])

        assert refused(ANOTHER, more)
