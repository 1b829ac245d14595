from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('tally_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('counted', models.TextField(db_comment='notice or attempt.')),
                ('campaign_id', models.UUIDField(db_comment='Of notices alone.', null=True)),
                ('way', models.TextField(db_comment="A notice's kind, an attempt's channel.")),
                ('fate', models.TextField(db_comment="A notice's state, an attempt's outcome.")),
                ('last_way', models.TextField(db_comment='The channel by which a notice was tried last.', null=True)),
                ('change', models.BigIntegerField()),
            ],
            options={
                'db_table': 'notices_tally',
            },
        ),
        migrations.RunSQL(database.sql("notices", "tally"), migrations.RunSQL.noop),
    ]
