# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app: a plan says which conditions were looked at of rows that a policy hides."""

import pytest
from django.db import DatabaseError, connection, transaction

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import Role, rows, run
from tests.builders.staff import employ

pytestmark = pytest.mark.usefixtures("register")
ANALYZE = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) "
GUESSED = {
    ("backoffice", "access_attempt"): "counted_by name_mark since tries",
    (
        "backoffice",
        "django_session",
    ): "begun_at begun_by expire_date reference session_data session_key source_mark staff_id",
    ("console", "access_attempt"): "counted_by name_mark since tries",
    ("console", "mfa_authenticator"): "created_at id last_used_at type user_id",
    (
        "counter",
        "access_approval",
    ): "approval_id approved_at approves content day entry_id permission staff_id subject",
    ("counter", "access_attempt"): "counted_by name_mark since tries",
    ("counter", "access_staff"): "is_active staff_id username",
    (
        "counter",
        "django_session",
    ): "begun_at begun_by expire_date reference session_data session_key source_mark staff_id",
    ("counter", "mfa_authenticator"): "created_at id last_used_at type user_id",
    ("vault", "access_attempt"): "counted_by name_mark since tries",
    ("vault", "mfa_authenticator"): "created_at id last_used_at type user_id",
    ("vault_service", "access_attempt"): "counted_by name_mark since tries",
    ("worker", "mfa_authenticator"): "created_at id last_used_at type user_id",
}
"""What a role may guess of rows that a policy hides from it: names, references, instants, hashes of what is random, and what is sealed."""
GUESSES = """
SELECT r.rolname AS role, c.relname AS hidden, string_agg(a.attname, ' ' ORDER BY a.attname) AS columns
  FROM pg_class c CROSS JOIN pg_roles r JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace AND r.rolname = ANY (%s)
   AND has_column_privilege(r.rolname, c.oid, a.attname, 'SELECT')
   AND EXISTS (SELECT FROM pg_amop o JOIN pg_operator p ON p.oid = o.amopopr JOIN pg_proc f ON f.oid = p.oprcode
                WHERE f.proleakproof AND p.oprleft IN (a.atttypid, CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype ELSE a.atttypid END))
   AND NOT EXISTS (SELECT FROM pg_policy y WHERE y.polrelid = c.oid AND y.polcmd IN ('r', '*') AND pg_get_expr(y.polqual, c.oid) = 'true'
                      AND EXISTS (SELECT FROM unnest(y.polroles) AS one WHERE pg_has_role(r.oid, one, 'USAGE')))
 GROUP BY 1, 2 ORDER BY 1, 2
"""


def heard(statement, parameters=()):
    """What a session hears of a statement: its rows, or its refusal."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return "\n".join(str(row) for row in cursor.fetchall())
    except DatabaseError as fault:
        return str(fault).partition("\n")[0]


@pytest.mark.parametrize("condition", ["password >= %s", "salt >= convert_to(%s, 'UTF8')"])
def test_no_plan_tells_the_counter_what_a_hidden_account_has_for_a_password(as_role, condition):
    admin = employ(StaffRole.ADMINISTRATOR, username="admin", password="middle")
    run("UPDATE access_staff SET salt = 'middle' WHERE staff_id = %s", [admin.staff_id])
    asked = ANALYZE + "SELECT FROM access_staff WHERE username = 'admin' AND " + condition

    with as_role("counter"):
        below, above = (heard(asked, [guess]).replace(guess, "?") for guess in ("aaaa", "zzzz"))

    assert below == above


@pytest.mark.parametrize("condition", ["password >= %s", "salt >= convert_to(%s, 'UTF8')"])
def test_no_estimate_tells_the_counter_what_hidden_accounts_have_for_passwords(as_role, condition):
    for nth in range(40):
        admin = employ(StaffRole.ADMINISTRATOR, password=f"middle{nth}")
        run(
            "UPDATE access_staff SET salt = %s WHERE staff_id = %s", [f"middle{nth}".encode(), admin.staff_id]
        )
    run("ANALYZE access_staff")
    asked = "EXPLAIN SELECT FROM access_staff WHERE " + condition

    with as_role("counter"):
        below, above = (heard(asked, [guess]).replace(guess, "?") for guess in ("aaaa", "zzzz"))

    assert below == above


def test_what_is_secret_of_hidden_rows_is_of_no_type_or_column_that_can_be_guessed():
    found = rows(GUESSES, [[role.value for role in Role if role is not Role.MIGRATOR]])

    assert {(row.role, row.hidden): row.columns for row in found} == GUESSED
