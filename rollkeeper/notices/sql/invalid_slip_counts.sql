-- Counts, for each letter, the noted slips that were not genuine.
-- Law: art. 3. Reads: notices_returnedletter. Writes: -.
-- Plan: primary key, a range a letter: all slips of a letter begin alike. Again: the same numbers.
SELECT letter, count(*) AS wrong
  FROM unnest(%(letters)s::text[]) AS l (letter)
  JOIN notices_returnedletter b ON b.reference > letter || '-' AND b.reference < letter || '.' AND b.verdict = 'not_ours'
 GROUP BY letter
