-- Sets a living line's state to what its open suspensions say, one version later.
-- Law: art. 3. Reads: lines_suspension. Writes: lines_line. Plan: lines_line_pkey, lines_suspension_pkey.
-- Again: the same state, one version later.
UPDATE lines_line l
   SET version = l.version + 1,
       state = CASE WHEN EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL)
                    THEN 'suspended' ELSE 'active' END
 WHERE l.line_id = %s AND l.state IN ('active', 'suspended')
