-- Marks lines as registered, or as accepted for a time, lifts want of registration and leaves every other reason as it is.
-- Law: art. 3 (registering while suspended restores the same day).
-- Reads: lines_suspension. Writes: lines_suspension, lines_line (version + 1). Plan: primary keys by line.
-- Again: the same state, one version later.
WITH lifted AS (
    UPDATE lines_suspension
       SET restored_on = %(on)s, restored_at = %(at)s
     WHERE line_id = ANY (%(line_ids)s) AND reason = 'registration' AND restored_on IS NULL
 RETURNING line_id
)
UPDATE lines_line l
   SET is_registered = given.registered, version = l.version + 1, language = coalesce(given.language, l.language),
       state = CASE WHEN EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = l.line_id
                                    AND s.restored_on IS NULL AND s.reason <> 'registration' OFFSET 0)
                    THEN 'suspended' ELSE 'active' END
  FROM unnest(%(line_ids)s::uuid[], %(languages)s::text[], %(registered)s::boolean[])
         AS given (line_id, language, registered)
 WHERE l.line_id = given.line_id
RETURNING l.line_id, l.state, EXISTS (SELECT FROM lifted WHERE lifted.line_id = l.line_id) AS was_restored
