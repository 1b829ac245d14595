from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_disclosures"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL(database.sql("vault", "note_opening"), migrations.RunSQL.noop)]
