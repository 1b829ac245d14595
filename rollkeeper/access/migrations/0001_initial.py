# SPDX-License-Identifier: EUPL-1.2
"""The tables of access, and what Django cannot say of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import rollkeeper.kernel.ids
from django.conf import settings
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("staff_id", models.UUIDField(default=rollkeeper.kernel.ids.new_uuid, primary_key=True, serialize=False)),
                ("username", models.TextField(unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("salt", models.BinaryField(db_comment="Salt of this person's commitments in the ledger.")),
            ],
            options={
                "db_table": "access_staff",
            },
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("pk", models.CompositePrimaryKey("name_mark", "counted_by", blank=True, editable=False, primary_key=True, serialize=False)),
                ("name_mark", models.BinaryField(db_comment="HMAC-SHA-256 of kind, user name and source under the instance's staff key.", max_length=32)),
                ("counted_by", models.TextField(db_comment="The role of the database in which it was counted.")),
                ("tries", models.IntegerField()),
                ("since", models.DateTimeField(db_comment="Start of the window in which the tries are counted.")),
            ],
            options={
                "db_table": "access_attempt",
                "indexes": [models.Index(fields=["since"], name="access_attempt_by_age")],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("grant_id", models.UUIDField(default=rollkeeper.kernel.ids.new_uuid, primary_key=True, serialize=False)),
                ("role", models.TextField(db_comment="access.roles.StaffRole.")),
                ("since", models.DateField()),
                ("until", models.DateField(db_comment="Last day, inclusive.", null=True)),
                ("staff", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL)),
                ("granted_at", models.DateTimeField(db_comment="Instant by the machine: always set by the database.", db_default=django.db.models.functions.datetime.Now())),
                ("notified_at", models.DateTimeField(db_comment="When the mail about this approver role was sent.", null=True)),
            ],
            options={
                "db_table": "access_rolegrant",
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("approval_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), primary_key=True, serialize=False)),
                ("permission", models.TextField(db_comment="access.roles.Permission: what is approved, and who may.")),
                ("subject", models.UUIDField(db_comment="Reference of what is approved.")),
                ("content", models.TextField(db_comment="What exactly was approved, where it can change: a hash, or a day.", null=True)),
                ("staff_id", models.UUIDField(null=True)),
                ("approves", models.BooleanField(db_comment="False: withdrawn, so that it waits no longer.")),
                ("day", models.DateField()),
                ("approved_at", models.DateTimeField(db_comment="Instant by the machine: always set by the database.", db_default=django.db.models.functions.datetime.Now())),
                ("entry_id", models.BigIntegerField(db_comment="The ledger entry that says so.", null=True)),
            ],
            options={
                "db_table": "access_approval",
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "permission", "content", "staff_id", "approves"), name="access_approval_given_twice", nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(("approves", False), ("staff_id__isnull", False), _connector="OR"), name="access_approval_by_nobody"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FactorChange",
            fields=[
                ("staff_id", models.UUIDField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField(db_comment="Instant by the machine: always set by the database.")),
                ("notified_at", models.DateTimeField(db_comment="When the mail about this change was sent.", null=True)),
            ],
            options={
                "db_table": "access_factorchange",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("invitation_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), primary_key=True, serialize=False)),
                ("sealed_to", models.TextField(db_comment="Where to send it, under the instance's staff key; removed when it was sent, or after three days.", null=True)),
                ("code_mark", models.BinaryField(db_comment="SHA-256 of the code; null before it is sent.", max_length=32, null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("coded_at", models.DateTimeField(db_comment="When the code was made; it is good for three days.", null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("staff", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "access_invitation",
                "indexes": [models.Index(fields=["staff"], name="access_invitation_by_staff")],
            },
        ),
        migrations.CreateModel(
            name="StaffRequest",
            fields=[
                ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                ("staff_id", models.UUIDField()),
                ("kind", models.TextField(db_comment="A key of access.hooks.STAFF_REQUESTS or LONG_REQUESTS.")),
                ("job", models.TextField(db_comment="access.choices.RequestJob: which job does it.", default="page")),
                ("subject", models.UUIDField(db_comment="The one thing that it is about, such as a batch or a file.", null=True)),
                ("facts", models.JSONField(db_comment="What pages show of it: days and choices.", default=dict)),
                ("payload", models.JSONField(db_comment="References, days, counts and choices; nothing personal. Emptied when it is done.")),
                ("state", models.TextField(db_comment="access.choices.RequestState.", default="approved")),
                ("is_recent", models.BooleanField(db_comment="The person had given password, passkey or code lately when they asked.")),
                ("made_at", models.DateTimeField(db_comment="Instant by the machine: always set by the database.", db_default=django.db.models.functions.datetime.Now())),
                ("again_at", models.DateTimeField(db_comment="Before this instant nothing more can be done.", null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(db_comment="References, days and counts.", null=True)),
                ("refusal", models.JSONField(db_comment="Codes, sentences and facts of what was refused.", null=True)),
                ("used_in", models.BigIntegerField(db_comment="The transaction that did by it what the worker's role does on request alone.", null=True)),
                ("keep_days", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "access_staffrequest",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["pending", "approved", "done", "failed", "withdrawn"])), name="access_staffrequest_in_unknown_state"),
                    models.CheckConstraint(condition=models.Q(("job__in", ["page", "campaign", "keys"])), name="access_staffrequest_in_unknown_job"),
                ],
                "indexes": [models.Index(condition=models.Q(("done_at__isnull", True)), fields=["made_at"], name="access_staffrequest_waiting")],
            },
        ),
        migrations.RunSQL(database.sql("access", "grants_stand")),
        migrations.RunSQL(database.sql("access", "approvals_of_a_role")),
    ]
