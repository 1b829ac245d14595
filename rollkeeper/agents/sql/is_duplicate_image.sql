-- Tells whether a similar copy was kept for another line: most of its marks are in common, counted for the copy with more marks.
-- Law: art. 4. Reads: agents_imagefingerprint. Writes: -. Plan: agents_imagefingerprint_by_mark (GIN), the few rows with a mark in common.
-- Again: the same.
SELECT EXISTS (
    SELECT FROM agents_imagefingerprint o
     WHERE o.line_id <> %(line)s AND o.marks && %(marks)s::bigint[]
       AND (SELECT count(*) FROM unnest(o.marks) AS m (mark) WHERE mark = ANY (%(marks)s::bigint[]))
           >= %(alike)s * greatest(cardinality(o.marks), cardinality(%(marks)s::bigint[]))
) AS seen
