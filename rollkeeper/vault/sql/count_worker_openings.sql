-- Counts what workers are about to open for a purpose; returns the sum of the last 24 hours, or of up to 25 as hours are counted whole.
-- Law: art. 5, 11 (no one can access everyone). Reads: vault_openingcount. Writes: vault_openingcount, one row a purpose and hour;
-- removes those of more than a month ago. Plan: primary key, 25 rows. Again: counts them again, as they are opened again.

WITH gone AS (
    DELETE FROM vault_openingcount WHERE hour < statement_timestamp() - interval '31 days'
)
INSERT INTO vault_openingcount (purpose, hour, opened)
VALUES (%(purpose)s, date_trunc('hour', statement_timestamp(), 'UTC'), %(asked)s)
ON CONFLICT (purpose, hour) DO UPDATE SET opened = vault_openingcount.opened + excluded.opened
RETURNING opened + (SELECT coalesce(sum(o.opened), 0)::bigint FROM vault_openingcount o
                     WHERE o.purpose = %(purpose)s AND o.hour < date_trunc('hour', statement_timestamp(), 'UTC')
                       AND o.hour >= date_trunc('hour', statement_timestamp(), 'UTC') - interval '24 hours') AS opened
