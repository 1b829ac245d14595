from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    dependencies = [("vault", "0006_openings_of_all")]
    operations = [migrations.RunSQL(database.sql("vault", "note_opening"), migrations.RunSQL.noop)]
