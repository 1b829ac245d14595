-- Counts what workers are about to open for a purpose on a day of the machine; returns how many that makes.
-- Law: art. 5, 11 (no one can access everyone). Reads: vault_openingcount. Writes: vault_openingcount, one row a purpose and day;
-- removes those of more than a month ago. Plan: primary key. Again: counts them again, as they are opened again.

WITH gone AS (
    DELETE FROM vault_openingcount WHERE day < CURRENT_DATE - 31
)
INSERT INTO vault_openingcount (purpose, day, opened)
VALUES (%(purpose)s, CURRENT_DATE, %(asked)s)
ON CONFLICT (purpose, day) DO UPDATE SET opened = vault_openingcount.opened + excluded.opened
RETURNING opened
