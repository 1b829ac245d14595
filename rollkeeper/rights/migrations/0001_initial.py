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
            name="KeptCode",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "kept_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("kept_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("kept_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "rights_keptcode",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "passkey_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("passkey_id", models.UUIDField()),
                ("credential", models.BinaryField(db_comment="Personal: public key and name of the passkey, which leads to nobody. Goes when it is removed or its holder erased.")),
                ("sign_count", models.BigIntegerField()),
                ("added_on", models.DateField()),
                ("used_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "rights_passkey",
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("ask_mark", models.BinaryField(db_comment="Hash of the token that the browser holds and that nobody else has.", primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("holding_id", models.UUIDField(db_comment="Empty: nobody is registered.", null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ends_at", models.DateTimeField()),
                ("proved_at", models.DateTimeField(db_comment="When the second proof was given.", null=True)),
                ("proofs_left", models.SmallIntegerField()),
                ("challenge", models.BinaryField(db_comment="What a passkey has to sign. Good once, for this visit alone.", null=True)),
                ("applications_left", models.SmallIntegerField(db_comment="Tries to register from afar.", db_default=5)),
                ("pictures_left", models.SmallIntegerField(db_comment="Pictures of a document to be read.", db_default=10)),
            ],
            options={
                "db_table": "rights_visit",
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "application_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("application_id", models.UUIDField()),
                ("key_id", models.IntegerField(db_comment="The key for captures to which it is sealed.")),
                ("sealed", models.BinaryField(db_comment="Personal, sealed to that key. Goes when it is settled or its last day is over.", null=True)),
                ("document_mark", models.BinaryField(db_comment="Keyed hash of the document, good for this application alone. Goes with it.", null=True)),
                ("name_mark", models.BinaryField(db_comment="Likewise of the name.", null=True)),
                ("made_on", models.DateField()),
                ("until", models.DateField(db_comment="The last day on which it waits; null: it was done at once.", null=True)),
                ("state", models.TextField(db_comment="held, seen, registered, refused or lapsed.")),
                ("holding_id", models.UUIDField(db_comment="The holding that came of it.", null=True)),
                ("seen_by", models.UUIDField(db_comment="Who had the document before them; null: nobody.", null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("seen_key", models.TextField(db_comment="The submission key of whoever saw it.", null=True)),
                ("seen_language", models.TextField(db_comment="In which whoever saw it reads what came of it.", null=True)),
                ("said", models.JSONField(db_comment="Sentences of a refusal: articles, ids and days, nothing personal.", null=True)),
            ],
            options={
                "db_table": "rights_application",
                "indexes": [models.Index(condition=models.Q(("state", "seen")), fields=["seen_at"], name="rights_application_seen")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state__in", ["held", "seen"])), fields=("line_id",), name="rights_application_waiting_twice_for_one_line"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["held", "seen", "registered", "refused", "lapsed"])), name="rights_application_of_unknown_state"),
                    models.CheckConstraint(condition=models.Q(("sealed__isnull", True), ("state__in", ["held", "seen"]), _connector="OR"), name="rights_application_kept_after_it_was_settled"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ask",
            fields=[
                ("ask_id", models.UUIDField(primary_key=True, serialize=False)),
                ("ask_mark", models.BinaryField()),
                ("kind", models.TextField(db_comment="rights.kinds.AskKind.")),
                ("asked", models.JSONField(db_comment="References, days, codes and keyed hashes; nothing personal.")),
                ("language", models.TextField()),
                ("public_key", models.BinaryField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.BinaryField(db_comment="Personal, sealed to a key that is in no store.", null=True)),
                ("sealed", models.BinaryField(db_comment="Personal, sealed to a key for captures: an application. Goes with the ask.", null=True)),
            ],
            options={
                "db_table": "rights_ask",
                "indexes": [models.Index(condition=models.Q(("answered_at__isnull", True)), fields=["made_at"], name="rights_ask_to_carry")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("case_id", models.UUIDField(primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("holding_id", models.UUIDField(null=True)),
                ("kind", models.TextField(db_comment="rights.kinds.CaseKind.")),
                ("about", models.TextField(db_comment="Which field is said to be wrong: its name, no value.", null=True)),
                ("opened_on", models.DateField()),
                ("due_on", models.DateField(db_comment="The last day on which to decide.")),
                ("settled_on", models.DateField(null=True)),
                ("upheld", models.BooleanField(db_comment="Whether the subscriber was right.", null=True)),
                ("against", models.UUIDField(db_comment="An appeal: the case that it is against; empty: the suspension of the line.", null=True)),
                ("claimant_mark", models.BinaryField(db_comment="Keyed hash of a claimant's document, good for this holder alone. Goes when it is settled.", null=True)),
                ("settled_by", models.TextField(db_comment="What stands in the ledger for whoever decided.", null=True)),
            ],
            options={
                "db_table": "rights_case",
                "indexes": [models.Index(fields=["line_id"], name="rights_case_of_line"), models.Index(condition=models.Q(("settled_on__isnull", True)), fields=["due_on"], name="rights_case_open")],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("settled_on__isnull", True)), fields=("line_id", "kind"), name="rights_case_open_twice_for_one_kind"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["not_mine", "dispute", "appeal", "correct", "inherit"])), name="rights_case_of_unknown_kind"),
                    models.CheckConstraint(condition=models.Q(models.Q(("settled_on__isnull", True), ("upheld__isnull", True)), models.Q(("settled_on__isnull", False), ("upheld__isnull", False)), _connector="OR"), name="rights_case_settled_without_a_verdict"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "consent_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("consent_id", models.UUIDField()),
                ("holding_id", models.UUIDField(db_comment="Whoever held the line as they were asked; nobody else can agree.")),
                ("sample_id", models.UUIDField(db_comment="The sample in which the line was drawn.")),
                ("auditor_id", models.UUIDField(db_comment="The account that asks; it is good for no other.")),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment="vault.fields, by name; never a value.")),
                ("asked_on", models.DateField()),
                ("answer_by", models.DateField(db_comment="The last day on which the holder may agree.")),
                ("agreed_on", models.DateField(null=True)),
                ("through", models.DateField(db_comment="The last day on which the auditor may look.", null=True)),
                ("taken_back_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "rights_consent",
                "indexes": [models.Index(fields=["sample_id"], name="rights_consent_of_sample")],
                "constraints": [
                    models.UniqueConstraint(fields=("line_id", "sample_id"), name="rights_consent_asked_twice_for_one_sample"),
                    models.CheckConstraint(condition=models.Q(models.Q(("agreed_on__isnull", True), ("through__isnull", True)), models.Q(("agreed_on__isnull", False), ("through__isnull", False)), _connector="OR"), name="rights_consent_given_without_a_last_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("knock_id", models.UUIDField(primary_key=True, serialize=False)),
                ("number_index", models.BinaryField(db_comment="Keyed hash of the number typed. Goes after a day.")),
                ("source_mark", models.BinaryField(db_comment="Keyed hash of where it came from, under a key that the process forgets when it ends.")),
                ("language", models.TextField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("carried_at", models.DateTimeField(db_comment="When the porter looked at it.", null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("holding_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("channel", models.TextField(db_comment="By which way a code went; empty: none went.", null=True)),
                ("code_hash", models.BinaryField(db_comment="Keyed hash of the code. Goes when it is used.", null=True)),
                ("tries_left", models.SmallIntegerField(db_default=0)),
                ("expires_at", models.DateTimeField(null=True)),
                ("visit_minutes", models.SmallIntegerField(db_default=0)),
                ("visit_proofs", models.SmallIntegerField(db_default=0)),
                ("is_kept", models.BooleanField(db_comment="The code was one that staff keep for the line.", db_default=False)),
            ],
            options={
                "db_table": "rights_knock",
                "indexes": [models.Index(fields=["source_mark", "made_at"], name="rights_knock_by_source"), models.Index(fields=["line_id", "made_at"], name="rights_knock_by_line"), models.Index(condition=models.Q(("carried_at__isnull", True)), fields=["made_at"], name="rights_knock_to_carry")],
            },
        ),
        migrations.CreateModel(
            name="Named",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "part", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(db_comment="The holder who named somebody.")),
                ("part", models.TextField(db_comment="rights.kinds.NamedPart.")),
                ("document_mark", models.BinaryField(db_comment="Personal, keyed hash. Goes when the holder takes it back or is erased.")),
                ("named_on", models.DateField()),
            ],
            options={
                "db_table": "rights_named",
                "constraints": [models.CheckConstraint(condition=models.Q(("part__in", ["representative", "heir"])), name="rights_named_for_unknown_part")],
            },
        ),
        migrations.RunSQL(database.sql("rights", "try_code")),
    ]
