# SPDX-License-Identifier: EUPL-1.2
"""The tables of lines, and what Django cannot say of them."""

import django.contrib.postgres.fields.ranges
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccessCount",
            fields=[
                ("pk", models.CompositePrimaryKey("hour", "staff_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("hour", models.DateTimeField(db_comment="By the machine, regardless of a demo instance's date.")),
                ("staff_id", models.UUIDField(db_comment="The account; zeros for the console.")),
                ("lookups", models.IntegerField(db_default=0)),
                ("missed_lookups", models.IntegerField(db_comment="Of these, in vain.", db_default=0)),
                ("documents", models.IntegerField(db_default=0)),
                ("mismatched_documents", models.IntegerField(db_comment="Of these, not the recorded one.", db_default=0)),
            ],
            options={
                "db_table": "lines_accesscount",
            },
        ),
        migrations.CreateModel(
            name="CounterTermination",
            fields=[
                ("line_id", models.UUIDField(primary_key=True, serialize=False)),
                ("ended_at", models.DateTimeField(db_comment="Instant by the machine, regardless of a demo instance's date.")),
            ],
            options={
                "db_table": "lines_countertermination",
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "legal_hold_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("legal_hold_id", models.UUIDField()),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("case_reference", models.TextField(db_comment="Case number of the order, no names.")),
                ("review_on", models.DateField()),
            ],
            options={
                "db_table": "lines_legalhold",
            },
        ),
        migrations.CreateModel(
            name="Tenure",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "held", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("tenure_id", models.UUIDField()),
                ("party_kind", models.TextField()),
                ("person_id", models.UUIDField(db_comment="The subscriber: a person or a company.")),
                ("user_person_id", models.UUIDField(db_comment="Company lines: who uses the line.", null=True)),
                ("bearer_person_id", models.UUIDField(db_comment="Company lines: who brought the papers.", null=True)),
                ("guardian_person_id", models.UUIDField(db_comment="Minors: the guardian.", null=True)),
                ("assurance", models.TextField(db_comment="declared, sighted, checked, machine_read or confirmed.")),
                ("commitment", models.TextField(db_comment="The subscriber's commitment in the ledger. Deleted at erasure.", null=True)),
                ("erased_on", models.DateField(null=True)),
                ("contested_on", models.DateField(db_comment="Since when the person says that the line is not theirs: it counts for no limit.", null=True)),
                ("route", models.TextField(db_comment="The pack's way for a subscriber without a document. Deleted at erasure.", null=True)),
                ("accepted_through", models.DateField(db_comment="Last day on which that is accepted; null: no limit, or a document was shown.", null=True)),
                ("good_through", models.DateField(db_comment="Last day on which the registration is good; null: without an end. Staff read it one line at a time. Deleted at erasure.", null=True)),
                ("begun_by_entry", models.BigIntegerField(db_comment="The ledger entry that began it; null for a declared subscriber of an import.", null=True)),
                ("ended_by_entry", models.BigIntegerField(db_comment="The ledger entry that ended it, of the same transaction. Without one it is never erased.", null=True)),
            ],
            options={
                "db_table": "lines_tenure",
                "indexes": [
                    models.Index(fields=["person_id"], name="lines_tenure_by_person"),
                    models.Index(condition=models.Q(("good_through__isnull", False), ("held__endswith__isnull", True)), fields=["good_through"], name="lines_tenure_with_a_last_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconnection",
            fields=[
                ("line_id", models.UUIDField(primary_key=True, serialize=False)),
                ("reconnected_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "lines_reconnection",
                "constraints": [models.CheckConstraint(condition=models.Q(("ends_at__gt", models.F("reconnected_at"))), name="lines_reconnection_ends_before_it_begins")],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("line_id", models.UUIDField(primary_key=True, serialize=False)),
                ("service", models.TextField(db_comment="lines.choices.Service.")),
                ("state", models.TextField(db_comment="lines.choices.LineState.")),
                ("version", models.BigIntegerField(default=1)),
                ("is_registered", models.BooleanField(db_comment="True identity recorded for the present tenure.", default=False)),
                ("must_reverify", models.BooleanField(db_comment="A campaign asks its registered subscriber to verify the registration again.", db_default=False)),
                ("is_disputed", models.BooleanField(db_comment="A receipt or an appeal contradicts the record.", default=False)),
                ("is_essential", models.BooleanField(db_comment="Lift, alarm, medical device: never cut by a batch.", default=False)),
                ("activated_on", models.DateField()),
                ("terminated_on", models.DateField(null=True)),
                ("terminated_by", models.TextField(db_comment="campaign, subscriber or import_undone.", null=True)),
                ("erased_on", models.DateField(null=True)),
                ("language", models.TextField(db_comment="Language of notices while there is no registered subscriber.", null=True)),
                ("region", models.TextField(db_comment="Area or branch, for figures and for calendars.", null=True)),
                ("number_index", models.BinaryField(db_comment="Keyed hash of the number. Goes at erasure.", null=True)),
                ("number_sealed", models.BinaryField(db_comment="Personal, sealed. Goes at erasure.", null=True)),
                ("contact_sealed", models.BinaryField(db_comment="Personal, sealed: an e-mail address, a postal address on the lines after it, or both, from the operator's file, for notices only. Goes at erasure.", null=True)),
                ("contact_kind", models.TextField(db_comment="lines.contacts.ContactKind; null: an e-mail address alone.", null=True)),
            ],
            options={
                "db_table": "lines_line",
                "indexes": [
                    models.Index(condition=models.Q(("erased_on__isnull", True), ("terminated_on__isnull", False)), fields=["terminated_on", "line_id"], name="lines_line_to_erase"),
                    models.Index(condition=models.Q(("erased_on__isnull", True), ("terminated_by", "import_undone")), fields=["line_id"], name="lines_line_undone"),
                    models.Index(condition=models.Q(("number_index__isnull", False), ("terminated_on__isnull", False)), fields=["number_index"], name="lines_line_by_past_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("number_index", models.BinaryField(primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("quarantined_until", models.DateField(null=True)),
            ],
            options={
                "db_table": "lines_number",
                "indexes": [models.Index(condition=models.Q(("quarantined_until__isnull", False)), fields=["quarantined_until", "number_index"], name="lines_number_in_quarantine")],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "pause_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("pause_id", models.UUIDField()),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")),
                ("reason", models.TextField(db_comment="lines.choices.PauseReason.")),
                ("recorded_at", models.DateTimeField()),
                ("evidence_due_on", models.DateField(db_comment="Until when a proof is hoped for; nothing follows where none comes.", null=True)),
                ("evidence_seen_on", models.DateField(db_comment="When staff saw one. The proof itself is not kept.", null=True)),
            ],
            options={
                "db_table": "lines_pause",
                "indexes": [models.Index(condition=models.Q(("evidence_due_on__isnull", False), ("evidence_seen_on__isnull", True)), fields=["evidence_due_on"], name="lines_pause_awaiting_evidence")],
            },
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                ("reference_index", models.BinaryField(primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
            ],
            options={
                "db_table": "lines_reference",
                "indexes": [models.Index(fields=["line_id"], name="lines_reference_by_line")],
            },
        ),
        migrations.CreateModel(
            name="CounterCode",
            fields=[
                ("code_hash", models.BinaryField(db_comment="Keyed hash of the code, or of a handle that no code led to. Unredeemed ones go within a day.", primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ends_at", models.DateTimeField()),
                ("handle_id", models.UUIDField(db_comment="The handle of the line on one clerk's pages.", null=True)),
                ("redeemed_by", models.UUIDField(db_comment="The clerk to whom it was read out; valid for no one else.", null=True)),
            ],
            options={
                "db_table": "lines_countercode",
                "indexes": [models.Index(fields=["line_id", "made_at"], name="lines_countercode_by_line"), models.Index(condition=models.Q(("handle_id__isnull", False)), fields=["handle_id"], name="lines_countercode_by_handle")],
            },
        ),
        migrations.CreateModel(
            name="CounterCodeAttempt",
            fields=[
                ("attempt_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), primary_key=True, serialize=False)),
                ("staff_id", models.UUIDField()),
                ("attempted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "lines_countercodeattempt",
                "indexes": [models.Index(fields=["attempted_at"], name="lines_countercodeattempt_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "suspension_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("suspension_id", models.UUIDField()),
                ("reason", models.TextField(db_comment="lines.choices.SuspensionReason.")),
                ("begun_on", models.DateField()),
                ("begun_at", models.DateTimeField()),
                ("restored_on", models.DateField(null=True)),
                ("restored_at", models.DateTimeField(null=True)),
                ("batch_id", models.UUIDField(db_comment="The batch of a campaign that did it.", null=True)),
                ("was_wrongful", models.BooleanField(db_comment="Found to be wrongful: its hours are refunded.", db_default=False)),
                ("step", models.SmallIntegerField(db_comment="Which of the law's bars it is, 1 the first; 1 for every other reason.", db_default=1)),
                ("bars", models.SmallIntegerField(db_comment="What the line is kept from: kernel.choices.Bars, added up.", db_default=7)),
            ],
            options={
                "db_table": "lines_suspension",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("restored_on__isnull", True)), fields=("line_id", "reason", "step"), name="lines_suspension_reason_open_twice"),
                    models.CheckConstraint(condition=models.Q(("bars__in", (1, 3, 4, 5, 7))), name="lines_suspension_of_unknown_level"),
                ],
            },
        ),
        # What Django cannot say: a key over a span of time.
        migrations.RunSQL(
            """
            ALTER TABLE lines_tenure DROP CONSTRAINT lines_tenure_pkey;
            ALTER TABLE lines_tenure ADD PRIMARY KEY (line_id, held WITHOUT OVERLAPS);
            ALTER TABLE lines_line ADD CONSTRAINT lines_line_unknown_state
                CHECK (state IN ('active', 'suspended', 'terminated', 'released'));
            """
        ),
        migrations.RunSQL([database.sql("lines", name) for name in ("past_tenures_index", "essential_lines", "counter_role_triggers", "state_transitions", "lock_lines", "end_legal_hold", "count_access")]),
    ]
