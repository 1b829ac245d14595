from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_by_time"),
    ]

    operations = [
        # Again, for an article may have 40 characters at most.
        migrations.RunSQL(database.sql("ledger", "body"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("ledger", "held_to_form"), migrations.RunSQL.noop),
    ]
