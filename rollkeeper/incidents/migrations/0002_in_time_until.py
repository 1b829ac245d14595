from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='duty',
            name='in_time_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(
            lambda apps, _: apps.get_model('incidents', 'Duty').objects.update(in_time_until=F('due_at')),
            migrations.RunPython.noop,
        ),
        migrations.AlterField(
            model_name='duty',
            name='in_time_until',
            field=models.DateTimeField(db_comment='Met until then it was met in time: later than the clock only where the pack says what at once is.'),
        ),
    ]
