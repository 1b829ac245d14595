from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [
        ('campaign', '0003_accepted'),
    ]

    operations = [
        migrations.RunSQL(database.sql("campaign", "tally"), migrations.RunSQL.noop),
    ]
