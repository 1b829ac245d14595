"""A role of the database holds no right to write that no statement of Rollkeeper uses."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, transaction

from rollkeeper.access.models import Staff
from rollkeeper.kernel.database import Role, rows, run

SOURCE = Path(__file__).parents[2] / "rollkeeper"
WRITES = ("INSERT", "UPDATE", "DELETE")
OTHERS = {
    "django_session", "django_migrations", "django_content_type", "mfa_authenticator", "account_emailaddress",
}  # fmt: skip
"""Written by Django and django-allauth, not by statements of ours."""
BY_SQL = {
    "INSERT": r"(?:INSERT INTO|COPY) (\w+)",
    "UPDATE": r"UPDATE (\w+)|INSERT INTO (\w+)(?=[^;]*\bDO UPDATE)",
    "DELETE": r"DELETE FROM (\w+)",
}
BY_ORM = {
    "INSERT": r"create\(|bulk_create\(|save\(|get_or_create\(|update_or_create\(",
    "UPDATE": r"save\(|\.update\(|bulk_update\(",
    "DELETE": r"\.delete\(",
}
MODEL = re.compile(r"\b(\w+)(?:\.objects\b|\()")


def granted():
    """Return what each role holds, as `role table right`: a right on columns counts as one on the table."""
    found = rows(
        """SELECT DISTINCT grantee, table_name, privilege_type FROM information_schema.column_privileges
            WHERE table_schema = 'public' AND grantee = ANY (%(roles)s) AND privilege_type <> 'REFERENCES'
            UNION SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges
            WHERE table_schema = 'public' AND grantee = ANY (%(roles)s)""",
        {"roles": [role.value for role in Role if role is not Role.MIGRATOR]},
    )
    return sorted(f"{row.grantee} {row.table_name} {row.privilege_type}" for row in found)


def statements():
    """Return every statement of Rollkeeper as one text, and the text of each module; not what makes tables and rights."""
    texts = {
        file: file.read_text("utf-8")
        for pattern in ("*.sql", "*.py")
        for file in SOURCE.rglob(pattern)
        if "migrations" not in file.parts and file.name not in {"roles.sql", "keys_roles.sql", "models.py"}
    }
    return "\n;\n".join(texts.values()), [text for file, text in texts.items() if file.suffix == ".py"]


def model_names():
    return {model._meta.db_table: model.__name__ for model in apps.get_models()}


def written():
    """Return the tables that statements write, and the models in modules that write any, by right."""
    text, modules = statements()
    tables = {
        right: {name for found in re.finditer(pattern, text) for name in found.groups()}
        for right, pattern in BY_SQL.items()
    }
    models = {
        right: {name for text in modules if re.search(pattern, text) for name in MODEL.findall(text)}
        for right, pattern in BY_ORM.items()
    }
    return tables, models


def test_no_role_may_write_what_no_statement_writes(data_dir):
    tables, models = written()
    names = model_names()

    unused = [
        line
        for line in granted()
        if (parts := line.split())[2] in WRITES
        and parts[1] not in OTHERS | tables[parts[2]]
        and names.get(parts[1]) not in models[parts[2]]
    ]

    assert not unused, unused


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_staff SET password = 'x'",
        "UPDATE access_rolegrant SET role = 'supervisor'",
        "UPDATE mfa_authenticator SET data = '{}'",
        "SELECT session_data FROM django_session",
        "UPDATE campaign_batchline SET line_version = 1",
        "UPDATE campaign_batch SET max_lines_per_hour = 1000000, pilot_count = 0",
        "UPDATE campaign_batch SET due_on = '2000-01-01'",
        "UPDATE access_approval SET content = NULL",
        "DELETE FROM access_approval",
        "UPDATE lines_legalhold SET review_on = '2000-01-01'",
        "UPDATE lines_legalhold SET days = 'empty'",
        "DELETE FROM lines_legalhold",
    ],
)
def test_the_worker_does_not_change_what_people_decided(register, as_role, statement):
    with as_role("worker"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(statement)


def test_the_worker_sees_passkeys_and_no_secret_of_an_app(register, as_role):
    staff = Staff.objects.create(username="clerk-07", password="!", salt=b"0" * 32)
    for kind in Authenticator.Type.values:
        Authenticator.objects.create(user=staff, type=kind, data={})

    with as_role("worker"):
        assert [one.type for one in Authenticator.objects.all()] == ["webauthn"]


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.MIGRATOR])
def test_nobody_but_its_owner_takes_a_table_away_or_empties_it(data_dir, role):
    assert not [
        line for line in granted() if line.startswith(f"{role} ") and line.endswith(("TRUNCATE", "TRIGGER"))
    ]


def test_owner_functions_are_executable_by_their_intended_roles_alone(data_dir):
    may = rows(
        """SELECT p.proname AS function, array_agg(r.rolname::text ORDER BY r.rolname)
                  FILTER (WHERE has_function_privilege(r.rolname, p.oid, 'EXECUTE')) AS roles
             FROM pg_proc p CROSS JOIN pg_roles r
            WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
              AND r.rolname = ANY (%s)
            GROUP BY p.oid, p.proname""",
        [[role.value for role in Role if role not in {Role.MIGRATOR, Role.CONSOLE}]],
    )

    assert {row.function: row.roles for row in may} == {
        "access_count_lookups": ["worker"],
        "access_answer_request": ["worker"],
        "access_ask": ["backoffice"],
        "access_secrets_of": ["backoffice", "counter", "vault", "vault_service", "worker"],
        "access_sign_ins_of": ["backoffice", "counter", "worker"],
        "agents_lines_of_person": ["counter", "worker"],
        "agents_newest_registration": ["backoffice", "worker"],
        "campaign_approvals_of": ["backoffice", "worker"],
        "ledger_entry_of_code": ["counter", "worker"],
        "ledger_erasures_of": ["counter", "worker"],
        "ledger_has_registration": ["counter", "worker"],
        "lines_accesses_of": ["backoffice", "worker"],
        "lines_pauses_of": ["backoffice", "counter", "worker"],
        "lines_sim_replaced_on": ["counter", "worker"],
        "registration_entry_of": ["counter", "worker"],
        "registration_receipts_of": ["counter", "worker"],
        "reporting_entries_of_sample": ["backoffice", "worker"],
        "reporting_ranked_entries": ["backoffice", "worker"],
        "access_end_invitations": ["worker"],
        "access_forget_requests": ["worker"],
        "access_has_used_request": None,  # by triggers on what the worker does on request alone
        "access_has_used_request_about": None,  # by the same triggers
        "access_next_request": ["worker"],
        "access_postpone_request": ["worker"],
        "access_settle_pending": ["backoffice"],
        "access_use_invitation": ["backoffice"],
        "access_use_request": None,  # by the same triggers
        "agents_count_document_image": ["counter", "worker"],
        "agents_is_duplicate_image": ["counter", "worker"],
        "incidents_close": ["backoffice", "worker"],
        "incidents_lock": ["backoffice", "worker"],
        "incidents_meet_duty": ["backoffice", "worker"],
        "kernel_end_long_transactions": ["worker"],
        "kernel_lock": ["backoffice", "counter", "portal", "vault_service", "worker"],
        "kernel_share_sealing": ["counter", "worker"],
        "lines_count_past_last_day": ["backoffice", "worker"],
        "lines_registered_as": ["counter", "worker"],
        "lines_count_code_attempt": ["counter", "worker"],
        "lines_create": ["counter", "worker"],
        "lines_extend_handle": ["counter", "worker"],
        "lines_find_numbers": ["backoffice", "counter", "vault_service", "worker"],
        "lines_hand_to_clerk": ["counter", "worker"],
        "lines_has_other_number": ["counter", "worker"],
        "lines_lock_numbers": ["counter", "worker"],
        "lines_number_of_handle": ["counter", "worker"],
        "lines_quarantined_until": ["backoffice", "counter", "worker"],
        "lines_reassign_number": ["counter", "worker"],
        "lines_redeem_code": ["counter", "worker"],
        "subscribers_add_documents": ["counter", "worker"],
        "subscribers_find_documents": ["counter", "worker"],
        "subscribers_link": ["counter", "worker"],
        "subscribers_make": ["counter", "worker"],
        "subscribers_lock_documents": ["worker"],
        "subscribers_replace_document": ["counter", "worker"],
        "subscribers_protect": ["worker"],
        "subscribers_unlink": ["counter", "worker"],
        "campaign_breaks_promise": None,  # by the same triggers
        "campaign_is_approved": None,  # by triggers on what takes service away
        "imports_is_asked_for": None,  # by the same triggers
        "imports_brings": None,  # by the same triggers
        "campaign_end_stay": ["backoffice", "worker"],
        "campaign_enter_stay": ["backoffice", "worker"],
        "campaign_line_deadline": ["counter", "worker"],
        "campaign_promised_since": ["backoffice", "worker"],
        "campaign_not_notified": ["backoffice", "worker"],
        "campaign_not_notified_by_post": ["backoffice", "worker"],
        "campaign_not_notified_groups": ["backoffice", "worker"],
        "campaign_told": ["backoffice", "worker"],
        "selfcare_notice_of": ["backoffice", "worker"],
        "campaign_postpone_commands": ["backoffice", "worker"],
        "campaign_refresh_statistics": ["worker"],
        "ledger_reduce_entries": ["worker"],
        "lines_count_access": ["backoffice", "counter", "vault_service", "worker"],
        "lines_end_legal_hold": ["worker"],
        "lines_count_counter_termination": None,  # by the two below and a trigger
        "lines_mark": ["counter", "worker"],
        "lines_mark_wrongful": ["counter", "worker"],
        "lines_note_payments": ["counter", "worker"],
        "lines_pause_clock": ["counter", "worker"],
        "lines_reconnect": ["backoffice", "counter", "worker"],
        "lines_restore": ["counter", "worker"],
        "lines_register": ["counter", "worker"],
        "lines_terminate": ["counter", "worker"],
        "lines_lock_lines": ["backoffice", "counter", "worker"],
        "selfcare_hand_over_code": ["counter", "worker"],
        "selfcare_is_application_of": ["counter", "worker"],
        "disclosures_is_about": ["backoffice", "vault_service", "worker"],
        "selfcare_case_due": ["counter", "worker"],
        "selfcare_pages_of": ["counter", "worker"],
        "selfcare_claimant_is_named": ["backoffice", "worker"],
        "selfcare_request_letter": ["portal"],
        "selfcare_requests_of_source": ["portal"],
        "selfcare_count_try": ["portal"],
        "selfcare_verify_code": ["portal"],
        "subscribers_unlink_document": ["counter", "worker"],
        "vault_forget": ["worker"],
        "vault_note_opening": ["vault"],
        "vault_raise_access_alarm": ["backoffice", "counter", "vault_service", "worker"],
        "vault_is_past_sim_limit": None,  # by the next
        "vault_replace_sim": ["counter", "worker"],
    }


def test_no_trigger_that_refuses_reads_a_temporary_table_of_who_it_refuses(data_dir):
    unheld = rows(
        "SELECT p.proname AS function FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
        " WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype AND l.lanname = 'plpgsql'"
        r"   AND p.prosrc ~ '\m(FROM|JOIN) \w' AND p.prosrc ~ 'RAISE' AND p.proname !~ '^tests_'"
        "   AND NOT coalesce('search_path=public, pg_temp' = ANY (p.proconfig), false) ORDER BY function"
    )

    assert [one.function for one in unheld] == []


COUNTS_NOTHING = {
    "access_use_invitation",  # the hash of a long code
    "lines_register",  # a contact, sealed
    "reporting_ranked_entries",  # an auditor's seed
    "selfcare_requests_of_source",  # a source of requests
    "selfcare_count_try",  # a code of few tries, or a long one
    "selfcare_verify_code",  # a session's token
    "vault_replace_sim",  # what is sealed of a SIM, whose entry counts
}


def test_what_an_app_executes_with_an_index_or_a_mark_counts_it(data_dir):
    found = rows(
        "SELECT p.proname AS function FROM pg_proc p"
        " WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
        "   AND p.proargtypes::oid[] && ARRAY['bytea'::regtype::oid, 'bytea[]'::regtype::oid]"
        "   AND (has_function_privilege('counter', p.oid, 'EXECUTE') OR has_function_privilege('backoffice', p.oid, 'EXECUTE')"
        "        OR has_function_privilege('portal', p.oid, 'EXECUTE'))"
        "   AND coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) !~ 'access_count_lookups' ORDER BY function"
    )

    assert {one.function for one in found} == COUNTS_NOTHING
