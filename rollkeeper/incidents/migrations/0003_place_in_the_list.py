from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0002_in_time_until'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("""
                ALTER TABLE incidents_exposed ADD COLUMN nth bigint;
                UPDATE incidents_exposed e SET nth = n.nth
                  FROM (SELECT incident_id, exposed_id, row_number() OVER (PARTITION BY incident_id ORDER BY exposed_id) AS nth
                          FROM incidents_exposed) n
                 WHERE n.incident_id = e.incident_id AND n.exposed_id = e.exposed_id;
                ALTER TABLE incidents_exposed DROP COLUMN exposed_id, ALTER COLUMN nth SET NOT NULL,
                      ADD PRIMARY KEY (incident_id, nth);
                COMMENT ON COLUMN incidents_exposed.nth
                     IS 'The place in the list; counted, since an id costs more than the rest of the row.';
            """)],
            state_operations=[
                migrations.DeleteModel('Exposed'),
                migrations.CreateModel(
                    name='Exposed',
                    fields=[
                        ('pk', models.CompositePrimaryKey('incident_id', 'nth', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('incident_id', models.UUIDField()),
                        ('nth', models.BigIntegerField(db_comment='The place in the list; counted, since an id costs more than the rest of the row.')),
                        ('person_id', models.UUIDField(null=True)),
                        ('line_id', models.UUIDField(null=True)),
                        ('fields', ArrayField(base_field=models.TextField(), db_comment='vault.fields, by name; never a value.')),
                        ('first_at', models.DateTimeField(null=True)),
                        ('last_at', models.DateTimeField(null=True)),
                        ('openings', models.BigIntegerField()),
                    ],
                    options={
                        'db_table': 'incidents_exposed',
                        'constraints': [models.CheckConstraint(condition=models.Q(('person_id__isnull', False), ('line_id__isnull', False), _connector='OR'), name='incidents_exposed_is_nobody')],
                    },
                ),
            ],
        ),
    ]
