-- Lists the lines among those given to which a requested code is on its way; a letter needs no number.
-- Law: art. 5, 13. Reads: selfcare_coderequest, selfcare_postedcode. Writes: -. Plan: selfcare_coderequest_by_line, a few rows a line;
-- a small table. Again: the same.

SELECT DISTINCT line_id FROM selfcare_coderequest
 WHERE line_id = ANY (%(lines)s::uuid[]) AND code_hash IS NOT NULL AND channel IS NULL
   AND processed_at > clock_timestamp() - interval '10 minutes'
UNION
SELECT line_id FROM selfcare_postedcode
 WHERE line_id = ANY (%(lines)s::uuid[]) AND NOT %(is_number)s AND code_hash IS NOT NULL AND reference IS NULL
   AND processed_at > clock_timestamp() - interval '10 minutes'
