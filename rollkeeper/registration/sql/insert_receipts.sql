-- Stores receipts. If another process uses one of the keys at the same time, it waits for that process, and the key then gives no row.
-- Law: -. Reads: -. Writes: registration_submission. Plan: registration_submission_pkey. Again: no row.
INSERT INTO registration_submission (submission_key, receipt, made_at)
SELECT submission_key, receipt::jsonb, %(at)s
  FROM unnest(%(keys)s::text[], %(receipts)s::text[]) AS kept (submission_key, receipt)
 ORDER BY submission_key
    ON CONFLICT DO NOTHING
RETURNING true AS is_kept
