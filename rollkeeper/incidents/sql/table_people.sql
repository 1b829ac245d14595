-- Counts people about whom a table without the keys reveals nothing readable: sealed values and keyed hashes only.
-- Law: art. 12. Reads: vault_sealed, lines_line, lines_number, subscribers_document. Writes: -.
-- Plan: one pass over one of them. Again: the same.
SELECT CASE %(table)s
         WHEN 'vault_sealed' THEN (SELECT count(DISTINCT person_id) FROM vault_sealed)
         WHEN 'lines_line' THEN (SELECT count(*) FROM lines_line WHERE number_sealed IS NOT NULL)
         WHEN 'lines_number' THEN (SELECT count(*) FROM lines_number)
         WHEN 'subscribers_document' THEN (SELECT count(DISTINCT person_id) FROM subscribers_document)
       END AS people
