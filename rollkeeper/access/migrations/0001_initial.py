# SPDX-License-Identifier: EUPL-1.2
"""The tables of access, and what Django cannot say of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
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
                ("name_mark", models.BinaryField(db_comment="HMAC-SHA-256 of the user name under the instance's staff key.", max_length=32)),
                ("counted_by", models.TextField(db_comment="The role of the database in which it was counted.")),
                ("tries", models.IntegerField()),
                ("since", models.DateTimeField(db_comment="Start of the window in which the tries are counted.")),
            ],
            options={
                "db_table": "access_attempt",
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
                ("granted_at", models.DateTimeField(db_comment="Instant by the machine: the database writes it, whoever grants.", db_default=django.db.models.functions.datetime.Now())),
                ("notified_at", models.DateTimeField(db_comment="When a mail said that somebody was given a role that decides with others.", null=True)),
            ],
            options={
                "db_table": "access_rolegrant",
            },
        ),
        migrations.RunSQL(database.sql("access", "grants_stand")),
    ]
