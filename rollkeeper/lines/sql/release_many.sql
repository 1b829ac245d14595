-- Releases numbers: nothing leads from the number to its former subscriber any more. To be included: wants
-- `release_slice (line_id, number_index)`.
-- Law: art. 11. Reads: -. Writes: lines_number, lines_line (version + 1). Plan: primary keys. Again: nothing, the rows are gone.
released_number AS (
    DELETE FROM lines_number n USING release_slice r WHERE n.number_index = r.number_index
), released_line AS (
    UPDATE lines_line l SET state = 'released', number_index = NULL, version = l.version + 1
      FROM release_slice r WHERE l.line_id = r.line_id
)
