from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [
        ('campaign', '0002_hours_regions_emergencies'),
    ]

    operations = [
        migrations.RunSQL(database.sql("campaign", "tally"), migrations.RunSQL.noop),
    ]
