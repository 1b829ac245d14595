# SPDX-License-Identifier: EUPL-1.2
"""The tables of rights, and what Django cannot say of them."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ReservedCode",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "reserved_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("reserved_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("reserved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "selfcare_reservedcode",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "passkey_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("passkey_id", models.UUIDField()),
                ("credential", models.BinaryField(db_comment="Personal: public key and name of the passkey, which identifies no one. Deleted when it is removed or its subscriber erased.")),
                ("sign_count", models.BigIntegerField()),
                ("added_on", models.DateField()),
                ("used_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "selfcare_passkey",
            },
        ),
        migrations.CreateModel(
            name="PortalSession",
            fields=[
                ("session_mark", models.BinaryField(db_comment="Hash of the token, which only the browser has.", primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("tenure_id", models.UUIDField(db_comment="Empty: no registered subscriber.", null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ends_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(db_comment="When the second proof was given.", null=True)),
                ("attempts_left", models.SmallIntegerField()),
                ("challenge", models.BinaryField(db_comment="What a passkey has to sign. Good once, for this session alone.", null=True)),
                ("applications_left", models.SmallIntegerField(db_comment="Tries to register remotely.", db_default=5)),
                ("is_limited", models.BooleanField(db_comment="The code was handed over by the care menu or at a counter; it did not come to the line itself.", db_default=False)),
                ("images_left", models.SmallIntegerField(db_comment="Pictures of a document to be read.", db_default=10)),
            ],
            options={
                "db_table": "selfcare_portalsession",
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "application_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("application_id", models.UUIDField()),
                ("key_id", models.IntegerField(db_comment="The key for offline registrations to which it is sealed.")),
                ("sealed", models.BinaryField(db_comment="Personal, sealed to that key. Goes when it is settled or its last day is over.", null=True)),
                ("document_mark", models.BinaryField(db_comment="Keyed hash of the document, good for this application alone. Goes with it.", null=True)),
                ("name_mark", models.BinaryField(db_comment="Likewise of the name.", null=True)),
                ("made_on", models.DateField()),
                ("until", models.DateField(db_comment="The last day on which it waits; null: it was done at once.", null=True)),
                ("state", models.TextField(db_comment="pending, checked, registered, refused or expired.")),
                ("tenure_id", models.UUIDField(db_comment="The tenure that came of it.", null=True)),
                ("checked_by", models.UUIDField(db_comment="Who checked the document; null: no one yet.", null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("check_key", models.TextField(db_comment="The submission key of the document check.", null=True)),
                ("check_language", models.TextField(db_comment="The language for the outcome of the document check.", null=True)),
                ("said", models.JSONField(db_comment="Sentences of a refusal: articles, ids and days, nothing personal.", null=True)),
            ],
            options={
                "db_table": "selfcare_application",
                "indexes": [models.Index(condition=models.Q(("state", "checked")), fields=["checked_at"], name="selfcare_application_checked")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state__in", ["pending", "checked"])), fields=("line_id",), name="selfcare_application_pending_twice_for_one_line"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["pending", "checked", "registered", "refused", "expired"])), name="selfcare_application_of_unknown_state"),
                    models.CheckConstraint(condition=models.Q(("sealed__isnull", True), ("state__in", ["pending", "checked"]), _connector="OR"), name="selfcare_application_sealed_after_settlement"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortalRequest",
            fields=[
                ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                ("session_mark", models.BinaryField()),
                ("kind", models.TextField(db_comment="selfcare.choices.PortalRequestKind.")),
                ("payload", models.JSONField(db_comment="References, days, codes and keyed hashes; nothing personal.")),
                ("language", models.TextField()),
                ("public_key", models.BinaryField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.BinaryField(db_comment="Personal, sealed to a key that is in no store.", null=True)),
                ("sealed", models.BinaryField(db_comment="Personal, sealed to a key for offline registrations: an application. Goes with the request.", null=True)),
            ],
            options={
                "db_table": "selfcare_portalrequest",
                "indexes": [models.Index(condition=models.Q(("answered_at__isnull", True)), fields=["made_at"], name="selfcare_portalrequest_pending")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("case_id", models.UUIDField(primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("tenure_id", models.UUIDField(null=True)),
                ("kind", models.TextField(db_comment="selfcare.choices.CaseKind.")),
                ("about", models.TextField(db_comment="Which field is said to be wrong, or by what a forgery is suspected: a name, no value; of a dispute selfcare.choices.DisputeReason.", null=True)),
                ("opened_on", models.DateField()),
                ("due_on", models.DateField(db_comment="The last day on which to decide.")),
                ("settled_on", models.DateField(null=True)),
                ("upheld", models.BooleanField(db_comment="Whether the subscriber was right.", null=True)),
                ("against", models.UUIDField(db_comment="An appeal: the case that it is against; empty: the suspension of the line.", null=True)),
                ("claimant_mark", models.BinaryField(db_comment="Keyed hash of a claimant's document, good for this subscriber alone. Goes when it is settled.", null=True)),
                ("settled_by", models.TextField(db_comment="The decider's mark in the ledger.", null=True)),
                ("because", models.TextField(db_comment="selfcare.choices.DecisionReason.", null=True)),
                ("assigned_to", models.UUIDField(db_comment="The member of staff who took it on.", null=True)),
                ("reminded_on", models.DateField(db_comment="When its day was last mailed to the contacts.", null=True)),
            ],
            options={
                "db_table": "selfcare_case",
                "indexes": [models.Index(fields=["line_id"], name="selfcare_case_of_line"), models.Index(condition=models.Q(("settled_on__isnull", True)), fields=["due_on"], name="selfcare_case_open")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("settled_on__isnull", True)), fields=("line_id", "kind"), name="selfcare_case_open_twice_for_one_kind"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["not_mine", "dispute", "appeal", "correct", "inherit", "forgery"])), name="selfcare_case_of_unknown_kind"),
                    models.CheckConstraint(condition=models.Q(models.Q(("settled_on__isnull", True), ("upheld__isnull", True)), models.Q(("settled_on__isnull", False), ("upheld__isnull", False)), _connector="OR"), name="selfcare_case_settled_without_a_verdict"),
                    models.CheckConstraint(condition=models.Q(("because__isnull", True), ("because__in", ["record_missing", "receipt_proves", "document_seen", "not_their_line", "counted_wrong", "record_corrected", "death_shown", "record_right", "counted_right", "nothing_shown", "taken_back", "no_claim_shown", "document_forged"]), _connector="OR"), name="selfcare_case_for_unknown_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "consent_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("consent_id", models.UUIDField()),
                ("tenure_id", models.UUIDField(db_comment="The subscriber when the request was made; no one else can agree.")),
                ("sample_id", models.UUIDField(db_comment="The sample in which the line was drawn.")),
                ("auditor_id", models.UUIDField(db_comment="The account that asks; it is good for no other.")),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment="vault.fields, by name; never a value.")),
                ("asked_on", models.DateField()),
                ("answer_by", models.DateField(db_comment="The last day on which the subscriber may agree.")),
                ("agreed_on", models.DateField(null=True)),
                ("through", models.DateField(db_comment="The last day on which the auditor may look.", null=True)),
                ("taken_back_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "selfcare_consent",
                "indexes": [models.Index(fields=["sample_id"], name="selfcare_consent_of_sample")],
                "constraints": [
                    models.UniqueConstraint(fields=("line_id", "sample_id"), name="selfcare_consent_requested_twice_for_one_sample"),
                    models.CheckConstraint(condition=models.Q(models.Q(("agreed_on__isnull", True), ("through__isnull", True)), models.Q(("agreed_on__isnull", False), ("through__isnull", False)), _connector="OR"), name="selfcare_consent_given_without_a_last_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeRequest",
            fields=[
                ("code_request_id", models.UUIDField(primary_key=True, serialize=False)),
                ("number_index", models.BinaryField(db_comment="Keyed hash of the number typed. Goes after a day.")),
                ("source_mark", models.BinaryField(db_comment="Keyed hash of where it came from, under a key that the process forgets when it ends.")),
                ("language", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("processed_at", models.DateTimeField(db_comment="When the portal worker looked at it.", null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("tenure_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("channel", models.TextField(db_comment="By which way a code went, or care_menu or counter: it was handed over; empty: none went.", null=True)),
                ("code_hash", models.BinaryField(db_comment="Keyed hash of the code. Goes when it is used.", null=True)),
                ("attempts_left", models.SmallIntegerField(db_default=0)),
                ("expires_at", models.DateTimeField(null=True)),
                ("session_minutes", models.SmallIntegerField(db_default=0)),
                ("session_attempts", models.SmallIntegerField(db_default=0)),
                ("is_kept", models.BooleanField(db_comment="The code was one that staff keep for the line.", db_default=False)),
            ],
            options={
                "db_table": "selfcare_coderequest",
                "indexes": [models.Index(fields=["source_mark", "made_at"], name="selfcare_coderequest_by_source"), models.Index(fields=["line_id", "made_at"], name="selfcare_coderequest_by_line"), models.Index(fields=["number_index", "made_at"], name="selfcare_coderequest_by_number"), models.Index(condition=models.Q(("processed_at__isnull", True)), fields=["made_at"], name="selfcare_coderequest_pending")],
            },
        ),
        migrations.CreateModel(
            name="Delegate",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "part", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(db_comment="The subscriber who named the person.")),
                ("part", models.TextField(db_comment="selfcare.choices.DelegateRole.")),
                ("document_mark", models.BinaryField(db_comment="Personal, keyed hash. Goes when the subscriber takes it back or is erased.")),
                ("named_on", models.DateField()),
            ],
            options={
                "db_table": "selfcare_delegate",
                "constraints": [models.CheckConstraint(condition=models.Q(("part__in", ["representative", "heir"])), name="selfcare_delegate_of_unknown_role")],
            },
        ),
        migrations.RunSQL(database.sql("selfcare", "try_code")),
        migrations.RunSQL(database.sql("selfcare", "claimant_is_named")),
    ]
