# SPDX-License-Identifier: EUPL-1.2
"""Staff accounts, the roles they were given, each with its first and last day, and what they approved."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import UUID7, Now

from rollkeeper.access.choices import RequestJob, RequestState
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.kernel.ids import new_uuid

SECRETS = ("password", "salt")
"""Columns that no statement may compare at a counter: its plan would tell of accounts whose rows are hidden (`sql/secrets_of.sql`)."""


class StaffManager(BaseUserManager["Staff"]):
    """Finds accounts by their exact user name; an account's secrets are read only when they are needed."""

    def get_queryset(self) -> models.QuerySet["Staff"]:
        """Return the accounts without their secrets and marks, which a counter's role may not select."""
        return super().get_queryset().defer(*SECRETS, "mark")


class Staff(AbstractBaseUser):
    """One member of staff. No real name, no e-mail address: the user name is all that the register knows."""

    staff_id = models.UUIDField(primary_key=True, default=new_uuid)
    username = models.TextField(unique=True)
    is_active = models.BooleanField(default=True)
    last_login = None
    salt = models.BinaryField(db_comment="Salt of this person's commitments in the ledger.")
    mark = models.TextField(
        db_default="",
        db_comment="Their commitment in the ledger: by it the database knows whose entry one is.",
    )

    known_roles: tuple[dt.date, frozenset[StaffRole]] | None = None
    """A day and the roles on it, if they were read together with the account."""
    is_of_agent: bool | None = None
    """Whether it is an agent's account, if that was read together with it (`agents.queries.OF_AGENT`)."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = StaffManager()

    class Meta:
        """Kept while employed; afterwards inactive, since the ledger's entries refer to it."""

        db_table = "access_staff"
        base_manager_name = "objects"

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet["Staff"] | None = None,
    ) -> None:
        """Read the account again; read its secrets by the function that gives a counter only those of its own staff."""
        if fields is None or not set(fields) <= set(SECRETS):
            super().refresh_from_db(using, fields, from_queryset)
            return
        (found,) = prepared_rows("SELECT password, salt FROM access_secrets_of(%s)", [self.staff_id])
        self.password, self.salt = found


class FactorChange(models.Model):
    """When an app last changed the password or a second factor of an account. Written by triggers alone."""

    staff_id = models.UUIDField(primary_key=True)
    changed_at = models.DateTimeField(db_comment="Instant by the machine: always set by the database.")
    notified_at = models.DateTimeField(null=True, db_comment="When the mail about this change was sent.")

    class Meta:
        """One row an account (access/sql/factor_changes.sql)."""

        db_table = "access_factorchange"


class RoleGrant(models.Model):
    """A role that a member of staff has from one day to another."""

    grant_id = models.UUIDField(primary_key=True, default=new_uuid)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="grants")
    role = models.TextField(db_comment="access.roles.StaffRole.")
    since = models.DateField()
    until = models.DateField(null=True, db_comment="Last day, inclusive.")
    granted_at = models.DateTimeField(
        db_default=Now(), db_comment="Instant by the machine: always set by the database."
    )
    notified_at = models.DateTimeField(
        null=True, db_comment="When the mail about this approver role was sent."
    )

    class Meta:
        """Roles are never edited: they are ended and granted again. Those of an account that is opened again count as new."""

        db_table = "access_rolegrant"


class Approval(models.Model):
    """One person approves something that needs several people, or withdraws it from approval."""

    approval_id = models.UUIDField(primary_key=True, db_default=UUID7())
    permission = models.TextField(db_comment="access.roles.Permission: what is approved, and who may.")
    subject = models.UUIDField(db_comment="Reference of what is approved.")
    content = models.TextField(
        null=True, db_comment="What exactly was approved, where it can change: a hash, or a day."
    )
    staff_id = models.UUIDField(null=True)
    approves = models.BooleanField(db_comment="False: withdrawn, so that it waits no longer.")
    day = models.DateField()
    approved_at = models.DateTimeField(
        db_default=Now(), db_comment="Instant by the machine: always set by the database."
    )
    entry_id = models.BigIntegerField(null=True, db_comment="The ledger entry that says so.")

    class Meta:
        """Append-only."""

        db_table = "access_approval"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "permission", "content", "staff_id", "approves"],
                nulls_distinct=False,
                name="access_approval_given_twice",
            ),
            models.CheckConstraint(
                condition=models.Q(approves=False) | models.Q(staff_id__isnull=False),
                name="access_approval_by_nobody",
            ),
        ]


class Invitation(models.Model):
    """A code, valid once, with which the owner of an account sets its password."""

    invitation_id = models.UUIDField(primary_key=True, db_default=UUID7())
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    sealed_to = models.TextField(
        null=True,
        db_comment="Where to send it, under the instance's staff key; removed when it was sent, or after three days.",
    )
    code_mark = models.BinaryField(
        max_length=32, null=True, db_comment="SHA-256 of the code; null before it is sent."
    )
    made_at = models.DateTimeField(db_default=Now())
    coded_at = models.DateTimeField(
        null=True, db_comment="When the code was made; it is good for three days."
    )
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Kept as long as the account; a newer one replaces an unused one."""

        db_table = "access_invitation"
        indexes = [models.Index(fields=["staff"], name="access_invitation_by_staff")]


class StaffRequest(models.Model):
    """Something that a member of staff asked for on a page, and its outcome: a worker does it in their name."""

    request_id = models.UUIDField(primary_key=True)
    staff_id = models.UUIDField()
    kind = models.TextField(db_comment="A key of access.hooks.STAFF_REQUESTS or LONG_REQUESTS.")
    job = models.TextField(
        default=RequestJob.PAGE.value, db_comment="access.choices.RequestJob: which job does it."
    )
    subject = models.UUIDField(
        null=True, db_comment="The one thing that it is about, such as a batch or a file."
    )
    facts = models.JSONField(default=dict, db_comment="What pages show of it: days and choices.")
    payload = models.JSONField(
        db_comment="References, days, counts and choices; nothing personal. Emptied when it is done."
    )
    state = models.TextField(default=RequestState.APPROVED.value, db_comment="access.choices.RequestState.")
    is_recent = models.BooleanField(
        db_comment="The person had given password, passkey or code lately when they asked."
    )
    made_at = models.DateTimeField(
        db_default=Now(), db_comment="Instant by the machine: always set by the database."
    )
    again_at = models.DateTimeField(null=True, db_comment="Before this instant nothing more can be done.")
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True, db_comment="References, days and counts.")
    refusal = models.JSONField(null=True, db_comment="Codes, sentences and facts of what was refused.")
    used_in = models.BigIntegerField(
        null=True, db_comment="The transaction that did by it what the worker's role does on request alone."
    )
    keep_days = models.IntegerField(default=1)

    class Meta:
        """Written by functions alone (`sql/staff_requests.sql`). Deleted after a day; those whose outcome a page shows, after a year."""

        db_table = "access_staffrequest"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=RequestState.values), name="access_staffrequest_in_unknown_state"
            ),
            models.CheckConstraint(
                condition=models.Q(job__in=[one.value for one in RequestJob]),
                name="access_staffrequest_in_unknown_job",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                name="access_staffrequest_waiting",
                condition=models.Q(done_at__isnull=True),
            )
        ]


class SignInAttempt(models.Model):
    """Recent sign-in attempts by user name, by source and by both together, whether or not the name exists."""

    pk = models.CompositePrimaryKey("name_mark", "counted_by")
    name_mark = models.BinaryField(
        max_length=32, db_comment="HMAC-SHA-256 of kind, user name and source under the instance's staff key."
    )
    counted_by = models.TextField(db_comment="The role of the database in which it was counted.")
    tries = models.IntegerField()
    since = models.DateTimeField(db_comment="Start of the window in which the tries are counted.")

    class Meta:
        """Removed by a successful sign-in, and after 90 days; an expired window starts again at one."""

        db_table = "access_attempt"
        indexes = [models.Index(fields=["since"], name="access_attempt_by_age")]
