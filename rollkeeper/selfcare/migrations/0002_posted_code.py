# SPDX-License-Identifier: EUPL-1.2
"""Letters with a code for the portal. The functions are made again at every setup."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PostedCode",
            fields=[
                ("code_request_id", models.UUIDField(primary_key=True, serialize=False, db_comment="The page. One page asks once.")),
                ("number_index", models.BinaryField(db_comment="Keyed hash of the number typed. Goes after a day, or with the letter's days.")),
                ("language", models.TextField()),
                ("made_at", models.DateTimeField(db_default=Now())),
                ("processed_at", models.DateTimeField(null=True, db_comment="When the portal worker looked at it.")),
                ("line_id", models.UUIDField(null=True)),
                ("tenure_id", models.UUIDField(null=True)),
                ("person_id", models.UUIDField(null=True)),
                ("reference", models.TextField(null=True, db_comment="What the window of the envelope shows; empty: no letter was printed.")),
                ("code_hash", models.BinaryField(null=True, db_comment="Keyed hash of the code. Goes when it is used, or the letter comes back.")),
                ("ends_at", models.DateTimeField(null=True, db_comment="Until then the line gets no other letter.")),
                ("session_minutes", models.SmallIntegerField(db_default=0)),
                ("session_attempts", models.SmallIntegerField(db_default=0)),
            ],
            options={
                "db_table": "selfcare_postedcode",
                "constraints": [
                    models.UniqueConstraint(fields=["code_hash"], name="selfcare_postedcode_by_code"),
                    models.UniqueConstraint(fields=["reference"], name="selfcare_postedcode_by_reference"),
                ],
            },
        ),
    ]
