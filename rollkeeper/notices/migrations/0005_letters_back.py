# SPDX-License-Identifier: EUPL-1.2
"""What came back of letters, as the office noted it; and an index of the letters that led nowhere."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("notices", "0004_audits")]

    operations = [
        migrations.CreateModel(
            name="LetterBack",
            fields=[
                (
                    "reference",
                    models.TextField(
                        primary_key=True, serialize=False,
                        db_comment="As it was scanned or typed, in groups of four signs; it says nothing of anybody.",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                ("staff_id", models.UUIDField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("verdict", models.TextField(null=True, db_comment="notices.letters_back.Verdict; null while it waits.")),
            ],
            options={
                "db_table": "notices_letterback",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__isnull", True), ("settled_at__isnull", True))
                        | models.Q(
                            ("verdict__in", ["arrived", "came_back", "not_ours"]), ("settled_at__isnull", False),
                            ("verdict__isnull", False),
                        ),
                        name="notices_letterback_settled_without_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference__regex", r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}(-[0-9A-Z]{4}-[0-9A-Z]{2})?$")),
                        name="notices_letterback_of_other_form",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict__isnull", True)), fields=["noted_at"],
                        name="notices_letterback_waiting",
                    ),
                    models.Index(fields=["noted_at"], name="notices_letterback_by_time"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("channel", "post"), ("outcome__in", ["bounced", "unproven"])), fields=["line_id"],
                name="notices_attempt_in_vain_post",
            ),
        ),
    ]
