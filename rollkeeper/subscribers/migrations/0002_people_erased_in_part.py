# SPDX-License-Identifier: EUPL-1.2
"""Parts from others the people whom earlier versions erased, under whose reference those were counted; forgets erased entries and protection."""

from django.db import migrations

_FORGOTTEN = """
WITH gone AS MATERIALIZED (
    SELECT person_id FROM subscribers_subscriber WHERE erased_on IS NOT NULL
), joined AS MATERIALIZED (
    SELECT j.person_id, min(j.person_id::text) OVER (PARTITION BY j.principal_id)::uuid AS next_id
      FROM subscribers_personlink j JOIN gone ON gone.person_id = j.principal_id
     WHERE j.person_id NOT IN (SELECT person_id FROM gone)
), parted AS (
    DELETE FROM subscribers_personlink j
     WHERE j.person_id IN (SELECT person_id FROM gone UNION ALL SELECT person_id FROM joined WHERE person_id = next_id)
)
UPDATE subscribers_personlink j SET principal_id = joined.next_id
  FROM joined WHERE j.person_id = joined.person_id AND joined.person_id <> joined.next_id;
UPDATE subscribers_subscriber SET is_protected = false, language = NULL
 WHERE erased_on IS NOT NULL AND (is_protected OR language IS NOT NULL);
UPDATE subscribers_personlink j SET entry_id = NULL FROM ledger_entry e
 WHERE e.entry_id = j.entry_id AND e.line_id IS NULL AND e.body LIKE '%"erased":true%'
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0001_initial"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
