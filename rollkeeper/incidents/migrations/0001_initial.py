# SPDX-License-Identifier: EUPL-1.2
"""The tables of incidents."""

import django.contrib.postgres.fields
import django.db.models.functions.uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("pk", models.CompositePrimaryKey("incident_id", "duty_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
                ("duty_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("to", models.TextField(db_comment="self, regulator, person or police.")),
                ("article", models.TextField()),
                ("within", models.TextField(db_comment="As the pack says it: at_once, 24 hour, 3 working_day.")),
                ("is_second", models.BooleanField(db_comment="The second, full report.", default=False)),
                ("due_at", models.DateTimeField(db_comment="The clock is over at this instant.")),
                ("met_at", models.DateTimeField(null=True)),
                ("exempt_because", models.TextField(db_comment="encrypted: only sealed values leaked.", null=True)),
                ("in_time_until", models.DateTimeField(db_comment="Met until then it was met in time: later than the clock only where the pack says what at once is.")),
            ],
            options={
                "db_table": "incidents_duty",
            },
        ),
        migrations.CreateModel(
            name="AppliedRemedy",
            fields=[
                ("pk", models.CompositePrimaryKey("incident_id", "remedy_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
                ("remedy_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("remedy", models.TextField(db_comment="incidents.choices.Remedy.")),
                ("touched", models.BigIntegerField()),
                ("applied_at", models.DateTimeField()),
            ],
            options={
                "db_table": "incidents_remedy",
            },
        ),
        migrations.CreateModel(
            name="AffectedPerson",
            fields=[
                ("pk", models.CompositePrimaryKey("incident_id", "nth", blank=True, editable=False, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
                ("person_id", models.UUIDField(null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment="vault.fields, by name; never a value.")),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("openings", models.BigIntegerField()),
                ("nth", models.BigIntegerField(db_comment="The place in the list; counted, since an id costs more than the rest of the row.")),
            ],
            options={
                "db_table": "incidents_affectedperson",
                "constraints": [models.CheckConstraint(condition=models.Q(("person_id__isnull", False), ("line_id__isnull", False), _connector="OR"), name="incidents_affectedperson_reference")],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("incident_id", models.UUIDField(primary_key=True, serialize=False)),
                ("about", models.TextField(db_comment="incidents.choices.About.")),
                ("severity", models.TextField(db_comment="incidents.choices.Severity.")),
                ("is_drill", models.BooleanField(db_comment="Carried out like any other, without effect on anyone.")),
                ("accounts", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_comment="References of staff; empty where it is not by account.")),
                ("epoch_id", models.IntegerField(null=True)),
                ("table_of", models.TextField(db_comment="incidents.choices.Table.", null=True)),
                ("since", models.DateTimeField(db_comment="From when; empty: from ever.", null=True)),
                ("until", models.DateTimeField(db_comment="Until when, exclusive.")),
                ("noticed_at", models.DateTimeField(db_comment="When the operator came to know: the clocks count from it.")),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.UUIDField(null=True)),
                ("scoped_at", models.DateTimeField(null=True)),
                ("people", models.BigIntegerField(db_comment="People whose cleartext was exposed.", null=True)),
                ("unregistered_lines", models.BigIntegerField(db_comment="Affected lines without a registered subscriber.", null=True)),
                ("openings", models.BigIntegerField(null=True)),
                ("sealed_people", models.BigIntegerField(db_comment="People of whom only sealed values leaked.", null=True)),
                ("notified_at", models.DateTimeField(null=True)),
                ("notices", models.BigIntegerField(null=True)),
                ("unreachable", models.BigIntegerField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("drafted", models.JSONField(db_comment="Of the last scoping: people by language, by field seen, and out of reach. Counts only.", null=True)),
            ],
            options={
                "db_table": "incidents_incident",
                "constraints": [models.CheckConstraint(condition=models.Q(("severity__in", ["ordinary", "serious"])), name="incidents_incident_severity")],
            },
        ),
        migrations.CreateModel(
            name="StepRequest",
            fields=[
                ("pk", models.CompositePrimaryKey("incident_id", "step_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
                ("step_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("step", models.TextField(db_comment="incidents.choices.Step.")),
                ("state", models.TextField(db_comment="incidents.choices.StepState.")),
                ("requested_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("touched", models.BigIntegerField(null=True)),
                ("failed_because", models.TextField(db_comment="The code of the refusal; never its text.", null=True)),
            ],
            options={
                "db_table": "incidents_step",
                "constraints": [models.UniqueConstraint(condition=models.Q(("ended_at__isnull", True)), fields=("incident_id", "step"), name="incidents_step_requested_twice")],
            },
        ),
    ]
