from django.db import migrations

from rollkeeper.kernel import database

FORMER = (
    "DROP FUNCTION IF EXISTS vault_note_opening(uuid, uuid, text, uuid, uuid, bigint, timestamptz, timestamptz, date, text,"
    " text, text, text, jsonb)"
)


class Migration(migrations.Migration):
    dependencies = [("vault", "0005_note_opening_by_forms")]
    operations = [
        migrations.RunSQL(FORMER, migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("vault", "note_opening"), migrations.RunSQL.noop),
    ]
