-- Records Rollkeeper's verdicts on noted references.
-- Law: art. 3. Reads: -. Writes: notices_returnedletter. Plan: primary key, one probe a row. Again: the same verdicts.
UPDATE notices_returnedletter b SET verdict = g.verdict, settled_at = %(at)s
  FROM unnest(%(references)s::text[], %(verdicts)s::text[]) AS g (reference, verdict)
 WHERE b.reference = g.reference
