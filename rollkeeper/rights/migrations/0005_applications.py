
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rights', '0004_passkeys'),
    ]

    operations = [
        migrations.AddField(
            model_name='ask',
            name='sealed',
            field=models.BinaryField(db_comment='Personal, sealed to a key for captures: an application. Goes with the ask.', null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='applications_left',
            field=models.SmallIntegerField(db_comment='Tries to register from afar.', db_default=5),
        ),
        migrations.AddField(
            model_name='visit',
            name='pictures_left',
            field=models.SmallIntegerField(db_comment='Pictures of a document to be read.', db_default=10),
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('pk', models.CompositePrimaryKey('line_id', 'application_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('line_id', models.UUIDField()),
                ('application_id', models.UUIDField()),
                ('key_id', models.IntegerField(db_comment='The key for captures to which it is sealed.')),
                ('sealed', models.BinaryField(db_comment='Personal, sealed to that key. Goes when it is settled or its last day is over.', null=True)),
                ('document_mark', models.BinaryField(db_comment='Keyed hash of the document, good for this application alone. Goes with it.', null=True)),
                ('name_mark', models.BinaryField(db_comment='Likewise of the name.', null=True)),
                ('made_on', models.DateField()),
                ('until', models.DateField(db_comment='The last day on which it waits; null: it was done at once.', null=True)),
                ('state', models.TextField(db_comment='held, seen, registered, refused or lapsed.')),
                ('holding_id', models.UUIDField(db_comment='The holding that came of it.', null=True)),
                ('seen_by', models.UUIDField(db_comment='Who had the document before them; null: nobody.', null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_key', models.TextField(db_comment='The submission key of whoever saw it.', null=True)),
                ('seen_language', models.TextField(db_comment='In which whoever saw it reads what came of it.', null=True)),
                ('said', models.JSONField(db_comment='Sentences of a refusal: articles, ids and days, nothing personal.', null=True)),
            ],
            options={
                'db_table': 'rights_application',
                'indexes': [models.Index(condition=models.Q(('state', 'seen')), fields=['seen_at'], name='rights_application_seen')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['held', 'seen'])), fields=('line_id',), name='rights_application_waiting_twice_for_one_line'), models.CheckConstraint(condition=models.Q(('state__in', ['held', 'seen', 'registered', 'refused', 'lapsed'])), name='rights_application_of_unknown_state'), models.CheckConstraint(condition=models.Q(('sealed__isnull', True), ('state__in', ['held', 'seen']), _connector='OR'), name='rights_application_kept_after_it_was_settled')],
            },
        ),
    ]
