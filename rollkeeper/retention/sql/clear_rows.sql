-- Clears the rows of records whose keys are gone: number, contact, reference, what stood for the holder, sealed rows;
-- why a clock stood still, which may be an illness, and for which case it was held.
-- Law: art. 5. Reads: retention_erasure. Writes: lines_line, lines_number, lines_reference, lines_holding, lines_pause, lines_hold,
-- vault_sealed, vault_copy, retention_erasure. Plan: primary keys by line and person (OFFSET 0: the index of what is under
-- way is full of what this run has done); lines_reference_by_line.
-- Again: nothing left to clear.
WITH record AS MATERIALIZED (
    SELECT chunk.line_id, chunk.erasure_id, e.holding_id
      FROM unnest(%(line_ids)s::uuid[], %(erasure_ids)s::uuid[]) AS chunk (line_id, erasure_id)
     CROSS JOIN LATERAL (SELECT holding_id, done_at FROM retention_erasure
                          WHERE line_id = chunk.line_id AND erasure_id = chunk.erasure_id OFFSET 0) AS e
     WHERE e.done_at IS NULL
), line AS (
    UPDATE lines_line l
       SET state = 'released', erased_on = %(on)s, version = l.version + 1, number_index = NULL, number_sealed = NULL,
           contact_sealed = NULL, contact_kind = NULL, language = NULL
      FROM record WHERE l.line_id = record.line_id AND record.holding_id IS NULL
 RETURNING l.line_id, old.number_index AS number_index
), pause AS (
    UPDATE lines_pause p SET reason = 'other' FROM line WHERE p.line_id = line.line_id AND p.reason <> 'other'
), former AS (
    UPDATE lines_pause p SET reason = 'other'
      FROM record JOIN lines_holding h ON h.line_id = record.line_id AND h.holding_id = record.holding_id
     WHERE p.line_id = record.line_id AND p.recorded_at < upper(h.held) AND p.reason <> 'other'
), hold AS (
    UPDATE lines_hold h SET case_reference = '' FROM line WHERE h.line_id = line.line_id
), number AS (
    DELETE FROM lines_number n USING line WHERE n.number_index = line.number_index AND n.line_id = line.line_id
), reference AS (
    DELETE FROM lines_reference r USING line WHERE r.line_id = line.line_id
), holding AS (
    UPDATE lines_holding h SET commitment = NULL, route = NULL, erased_on = %(on)s
      FROM record
     WHERE h.line_id = record.line_id AND (record.holding_id IS NULL OR h.holding_id = record.holding_id)
       AND h.erased_on IS NULL
), copy AS (
    DELETE FROM vault_copy c USING unnest(%(persons)s::uuid[], %(holdings)s::uuid[]) AS gone (person_id, holding_id)
     WHERE c.person_id = gone.person_id AND c.holding_id = gone.holding_id
), sealed AS (
    DELETE FROM vault_sealed v USING unnest(%(persons)s::uuid[], %(holdings)s::uuid[]) AS gone (person_id, holding_id)
     WHERE v.person_id = gone.person_id AND v.holding_id = gone.holding_id
)
UPDATE retention_erasure e SET done_at = %(at)s FROM record WHERE e.line_id = record.line_id
   AND e.erasure_id = record.erasure_id
