# SPDX-License-Identifier: EUPL-1.2
"""The tables of disclosures."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DisclosureRequest",
            fields=[
                ("disclosure_id", models.UUIDField(primary_key=True, serialize=False)),
                ("authority_id", models.UUIDField()),
                ("kind", models.TextField(db_comment="The authority's kind, for counting.")),
                ("instrument", models.TextField(db_comment="disclosures.choices.Instrument.")),
                ("instrument_mark", models.BinaryField(db_comment="Keyed hash of the instrument's reference, to count people an instrument. Goes at erasure.", null=True)),
                ("file_mark", models.TextField(db_comment="Keyed hash of the instrument's file. Goes at erasure.", null=True)),
                ("file_id", models.UUIDField(db_comment="Names the sealed copy (vault_file). Goes at erasure.", null=True)),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment="vault.fields, by name: what may be opened, nothing else.")),
                ("number_mark", models.BinaryField(db_comment="Keyed hash of the number, the same as in lines_number. Personal. Goes at erasure.", null=True)),
                ("held_on", models.DateField(db_comment="Who held the number on this day.", null=True)),
                ("held_at", models.TimeField(db_comment="The time, where the line changed hands on that day.", null=True)),
                ("article", models.TextField(null=True)),
                ("pack_hash", models.TextField(db_comment="The rule pack under which it was entered.")),
                ("received_on", models.DateField()),
                ("expires_on", models.DateField(db_comment="Last day of the instrument.")),
                ("reply_by", models.DateField(db_comment="By when the pack has an answer given.", null=True)),
                ("keep_days", models.IntegerField(db_comment="Days after its end for which the pack has it kept.")),
                ("entered_by", models.UUIDField()),
                ("entered_at", models.DateTimeField()),
                ("state", models.TextField(db_comment="disclosures.choices.DisclosureState.")),
                ("refused_because", models.TextField(db_comment="disclosures.choices.RefusalReason.", null=True)),
                ("refused_by_law", models.BooleanField(default=False)),
                ("outcome", models.TextField(db_comment="disclosures.choices.Outcome.", null=True)),
                ("line_id", models.UUIDField(db_comment="Found when it was opened. Goes at erasure.", null=True)),
                ("person_id", models.UUIDField(db_comment="Found when it was opened. Goes at erasure.", null=True)),
                ("opened_on", models.DateField(null=True)),
                ("answer_hash", models.TextField(db_comment="SHA-256 of the sealed answer.", null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("closed_on", models.DateField(db_comment="Refused, expired or delivered: keep_days count from here.", null=True)),
                ("notified_on", models.DateField(db_comment="When the person was notified, or could look for themselves.", null=True)),
                ("is_notice_queued", models.BooleanField(db_comment="Whether a notice was owed; otherwise their own page says it.", null=True)),
                ("erased_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "disclosures_request",
                "indexes": [
                    models.Index(fields=["instrument_mark"], name="disclosures_request_by_instrument"),
                    models.Index(fields=["file_mark"], name="disclosures_request_by_file"),
                    models.Index(condition=models.Q(("notified_on__isnull", True), ("opened_on__isnull", False)), fields=["opened_on"], name="disclosures_request_to_tell"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["waiting", "approved", "opened", "delivered", "refused", "expired"])), name="disclosures_request_in_unknown_state"),
                    models.CheckConstraint(condition=models.Q(models.Q(("state", "refused"), _negated=True), ("refused_because__isnull", False), _connector="OR"), name="disclosures_request_refused_without_a_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestingAuthority",
            fields=[
                ("authority_id", models.UUIDField(primary_key=True, serialize=False)),
                ("title", models.TextField(db_comment="The authority's name. Of a back office, never of a person.")),
                ("kind", models.TextField(db_comment="What the pack calls it (disclosure[].to).")),
                ("public_key", models.TextField(db_comment="An age recipient: what answers are sealed to.")),
                ("key_hash", models.TextField(db_comment="SHA-256 of the public key, as read out on another way.")),
                ("valid_until", models.DateField(db_comment="Last day on which something is sealed to this key.")),
                ("proposed_on", models.DateField()),
                ("approved_on", models.DateField(null=True)),
                ("removed_on", models.DateField(db_comment="First day without it.", null=True)),
            ],
            options={
                "db_table": "disclosures_authority",
            },
        ),
        migrations.CreateModel(
            name="DeferredNotification",
            fields=[
                ("pk", models.CompositePrimaryKey("disclosure_id", "deferral_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("disclosure_id", models.UUIDField()),
                ("deferral_id", models.UUIDField()),
                ("until", models.DateField(db_comment="Last day on which the person is not notified.")),
                ("because", models.TextField(db_comment="disclosures.choices.DeferralReason.")),
                ("renewal", models.SmallIntegerField(db_comment="0: the first; then 1, 2, ...")),
                ("asked_at", models.DateTimeField()),
                ("agreed_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "disclosures_deferral",
                "constraints": [
                    models.UniqueConstraint(fields=("disclosure_id", "renewal"), name="disclosures_deferral_twice_for_one_renewal"),
                ],
            },
        ),
    ]
