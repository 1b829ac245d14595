# SPDX-License-Identifier: EUPL-1.2
"""The tables of ledger, and what Django cannot say of them."""

import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField(db_comment="The signed note, as published.")),
                ("signed_at", models.DateTimeField(db_comment="Instant of signing.")),
            ],
            options={
                "db_table": "ledger_checkpoint",
                "db_table_comment": "Every head that was ever signed; append-only for every role.",
            },
        ),
        migrations.CreateModel(
            name="Integration",
            fields=[
                ("step_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(db_comment="Leaves in the tree after this step.")),
                ("through_entry", models.BigIntegerField(db_comment="The last entry taken, of the transaction through_xid.")),
                ("floor_entry", models.BigIntegerField(db_comment="Entries up to here were written in an earlier cluster.")),
                ("cluster", models.BigIntegerField(db_comment="The cluster whose transaction numbers these are.")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "ledger_integration",
                "db_table_comment": "How far the tree has come; append-only for every role.",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("leaf_index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("leaf_class", models.TextField(db_comment="One of ledger.leaf_classes.LeafClass.")),
                ("day", models.DateField(db_comment="Day of the entry.")),
                ("root", models.BinaryField(db_comment="Over the salted digests of the entry's fields.", max_length=32)),
                ("leaf_hash", models.BinaryField(db_comment="SHA-256(0x00 || leaf), RFC 6962.", max_length=32)),
            ],
            options={
                "db_table": "ledger_leaf",
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("publication_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("note", models.TextField(db_comment="The signed and cosigned note, as published.")),
                ("published_at", models.DateTimeField(db_comment="Instant by the machine, regardless of a demo instance's date.")),
                ("cosigned_at", models.DateTimeField(db_comment="Instant of the newest cosignature that it bore.", null=True)),
            ],
            options={
                "db_table": "ledger_publication",
                "db_table_comment": "Every checkpoint that readers could see; append-only for every role.",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("pk", models.CompositePrimaryKey("level", "tile_index", blank=True, editable=False, primary_key=True, serialize=False)),
                ("level", models.SmallIntegerField()),
                ("tile_index", models.BigIntegerField()),
                ("hashes", models.BinaryField(db_comment="256 hashes of 32 bytes, as they are published.")),
                ("root", models.BinaryField(db_comment="The root over them: a hash of the next level.", max_length=32)),
            ],
            options={
                "db_table": "ledger_tile",
                "db_table_comment": "The full tiles of the Merkle tree; append-only for every role.",
            },
        ),
        migrations.CreateModel(
            name="Appended",
            fields=[
                ("appended_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first_entry", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("bodies", models.DecimalField(db_comment="Sum of hashtextextended over the bodies.", decimal_places=0, max_digits=40)),
                ("day", models.DateField(db_comment="The first of their days.")),
            ],
            options={
                "db_table": "ledger_appended",
                "db_table_comment": "What was appended and has no leaf yet.",
            },
        ),
        migrations.CreateModel(
            name="Fault",
            fields=[
                ("fault_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField(db_comment="One of ledger.choices.FaultKind.")),
                ("entry_id", models.BigIntegerField()),
                ("leaf_index", models.BigIntegerField(null=True)),
                ("leaf_class", models.TextField(null=True)),
                ("day", models.DateField(null=True)),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "ledger_fault",
                "db_table_comment": "Entries found missing or changed; append-only for every role.",
                "constraints": [models.UniqueConstraint(fields=("kind", "entry_id"), name="ledger_fault_once")],
            },
        ),
        migrations.CreateModel(
            name="CheckRound",
            fields=[
                ("check_id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("next_leaf", models.BigIntegerField()),
                ("round_ended_at", models.DateTimeField(db_comment="When every leaf had last been checked in turn.", null=True)),
                ("unsalted_since", models.DateTimeField(db_comment="A restore brought keys of this instant: what was entered since", null=True)),
                ("unsalted_until", models.DateTimeField(db_comment="and until then has lost its secrets with them.", null=True)),
            ],
            options={
                "db_table": "ledger_check",
            },
        ),
        migrations.CreateModel(
            name="DeferredDisclosureMark",
            fields=[
                ("disclosure_id", models.UUIDField(primary_key=True, serialize=False)),
                ("until", models.DateField(db_comment="Last day. From the day after, the openings and this day are shown.")),
                ("begun_on", models.DateField()),
            ],
            options={
                "db_table": "ledger_deferreddisclosuremark",
                "db_table_comment": "Notification that is put off, within what the pack allows (disclosures).",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("entry_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_comment="Instant of the act.")),
                ("day", models.DateField(db_comment="Day of the act in the pack's zone.")),
                ("verb", models.TextField(db_comment="One of ledger.verbs.Verb.")),
                ("line_id", models.UUIDField(db_comment="Reference of the line concerned.", null=True)),
                ("person_id", models.UUIDField(db_comment="Reference of the person concerned.", null=True)),
                ("staff_id", models.UUIDField(db_comment="Who acted, or whose account was tried: the body has a commitment.", null=True)),
                ("body", models.TextField(db_comment="Canonical JSON (RFC 8785), not published: its salted digests are the root of the leaf. Reduced at erasure.")),
            ],
            options={
                "db_table": "ledger_entry",
                "db_table_comment": "Every act and every access; append-only for every role.",
                "indexes": [
                    models.Index(condition=models.Q(("person_id__isnull", False)), fields=["person_id", "entry_id"], name="ledger_entry_by_person"),
                    models.Index(condition=models.Q(("line_id__isnull", False)), fields=["line_id", "entry_id"], name="ledger_entry_by_line"),
                    models.Index(condition=models.Q(("staff_id__isnull", False), ("verb", "vault:sealed:opened")), fields=["staff_id", "at"], name="ledger_entry_opened_by_staff"),
                    models.Index(condition=models.Q(("verb", "access:sign_in:attempted")), fields=["staff_id", "at"], name="ledger_entry_sign_ins"),
                    django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=["at", "day"], name="ledger_entry_by_time"),
                ],
            },
        ),
        migrations.RunSQL([
            database.sql("ledger", name) for name in ("commit_order", "append_only", "reduce_entries", "note_appended")
        ]),
    ]
