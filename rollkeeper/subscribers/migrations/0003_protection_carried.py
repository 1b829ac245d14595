# SPDX-License-Identifier: EUPL-1.2
"""Protection goes over to whoever is joined to somebody who has it, and to whoever was joined before."""

from django.db import migrations

from rollkeeper.kernel import database

_JOINED_BEFORE = """
UPDATE subscribers_subscriber s SET is_protected = true
  FROM subscribers_subscriber p, LATERAL subscribers_one_person(p.person_id) AS one (person_id)
 WHERE p.is_protected AND s.person_id = one.person_id AND NOT s.is_protected
"""


class Migration(migrations.Migration):

    dependencies = [("subscribers", "0002_joined")]

    operations = [
        migrations.RunSQL(database.sql("subscribers", "carry_protection"), migrations.RunSQL.noop),
        migrations.RunSQL(_JOINED_BEFORE, migrations.RunSQL.noop),
    ]
