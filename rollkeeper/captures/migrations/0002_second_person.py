# SPDX-License-Identifier: EUPL-1.2
"""Acts that somebody else confirms: what waits for them, and what they said."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("captures", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="capture",
            name="by_counter",
            field=models.BooleanField(
                db_default=False, db_comment="Sealed by the counter's own face, and not in a browser."
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="deed",
            field=models.TextField(
                null=True, db_comment="What is to be confirmed; known to nobody otherwise."
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="needs_second",
            field=models.BooleanField(
                db_default=False, db_comment="The law has somebody else confirm it before it is done."
            ),
        ),
        migrations.AddField(
            model_name="capture",
            name="seconded_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="capture",
            name="seconded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="capture",
            name="agreed",
            field=models.BooleanField(
                null=True, db_comment="What they said; empty: nobody has said anything."
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(seconded_by__isnull=True) | ~models.Q(seconded_by=models.F("delivered_by")),
                name="captures_capture_confirmed_by_who_took_it_down",
            ),
        ),
        migrations.AddConstraint(
            model_name="capture",
            constraint=models.CheckConstraint(
                condition=models.Q(agreed__isnull=True, seconded_by__isnull=True)
                | models.Q(agreed__isnull=False, seconded_by__isnull=False),
                name="captures_capture_confirmed_by_nobody",
            ),
        ),
    ]
